// The heat of the data channel, drawn over clean video.

import {paint, palette} from './colormaps.js';
import {decode, newer} from './heatmessage.js';

const keep = 64; // messages kept until their frame is shown
const old = 10 * 90_000; // RTP time after which heat is no longer drawn: nothing newer has come

// HeatLayer draws the newest message whose frame is on screen. The event 'message' (its detail is the message) comes when one
// has arrived, 'shown' when another is drawn, or none.
export class HeatLayer extends EventTarget {
  #canvas;
  #waiting = [];
  #shown = null;
  #style;

  // style is a HeatStyle.
  constructor(style) {
    super();
    this.#style = style;
    this.element = document.createElement('canvas');
    this.element.className = 'heat';
    this.element.setAttribute('aria-hidden', 'true');
    this.#canvas = this.element.getContext('2d');
  }

  // shown is the message that is drawn, or null.
  get shown() { return this.#shown; }

  // take takes a message of the channel. Messages may come out of order; one that is older than what is drawn is worth nothing.
  take(buffer) {
    const message = decode(buffer);
    if (!message || (this.#shown && !newer(message.timestamp, this.#shown.timestamp))) return;
    let at = this.#waiting.length;
    while (at > 0 && newer(this.#waiting[at - 1].timestamp, message.timestamp)) at--;
    this.#waiting.splice(at, 0, message);
    if (this.#waiting.length > keep) this.#waiting.shift();
    this.dispatchEvent(new CustomEvent('message', {detail: message}));
  }

  // frame is called for every frame on screen.
  frame({rtpTimestamp}, width, height) {
    let next = null;
    while (this.#waiting.length > 0 && !newer(this.#waiting[0].timestamp, rtpTimestamp)) next = this.#waiting.shift();
    const resized = this.element.width !== width || this.element.height !== height;
    const changed = next !== null || (this.#shown && !this.#holds(rtpTimestamp));
    if (!changed && !resized) return;
    if (changed) this.#shown = next;
    if (resized) Object.assign(this.element, {width, height});
    this.draw();
    if (changed) this.dispatchEvent(new Event('shown'));
  }

  // holds tells whether what is drawn belongs to the frame: it is not too old, and not from before the clock was set back.
  #holds(timestamp) {
    const {timestamp: shown} = this.#shown;
    return !newer(timestamp, shown + old) && !newer(shown, timestamp);
  }

  clear() {
    this.#waiting = [];
    this.#shown = null;
    this.#canvas.clearRect(0, 0, this.element.width, this.element.height);
    this.dispatchEvent(new Event('shown'));
  }

  draw() {
    const {width, height} = this.element;
    const g = this.#canvas;
    g.clearRect(0, 0, width, height);
    const message = this.#shown;
    if (!message || width === 0) return;
    g.globalAlpha = this.#style.opacity;
    for (const p of message.prompts) {
      if (p.seen === false || !this.#style.draws(p)) continue;
      paint(g, message, p.heat, palette(this.#style.map, this.#style.color(p.text, p.color), this.#style.floor), width, height);
    }
  }
}
