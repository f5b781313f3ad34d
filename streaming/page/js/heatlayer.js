// The heat of the data channel, drawn over clean video.

import {paint, palette} from './colormaps.js';
import {decode, newer} from './heatmessage.js';

const keep = 64; // messages kept until their frame is shown
const jump = 3 * 90_000; // RTP time between a frame and the next, or its message, from which on the clock was set
const old = 10 * 90_000; // RTP time after which heat is no longer drawn: nothing newer has come

// HeatLayer draws the newest message whose frame is on screen, or was: a message may come after its frame. The event 'message' (its detail is
// the message) comes when one has arrived, 'shown' when another is drawn, or none.
export class HeatLayer extends EventTarget {
  #canvas;
  #waiting = [];
  #shown = null;
  #now = null; // RTP timestamp of the frame on screen
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

  // take takes a message of the channel. Messages may come out of order; one that is older than what is drawn is worth nothing, unless the
  // clock was set.
  take(buffer) {
    const message = decode(buffer);
    if (!message) return;
    const {timestamp} = message;
    if (this.#shown && !newer(timestamp, this.#shown.timestamp) && !far(timestamp, this.#shown.timestamp)) return;
    this.#waiting.push(message);
    if (this.#waiting.length > keep) this.#waiting.shift();
    this.#update();
    this.dispatchEvent(new CustomEvent('message', {detail: message}));
  }

  // frame is called for every frame on screen.
  frame({rtpTimestamp}, width, height) {
    if (this.#now !== null && far(rtpTimestamp, this.#now)) this.#waiting = this.#waiting.filter((m) => !far(m.timestamp, rtpTimestamp));
    this.#now = rtpTimestamp;
    const resized = this.element.width !== width || this.element.height !== height;
    if (resized) Object.assign(this.element, {width, height});
    if (!this.#update() && resized) this.draw();
  }

  // update has the newest message that is due drawn, and what no longer belongs to the frame taken away. It tells whether there was one.
  #update() {
    const now = this.#now;
    if (now === null) return false;
    const due = ({timestamp}) => !newer(timestamp, now) && !far(timestamp, now);
    let next = null;
    for (const m of this.#waiting) if (due(m) && (next === null || newer(m.timestamp, next.timestamp))) next = m;
    if (next === null && (this.#shown === null || this.#holds(now))) return false;
    this.#waiting = this.#waiting.filter((m) => !due(m));
    this.#shown = next;
    this.draw();
    this.dispatchEvent(new Event('shown'));
    return true;
  }

  // holds tells whether what is drawn belongs to the frame: it is not too old, and not from before the clock was set back.
  #holds(timestamp) {
    const {timestamp: shown} = this.#shown;
    return !newer(timestamp, shown + old) && !newer(shown, timestamp);
  }

  clear() {
    this.#waiting = [];
    this.#now = null;
    if (this.#shown === null) return;
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

// far tells whether no stream that runs has two such RTP timestamps at about one time.
const far = (a, b) => newer(a, b + jump) || newer(b, a + jump);
