// Suggestions while typing: a list beside a text box, walked with the arrow keys (the combobox of the ARIA practices). The box keeps
// its words until one is taken.

import {h} from './dom.js';

const most = 6;
const apart = 6; // px from the box

export class Suggest {
  #input;
  #source;
  #texts = [];
  #at = -1;
  #open = null; // aborted when the list closes

  // source gives what may be suggested, the best first.
  constructor(input, source) {
    this.#input = input;
    this.#source = source;
    this.element = h('ul.suggest', {id: `${input.id}-list`, role: 'listbox', 'aria-label': 'Suggestions', hidden: true});
    const roles = {role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': this.element.id};
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener('input', () => this.#suggest());
    input.addEventListener('keydown', (e) => this.#key(e));
    input.addEventListener('blur', () => this.close());
  }

  close() { this.#show([]); }

  #suggest() {
    const words = this.#input.value.toLowerCase().split(/\s+/).filter((w) => w !== '');
    const fits = (text) => words.every((w) => text.toLowerCase().includes(w)) && text !== this.#input.value.trim();
    this.#show(words.length > 0 ? [...new Set(this.#source())].filter(fits).slice(0, most) : []);
  }

  #show(texts) {
    this.#texts = texts;
    this.element.replaceChildren(...texts.map((text, i) => h('li', {
      role: 'option', id: `${this.element.id}-${i}`, 'aria-selected': 'false',
      onpointerdown: (e) => { // before the box loses the focus
        e.preventDefault();
        this.#take(text);
      },
    }, text)));
    this.element.hidden = texts.length === 0;
    this.#open?.abort();
    if (texts.length > 0) {
      this.#open = new AbortController();
      for (const event of ['scroll', 'resize']) addEventListener(event, () => this.#put(), {capture: true, signal: this.#open.signal});
      this.#put();
    }
    this.#input.setAttribute('aria-expanded', String(texts.length > 0));
    this.#walk(-1);
  }

  // put lays the list above the box, or below it where there is more room. Nothing that the box is in cuts it off.
  #put() {
    const box = this.#input.getBoundingClientRect();
    const above = box.top - document.querySelector('.bar').offsetHeight;
    const below = innerHeight - box.bottom;
    const up = above >= below;
    Object.assign(this.element.style, {
      left: `${box.left}px`, width: `${box.width}px`,
      top: up ? 'auto' : `${box.bottom + apart}px`, bottom: up ? `${innerHeight - box.top + apart}px` : 'auto',
    });
    this.element.style.setProperty('--room', `${Math.max(above, below) - 2 * apart}px`);
  }

  #walk(to) {
    this.#at = to;
    [...this.element.children].forEach((li, i) => li.setAttribute('aria-selected', String(i === to)));
    if (to < 0) {
      this.#input.removeAttribute('aria-activedescendant');
      return;
    }
    this.#input.setAttribute('aria-activedescendant', this.element.children[to].id);
    this.element.children[to].scrollIntoView({block: 'nearest'});
  }

  #key(e) {
    const n = this.#texts.length;
    const by = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (by && n === 0) this.#suggest();
    else if (by) this.#walk((this.#at + by + n + (this.#at < 0 && by < 0 ? 1 : 0)) % n);
    else if (e.key === 'Enter' && this.#at >= 0) this.#take(this.#texts[this.#at]);
    else if (e.key === 'Escape' && n > 0) this.close();
    else return;
    e.preventDefault();
  }

  #take(text) {
    this.#input.value = text;
    this.close();
    this.#input.focus();
  }
}
