// Alerts watches the scores of all streams against thresholds that the viewer has set, and keeps the events: from when to
// when a prompt scored above its threshold. Thresholds are this browser's own, kept for the next visit. A prompt is {text, own}: the
// viewer's own ones are watched while their stream is open.
//
// Events tell of changes: 'threshold' when one was set, 'event' when an event begins, goes on or ends, or has got or lost its clip,
// 'unseen' when another number of them is new to the viewer.

import {Clips} from './clips.js';
import {History, idOf} from './history.js';
import {read, write} from './store.js';

const most = 100; // events kept a stream
const calm = 1500; // ms below the threshold that end an event
const forgotten = 5 * 60_000; // ms after which a stream that has gone is forgotten, with its events

const key = (stream, {text, own}) => `${own ? 'own ' : ''}threshold ${stream} ${text}`;

export class Alerts extends EventTarget {
  #feed;
  #streams = new Map();
  #clips = new Clips();
  #unseen = 0;

  constructor(feed) {
    super();
    this.#feed = feed;
    feed.addEventListener('change', () => this.#look());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#setUnseen(0); });
  }

  // unseen is how many events have begun while the page was hidden.
  get unseen() { return this.#unseen; }

  history(stream) { return this.#of(stream).history; }

  // events of a stream, the newest first: {stream, prompt, own, color, from, to (null while it goes on), peak, thumbnail, clip}. thumbnail is
  // an image's address or '', clip is as Clips has it.
  events(stream) { return this.#of(stream).events; }

  threshold(stream, prompt) {
    const {thresholds} = this.#of(stream);
    const id = idOf(prompt);
    if (!thresholds.has(id)) {
      const kept = read(key(stream, prompt));
      thresholds.set(id, Number.isFinite(kept) ? kept : null);
    }
    return thresholds.get(id);
  }

  // setThreshold sets a prompt's threshold; null takes it away.
  setThreshold(stream, prompt, value) {
    this.#of(stream).thresholds.set(idOf(prompt), value);
    write(key(stream, prompt), value ?? undefined);
    this.#arm();
    this.dispatchEvent(new CustomEvent('threshold', {detail: {stream}}));
  }

  // move gives a prompt's threshold to the one that takes its place.
  move(stream, from, to) {
    const value = this.threshold(stream, from);
    if (value === null) return;
    this.setThreshold(stream, to, value);
    this.setThreshold(stream, from, null);
  }

  // heard takes what an inference has found for the viewer's own prompts; none when they are no longer looked for.
  heard(stream, prompts) {
    const s = this.#of(stream);
    const now = Date.now();
    s.own = prompts;
    s.history.add(prompts, true);
    for (const p of prompts) this.#judge(stream, s, p, now);
    this.#endOthers(s, prompts, true, now);
  }

  // pause ends the events of own prompts, until they are heard of again.
  pause(stream) { this.#endOthers(this.#of(stream), [], true, Date.now()); }

  // film gives events the clip of what was filmed while they went on.
  film(events, film) {
    const kept = events.filter((e) => this.#of(e.stream).events.includes(e));
    for (const e of this.#clips.keep(film, kept)) this.#tell(e);
  }

  #of(stream) {
    let s = this.#streams.get(stream);
    if (!s) {
      s = {history: new History(), newest: -1, events: [], thresholds: new Map(), own: [], there: Date.now()};
      this.#streams.set(stream, s);
    }
    return s;
  }

  #look() {
    const now = Date.now();
    const hears = this.#feed.up === true && (this.#feed.listening || !document.hidden);
    for (const status of this.#feed.streams ?? []) {
      const s = this.#of(status.name);
      s.there = now;
      const prompts = hears && status.state === 'running' ? status.prompts : [];
      if (prompts.length > 0) {
        if (status.heatPtsNs === s.newest) continue; // no new inference
        s.newest = status.heatPtsNs;
        s.history.add(prompts, false);
        for (const p of prompts) this.#judge(status.name, s, p, now);
      }
      this.#endOthers(s, prompts, false, now);
    }
    for (const [name, s] of this.#streams) if (now - s.there > forgotten) this.#forget(name, s);
    this.#arm();
  }

  #judge(stream, s, {text, own = false, color, score}, now) {
    const threshold = this.threshold(stream, {text, own});
    const open = s.events.find((e) => e.to === null && e.prompt === text && e.own === own);
    if (threshold !== null && score >= threshold) {
      if (open) {
        open.below = null;
        open.peak = Math.max(open.peak, score);
        this.#tell(open);
        return;
      }
      const event = {stream, prompt: text, own, color, from: now, to: null, peak: score, below: null, thumbnail: '', clip: null};
      s.events.unshift(event);
      for (const old of s.events.splice(most)) this.#clips.forget(old);
      if (document.hidden) this.#setUnseen(this.#unseen + 1);
      this.#tell(event);
    } else if (open) {
      open.below ??= now;
      if (threshold === null || now - open.below >= calm) this.#end(open, open.below);
    }
  }

  // endOthers ends the events of prompts that are no longer looked for.
  #endOthers(s, prompts, own, now) {
    for (const e of s.events) {
      if (e.to === null && e.own === own && !prompts.some((p) => p.text === e.prompt)) this.#end(e, now);
    }
  }

  #end(event, at) {
    event.to = at;
    this.#tell(event);
  }

  #forget(name, s) {
    this.#streams.delete(name);
    for (const e of s.events) this.#clips.forget(e);
  }

  // arm has the news go on while the page is hidden where there is something to be told.
  #arm() {
    const armed = ({name, prompts}) => [...prompts, ...this.#of(name).own].some((p) => this.threshold(name, p) !== null);
    this.#feed.keep((this.#feed.streams ?? []).some(armed));
  }

  #setUnseen(n) {
    if (n === this.#unseen) return;
    this.#unseen = n;
    this.dispatchEvent(new Event('unseen'));
  }

  #tell(event) { this.dispatchEvent(new CustomEvent('event', {detail: {stream: event.stream, event}})); }
}
