// The controls of how heat is drawn, and by whom.

import {h} from './dom.js';
import {colorMaps} from './colormaps.js';
import {overlay, overlayNames, setOverlay} from './overlay.js';

const names = {prompt: 'The prompt’s', turbo: 'Turbo', viridis: 'Viridis', magma: 'Magma', jet: 'Jet'};

export class Drawing {
  #style;
  #redraw;
  #overlays = '';

  // redraw is called when heat is to be drawn in another way, and reconnect when somebody else shall draw it.
  constructor(style, redraw, reconnect) {
    this.#style = style;
    this.#redraw = redraw;
    const slider = (id, label, key, max) => h('label.control', {for: id}, h('span', {}, label), h('input', {
      id, type: 'range', min: '0', max: String(max), step: '0.05', value: String(style[key]),
      oninput: (e) => this.#set(key, parseFloat(e.target.value)),
    }));
    const select = (id, label, onchange) => {
      const list = h('select', {id, onchange: (e) => onchange(e.target.value)});
      return [list, h('label.control', {for: id}, h('span', {}, label), list)];
    };
    const [map, mapLabel] = select('heat-map', 'Colors', (value) => this.#set('map', value));
    map.append(...colorMaps.map((m) => h('option', {value: m}, names[m])));
    map.value = style.map;
    [this.by, this.byLabel] = select('heat-by', 'Drawn by', (value) => {
      setOverlay(value);
      reconnect();
    });
    this.here = [slider('heat-opacity', 'Opacity', 'opacity', 1), slider('heat-floor', 'Hide below', 'floor', 0.95), mapLabel,
      h('label.control', {for: 'heat-boxes'}, h('input', {
        id: 'heat-boxes', type: 'checkbox', checked: style.boxes, onchange: (e) => this.#set('boxes', e.target.checked),
      }), h('span', {}, 'Boxes'))];
    this.element = h('section.drawing', {'aria-label': 'How heat is drawn', hidden: true}, ...this.here, this.byLabel);
  }

  // show has the controls that make sense: here tells whether the page draws the heat, overlays are what the stream has.
  show(here, overlays = []) {
    for (const control of this.here) control.hidden = !here;
    this.byLabel.hidden = overlays.length < 2;
    this.element.hidden = !here && this.byLabel.hidden;
    if (overlays.join() === this.#overlays) return;
    this.#overlays = overlays.join();
    this.by.replaceChildren(...overlays.map((o) => h('option', {value: o}, overlayNames[o] ?? o)));
    this.by.value = overlay(overlays);
  }

  hidden(text) { return this.#style.hidden.has(text); }

  // toggle hides or shows one prompt's heat.
  toggle(text) {
    if (!this.#style.hidden.delete(text)) this.#style.hidden.add(text);
    this.#redraw();
  }

  // color has a prompt's heat in another color.
  color(text, color) {
    this.#style.setColor(text, color);
    this.#redraw();
  }

  #set(key, value) {
    this.#style[key] = value;
    this.#style.save();
    this.#redraw();
  }
}
