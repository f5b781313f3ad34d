// Feed keeps what the server says about its streams. One event stream serves the whole page, and none while nobody looks:
// browsers open only six connections to a server, over all tabs.

const retryAfter = 2000;

export class Feed extends EventTarget {
  #account;
  #source = null;
  #timer = 0;
  #streams = null;
  #up = null;

  constructor(account) {
    super();
    this.#account = account;
    account.addEventListener('change', () => this.#follow());
    document.addEventListener('visibilitychange', () => this.#follow());
    addEventListener('pagehide', () => this.#close());
    addEventListener('pageshow', () => this.#follow());
    addEventListener('online', () => this.#follow());
    this.#follow();
  }

  // streams is the list as the server last sent it; null before.
  get streams() { return this.#streams; }

  // up tells whether the server answers; null before it is known.
  get up() { return this.#up; }

  stream(name) { return this.#streams?.find((s) => s.name === name); }

  // update takes a stream's status that came another way.
  update(status) {
    if (!this.#streams) return;
    this.#streams = this.#streams.map((s) => (s.name === status.name ? status : s));
    this.dispatchEvent(new Event('change'));
  }

  // setPrompts replaces a stream's prompts; an error has a sentence for the viewer.
  async setPrompts(name, prompts) {
    let response;
    try {
      response = await fetch(`api/streams/${encodeURIComponent(name)}/prompts`, {
        method: 'PUT',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({prompts}),
      });
    } catch {
      throw new Error('The server does not answer. Try again in a moment.');
    }
    const body = await response.json().catch(() => ({}));
    if (response.status === 401) this.#account.check();
    if (!response.ok) throw new Error(body.error || `The server answered with status ${response.status}.`);
    this.update(body);
  }

  // decompose gives a prompt's verb and object, each as a prompt of its own, empty where it has none.
  async decompose(name, prompt) {
    const response = await fetch(`api/streams/${encodeURIComponent(name)}/decompose?${new URLSearchParams({prompt})}`);
    const body = await response.json();
    if (!response.ok) throw new Error(body.error);
    return body;
  }

  #follow() {
    if (this.#account.state === 'out') this.#streams = null;
    if (document.hidden || this.#account.state === 'out' || this.#account.state === 'blocked') {
      this.#close();
      return;
    }
    if (this.#source) return;
    clearTimeout(this.#timer);
    const source = new EventSource('api/events');
    this.#source = source;
    source.addEventListener('streams', (e) => {
      this.#streams = JSON.parse(e.data).streams;
      this.#setUp(true);
      this.dispatchEvent(new Event('change'));
    });
    source.addEventListener('error', () => this.#lost());
  }

  // lost finds out whether the server is gone, or wants a token.
  async #lost() {
    this.#close();
    const answers = await this.#account.check();
    if (this.#source || this.#account.state === 'out' || this.#account.state === 'blocked') return;
    if (!answers) this.#setUp(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#follow(), retryAfter);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #setUp(up) {
    if (up === this.#up) return;
    const back = up && this.#up === false;
    this.#up = up;
    this.dispatchEvent(new Event('change'));
    if (back) this.dispatchEvent(new Event('back'));
  }
}
