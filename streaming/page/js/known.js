// The prompts that the model is known to understand, each a button that looks for it.

import {h} from './dom.js';
import {withoutCommonStart} from './labels.js';

export class Known {
  #add;
  #key = '';

  // add(text) looks for a prompt.
  constructor(add) {
    this.#add = add;
    this.list = h('ul.known', {'aria-labelledby': 'known-title'});
    this.element = h('div.group', {hidden: true}, h('h3', {id: 'known-title'}, 'The model knows'), this.list);
  }

  show(texts) {
    const key = JSON.stringify(texts);
    if (key === this.#key) return;
    this.#key = key;
    const focused = [...this.list.children].findIndex((li) => li.contains(document.activeElement));
    const short = withoutCommonStart(texts);
    this.element.hidden = texts.length === 0;
    this.list.replaceChildren(...texts.map((text, i) => h('li', {}, h('button.known-chip', {
      type: 'button', 'aria-label': `Look for ${text}`, title: `Look for ${text}`, onclick: () => this.#add(text),
    }, short[i]))));
    if (focused >= 0) this.list.children[Math.min(focused, texts.length - 1)]?.firstElementChild.focus(); // the next one
  }
}
