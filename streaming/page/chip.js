// The state chip.
import { el, setText } from './dom.js';
import { stateLabel } from './format.js';

/** Chip shows a stream's state as a coloured dot and a word. A live chip tells screen readers of changes. */
export class Chip {
  #label = el('span');

  constructor({ live = false } = {}) {
    this.node = el('span', { class: 'chip', role: live && 'status', 'aria-live': live && 'polite' },
      el('span', { class: 'chip-dot', 'aria-hidden': 'true' }), this.#label);
  }

  set(state) {
    if (this.node.dataset.state === state) return;
    this.node.dataset.state = state;
    setText(this.#label, stateLabel(state));
  }
}
