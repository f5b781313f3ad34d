// Markers over the picture: for each prompt a ring where its heat is highest, a box round that heat, and a label. They can be
// switched off.

import {h, icon, setText} from './dom.js';
import {place} from './labels.js';
import {read, write} from './store.js';

const key = 'markers';
const corner = 22; // px of a box's edge that are drawn at each corner
const near = 34; // px from a point to its label, up to which no line leads there
const touching = 10; // likewise from a box

export class Markers {
  #video;
  #style;
  #byText = new Map();
  #size = [0, 0];
  #unit = 1;
  #resized = new ResizeObserver(() => this.#fit());
  #fitted = () => this.#fit();

  // style is a HeatStyle: it says whether boxes are drawn.
  constructor(video, style) {
    this.#video = video;
    this.#style = style;
    this.shapes = svg('svg', {class: 'shapes'});
    this.element = h('div.markers', {'aria-hidden': 'true'}, this.shapes); // the list of prompts says it in words
    this.button = h('button.icon-button.full.labels', {
      type: 'button', 'aria-label': 'Labels on the picture', title: 'Labels on the picture (m)', onclick: () => this.toggle(),
    }, icon('eye'));
    this.#resized.observe(video);
    video.addEventListener('resize', this.#fitted);
    this.#switch(read(key) !== false);
  }

  toggle() {
    const on = this.element.hidden;
    write(key, on);
    this.#switch(on);
  }

  // show marks findings {text, color, score, seen, point, box, own}; those without a point are left out, and those that are not seen. Where
  // nobody judges (seen is null), there is no box.
  show(found) {
    const [width, height] = this.#size;
    const left = new Map(this.#byText);
    const shown = [];
    for (const f of found) {
      const name = f.own ? `${f.text}\n` : f.text;
      if (!f.point || f.seen === false || shown.some((m) => m.name === name)) continue;
      left.delete(name);
      if (!this.#byText.has(name)) this.#byText.set(name, new Marker(name, f, this));
      const marker = this.#byText.get(name);
      marker.show(f, width, height, this.#style.boxes, this.#unit);
      shown.push(marker);
    }
    for (const [name, marker] of left) {
      marker.remove();
      this.#byText.delete(name);
    }
    if (width === 0 || this.element.hidden) return;
    const places = place(shown.map((m) => m.space()), width, height, shown.map((m) => m.place), this.#unit);
    shown.forEach((m, i) => m.lay(places[i]));
  }

  close() {
    this.#resized.disconnect();
    this.#video.removeEventListener('resize', this.#fitted);
  }

  #switch(on) {
    this.element.hidden = !on;
    this.button.setAttribute('aria-pressed', String(on));
  }

  // fit lays the markers over the picture itself: object-fit: contain leaves bars beside or above it.
  #fit() {
    const {clientWidth, clientHeight, videoWidth, videoHeight} = this.#video;
    if (videoWidth === 0 || videoHeight === 0) return;
    const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
    const [w, d] = [videoWidth * scale, videoHeight * scale];
    this.#size = [w, d];
    this.#unit = Math.max(1, w / 1500); // marks grow with the picture
    this.element.style.setProperty('--unit', this.#unit);
    this.shapes.setAttribute('viewBox', `0 0 ${w} ${d}`);
    Object.assign(this.element.style, {
      width: `${w}px`, height: `${d}px`, left: `${(clientWidth - w) / 2}px`, top: `${(clientHeight - d) / 2}px`,
    });
  }
}

class Marker {
  place = null; // of the label, px

  constructor(name, {text, own}, {shapes, element}) {
    this.name = name;
    this.score = h('span.marker-score');
    this.label = h('div.marker-label', {}, own ? icon('person') : null, h('span.marker-name', {}, text), this.score);
    this.box = svg('path', {class: 'marker-box'});
    this.line = svg('line', {class: 'marker-line'});
    this.under = svg('circle', {class: 'marker-under'});
    this.ring = svg('circle', {class: 'marker-ring'});
    shapes.prepend(this.box);
    shapes.append(this.line, this.under, this.ring);
    element.append(this.label);
  }

  show({color, score, seen, point: [x, y], box}, width, height, boxes, unit) {
    this.unit = unit;
    this.point = [x * width, y * height];
    for (const e of [this.label, this.box, this.line, this.ring]) e.style.setProperty('--color', color);
    for (const e of [this.under, this.ring]) set(e, {cx: this.point[0], cy: this.point[1]});
    const [x1, y1, x2, y2] = box ? [box[0] * width, box[1] * height, box[2] * width, box[3] * height] : [0, 0, 0, 0];
    this.region = x2 > x1 && y2 > y1 ? {left: x1, top: y1, right: x2, bottom: y2} : null;
    this.box.style.display = seen && boxes && this.region ? '' : 'none';
    set(this.box, {d: corners(x1, y1, x2, y2, corner * unit)});
    setText(this.score, score.toFixed(3));
  }

  space() { return {x: this.point[0], y: this.point[1], width: this.label.offsetWidth, height: this.label.offsetHeight, box: this.region}; }

  // lay puts the label there, and a line to it where it is far from its box, or its point.
  lay([left, top]) {
    this.place = [left, top];
    this.label.style.transform = `translate(${left}px, ${top}px)`;
    const [x, y] = this.point;
    const nearest = [Math.min(Math.max(x, left), left + this.label.offsetWidth), top + this.label.offsetHeight / 2];
    const far = Math.hypot(nearest[0] - x, nearest[1] - y);
    const share = far > 0 ? 9 * this.unit / far : 0;
    set(this.line, {x1: x + (nearest[0] - x) * share, y1: y + (nearest[1] - y) * share, x2: nearest[0], y2: nearest[1]});
    const r = this.region ?? {left: x, top: y, right: x, bottom: y};
    const gap = (a, b, c, d) => Math.max(0, a - d, c - b);
    const apart = Math.hypot(gap(left, left + this.label.offsetWidth, r.left, r.right), gap(top, top + this.label.offsetHeight, r.top, r.bottom));
    this.line.style.display = apart > (this.region ? touching : near) * this.unit ? '' : 'none';
  }

  remove() { for (const e of [this.label, this.box, this.line, this.under, this.ring]) e.remove(); }
}

// corners is the path of a box's four corners.
function corners(x1, y1, x2, y2, most) {
  const c = Math.min(most, (x2 - x1) / 3, (y2 - y1) / 3);
  return `M${x1} ${y1 + c}V${y1}H${x1 + c}M${x2 - c} ${y1}H${x2}V${y1 + c}M${x2} ${y2 - c}V${y2}H${x2 - c}M${x1 + c} ${y2}H${x1}V${y2 - c}`;
}

function svg(name, attributes) { return set(document.createElementNS('http://www.w3.org/2000/svg', name), attributes); }

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
