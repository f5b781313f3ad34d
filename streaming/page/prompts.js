// The panel "Looking for": the prompts, their scores, and the box to add one.
import { setPrompts } from './api.js';
import { el, icon, setText } from './dom.js';
import { PromptRow } from './promptrow.js';

/** Prompts edits a stream's prompts. The list that the server tells is the truth; changes go to it one after another. */
export class Prompts {
  #name; #rows = new Map(); #texts = [];
  #queue = Promise.resolve(); #pending = 0;
  #list = el('ul', { class: 'prompts', 'aria-label': 'Prompts' });
  #none = el('p', { class: 'none', text: 'Nothing yet. Describe an action below, and its heat appears on the video.' });
  #error = el('p', { class: 'error', role: 'alert', id: 'prompt-error', hidden: true });
  #count = el('span', { class: 'count' });
  #input; #button;

  constructor(name) {
    this.#name = name;
    this.#input = el('input', {
      id: 'prompt', type: 'text', autocomplete: 'off', enterkeyhint: 'done', maxlength: '1000',
      placeholder: 'e.g. a person climbing a ladder', 'aria-describedby': 'prompt-error',
      on: { input: () => this.#fail('') },
    });
    this.#button = el('button', { class: 'button primary', type: 'submit' }, icon('plus'), el('span', { text: 'Add' }));
    this.node = el('section', { class: 'panel', 'aria-labelledby': 'prompts-title' },
      el('header', {}, el('h2', { id: 'prompts-title', text: 'Looking for' }), this.#count),
      this.#list, this.#none,
      el('form', { class: 'add', on: { submit: (e) => this.#submit(e) } },
        el('label', { for: 'prompt', text: 'Describe an action' }),
        el('div', { class: 'add-row' }, this.#input, this.#button), this.#error));
  }

  focus() {
    this.#input.focus();
  }

  update(prompts) {
    const top = Math.max(...prompts.map((p) => p.score));
    if (this.#pending === 0) this.#texts = prompts.map((p) => p.text);
    const seen = new Set(prompts.map((p) => p.text));
    for (const [text, row] of this.#rows) {
      if (seen.has(text)) continue;
      row.node.remove();
      this.#rows.delete(text);
    }
    prompts.forEach((prompt, i) => {
      let row = this.#rows.get(prompt.text);
      if (!row) {
        row = new PromptRow(prompt.text, { onRemove: () => this.#remove(prompt.text), onMove: (step) => this.#move(prompt.text, step) });
        this.#rows.set(prompt.text, row);
      }
      if (this.#list.children[i] !== row.node) this.#list.insertBefore(row.node, this.#list.children[i] ?? null);
      row.update(prompt, prompts.length > 1 && prompt.score === top);
    });
    this.#none.hidden = prompts.length > 0;
    setText(this.#count, prompts.length ? String(prompts.length) : '');
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim().replace(/\s+/g, ' ');
    if (!text) return this.#fail('Describe an action first, such as “a person waving”.');
    if (this.#texts.includes(text)) return this.#fail('That is in the list already.');
    this.#button.disabled = true;
    const done = await this.#change((texts) => [...texts, text]);
    this.#button.disabled = false;
    if (done && this.#input.value.trim().replace(/\s+/g, ' ') === text) this.#input.value = '';
    if (!done) this.focus();
  }

  async #remove(text) {
    const row = this.#rows.get(text);
    const next = this.#neighbour(text, 1) ?? this.#neighbour(text, -1);
    row.busy(true);
    if (await this.#change((texts) => texts.filter((t) => t !== text))) {
      if (next) next.focus();
      else this.focus();
    } else row.busy(false);
  }

  /** #change sends an edit of the newest list, after the changes before it; false when it was refused. */
  #change(edit) {
    this.#pending++;
    const result = this.#queue.then(async () => {
      const before = this.#texts;
      this.#texts = edit(before);
      try {
        const status = await setPrompts(this.#name, this.#texts);
        this.#fail('');
        if (this.#pending === 1 && status) this.update(status.prompts);
        return true;
      } catch (error) {
        this.#texts = before;
        this.#fail(error.message);
        return false;
      } finally {
        this.#pending--;
      }
    });
    this.#queue = result;
    return result;
  }

  #neighbour(text, step) {
    const rows = [...this.#list.children];
    const node = rows[rows.indexOf(this.#rows.get(text).node) + step];
    return [...this.#rows.values()].find((row) => row.node === node);
  }

  #move(text, step) {
    const next = this.#neighbour(text, step);
    if (next) next.focus();
    else if (step > 0) this.focus();
  }

  #fail(message) {
    setText(this.#error, message);
    this.#error.hidden = !message;
    this.#input.setAttribute('aria-invalid', String(Boolean(message)));
  }
}
