// Alerts watches the scores of all streams against thresholds that the viewer has set, and keeps the events: from when to
// when a prompt scored above its threshold. Thresholds are this browser's own, kept for the next visit.
//
// Events tell of changes: 'threshold' when one was set, 'event' when an event begins, goes on or ends.

import {History} from './history.js';
import {read, write} from './store.js';

const most = 100; // events kept a stream
const calm = 1500; // ms below the threshold that end an event

const key = (stream, text) => `threshold ${stream} ${text}`;

export class Alerts extends EventTarget {
  #feed;
  #streams = new Map();

  constructor(feed) {
    super();
    this.#feed = feed;
    feed.addEventListener('change', () => this.#look());
  }

  history(stream) { return this.#of(stream).history; }

  // events of a stream, the newest first: {prompt, color, from, to (null while it goes on), peak, thumbnail, clip}.
  events(stream) { return this.#of(stream).events; }

  threshold(stream, text) {
    const {thresholds} = this.#of(stream);
    if (!thresholds.has(text)) {
      const kept = read(key(stream, text));
      thresholds.set(text, Number.isFinite(kept) ? kept : null);
    }
    return thresholds.get(text);
  }

  // setThreshold sets a prompt's threshold; null takes it away.
  setThreshold(stream, text, value) {
    this.#of(stream).thresholds.set(text, value);
    write(key(stream, text), value ?? undefined);
    this.dispatchEvent(new CustomEvent('threshold', {detail: {stream}}));
  }

  #of(stream) {
    let s = this.#streams.get(stream);
    if (!s) this.#streams.set(stream, s = {history: new History(), events: [], thresholds: new Map(), below: new Map()});
    return s;
  }

  #look() {
    const now = Date.now();
    for (const status of this.#feed.streams ?? []) {
      const s = this.#of(status.name);
      const running = status.state === 'running' && this.#feed.up;
      if (running && !s.history.add(status)) continue;
      for (const p of running ? status.prompts : []) this.#judge(status.name, s, p, now);
      for (const e of s.events) {
        const gone = !running || !status.prompts.some((p) => p.text === e.prompt);
        if (e.to === null && gone) this.#end(status.name, e, now);
      }
    }
  }

  #judge(stream, s, prompt, now) {
    const threshold = this.threshold(stream, prompt.text);
    const open = s.events.find((e) => e.to === null && e.prompt === prompt.text);
    if (threshold !== null && prompt.score >= threshold) {
      s.below.delete(prompt.text);
      if (open) {
        open.peak = Math.max(open.peak, prompt.score);
        this.#tell(stream, open);
        return;
      }
      const event = {prompt: prompt.text, color: prompt.color, from: now, to: null, peak: prompt.score, thumbnail: '', clip: ''};
      s.events.unshift(event);
      for (const old of s.events.splice(most)) if (old.clip) URL.revokeObjectURL(old.clip);
      this.#tell(stream, event);
    } else if (open) {
      const since = s.below.get(prompt.text) ?? now;
      s.below.set(prompt.text, since);
      if (threshold === null || now - since >= calm) {
        s.below.delete(prompt.text);
        this.#end(stream, open, since);
      }
    }
  }

  #end(stream, event, at) {
    event.to = at;
    this.#tell(stream, event);
  }

  #tell(stream, event) { this.dispatchEvent(new CustomEvent('event', {detail: {stream, event}})); }
}
