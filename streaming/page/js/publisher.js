// Publisher sends a video to the server by WHIP (RFC 9725), and comes back by itself when anything on the way breaks.
//
// States: off, connecting, sending, taken (somebody else sends; it is tried again), reconnecting, refused (message says why).
// The event 'state' tells of each change.

import {end, offer} from './session.js';

const pauses = [500, 1000, 2000, 4000, 8000];
const connectWithin = 12000;
const blocked = 'The server answers, but the video does not reach it. A firewall may be in between.';

export class Publisher extends EventTarget {
  #name;
  #track = null;
  #pc = null;
  #session = '';
  #state = 'off';
  #message = '';
  #round = 0; // what belongs to an older one is void
  #failures = 0;
  #timer = 0;
  #leave = () => this.stop();

  constructor(name) {
    super();
    this.#name = name;
  }

  get state() { return this.#state; }
  get message() { return this.#message; }

  // start sends a video track until stop.
  start(track) {
    this.#track = track;
    this.#failures = 0;
    addEventListener('pagehide', this.#leave);
    this.#connect('connecting');
  }

  stop() {
    removeEventListener('pagehide', this.#leave);
    this.#drop();
    this.#track = null;
    this.#set('off', '');
  }

  stats() { return this.#pc ? this.#pc.getStats() : Promise.resolve(new Map()); }

  #set(state, message) {
    this.#state = state;
    this.#message = message;
    this.dispatchEvent(new Event('state'));
  }

  async #connect(state) {
    this.#drop();
    const round = this.#round;
    const current = () => round === this.#round;
    if (this.#state !== state) this.#set(state, this.#message);
    const pc = new RTCPeerConnection();
    this.#pc = pc;
    pc.addTransceiver(this.#track, {direction: 'sendonly'});
    pc.addEventListener('connectionstatechange', () => {
      if (!current()) return;
      if (pc.connectionState === 'connected') {
        clearTimeout(this.#timer);
        this.#failures = 0;
        this.#set('sending', '');
      } else if (pc.connectionState === 'failed') {
        this.#again('reconnecting', 'The connection was lost.');
      }
    });
    try {
      await pc.setLocalDescription();
      const answer = await this.#offer(pc.localDescription.sdp, current);
      if (answer === '' || !current()) return;
      await pc.setRemoteDescription({type: 'answer', sdp: answer});
      this.#timer = setTimeout(() => this.#again('reconnecting', blocked), connectWithin);
    } catch {
      if (current()) this.#again('reconnecting', 'The server does not answer.');
    }
  }

  // offer posts an offer and returns the answer, or '' when there is none.
  async #offer(sdp, current) {
    const r = await offer('whip', this.#name, sdp);
    if (!current()) {
      if (r.session) end(r.session);
      return '';
    }
    this.#session = r.session;
    if (r.session) return r.answer;
    const wait = r.wait || 3000;
    if (r.status === 409) this.#again('taken', 'Somebody else is sending to this stream. Waiting for the place.', wait);
    else if (r.status === 429) this.#again('reconnecting', 'Too many attempts from your address. Waiting a moment.', wait);
    else if (r.status >= 500) this.#again('reconnecting', 'The server cannot take the video now.');
    else this.#refuse(r);
    return '';
  }

  #refuse({status, why}) {
    this.#drop();
    const rights = [401, 403, 404].includes(status);
    this.#set('refused', rights ? 'Your token does not allow to send video to this stream.' : `The server refused: ${why}`);
  }

  #again(state, message, pause) {
    this.#drop();
    this.#set(state, message);
    const wait = pause ?? pauses[Math.min(this.#failures++, pauses.length - 1)];
    this.#timer = setTimeout(() => this.#connect(state), wait);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#round++;
    this.#pc?.close();
    this.#pc = null;
    if (this.#session) end(this.#session);
    this.#session = '';
  }
}
