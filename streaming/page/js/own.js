// OwnPrompts are the prompts that this viewer has for himself alone. They go over the data channel of the heat, where messages
// may be lost, so they are sent again until the heat tells of them. They are kept, and asked for again after a reconnect.
//
// A prompt is asked (not yet in the heat), found (in the heat), gone (others' prompts took its place), refused (the server does not take
// it now) or resting (there is no room while another view asks for prompts). The event 'change' tells of each change, 'refused' (its detail
// says why) of what the server does not take.

import {check} from './shared.js';
import {readTexts, write} from './store.js';

export const most = 4; // the server takes no more of one viewer
const pauses = [1000, 2000, 4000, 8000]; // ms until it is sent again
const patience = 6; // times a prompt is asked for while heat comes without it
const missing = 4000; // ms out of the heat until a prompt that was there counts as gone

export class OwnPrompts extends EventTarget {
  #key;
  #list; // {text, state, seen: when it was last in the heat, or 0, known: the server has taken it once}
  #may;
  #parts = []; // prompts that another view asks for
  #send = null;
  #timer = 0;
  #tries = 0;

  // may tells whether the viewer's token lets him ask at all.
  constructor(stream, may = () => true) {
    super();
    this.#may = may;
    this.#key = `own ${stream}`;
    this.#list = readTexts(this.#key, most).map((text) => ({text, state: 'asked', seen: 0, known: true}));
  }

  // list gives {text, state, warning: why the model may not understand it} of each prompt.
  get list() { return this.#list; }

  // open tells whether there is a channel to ask on.
  get open() { return this.#send !== null; }

  texts() { return this.#list.map((p) => p.text); }

  // add adds a prompt; like change, it fails with a sentence for the viewer where that makes no sense.
  add(text) {
    if (this.#list.length >= most) throw new Error(`You may have ${most} prompts for yourself. Remove or pause one first.`);
    check(text, this.texts());
    this.#list.push({text, state: 'asked', seen: 0, known: false});
    this.#changed();
  }

  remove(text) {
    this.#list = this.#list.filter((p) => p.text !== text);
    this.#changed();
  }

  change(from, to) {
    check(to, this.texts());
    this.#list = this.#list.map((p) => (p.text === from ? {text: to, state: 'asked', seen: 0, known: false} : p));
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

  // reply is the server's answer to a message: {}, with "warnings" by prompt where the model may not understand one, or {"error": "…"}, with "retry" where it may be asked for again, which happens in any case.
  // What it refuses for good is what was asked for last. What it has taken once is kept: it may take it again.
  reply(text) {
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      return; // not ours
    }
    if (!answer.error) this.#warn(answer.warnings ?? {});
    if (!answer.error || answer.retry) return;
    const fresh = this.#list.filter((p) => !p.known);
    if (this.#parts.length > 0) this.#parts = [];
    else if (fresh.length > 0) this.#list = this.#list.filter((p) => p.known);
    else for (const p of this.#list) p.state = 'refused';
    clearTimeout(this.#timer);
    this.#keep();
    this.dispatchEvent(new CustomEvent('refused', {detail: answer.error.replace(/^not accepted: /, '')}));
  }

  #warn(warnings) {
    const asked = this.#wanted();
    const changed = this.#list.filter((p) => asked.includes(p.text) && (p.warning ?? '') !== (warnings[p.text] ?? ''));
    for (const p of changed) p.warning = warnings[p.text] ?? '';
    if (changed.length > 0) this.dispatchEvent(new Event('change'));
  }

  // heard takes a message of the heat.
  heard(message, now = performance.now()) {
    const there = new Set(message.prompts.filter((p) => p.own).map((p) => p.text));
    const wanted = this.#wanted();
    let changed = false;
    for (const p of this.#list) {
      if (there.has(p.text)) Object.assign(p, {seen: now, known: true});
      const state = this.#stateOf(p, there, wanted, now);
      changed ||= state !== p.state;
      p.state = state;
    }
    if (there.size === wanted.length && wanted.every((text) => there.has(text))) this.#rest();
    if (changed) this.dispatchEvent(new Event('change'));
  }

  #stateOf(p, there, wanted, now) {
    if (lost(p)) return p.state;
    if (!wanted.includes(p.text)) return 'resting';
    if (there.has(p.text)) return 'found';
    if (p.state !== 'found') return this.#tries > patience ? 'gone' : 'asked';
    return now - p.seen > missing ? 'gone' : 'found'; // asking again at once would only push others' out
  }

  #wanted() {
    const own = this.#list.filter((p) => !lost(p)).map((p) => p.text).filter((text) => !this.#parts.includes(text));
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
    if (!this.#send || !this.#may()) return;
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

// lost tells whether a prompt is not asked for until the viewer says so.
export const lost = (p) => p.state === 'gone' || p.state === 'refused';
