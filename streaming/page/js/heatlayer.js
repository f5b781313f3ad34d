// The heat of the data channel, drawn over clean video.

import {paint, palette} from './colormaps.js';
import {decode, newer} from './heatmessage.js';

const keep = 64; // messages kept until their frame is shown
const faint = 0.3; // of the opacity, for prompts that do not count as seen: their heat is only where they would be
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

  take(buffer) {
    const message = decode(buffer);
    if (!message) return;
    this.#waiting.push(message);
    if (this.#waiting.length > keep) this.#waiting.shift();
    this.dispatchEvent(new CustomEvent('message', {detail: message}));
  }

  // frame is called for every frame on screen.
  frame({rtpTimestamp}, width, height) {
    let next = null;
    while (this.#waiting.length > 0 && !newer(this.#waiting[0].timestamp, rtpTimestamp)) next = this.#waiting.shift();
    if (!next && this.#shown && newer(rtpTimestamp, this.#shown.timestamp + old)) {
      this.#shown = null;
      this.draw();
      this.dispatchEvent(new Event('shown'));
    }
    if (!next && this.element.width === width && this.element.height === height) return;
    if (next) this.#shown = next;
    this.element.width = width;
    this.element.height = height;
    this.draw();
    if (next) this.dispatchEvent(new Event('shown'));
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
    for (const p of message.prompts) {
      g.globalAlpha = this.#style.opacity * (p.above ? 1 : faint);
      if (this.#style.draws(p)) paint(g, message, p.heat, palette(this.#style.map, p.color, this.#style.floor), width, height);
    }
  }
}
