// The box to add a prompt: for everybody who watches, or for oneself.

import {h, icon, setText} from './dom.js';
import {Known} from './known.js';
import {most} from './own.js';
import {readTexts, write} from './store.js';
import {Suggest} from './suggest.js';
import {sentence} from './words.js';

const key = 'prompts used';
const remembered = 40;
const hints = {
  all: 'An action in plain words, for everybody who watches. It acts on the next inference.',
  me: `An action in plain words. Only you see it; you may have ${most}.`,
};

export class PromptAdd {
  #feed;
  #taken;
  #add;

  // add(text, own) puts a prompt where it belongs; it fails with a sentence for the viewer. taken gives the prompts that are there.
  constructor(feed, add, taken) {
    this.#feed = feed;
    this.#taken = taken;
    this.#add = add;
    this.input = h('input', {
      type: 'text', id: 'add-prompt', name: 'prompt', autocomplete: 'off', enterkeyhint: 'done', maxlength: '500',
      placeholder: 'a person waving', 'aria-describedby': 'add-hint add-error', title: 'Press / to come here', oninput: () => this.say(''),
    });
    this.suggest = new Suggest(this.input, () => this.#suggestions());
    this.button = h('button.primary', {type: 'submit'}, icon('add'), 'Add');
    this.known = new Known((text) => this.#put(text));
    this.error = h('p.error', {id: 'add-error', role: 'alert', hidden: true});
    this.hint = h('p.faint', {id: 'add-hint'}, hints.all);
    const choice = (id, value, label) => h('label.choice', {for: id}, h('input', {
      type: 'radio', id, name: 'audience', value, checked: value === 'all', onchange: () => setText(this.hint, hints[value]),
    }), h('span', {}, label));
    this.me = choice('for-me', 'me', 'Only me');
    this.audience = h('fieldset.audience', {hidden: true}, h('legend', {}, 'For whom'), choice('for-all', 'all', 'Everybody'), this.me);
    this.element = h('form.add', {onsubmit: (e) => { e.preventDefault(); this.#submit(); }},
      h('div.add-head', {}, h('label', {for: 'add-prompt'}, 'Add a prompt'), this.audience),
      h('div.add-row', {}, h('div.add-box', {}, this.input, this.suggest.element), this.button), this.hint, this.error, this.known.element);
  }

  get own() { return !this.audience.hidden && this.me.firstElementChild.checked; }

  focus() { this.input.focus(); }

  // allow shows the choice of for whom, where there is one.
  allow(own) { this.audience.hidden = !own; }

  // suggestKnown offers what the model is known to understand and nobody looks for yet.
  suggestKnown(known) {
    const there = new Set(this.#taken());
    this.known.show(known.filter((text) => !there.has(text)));
  }

  say(text) {
    this.error.hidden = text === '';
    setText(this.error, text === '' ? '' : sentence(text));
    this.input.toggleAttribute('aria-invalid', text !== '');
  }

  async #submit() {
    const text = this.input.value.trim().replace(/\s+/g, ' ');
    this.suggest.close();
    this.button.disabled = true;
    if (await this.#put(text)) this.input.value = '';
    this.button.disabled = false;
    this.input.focus();
  }

  // put adds a prompt, or says why it cannot be.
  async #put(text) {
    try {
      if (text === '') throw new Error('Type what to look for first, such as “a person waving”.');
      await this.#add(text, this.own);
      this.say('');
      write(key, [text, ...readTexts(key, remembered).filter((t) => t !== text)].slice(0, remembered));
      return true;
    } catch (e) {
      this.say(e.message);
      return false;
    }
  }

  // suggestions are what was looked for here before, what other streams look for, and what the models are known to understand.
  #suggestions() {
    const there = new Set(this.#taken());
    const streams = this.#feed.streams ?? [];
    const all = [...readTexts(key, remembered), ...streams.flatMap((s) => s.prompts.map((p) => p.text)), ...streams.flatMap((s) => s.known ?? [])];
    return all.filter((text) => !there.has(text));
  }
}
