// Player shows one stream in a video element over WHEP, and comes back by itself when anything on the way breaks.
//
// States: connecting (the first time), live, reconnecting, offline (the server does not answer), error (trying again soon
// would not help). The event 'state' tells of each change; message says why, in a sentence. The event 'drop' comes before
// the picture goes away.

import {end, offer} from './session.js';

const connectWithin = 12000; // from the answer to the first picture
const pauseBefore = 4000; // a lost connection that may still come back
const stalledAfter = 6000; // without a picture
const pauses = [500, 1000, 2000, 4000, 8000];
const longPause = 30000; // after an error
const blocked = 'The server answers, but its video does not arrive. A firewall may be in between.';

export class Player extends EventTarget {
  #name;
  #video;
  #sends; // tells whether the server is sending pictures at all
  #heat; // draws heat over the picture, or null
  #talk;
  #wantsHeat;
  #drawsHeat = false; // this connection's
  #pc = null;
  #session = ''; // address of the session on the server
  #state = 'connecting';
  #message = '';
  #round = 0; // of connecting; what belongs to an older one is void
  #failures = 0;
  #timer = 0;
  #watch = 0;
  #lastFrame = 0;
  #frame = null;
  #painted = false; // a picture of this round
  #running = false;
  #leave = () => this.#drop();
  #retry = () => this.retry();
  #restored = (e) => { if (e.persisted) this.#connect(); };
  #shown = () => {
    if (document.hidden) return;
    this.#lastFrame = performance.now(); // a hidden page paints nothing
    if (this.#state !== 'live') this.#connect();
  };

  // heat is a HeatLayer for streams whose heat is drawn here; wantsHeat tells, at each connection, whether this one's is. talk is
  // told of the channel on which the heat comes: opened(send), reply(text), closed().
  constructor(name, video, {sends = () => true, heat = null, wantsHeat = () => false, talk = null} = {}) {
    super();
    this.#talk = talk;
    this.#heat = heat;
    this.#wantsHeat = wantsHeat;
    this.#name = name;
    this.#video = video;
    this.#sends = sends;
  }

