// The graph of the prompts' scores over the last minute, with a handle for each threshold. Handles are dragged, or moved with
// the arrow keys; Delete takes one away.

import {h} from './dom.js';

const span = 60_000; // ms shown
const room = 0.12; // of the range, above and below
const step = 0.005;

export class Graph {
  #alerts;
  #stream;
  #prompts = [];
  #handles = new Map();
  #low = 0;
  #high = 0.3;
  #frame = 0;
  #resized = new ResizeObserver(() => this.#plan());

  constructor(alerts, stream) {
    this.#alerts = alerts;
    this.#stream = stream;
    this.canvas = h('canvas.graph-canvas', {role: 'img', 'aria-label': 'Scores of the last minute'});
    this.plot = h('div.graph-plot', {}, this.canvas);
    this.top = h('span.graph-tick');
    this.bottom = h('span.graph-tick');
    this.element = h('section.graph', {'aria-labelledby': 'graph-title'},
      h('div.graph-head', {}, h('h2', {id: 'graph-title'}, 'Scores'), h('span.faint', {}, 'last minute; drag a line to set when to be told')),
      h('div.graph-body', {}, h('div.graph-scale', {}, this.top, this.bottom), this.plot));
    this.#resized.observe(this.plot);
  }

  close() {
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  show(status) {
    this.#prompts = status.prompts;
    const range = this.#alerts.history(this.#stream).range();
    if (range) {
      const margin = Math.max(0.02, (range[1] - range[0]) * room);
      this.#low = range[0] - margin;
      this.#high = range[1] + margin;
    }
    const texts = new Set();
    for (const p of status.prompts) {
      const value = this.#alerts.threshold(this.#stream, p.text);
      if (value === null) continue;
      texts.add(p.text);
      this.#low = Math.min(this.#low, value - 0.01);
      this.#high = Math.max(this.#high, value + 0.01);
      if (!this.#handles.has(p.text)) this.#handles.set(p.text, this.#handle(p.text));
      this.#handles.get(p.text).style.setProperty('--color', p.color);
    }
    for (const [text, handle] of this.#handles) {
      if (texts.has(text)) continue;
      handle.remove();
      this.#handles.delete(text);
    }
    this.top.textContent = this.#high.toFixed(2);
    this.bottom.textContent = this.#low.toFixed(2);
    this.#plan();
  }

  #share(score) { return (this.#high - score) / (this.#high - this.#low); } // 0 at the top

  #handle(text) {
    const set = (value) => this.#alerts.setThreshold(this.#stream, text, Math.round(value * 1000) / 1000);
    const handle = h('div.threshold', {
      role: 'slider', tabIndex: 0, 'aria-orientation': 'vertical', 'aria-label': `Alert threshold of ${text}`,
      onkeydown: (e) => {
        const by = {ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step}[e.key];
        if (by) set(this.#alerts.threshold(this.#stream, text) + by);
        else if (e.key === 'Delete') this.#alerts.setThreshold(this.#stream, text, null);
        else return;
        e.preventDefault();
      },
      onpointerdown: (e) => {
        handle.setPointerCapture(e.pointerId);
        e.preventDefault();
        handle.focus();
      },
      onpointermove: (e) => {
        if (!handle.hasPointerCapture(e.pointerId)) return;
        const box = this.plot.getBoundingClientRect();
        const share = Math.min(1, Math.max(0, (e.clientY - box.top) / box.height));
        set(this.#high - share * (this.#high - this.#low));
      },
    }, h('span.threshold-value'));
    this.plot.append(handle);
    return handle;
  }

  #plan() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const {clientWidth: w, clientHeight: d} = this.plot;
    if (w === 0) return;
    for (const [text, handle] of this.#handles) {
      const value = this.#alerts.threshold(this.#stream, text);
      handle.style.top = `${this.#share(value) * 100}%`;
      handle.firstElementChild.textContent = value.toFixed(3);
      handle.setAttribute('aria-valuenow', value.toFixed(3));
      handle.setAttribute('aria-valuemin', this.#low.toFixed(3));
      handle.setAttribute('aria-valuemax', this.#high.toFixed(3));
    }
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(w * ratio);
    this.canvas.height = Math.round(d * ratio);
    const g = this.canvas.getContext('2d');
    g.scale(ratio, ratio);
    g.lineJoin = 'round';
    g.lineWidth = 1.8;
    const now = performance.now();
    for (const p of this.#prompts) {
      g.strokeStyle = p.color;
      g.beginPath();
      for (const {at, score} of this.#alerts.history(this.#stream).points(p.text)) {
        if (at >= now - span) g.lineTo(w * (1 - (now - at) / span), d * this.#share(score));
      }
      g.stroke();
    }
  }
}
