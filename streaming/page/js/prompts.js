// The panel of prompts: what is looked for, how well it is found, and a box to add more.

import {h, icon, setText} from './dom.js';
import {Row} from './promptrow.js';

const leastScale = 0.3; // full bar: cosines of a good match are about that; the scale grows with what is seen

export class Prompts {
  #feed;
  #alerts;
  #name;
  #drawing;
  #rows = new Map();
  #scale = leastScale;
  #wanted = null; // prompts that were sent and not yet confirmed

  constructor(feed, alerts, name, drawing) {
    this.#feed = feed;
    this.#alerts = alerts;
    this.#name = name;
    this.#drawing = drawing;
    this.list = h('ul.prompts');
    this.none = h('p.faint.none', {hidden: true}, 'Nothing yet. Say what to look for, and where it happens lights up in the picture.');
    this.input = h('input', {
      type: 'text', id: 'add-prompt', name: 'prompt', autocomplete: 'off', enterkeyhint: 'done', maxlength: '1000',
      placeholder: 'a person waving', 'aria-describedby': 'add-hint add-error', title: 'Press / to come here',
    });
    this.button = h('button.primary', {type: 'submit'}, icon('add'), 'Add');
    this.error = h('p.error', {id: 'add-error', role: 'alert', hidden: true});
    this.form = h('form.add', {onsubmit: (e) => { e.preventDefault(); this.#add(); }},
      h('label', {for: 'add-prompt'}, 'Add a prompt'),
      h('div.add-row', {}, this.input, this.button),
      h('p.faint', {id: 'add-hint'}, 'An action in plain words. It acts on the next inference.'), this.error);
    this.count = h('span.count');
    this.notice = h('p.notice', {hidden: true}, icon('info'), h('span'));
    this.element = h('section.panel', {'aria-labelledby': 'prompts-title'},
      h('h2', {id: 'prompts-title'}, 'Looking for ', this.count), this.list, this.none, this.form, this.notice);
    this.input.addEventListener('input', () => this.#say(''));
  }

  focus() { this.input.focus(); }

  show(status) {
    const {prompts} = status;
    setText(this.count, prompts.length > 0 ? String(prompts.length) : '');
    this.none.hidden = prompts.length > 0;
    this.#scale = Math.max(leastScale, this.#scale, ...prompts.map((p) => p.score * 1.1));
    const best = Math.max(...prompts.map((p) => p.score));
    const keys = new Set();
    prompts.forEach((p, i) => {
      let key = p.text;
      while (keys.has(key)) key += '\n'; // the same prompt again
      keys.add(key);
      let row = this.#rows.get(key);
      if (!row) {
        row = new Row(p, {
          remove: () => this.#remove(p.text),
          change: (text) => this.#change(p.text, text),
          ring: () => this.#ring(p.text),
          toggle: () => {
            this.#drawing.toggle(p.text);
            this.show(this.#feed.stream(this.#name));
          },
        });
        this.#rows.set(key, row);
      }
      row.show(p, this.#scale, prompts.length > 1 && p.score === best, this.#alerts.threshold(this.#name, p.text));
      row.showDrawn(!this.#drawing.element.hidden, !this.#drawing.hidden(p.text));
      if (this.list.children[i] !== row.element) this.list.insertBefore(row.element, this.list.children[i] ?? null);
    });
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    this.notice.hidden = !status.notice;
    setText(this.notice.lastElementChild, status.notice ?? '');
  }

  // texts are the prompts to change: what was sent last, as answers may be on their way.
  #texts() {
    return this.#wanted ?? (this.#feed.stream(this.#name)?.prompts ?? []).map((p) => p.text);
  }

  async #add() {
    const text = this.input.value.trim().replace(/\s+/g, ' ');
    if (text === '') {
      this.#say('Type what to look for first, such as “a person waving”.');
      this.input.focus();
      return;
    }
    if (this.#texts().includes(text)) {
      this.#say('This prompt is there already.');
      return;
    }
    this.button.disabled = true;
    if (await this.#send([...this.#texts(), text])) this.input.value = '';
    this.button.disabled = false;
    this.input.focus();
  }

  async #remove(text) {
    const left = this.#texts();
    const i = left.indexOf(text);
    if (i >= 0) left.splice(i, 1);
    if (await this.#send(left)) this.input.focus({preventScroll: true});
  }

  // change replaces a prompt's words; it keeps its place and colour.
  async #change(from, to) {
    const texts = this.#texts();
    const i = texts.indexOf(from);
    if (i < 0 || to === '' || texts.includes(to)) return;
    await this.#send(texts.with(i, to));
  }

  // ring sets a threshold for a prompt that has none, and takes it away from one that has.
  #ring(text) {
    const set = this.#alerts.threshold(this.#name, text) === null;
    this.#alerts.setThreshold(this.#name, text, set ? this.#alerts.history(this.#name).suggest(text) : null);
  }

  async #send(texts) {
    this.#say('');
    const mine = [...texts];
    this.#wanted = mine;
    try {
      await this.#feed.setPrompts(this.#name, mine);
      return true;
    } catch (e) {
      this.#say(sentence(e.message));
      return false;
    } finally {
      if (this.#wanted === mine) this.#wanted = null;
    }
  }

  #say(text) {
    this.error.hidden = text === '';
    setText(this.error, text);
    this.input.toggleAttribute('aria-invalid', text !== '');
  }
}

function sentence(text) {
  const s = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(s) ? s : `${s}.`;
}
