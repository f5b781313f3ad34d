// The statistics: one line with what matters, and the rest behind it.

import {h, icon, setText} from './dom.js';
import {age, bitrate, count, fps, ms, plural} from './words.js';

const every = 1000;

export class Stats {
  #screen;
  #last = null;
  #before = 0; // frames of earlier connections
  #timer = 0;
  #values = new Map();
  #status = null;

  // keys is what is shown below the numbers.
  constructor(screen, keys) {
    this.#screen = screen;
    const line = (name, label, title) => this.#value(name, h('span.fact', {title}, h('span.fact-label', {}, label), h('b')));
    const cell = (name, label, title) => this.#value(name, h('div.cell', {title}, h('dt', {}, label), h('dd')));
    this.element = h('details.stats', {},
      h('summary', {},
        line('fps', 'Video', 'Frames a second that the server sends'),
        line('inference', 'Inference', 'Time of one inference for all prompts'),
        line('age', 'Heat age', 'How far the video has gone on since the frame that the heat belongs to'),
        line('viewers', 'Watching', 'Viewers of this stream'),
        h('span.more', {}, h('span', {}, 'Details'), icon('chevron'))),
      h('dl.cells', {},
        cell('sent', 'Sent', 'Frames a second that the server sends'),
        cell('shown', 'Shown here', 'Frames a second that this browser decodes'),
        cell('size', 'Resolution', 'Of the video as it arrives'),
        cell('model', 'Model', 'That finds the actions'),
        cell('rate', 'Bit rate', 'That arrives here'),
        cell('lost', 'Lost', 'Packets that did not arrive, or too late'),
        cell('jitter', 'Jitter', 'How unevenly packets arrive'),
        cell('buffer', 'Buffer', 'How long frames wait here before they are shown'),
        cell('trip', 'Round trip', 'To the server and back'),
        cell('frames', 'Frames', 'Decoded here since the stream was opened')),
      keys);
  }

  start() { this.#timer = setInterval(() => this.#read(), every); }

  stop() { clearInterval(this.#timer); }

  show(status) {
    this.#status = status;
    this.#set('fps', fps(status.fps));
    this.#set('sent', fps(status.fps));
    this.#set('inference', ms(status.inferenceMs));
    this.#set('age', age(status.heatAgeMs));
    this.#set('viewers', count(status.viewers));
    this.#set('model', status.model || '–');
  }

  #value(name, element) {
    this.#values.set(name, element.lastElementChild);
    return element;
  }

  #set(name, text) { setText(this.#values.get(name), text); }

  async #read() {
    const {player, video} = this.#screen;
    const now = {at: performance.now(), frames: 0, bytes: 0};
    let rtp;
    let pair;
    for (const r of (await player.stats()).values()) {
      if (r.type === 'inbound-rtp' && r.kind === 'video') rtp = r;
      if (r.type === 'candidate-pair' && r.nominated && r.state === 'succeeded') pair = r;
    }
    now.frames = rtp?.framesDecoded ?? 0;
    now.bytes = rtp?.bytesReceived ?? 0;
    const last = this.#last;
    this.#last = now;
    if (last && now.frames < last.frames) this.#before += last.frames; // it counts anew with each connection
    const seconds = last ? (now.at - last.at) / 1000 : 0;
    const more = (key) => (seconds > 0 ? Math.max(0, now[key] - last[key]) / seconds : 0);
    this.#set('shown', fps(more('frames')));
    this.#set('rate', bitrate(8 * more('bytes')));
    const w = video.videoWidth || this.#status?.width || 0;
    const d = video.videoHeight || this.#status?.height || 0;
    this.#set('size', w > 0 ? `${w} × ${d}` : '–');
    this.#set('frames', count(this.#before + now.frames));
    this.#set('lost', rtp ? lost(Math.max(0, rtp.packetsLost ?? 0), rtp.packetsReceived ?? 0) : '–');
    this.#set('jitter', rtp?.jitter !== undefined ? `${(rtp.jitter * 1000).toFixed(1)} ms` : '–');
    this.#set('buffer', rtp?.jitterBufferEmittedCount > 0 ? ms(1000 * rtp.jitterBufferDelay / rtp.jitterBufferEmittedCount) : '–');
    this.#set('trip', pair?.currentRoundTripTime > 0 ? `${(pair.currentRoundTripTime * 1000).toFixed(1)} ms` : '–');
  }
}

// lost is how many packets of all that were sent did not arrive.
function lost(packets, received) {
  const share = packets > 0 ? ` (${(100 * packets / (packets + received)).toFixed(1)} %)` : '';
  return `${plural(packets, 'packet', 'packets')}${share}`;
}
