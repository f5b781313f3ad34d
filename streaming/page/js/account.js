// Account is who this browser is to the server: the token itself lies in a cookie that scripts cannot read.
//
// States: unknown (not asked yet), in, out (the server wants a token), blocked (too many wrong tokens; until says when to try
// again, in ms of performance.now). The event 'change' tells of each change.

import {ask} from './ask.js';

export class Account extends EventTarget {
  #state = 'unknown';
  #me = null;
  #until = 0;

  get state() { return this.#state; }
  get until() { return this.#until; }

  // asked tells whether the server wants tokens at all.
  get asked() { return this.#me?.tokens === true; }

  // name and expiry (a Date, or null) of the token.
  get name() { return (this.#me?.id ?? '').replace(/^token:/, ''); }
  get expiry() { return this.#me?.until ? new Date(this.#me.until) : null; }
  get grants() { return this.#me?.grants ?? []; }

  // may tells whether a right is there on a stream; before it is known, nothing is refused.
  may(right, stream) {
    if (!this.#me) return true;
    return this.grants.some((g) => (g.stream === stream || g.stream === '*') &&
      (g.rights.includes(right) || g.rights.includes('admin') || (right === 'view' && g.rights.includes('prompt'))));
  }

  // check asks the server who we are. It says whether the server answered.
  check() { return this.#ask('api/me', {}).then(() => true, () => false); }

  // signIn hands over a token; an error has a sentence for the viewer.
  async signIn(token) {
    const status = await this.#ask('api/login', {method: 'POST', headers: {Authorization: `Bearer ${token}`}});
    if (status === 401) throw new Error('This token is not known here, or it has run out.');
    if (status !== 200 && status !== 429) throw new Error(`The server answered with status ${status}.`);
  }

  async signOut() {
    await ask('api/login', {method: 'DELETE'}).catch(() => { /* the page forgets all the same */ });
    this.#set('out', null);
  }

  async #ask(address, options) {
    const response = await ask(address, options);
    if (response.ok) {
      this.#set('in', await response.json());
    } else if (response.status === 401) {
      this.#set('out', null);
    } else if (response.status === 429) {
      this.#until = performance.now() + 1000 * (parseInt(response.headers.get('Retry-After'), 10) || 5);
      this.#set('blocked', null);
    }
    return response.status;
  }

  #set(state, me) {
    if (state === this.#state && state !== 'blocked' && JSON.stringify(me) === JSON.stringify(this.#me)) return;
    this.#state = state;
    this.#me = me;
    this.dispatchEvent(new Event('change'));
  }
}
