// OwnPrompts are the prompts that this viewer has for himself alone. They go over the data channel of the heat, where messages
// may be lost, so they are sent again until the heat tells of them. They are kept, and asked for again after a reconnect.
//
// A prompt is asked (not yet in the heat), found (in the heat), gone (others' prompts took its place) or resting (there is
// no room while another view asks for prompts). The event 'change' tells of each change.

import {readTexts, write} from './store.js';

export const most = 4; // the server takes no more of one viewer
const pauses = [1000, 2000, 4000, 8000]; // ms until it is sent again
const patience = 6; // times a prompt is asked for while heat comes without it
const missing = 4000; // ms out of the heat until a prompt that was there counts as gone

export class OwnPrompts extends EventTarget {
  #key;
  #list; // {text, state, seen: when it was last in the heat, or 0}
  #parts = []; // prompts that another view asks for
  #send = null;
  #timer = 0;
  #tries = 0;

  constructor(stream) {
    super();
    this.#key = `own ${stream}`;
    this.#list = readTexts(this.#key, most).map((text) => ({text, state: 'asked', seen: 0}));
  }

  // list gives {text, state} of each prompt.
  get list() { return this.#list; }

  // open tells whether there is a channel to ask on.
  get open() { return this.#send !== null; }

  get full() { return this.#list.length >= most; }

  has(text) { return this.#list.some((p) => p.text === text); }

  add(text) {
    if (this.full || this.has(text)) return;
    this.#list.push({text, state: 'asked', seen: 0});
    this.#changed();
  }

  remove(text) {
    this.#list = this.#list.filter((p) => p.text !== text);
    this.#changed();
  }

  change(from, to) {
    if (to === '' || this.has(to)) return;
    this.#list = this.#list.map((p) => (p.text === from ? {text: to, state: 'asked', seen: 0} : p));
    this.#changed();
  }

  // again asks for a prompt that had to go.
  again(text) {
    for (const p of this.#list) if (p.text === text) Object.assign(p, {state: 'asked', seen: 0});
    this.#changed();
  }

  // ask also asks for a view's prompts, at most two, before the viewer's own; [] ends that.
  ask(parts) {
    this.#parts = parts;
    this.#changed();
  }

  // opened, reply and closed are the player's.
  opened(send) {
    this.#send = send;
    for (const p of this.#list) Object.assign(p, {state: 'asked', seen: 0});
    if (this.#wanted().length > 0) this.#changed();
  }

  closed() {
    this.#send = null;
    clearTimeout(this.#timer);
  }

  // reply is the server's answer to a message: {} or {"error": "…"}. What it refuses is what it has not taken before.
  reply(text) {
    let error;
    try {
      ({error} = JSON.parse(text));
    } catch { /* not ours */ }
    if (!error) return;
    this.#list = this.#list.filter((p) => p.seen > 0);
    this.#parts = [];
    clearTimeout(this.#timer);
    this.#keep();
    this.dispatchEvent(new CustomEvent('refused', {detail: error.replace(/^not accepted: /, '')}));
  }

  // heard takes a message of the heat.
  heard(message, now = performance.now()) {
    const there = new Set(message.prompts.filter((p) => p.own).map((p) => p.text));
    const wanted = this.#wanted();
    let changed = false;
    for (const p of this.#list) {
      if (there.has(p.text)) p.seen = now;
      const state = this.#stateOf(p, there, wanted, now);
      changed ||= state !== p.state;
      p.state = state;
    }
    if (there.size === wanted.length && wanted.every((text) => there.has(text))) this.#rest();
    if (changed) this.dispatchEvent(new Event('change'));
  }

  #stateOf(p, there, wanted, now) {
    if (p.state === 'gone') return 'gone';
    if (!wanted.includes(p.text)) return 'resting';
    if (there.has(p.text)) return 'found';
    if (p.state !== 'found') return this.#tries > patience ? 'gone' : 'asked';
    return now - p.seen > missing ? 'gone' : 'found'; // asking again at once would only push others' out
  }

  #wanted() {
    const own = this.#list.filter((p) => p.state !== 'gone').map((p) => p.text).filter((text) => !this.#parts.includes(text));
    return [...own.slice(0, most - this.#parts.length), ...this.#parts]; // in this order the own ones keep their colors
  }

  #changed() {
    this.#tries = 0;
    this.#tell();
    this.#keep();
  }

  #keep() {
    write(this.#key, this.#list.length > 0 ? this.#list.map((p) => p.text) : undefined);
    this.dispatchEvent(new Event('change'));
  }

  // tell sends what is wanted, now and again until #rest.
  #tell() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#send) return;
    try {
      this.#send(JSON.stringify({prompts: this.#wanted()}));
    } catch { /* the channel is closing; opened will come again */ }
    if (this.#wanted().length === 0 && this.#tries > patience) return; // where nothing is looked for, no heat tells of it
    this.#timer = setTimeout(() => this.#tell(), pauses[Math.min(this.#tries++, pauses.length - 1)]);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tries = 0;
  }
}
