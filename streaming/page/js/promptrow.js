// One prompt in the list: its words, its score, and what can be done with it.

import {h, icon, setText} from './dom.js';

// onlyYou marks a prompt that nobody else sees.
export const onlyYou = () => h('span.mine', {title: 'Nobody else sees this prompt'}, icon('person'), 'only you');

const titles = {
  'no heat yet': 'No heat yet',
  seen: 'It is there now. The number is how well the last second goes with the words',
  'not seen': 'It is not there now: the score is too low for that, or falling',
  'not calibrated': 'Nobody has measured from which score on this model is right: the number alone does not say whether it is there',
};

export class Row {
  // actions: toggle(), ring(), color(hex), pause(), change(text), remove(), and where they make sense why(), again().
  constructor(text, actions, {own = false} = {}) {
    this.words = text;
    this.actions = actions;
    this.text = h('button.prompt-text', {type: 'button', title: text, 'aria-description': 'Press to change the words', onclick: () => this.#edit()}, h('span', {}, text));
    this.swatch = h('button.swatch', {type: 'button', disabled: true, onclick: actions.toggle});
    this.judged = h('span.prompt-judged');
    this.number = h('span');
    this.score = h('span.prompt-score', {}, this.number, this.judged);
    this.fill = h('span.meter-fill');
    this.line = h('span.meter-line', {hidden: true});
    this.meter = h('span.meter', {role: 'meter', 'aria-label': `Score of ${text}`, 'aria-valuemin': '0'}, this.fill, this.line);
    this.bell = h('button.icon-button.bell', {type: 'button', onclick: actions.ring}, icon('bell'));
    this.more = h('button.icon-button.more-actions', {
      type: 'button', 'aria-expanded': 'false', 'aria-label': `What to do with ${text}`, title: 'More', onclick: () => this.#open(this.strip.hidden),
    }, icon('more'));
    this.why = actions.why ? this.#action('why', 'Why?', actions.why) : null;
    this.color = h('input', {type: 'color', 'aria-label': `Color of ${text}`, oninput: () => actions.color(this.color.value)});
    this.colorLabel = h('label.action', {}, this.color, h('span', {'aria-hidden': 'true'}, 'Color'));
    this.strip = h('div.actions', {hidden: true}, this.why, this.colorLabel, this.#action('pause', 'Pause', actions.pause),
      this.#action('edit', 'Edit', () => this.#edit()), this.#action('remove', 'Remove', actions.remove));
    const again = actions.again ? h('button.linkish', {type: 'button', hidden: true, onclick: actions.again}, 'Ask again') : null;
    this.note = h('p.prompt-note', {hidden: true}, h('span'), again);
    this.warning = h('p.prompt-warning', {hidden: true}, icon('warning'), h('span'));
    this.element = h('li.prompt', {onkeydown: (e) => this.#key(e)},
      this.swatch, h('div.prompt-words', {}, this.text, own ? onlyYou() : null),
      this.score, this.bell, this.more, this.meter, this.note, this.warning, this.strip);
    this.element.classList.toggle('own', own);
  }

  // show takes {color, score (null: none yet), seen (null: nobody judges), scale, best, threshold (null: none), warning, note, gone}.
  show({color, score, seen = null, scale, best = false, threshold = null, warning = '', note = '', gone = false}) {
    if (color) {
      this.element.style.setProperty('--color', color);
      this.color.value = color;
    }
    const absent = score !== null && seen === false;
    this.element.classList.toggle('best', best && !absent);
    this.element.classList.toggle('absent', absent);
    const judged = score === null ? 'no heat yet' : seen === null ? 'not calibrated' : seen ? 'seen' : 'not seen';
    const share = (x) => Math.min(1, Math.max(0, x / scale)).toFixed(4);
    this.fill.style.setProperty('--share', share(score ?? 0));
    setText(this.number, score === null ? '…' : score.toFixed(3));
    setText(this.judged, score === null || seen === null ? '' : judged);
    this.score.title = titles[judged];
    this.meter.setAttribute('aria-valuenow', (score ?? 0).toFixed(3));
    this.meter.setAttribute('aria-valuemax', scale.toFixed(3));
    this.meter.setAttribute('aria-valuetext', score === null ? 'no heat yet' : `${score.toFixed(3)}, ${judged}`);
    this.warning.hidden = !warning;
    setText(this.warning.lastElementChild, warning);
    this.note.hidden = !note;
    setText(this.note.firstElementChild, note);
    if (this.actions.again) this.note.lastElementChild.hidden = !gone;

    const set = threshold !== null;
    this.line.hidden = !set;
    if (set) this.line.style.setProperty('--share', share(threshold));
    this.element.classList.toggle('above', set && score !== null && score >= threshold);
    this.bell.setAttribute('aria-pressed', String(set));
    const told = () => `Told when “${this.words}” scores ${threshold.toFixed(3)} or more; press to stop`;
    const label = set ? told() : `Tell me when “${this.words}” happens`;
    this.bell.setAttribute('aria-label', label);
    this.bell.title = label;
  }

  // showDrawn tells whether heat is drawn here, so that it can be hidden and colored, and whether this prompt's is.
  showDrawn(here, drawn) {
    this.colorLabel.hidden = !here;
    this.swatch.disabled = !here;
    this.swatch.setAttribute('aria-pressed', String(drawn));
    const label = drawn ? `Hide the heat of ${this.words}` : `Show the heat of ${this.words}`;
    this.swatch.setAttribute('aria-label', label);
    this.swatch.title = here ? label : '';
  }

  // allow tells whether the viewer may change this prompt, and whether he may ask why.
  allow(change, why) {
    this.text.disabled = !change;
    this.more.hidden = !change;
    if (!change) this.#open(false);
    if (this.why) this.why.hidden = !why;
  }

  #action(name, label, run) {
    return h('button.action', {type: 'button', 'aria-label': `${label} ${this.words}`, 'data-action': name, onclick: run}, icon(name), label);
  }

  #open(on) {
    this.strip.hidden = !on;
    this.more.setAttribute('aria-expanded', String(on));
  }

  #key(e) {
    if (this.text.disabled) return;
    if (e.key === 'Delete' && (e.target === this.text || e.target === this.more)) this.actions.remove();
    else if (e.key === 'Escape' && !this.strip.hidden) {
      this.#open(false);
      this.more.focus();
    }
  }

  // edit turns the words into a box: Enter takes them, Escape and leaving it do not.
  #edit() {
    this.#open(false);
    const input = h('input.prompt-edit', {
      type: 'text', value: this.words, maxlength: '500', enterkeyhint: 'done', 'aria-label': `New words for ${this.words}`, onblur: () => close(),
      onkeydown: (e) => {
        if (e.key !== 'Escape') return;
        e.stopPropagation();
        close();
        this.text.focus();
      },
    });
    const form = h('form.prompt-form', {
      onsubmit: (e) => {
        e.preventDefault();
        const words = input.value.trim().replace(/\s+/g, ' ');
        close();
        this.text.focus();
        if (words !== this.words) this.actions.change(words);
      },
    }, input);
    let open = true;
    const close = () => {
      if (!open) return; // removing the box takes the focus from it, too
      open = false;
      this.text.hidden = false;
      form.remove();
    };
    this.text.hidden = true;
    this.text.after(form);
    input.focus();
    input.select();
  }
}
