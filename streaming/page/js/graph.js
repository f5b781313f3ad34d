// The graph of the prompts' scores over the last minute, with a handle for each threshold.

import {legible, rgb} from './colors.js';
import {h} from './dom.js';
import {idOf} from './history.js';
import {spread, withoutCommonStart} from './labels.js';
import {ThresholdHandle} from './threshold.js';

const span = 60_000; // ms shown
const gap = 5_000; // ms without a score that leave a gap
const room = 0.12; // of the range, above and below
const names = 0.3; // of the width, for the prompts' names
const line = 1.3; // of the font's size, from name to name

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
    this.title = h('h2', {id: 'graph-title', tabindex: '-1'}, 'Scores');
    this.element = h('section.graph', {'aria-labelledby': 'graph-title'},
      h('div.graph-head', {}, this.title, h('span.faint', {}, 'last minute; drag a line to set when to be told')),
      h('div.graph-body', {}, h('div.graph-scale', {}, this.top, this.bottom), this.plot));
    this.#resized.observe(this.plot);
  }

  close() {
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  // show draws the scores of prompts {text, own, color}.
  show(prompts) {
    this.#prompts = prompts;
    const thresholds = new Map();
    for (const p of prompts) {
      const value = this.#alerts.threshold(this.#stream, p);
      if (value !== null) thresholds.set(idOf(p), {prompt: p, value});
    }
    for (const [id, handle] of this.#handles) {
      if (thresholds.has(id)) continue;
      handle.element.remove();
      this.#handles.delete(id);
    }
    const held = [...this.#handles.values()].some((handle) => handle.held);
    if (!held) this.#scale([...thresholds.values()].map((t) => t.value)); // what is dragged must not run away
    for (const [id, {prompt, value}] of thresholds) {
      if (!this.#handles.has(id)) this.#handles.set(id, this.#handle(prompt));
      this.#handles.get(id).show(value, prompt.color, this.#share(value), this.#low, this.#high);
    }
    this.#plan();
  }

  #scale(thresholds) {
    const range = this.#alerts.history(this.#stream).range();
    if (range) {
      const margin = Math.max(0.02, (range[1] - range[0]) * room);
      this.#low = range[0] - margin;
      this.#high = range[1] + margin;
    }
    for (const value of thresholds) {
      this.#low = Math.min(this.#low, value - 0.01);
      this.#high = Math.max(this.#high, value + 0.01);
    }
    this.top.textContent = this.#high.toFixed(2);
    this.bottom.textContent = this.#low.toFixed(2);
  }

  #share(score) { return (this.#high - score) / (this.#high - this.#low); } // 0 at the top

  #handle(prompt) {
    const set = (value) => this.#alerts.setThreshold(this.#stream, prompt, value === null ? null : Math.round(value * 1000) / 1000);
    const handle = new ThresholdHandle(prompt, {
      set,
      remove: () => {
        set(null);
        this.title.focus({preventScroll: true});
      },
      scoreAt: (y) => {
        const box = this.plot.getBoundingClientRect();
        const share = Math.min(1, Math.max(0, (y - box.top) / box.height));
        return this.#high - share * (this.#high - this.#low);
      },
    });
    this.plot.append(handle.element);
    return handle;
  }

  #plan() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const {clientWidth: w, clientHeight: d} = this.plot;
    if (w === 0) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(w * ratio);
    this.canvas.height = Math.round(d * ratio);
    const g = this.canvas.getContext('2d');
    g.scale(ratio, ratio);
    g.lineJoin = 'round';
    g.lineWidth = 1.8;
    const style = getComputedStyle(this.plot);
    const [text, ground] = [style.color, style.backgroundColor].map((c) => c.match(/[\d.]+/g).slice(0, 3).map(Number));
    g.font = `600 ${style.fontSize} ${style.fontFamily}`;
    g.textBaseline = 'middle';
    const right = w * (1 - names);
    const ends = [];
    for (const p of this.#prompts) {
      const color = `rgb(${legible(rgb(p.color), ground, text).join(' ')})`;
      const end = this.#line(g, p, color, right, d);
      if (end !== null) ends.push({...p, color, y: end});
    }
    const places = spread(ends.map((e) => e.y), line * parseFloat(style.fontSize), d);
    const texts = fitting(g, ends.map((e) => e.text), w - right - 14);
    ends.forEach((e, i) => {
      g.fillStyle = e.color;
      g.fillText(texts[i], right + 8, places[i]);
    });
  }

  // line draws a prompt's scores, and returns how far down they end, or null where there are none.
  #line(g, prompt, color, width, height) {
    const now = performance.now();
    g.strokeStyle = color;
    g.beginPath();
    let last = null;
    for (const {at, score} of this.#alerts.history(this.#stream).points(prompt)) {
      if (at < now - span) continue;
      const [x, y] = [width * (1 - (now - at) / span), height * this.#share(score)];
      if (last && at - last.at <= gap) g.lineTo(x, y);
      else g.moveTo(x, y);
      last = {at, y};
    }
    g.stroke();
    return last && last.y;
  }
}

// fitting shortens texts that are wider than that: they lose the words that they all begin with, and then their ends.
function fitting(g, texts, width) {
  const fits = (text) => g.measureText(text).width <= width;
  if (texts.every(fits)) return texts;
  return withoutCommonStart(texts).map((text) => {
    if (fits(text)) return text;
    let n = text.length;
    while (n > 0 && !fits(`${text.slice(0, n)}…`)) n--;
    return `${text.slice(0, n).trimEnd()}…`;
  });
}
