// How this viewer likes heat drawn, kept for the next visit.

import {read, write} from './store.js';

const key = 'heat style';

export class HeatStyle {
  opacity = 0.75;
  floor = 0.5;
  map = 'prompt';
  boxes = true;
  hidden = new Set(); // prompts that are not drawn, for this visit
  aside = new Set(); // own prompts that another view asks for, and shows

  constructor() {
    const saved = read(key);
    if (saved?.opacity >= 0 && saved.opacity <= 1) this.opacity = saved.opacity;
    if (saved?.floor >= 0 && saved.floor <= 0.95) this.floor = saved.floor;
    if (typeof saved?.map === 'string') this.map = saved.map;
    if (typeof saved?.boxes === 'boolean') this.boxes = saved.boxes;
  }

  // draws tells whether a prompt's heat belongs into the picture.
  draws({text, own}) { return !this.hidden.has(text) && !(own && this.aside.has(text)); }

  save() { write(key, {opacity: this.opacity, floor: this.floor, map: this.map, boxes: this.boxes}); }
}
