// Feed keeps what the server says about its streams. One event stream serves the whole page, and none while nobody looks:
// browsers open only six connections to a server, over all tabs.

import {ask} from './ask.js';

const retryAfter = 2000;
const patience = 15_000; // ms without a word until the network counts as silent: the server says something every five seconds
const lockName = 'videogem hidden'; // of the one hidden tab that goes on listening

// The event 'change' tells of each change, 'back' of a server that answers again.
export class Feed extends EventTarget {
  #account;
  #source = null;
  #heard = 0; // when it last said something
  #timer = 0;
  #streams = null;
  #up = null;
  #busy = false;
  #kept = false; // to go on while the page is hidden
  #release = null; // gives the lock of the hidden tab back

  constructor(account) {
    super();
    this.#account = account;
    account.addEventListener('change', () => this.#follow());
    document.addEventListener('visibilitychange', () => this.#hide());
    addEventListener('pagehide', () => this.#close());
    addEventListener('pageshow', () => this.#follow());
    addEventListener('online', () => this.retry());
    setInterval(() => { if (this.#source && performance.now() - this.#heard > patience) this.#lost(); }, 1000);
    this.#follow();
  }

  // streams is the list as the server last sent it; null before.
  get streams() { return this.#streams; }

  // up tells whether the server answers; null before it is known.
  get up() { return this.#up; }

  // listening tells whether news come at all: they do not while the page is hidden.
  get listening() { return this.#source !== null; }

  // trouble says why there are no news, or is ''.
  get trouble() {
    if (this.#up === false) return 'The server does not answer. Trying again…';
    return this.#busy ? 'The server is too busy to tell what happens. Trying again…' : '';
  }

  stream(name) { return this.#streams?.find((s) => s.name === name); }

  // retry asks anew, rather than after the pause.
  retry() {
    this.#close();
    this.#follow();
  }

  // keep says whether to go on while the page is hidden. One tab of this browser does.
  keep(on) {
    if (on === this.#kept) return;
    this.#kept = on;
    this.#hide();
  }

  // update takes a stream's status that came another way.
  update(status) {
    if (!this.#streams) return;
    this.#streams = this.#streams.map((s) => (s.name === status.name ? status : s));
    this.dispatchEvent(new Event('change'));
  }

  // setPrompts replaces a stream's prompts; an error has a sentence for the viewer.
  async setPrompts(name, prompts) {
    const response = await ask(`api/streams/${encodeURIComponent(name)}/prompts`, {
      method: 'PUT',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({prompts}),
    });
    const body = await response.json().catch(() => ({}));
    if (response.status === 401) this.#account.check();
    if (!response.ok) throw new Error(body.error || `The server answered with status ${response.status}.`);
    this.update(body);
  }

  // decompose gives a prompt's verb and object, each as a prompt of its own, empty where it has none.
  async decompose(name, prompt) {
    const response = await ask(`api/streams/${encodeURIComponent(name)}/decompose?${new URLSearchParams({prompt})}`);
    const body = await response.json();
    if (!response.ok) throw new Error(body.error);
    return body;
  }

  #wanted() {
    return this.#account.state !== 'out' && this.#account.state !== 'blocked' && (!document.hidden || this.#release !== null);
  }

  #follow() {
    if (this.#account.state === 'out') this.#streams = null;
    if (!this.#wanted()) {
      this.#close();
      return;
    }
    if (this.#source) return;
    clearTimeout(this.#timer);
    const source = new EventSource('api/events');
    this.#source = source;
    this.#heard = performance.now();
    let opened = false;
    source.addEventListener('open', () => { opened = true; });
    source.addEventListener('alive', () => { this.#heard = performance.now(); });
    source.addEventListener('streams', (e) => {
      this.#heard = performance.now();
      this.#streams = JSON.parse(e.data).streams;
      this.#say(true);
      this.dispatchEvent(new Event('change'));
    });
    source.addEventListener('error', () => this.#lost(!opened));
  }

  // lost finds out whether the server is gone, wants a token, or has refused the event stream.
  async #lost(refused = false) {
    this.#close();
    const answers = await this.#account.check();
    if (this.#source || !this.#wanted()) return;
    if (!answers) this.#say(false);
    else if (refused) this.#say(null, true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (answers) this.#follow(); else this.#lost(); }, retryAfter);
  }

  #close() {
    clearTimeout(this.#timer);
    if (!this.#source) return;
    this.#source.close();
    this.#source = null;
    this.dispatchEvent(new Event('change'));
  }

  // hide is called when the page is hidden, or shown again. Who is to go on listening while hidden asks for the one place.
  #hide() {
    if (document.hidden && this.#kept && navigator.locks) {
      navigator.locks.request(lockName, {ifAvailable: true}, (lock) => {
        const free = lock !== null && document.hidden && this.#kept;
        const held = free ? new Promise((release) => { this.#release = release; }) : null;
        this.#follow();
        return held;
      });
      return;
    }
    this.#release?.();
    this.#release = null;
    this.#follow();
  }

  #say(up, busy = false) {
    if (up === this.#up && busy === this.#busy) return;
    const back = up !== false && this.#up === false;
    this.#up = up;
    this.#busy = busy;
    this.dispatchEvent(new Event('change'));
    if (back) this.dispatchEvent(new Event('back'));
  }
}
