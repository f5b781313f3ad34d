// How this viewer likes heat drawn, kept for the next visit.

import {read, write} from './store.js';

const key = 'heat style';
const most = 100; // colors kept
const isColor = (x) => /^#[0-9a-f]{6}$/i.test(x);

export class HeatStyle {
  opacity = 0.75;
  floor = 0.5;
  map = 'prompt';
  boxes = true;
  hidden = new Set(); // prompts that are not drawn, for this visit
  aside = new Set(); // own prompts that another view asks for, and shows
  #colors = new Map(); // by prompt, where the viewer has chosen one

  constructor() {
    const saved = read(key);
    if (saved?.opacity >= 0 && saved.opacity <= 1) this.opacity = saved.opacity;
    if (saved?.floor >= 0 && saved.floor <= 0.95) this.floor = saved.floor;
    if (typeof saved?.map === 'string') this.map = saved.map;
    if (typeof saved?.boxes === 'boolean') this.boxes = saved.boxes;
    if (Array.isArray(saved?.colors)) this.#colors = new Map(saved.colors.filter((c) => isColor(c?.[1])));
  }

  // draws tells whether a prompt's heat belongs into the picture.
  draws({text, own}) { return !this.hidden.has(text) && !(own && this.aside.has(text)); }

  // color is the viewer's own for a prompt, or else the server's.
  color(text, color) { return this.#colors.get(text) ?? color; }

  setColor(text, color) {
    this.#colors.delete(text);
    if (color) this.#colors.set(text, color);
    if (this.#colors.size > most) this.#colors.delete(this.#colors.keys().next().value);
    this.save();
  }

  // move gives a prompt's color to the one that takes its place.
  move(from, to) {
    const color = this.#colors.get(from);
    if (!color) return;
    this.setColor(from, null);
    this.setColor(to, color);
  }

  save() { write(key, {opacity: this.opacity, floor: this.floor, map: this.map, boxes: this.boxes, colors: [...this.#colors]}); }
}
