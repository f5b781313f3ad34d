// The heat of the data channel, drawn over clean video. The layout of its messages stands in streaming/heat/heat.go.

const keep = 64; // messages kept until their frame is shown

// decode reads one message, or returns null.
export function decode(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < 12 || view.getUint8(0) !== 1) return null;
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
      color: [view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3)],
      score: view.getFloat32(at + 4), above: (flags & 2) !== 0, own: (flags & 4) !== 0,
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

// Stops of the colour maps, cold to hot; between them colours are mixed.
const maps = {
  turbo: ['#30123b', '#4145ab', '#4675ed', '#39a2fc', '#1bcfd4', '#24eca6', '#61fc6c', '#a4fc3b', '#d1e834', '#f3c63a', '#fe9b2d', '#f36315', '#d93806', '#b11901', '#7a0402'],
  viridis: ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'],
  magma: ['#000004', '#1d1147', '#51127c', '#832681', '#b73779', '#e75263', '#fc8961', '#fec488', '#fcfdbf'],
  jet: ['#000080', '#0000ff', '#0080ff', '#00ffff', '#80ff80', '#ffff00', '#ff8000', '#ff0000', '#800000'],
};

export const colorMaps = ['prompt', ...Object.keys(maps)];

// palette gives the colours of 256 heats [r, g, b, a], where heat below the floor is clear.
export function palette(name, color, floor) {
  const stops = maps[name]?.map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  const table = new Uint8ClampedArray(4 * 256);
  for (let i = 0; i < 256; i++) {
    const x = i / 255;
    let rgb = color;
    if (stops) {
      const place = x * (stops.length - 1);
      const from = Math.min(stops.length - 2, Math.floor(place));
      rgb = stops[from].map((c, k) => c + (stops[from + 1][k] - c) * (place - from));
    }
    const above = Math.max(0, (x - floor) / (1 - floor));
    table.set([...rgb, 255 * above * above * (3 - 2 * above)], 4 * i); // the edge is soft
  }
  return table;
}

// HeatLayer draws the newest message whose frame is on screen. style: {opacity, floor, map, hidden: Set of prompts}.
export class HeatLayer {
  #canvas;
  #small = document.createElement('canvas');
  #waiting = [];
  #shown = null;
  #style;

  constructor(style) {
    this.#style = style;
    this.element = document.createElement('canvas');
    this.element.className = 'heat';
    this.element.setAttribute('aria-hidden', 'true');
    this.#canvas = this.element.getContext('2d');
  }

  // shown is the message that is drawn, or null.
  get shown() { return this.#shown; }

  take(buffer) {
    const message = decode(buffer);
    if (!message) return;
    this.#waiting.push(message);
    if (this.#waiting.length > keep) this.#waiting.shift();
  }

  // frame is called for every frame on screen.
  frame({rtpTimestamp}, width, height) {
    let next = null;
    while (this.#waiting.length > 0 && !newer(this.#waiting[0].timestamp, rtpTimestamp)) next = this.#waiting.shift();
    if (!next && this.element.width === width && this.element.height === height) return;
    if (next) this.#shown = next;
    this.element.width = width;
    this.element.height = height;
    this.draw();
  }

  clear() {
    this.#waiting = [];
    this.#shown = null;
    this.#canvas.clearRect(0, 0, this.element.width, this.element.height);
  }

  draw() {
    const {width, height} = this.element;
    const g = this.#canvas;
    g.clearRect(0, 0, width, height);
    const message = this.#shown;
    if (!message || width === 0) return;
    g.globalAlpha = this.#style.opacity;
    g.imageSmoothingQuality = 'high';
    this.#small.width = message.width;
    this.#small.height = message.height;
    const small = this.#small.getContext('2d');
    const image = small.createImageData(message.width, message.height);
    for (const p of message.prompts) {
      if (this.#style.hidden.has(p.text)) continue;
      const table = palette(this.#style.map, p.color, this.#style.floor);
      p.heat.forEach((h, i) => image.data.set(table.subarray(4 * h, 4 * h + 4), 4 * i));
      small.putImageData(image, 0, 0);
      g.drawImage(this.#small, 0, 0, width, height);
    }
  }
}
