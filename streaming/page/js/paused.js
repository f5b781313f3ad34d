// PausedPrompts are prompts that were taken out of the stream, so that they cost nothing, and that this browser remembers to
// put back. Their words are {text, own}: own ones were the viewer's for himself.

import {read, write} from './store.js';

const most = 20;

export class PausedPrompts extends EventTarget {
  #key;
  #list;

  constructor(stream) {
    super();
    this.#key = `paused ${stream}`;
    const kept = read(this.#key);
    this.#list = (Array.isArray(kept) ? kept : []).filter((p) => typeof p?.text === 'string').map((p) => ({text: p.text, own: p.own === true}));
  }

  get list() { return this.#list; }

  add(text, own) { this.#set([...this.#list.filter((p) => p.text !== text || p.own !== own), {text, own}].slice(-most)); }

  remove(text, own) { this.#set(this.#list.filter((p) => p.text !== text || p.own !== own)); }

  #set(list) {
    this.#list = list;
    write(this.#key, list.length > 0 ? list : undefined);
    this.dispatchEvent(new Event('change'));
  }
}