  get name() { return this.#name; }
  get state() { return this.#state; }
  get message() { return this.#message; }
  // drawsHeat tells whether this page draws the heat; otherwise it is part of the video.
  get drawsHeat() { return this.#drawsHeat; }
  get decodedFrames() { return this.#video.getVideoPlaybackQuality().totalVideoFrames; }

  // frame is what the browser tells of the newest picture on screen: rtpTimestamp, width, height and more.
  get frame() { return this.#frame; }

  start() {
    if (this.#running) return;
    this.#running = true;
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#restored);
    addEventListener('online', this.#retry);
    document.addEventListener('visibilitychange', this.#shown);
    this.#watch = setInterval(() => this.#look(), 1000);
    this.#set('connecting', '');
    this.#connect();
  }

  // stop ends the session, here and on the server.
  stop() {
    if (!this.#running) return;
    this.#running = false;
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#restored);
    removeEventListener('online', this.#retry);
    document.removeEventListener('visibilitychange', this.#shown);
    clearInterval(this.#watch);
    this.#drop();
    this.#video.srcObject = null;
  }

  // retry tries now rather than after the pause.
  retry() {
    if (this.#running && this.#timer !== 0) this.#connect();
  }

  stats() { return this.#pc ? this.#pc.getStats() : Promise.resolve(new Map()); }

  #set(state, message) {
    if (state === this.#state && message === this.#message) return;
    this.#state = state;
    this.#message = message;
    this.dispatchEvent(new Event('state'));
  }

  async #connect() {
    this.#drop();
    const round = ++this.#round;
    const current = () => round === this.#round && this.#running;
    const pc = new RTCPeerConnection();
    this.#pc = pc;
    const transceiver = pc.addTransceiver('video', {direction: 'recvonly'});
    if ('jitterBufferTarget' in transceiver.receiver) transceiver.receiver.jitterBufferTarget = 0; // as live as can be
    this.#drawsHeat = this.#heat !== null && this.#wantsHeat();
    if (this.#drawsHeat) {
      const channel = pc.createDataChannel('heat', {ordered: false, maxRetransmits: 0}); // late heat is worth nothing
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('open', () => { if (current()) this.#talk?.opened((text) => channel.send(text)); });
      channel.addEventListener('message', ({data}) => {
        if (!current()) return;
        if (typeof data === 'string') this.#talk?.reply(data);
        else this.#heat.take(data);
      });
    }
    pc.addEventListener('track', (e) => this.#show(e.track, current));
    pc.addEventListener('connectionstatechange', () => { if (current()) this.#connection(pc.connectionState, current); });
    try {
      await pc.setLocalDescription();
      const answered = await this.#offer(pc.localDescription.sdp, current);
      if (!answered || !current()) return;
      await pc.setRemoteDescription({type: 'answer', sdp: answered});
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        if (current() && !document.hidden) this.#again('reconnecting', blocked);
      }, connectWithin);
    } catch (e) {
      if (current()) this.#again('reconnecting', `The connection failed: ${e.message}`);
    }
  }

  // offer posts an offer and returns the answer, or '' when there is none.
  async #offer(sdp, current) {
    let r;
    try {
      r = await offer('whep', this.#name, sdp, this.#drawsHeat ? {overlay: 'client'} : {});
    } catch {
      if (current()) this.#again('offline', 'The server does not answer.');
      return '';
    }
    if (!current()) {
      if (r.session) end(r.session);
      return '';
    }
    this.#session = r.session;
    if (r.session) return r.answer;
    this.#refused(r);
    return '';
  }

  #refused({status, why, wait}) {
    switch (status) {
      case 401:
        this.#again('error', 'The server asks for a token. Sign in again.');
        break;
      case 403:
        this.#again('error', `Your token does not allow to watch “${this.#name}”.`);
        break;
      case 404:
        this.#again('error', `There is no stream called “${this.#name}”.`);
        break;
      case 406:
        this.#again('error', `This browser cannot play the stream: ${why}.`);
        break;
      case 409:
        this.#again(this.#state === 'connecting' ? 'connecting' : 'reconnecting', 'Waiting for the first picture.', wait || 1000);
        break;
      case 429:
        this.#again('reconnecting', 'Too many attempts from your address. Waiting a moment.', wait || 5000);
        break;
      case 503:
        this.#again('reconnecting', 'Too many people are watching. Waiting for a place.');
        break;
      default:
        this.#again(status >= 500 ? 'reconnecting' : 'error', `The server refused: ${why}`);
    }
  }

  // again drops the connection and plans the next attempt.
  #again(state, message, pause) {
    this.#drop();
    this.#set(state, message);
    const planned = pauses[Math.min(this.#failures, pauses.length - 1)];
    this.#failures++;
    const wait = pause ?? (state === 'error' ? longPause : planned * (0.8 + 0.4 * Math.random()));
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #connection(state, current) {
    if (state === 'failed' || state === 'closed') {
      this.#again('reconnecting', 'The connection was lost.');
    } else if (state === 'disconnected') {
      this.#set('reconnecting', 'The connection is weak.');
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => { if (current()) this.#again('reconnecting', 'The connection was lost.'); }, pauseBefore);
    }
  }

  #show(track, current) {
    const video = this.#video;
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => { /* a hidden page plays later */ });
    const painted = (frame) => {
      if (!current()) return;
      this.#lastFrame = performance.now();
      this.#frame = frame;
      this.#painted = true;
      if (this.#drawsHeat && frame) this.#heat.frame(frame, video.videoWidth, video.videoHeight);
      if (this.#state !== 'live') this.#alive();
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback((_, meta) => painted(meta));
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback((_, meta) => painted(meta));
    else video.ontimeupdate = () => painted(null);
  }

  #alive() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#failures = 0;
    this.#set('live', '');
  }

  // look finds pictures that stop coming although the server sends them, as after sleep.
  #look() {
    if (this.#state !== 'live' || document.hidden) return;
    if (performance.now() - this.#lastFrame > stalledAfter && this.#sends()) {
      this.#again('reconnecting', 'The picture stopped.', 0);
    }
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#round++;
    if (this.#painted) this.dispatchEvent(new Event('drop'));
    this.#painted = false;
    this.#heat?.clear();
    this.#talk?.closed();
    this.#pc?.close();
    this.#pc = null;
    if (this.#session) end(this.#session);
    this.#session = '';
  }
}
