// Publisher sends a video to the server by WHIP (RFC 9725), and comes back by itself when anything on the way breaks.
//
// States: off, connecting, sending, taken (somebody else sends; it is tried again), reconnecting, refused (message says why).
// The event 'state' tells of each change.

import {Unanswered} from './ask.js';
import {accept, end, offer} from './session.js';

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
  #gone = new AbortController(); // aborted with the connection: what belongs to it is void then
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
    const {signal} = this.#gone;
    if (this.#state !== state) this.#set(state, this.#message);
    try {
      const pc = this.#open(signal);
      const reply = await offer(pc, 'whip', this.#name);
      if (signal.aborted) {
        end(reply.session);
        return;
      }
      this.#session = reply.session;
      if (!reply.session) {
        this.#refused(reply);
        return;
      }
      await accept(pc, reply);
      if (!signal.aborted) this.#timer = setTimeout(() => this.#fail('reconnecting', blocked), connectWithin);
    } catch (e) {
      if (signal.aborted) return;
      this.#fail('reconnecting', e instanceof Unanswered ? 'The server does not answer.' : `The connection failed: ${e.message}`);
    }
  }

  // open makes a peer connection that has the track to send.
  #open(signal) {
    const pc = new RTCPeerConnection();
    this.#pc = pc;
    pc.addTransceiver(this.#track, {direction: 'sendonly'});
    pc.addEventListener('connectionstatechange', () => {
      if (pc.connectionState === 'connected') {
        clearTimeout(this.#timer);
        this.#failures = 0;
        this.#set('sending', '');
      } else if (pc.connectionState === 'failed') {
        this.#fail('reconnecting', 'The connection was lost.');
      }
    }, {signal});
    return pc;
  }

  #refused({status, why, wait}) {
    if (status === 409) this.#fail('taken', 'Somebody else is sending to this stream. Waiting for the place.', wait || 3000);
    else if (status === 429) this.#fail('reconnecting', 'Too many attempts from your address. Waiting a moment.', wait || 3000);
    else if (status >= 500) this.#fail('reconnecting', 'The server cannot take the video now.', wait || undefined);
    else this.#refuse(status, why);
  }

  #refuse(status, why) {
    this.#drop();
    const rights = [401, 403, 404].includes(status);
    this.#set('refused', rights ? 'Your token does not allow to send video to this stream.' : `The server refused: ${why}`);
  }

  // fail drops the connection and plans the next attempt.
  #fail(state, message, pause) {
    this.#drop();
    this.#set(state, message);
    const wait = pause ?? pauses[Math.min(this.#failures++, pauses.length - 1)];
    this.#timer = setTimeout(() => this.#connect(state), wait);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#gone.abort();
    this.#gone = new AbortController();
    end(this.#session, this.#pc);
    this.#session = '';
    this.#pc = null;
  }
}
