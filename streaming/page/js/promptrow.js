// One prompt in the list: its words, its score, and what can be done with it.

import {h, icon, setText} from './dom.js';

export class Row {
  // actions: remove(), change(text), ring(), toggle().
  constructor(prompt, actions) {
    this.prompt = prompt;
    this.actions = actions;
    this.text = h('button.prompt-text', {type: 'button', title: 'Change the words', onclick: () => this.#edit()}, prompt.text);
    this.swatch = h('button.swatch', {type: 'button', disabled: true, onclick: actions.toggle});
    this.score = h('span.prompt-score');
    this.fill = h('span.meter-fill');
    this.line = h('span.meter-line', {hidden: true});
    this.meter = h('span.meter', {role: 'meter', 'aria-label': `Score of ${prompt.text}`, 'aria-valuemin': '0'}, this.fill, this.line);
    this.bell = h('button.icon-button.bell', {type: 'button', onclick: actions.ring}, icon('bell'));
    this.warning = h('p.prompt-warning', {hidden: true}, icon('warning'), h('span'));
    this.element = h('li.prompt', {onkeydown: (e) => { if (e.key === 'Delete' && e.target.tagName !== 'INPUT') actions.remove(); }},
      this.swatch, this.text, this.score, this.bell,
      h('button.icon-button.remove', {
        type: 'button', 'aria-label': `Remove ${prompt.text}`, title: 'Remove (Delete)', onclick: actions.remove,
      }, icon('remove')),
      this.meter, this.warning);
  }

  show(prompt, scale, best, threshold) {
    this.element.style.setProperty('--color', prompt.color);
    this.element.classList.toggle('best', best);
    const share = (x) => Math.min(1, Math.max(0, x / scale)).toFixed(4);
    this.fill.style.setProperty('--share', share(prompt.score));
    setText(this.score, prompt.score.toFixed(3));
    this.meter.setAttribute('aria-valuenow', prompt.score.toFixed(3));
    this.meter.setAttribute('aria-valuemax', scale.toFixed(3));
    this.warning.hidden = !prompt.warning;
    setText(this.warning.lastElementChild, prompt.warning ?? '');

    const set = threshold !== null;
    this.line.hidden = !set;
    if (set) this.line.style.setProperty('--share', share(threshold));
    this.element.classList.toggle('above', set && prompt.score >= threshold);
    this.bell.setAttribute('aria-pressed', String(set));
    const label = set ? `Told when “${prompt.text}” scores ${threshold.toFixed(3)} or more; press to stop` : `Tell me when “${prompt.text}” happens`;
    this.bell.setAttribute('aria-label', label);
    this.bell.title = label;
  }

  // showDrawn tells whether heat is drawn here, so that it can be hidden, and whether this prompt's is.
  showDrawn(here, drawn) {
    this.swatch.disabled = !here;
    this.swatch.setAttribute('aria-pressed', String(drawn));
    const label = drawn ? `Hide the heat of ${this.prompt.text}` : `Show the heat of ${this.prompt.text}`;
    this.swatch.setAttribute('aria-label', label);
    this.swatch.title = here ? label : '';
  }

  // edit turns the words into a box: Enter takes them, Escape and leaving it do not.
  #edit() {
    const input = h('input.prompt-edit', {
      type: 'text', value: this.prompt.text, maxlength: '1000', 'aria-label': `New words for ${this.prompt.text}`,
      onkeydown: (e) => {
        if (e.key === 'Enter') this.actions.change(input.value.trim().replace(/\s+/g, ' '));
        if (e.key !== 'Enter' && e.key !== 'Escape') return;
        e.preventDefault();
        this.text.focus();
        close();
      },
      onblur: () => close(),
    });
    const close = () => {
      if (!input.isConnected) return;
      this.text.hidden = false;
      input.remove();
    };
    this.text.hidden = true;
    this.text.after(input);
    input.focus();
    input.select();
  }
}
