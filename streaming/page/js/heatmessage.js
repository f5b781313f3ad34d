// The messages of the data channel "heat". Their layout stands in streaming/heat/heat.go.

import {hex} from './colors.js';

const version = 2;

// decode reads one message, or returns null. seen is null where nobody says whether a prompt is seen.
export function decode(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 12 || view.getUint8(0) !== version) return null;
  const message = {
    width: view.getUint8(2), height: view.getUint8(3), timestamp: view.getUint32(4), ageMs: view.getUint16(8), inferenceMs: view.getUint16(10), prompts: [],
  };
  const cells = message.width * message.height;
  const part = (at) => view.getUint16(at) / 65535;
  let at = 12;
  for (let n = view.getUint8(1); n > 0; n--) {
    if (at + 22 > view.byteLength) return null;
    const flags = view.getUint8(at);
    const length = view.getUint16(at + 20);
    if (at + 22 + length + cells > view.byteLength) return null;
    message.prompts.push({
      color: hex([view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3)]),
      score: view.getFloat32(at + 4), seen: flags & 8 ? (flags & 2) !== 0 : null, own: (flags & 4) !== 0,
      point: flags & 1 ? [part(at + 8), part(at + 10)] : null,
      box: [part(at + 12), part(at + 14), part(at + 16), part(at + 18)],
      text: new TextDecoder().decode(new Uint8Array(buffer, at + 22, length)),
      heat: new Uint8Array(buffer, at + 22 + length, cells),
    });
    at += 22 + length + cells;
  }
  return at === view.byteLength ? message : null;
}

// newer tells whether RTP timestamp a comes after b; they wrap around.
export function newer(a, b) { return ((a - b) | 0) > 0; }
