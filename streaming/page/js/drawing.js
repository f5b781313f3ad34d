// The controls of how heat is drawn, for streams whose heat is drawn here.

import {h} from './dom.js';
import {colorMaps} from './colormaps.js';

const names = {prompt: 'Color of the prompt', turbo: 'Turbo', viridis: 'Viridis', magma: 'Magma', jet: 'Jet'};

export class Drawing {
  #style;
  #redraw;

  constructor(style, redraw) {
    this.#style = style;
    this.#redraw = redraw;
    const slider = (id, label, key, max) => h('label.control', {for: id}, h('span', {}, label), h('input', {
      id, type: 'range', min: '0', max: String(max), step: '0.05', value: String(style[key]),
      oninput: (e) => this.#set(key, parseFloat(e.target.value)),
    }));
    const options = colorMaps.map((m) => h('option', {value: m}, names[m]));
    const map = h('select', {id: 'heat-map', onchange: (e) => this.#set('map', e.target.value)}, ...options);
    map.value = style.map;
    this.element = h('section.drawing', {'aria-label': 'How heat is drawn', hidden: true},
      slider('heat-opacity', 'Opacity', 'opacity', 1), slider('heat-floor', 'Hide below', 'floor', 0.95),
      h('label.control', {for: 'heat-map'}, h('span', {}, 'Colors'), map),
      h('label.control', {for: 'heat-boxes'}, h('input', {
        id: 'heat-boxes', type: 'checkbox', checked: style.boxes, onchange: (e) => this.#set('boxes', e.target.checked),
      }), h('span', {}, 'Boxes')));
  }

  hidden(text) { return this.#style.hidden.has(text); }

  // toggle hides or shows one prompt's heat.
  toggle(text) {
    if (!this.#style.hidden.delete(text)) this.#style.hidden.add(text);
    this.#redraw();
  }

  #set(key, value) {
    this.#style[key] = value;
    this.#style.save();
    this.#redraw();
  }
}
