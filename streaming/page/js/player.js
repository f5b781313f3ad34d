// Player shows one stream in a video element over WHEP, and comes back by itself when anything on the way breaks.
//
// States: connecting (the first time), live, reconnecting, waiting (the server has no picture yet), offline (the server does not answer),
// asleep (the browser wants a click before it plays), error (trying again soon would not help), unable (this browser cannot play it). The
// event 'state' tells of each change; message says why, in a sentence. The event 'drop' comes before the picture goes away.

import {Unanswered} from './ask.js';
import {eachFrame} from './frames.js';
import {noWay} from './noway.js';
import {accept, end, offer, withoutWebRTC} from './session.js';

const connectWithin = 12000; // from the answer to the first picture
const pauseBefore = 4000; // a lost connection that may still come back
const stalledAfter = 6000; // without a picture
const pauses = [500, 1000, 2000, 4000, 8000];
const longPause = 30000; // after an error
const unanswered = 'The server does not answer.';
const blocked = 'The server answers, but its video does not arrive. A firewall may be in between.';

export class Player extends EventTarget {
  #name;
  #video;
  #source;
  #heat; // draws heat over the picture, or null
  #talk;
  #overlay = ''; // this connection's
  #pc = null;
  #gone = new AbortController(); // aborted with the connection: what belongs to it is void then
  #session = ''; // address of the session on the server
  #state = 'connecting';
  #message = '';
  #failures = 0;
  #timer = 0;
  #watch = 0;
  #lastFrame = 0;
  #frame = null;
  #frames = 0;
  #painted = false; // a picture of this connection
  #running = null; // aborted by stop

  // source tells of the stream, as far as it is known: answers() whether the server does, sends() whether there are pictures to send,
  // overlay() who shall draw the heat of the next connection, '' for as the server likes, noFirefox() why Firefox gets no video. heat is the
  // HeatLayer that draws it here, and talk is told of the channel on which it comes: opened(send), reply(text), closed().
  constructor(name, video, source, {heat = null, talk = null} = {}) {
    super();
    this.#name = name;
    this.#video = video;
    this.#source = source;
    this.#heat = heat;
    this.#talk = talk;
  }

  get name() { return this.#name; }
  get state() { return this.#state; }
  get message() { return this.#message; }
  // drawsHeat tells whether this page draws the heat; otherwise it is part of the video, if it is to be seen at all.
  get drawsHeat() { return this.#overlay === 'client'; }
  // decodedFrames counts the pictures since the start.
  get decodedFrames() { return this.#frames; }

  // frame is what the browser tells of the newest picture on screen: rtpTimestamp, width, height and more.
  get frame() { return this.#frame; }

  start() {
    if (this.#running) return;
    this.#running = new AbortController();
    const {signal} = this.#running;
    addEventListener('pagehide', () => this.#drop(), {signal});
    addEventListener('pageshow', (e) => { if (e.persisted) this.#connect(); }, {signal});
    addEventListener('online', () => this.retry(), {signal});
    document.addEventListener('visibilitychange', () => this.#shown(), {signal});
    this.#watch = setInterval(() => this.#look(), 1000);
    this.#connect();
  }

  // stop ends the session, here and on the server.
  stop() {
    if (!this.#running) return;
    this.#running.abort();
    this.#running = null;
    clearInterval(this.#watch);
    this.#drop();
    this.#video.srcObject = null;
    this.#set('connecting', '');
  }

  // retry tries now rather than after the pause, or than waiting for an answer.
  retry() {
    if (this.#running && this.#state !== 'live') this.#connect();
  }

  // again connects anew, as with another overlay.
  again() {
    if (this.#running) this.#connect();
  }

  // play plays what the browser has held back; it must be called from a click.
  play() { this.#video.play().catch(() => { /* it says so again */ }); }

  stats() { return this.#pc ? this.#pc.getStats() : Promise.resolve(new Map()); }

  #set(state, message) {
    if (state === this.#state && message === this.#message) return;
    this.#state = state;
    this.#message = message;
    this.dispatchEvent(new Event('state'));
  }

  async #connect() {
    this.#drop();
    const unable = withoutWebRTC();
    if (unable) {
      this.#set('unable', unable);
      return;
    }
    if (!this.#source.answers()) {
      this.#set('offline', unanswered); // until retry is called
      return;
    }
    if (this.#state === 'live') this.#set('reconnecting', '');
    const {signal} = this.#gone;
    try {
      const pc = this.#open(signal);
      const reply = await offer(pc, 'whep', this.#name, this.#overlay ? {overlay: this.#overlay} : {});
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
      if (signal.aborted) return;
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        if (!document.hidden) this.#fail('reconnecting', noWay(this.#source.noFirefox()) || blocked);
      }, connectWithin);
    } catch (e) {
      if (signal.aborted) return;
      if (e instanceof Unanswered) this.#fail('offline', unanswered);
      else this.#fail('reconnecting', `The connection failed: ${e.message}`);
    }
  }

  // open makes a peer connection that wants to see the stream.
  #open(signal) {
    const pc = new RTCPeerConnection();
    this.#pc = pc;
    const transceiver = pc.addTransceiver('video', {direction: 'recvonly'});
    if ('jitterBufferTarget' in transceiver.receiver) transceiver.receiver.jitterBufferTarget = 0; // as live as can be
    this.#overlay = this.#source.overlay();
    if (this.drawsHeat) {
      const channel = pc.createDataChannel('heat', {ordered: false, maxRetransmits: 0}); // late heat is worth nothing
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('open', () => this.#talk?.opened((text) => channel.send(text)), {signal});
      channel.addEventListener('message', ({data}) => {
        if (typeof data === 'string') this.#talk?.reply(data);
        else this.#heat?.take(data);
      }, {signal});
    }
    pc.addEventListener('track', (e) => this.#show(e, signal), {signal});
    pc.addEventListener('connectionstatechange', () => this.#connection(pc.connectionState), {signal});
    return pc;
  }

  #refused({status, why, wait}) {
    switch (status) {
      case 401:
        this.#fail('error', 'The server asks for a token. Sign in again.');
        break;
      case 403:
        this.#fail('error', `Your token does not allow to watch “${this.#name}”.`);
        break;
      case 404:
        this.#fail('error', `There is no stream called “${this.#name}”.`);
        break;
      case 406:
        this.#fail('error', `This browser cannot play the stream: ${why}.`);
        break;
      case 409:
        this.#fail('waiting', 'Waiting for the first picture.', wait || 1000);
        break;
      case 429:
        this.#fail('reconnecting', 'Too many attempts from your address. Waiting a moment.', wait || 5000);
        break;
      case 503:
        this.#fail('reconnecting', 'Too many people are watching. Waiting for a place.', wait || 5000);
        break;
      default:
        this.#fail(status >= 500 ? 'reconnecting' : 'error', `The server refused: ${why}`);
    }
  }

  // fail drops the connection and plans the next attempt: after the pause (ms), or after longer and longer ones.
  #fail(state, message, pause) {
    this.#drop();
    this.#set(state, message);
    const planned = state === 'error' ? longPause : pauses[Math.min(this.#failures, pauses.length - 1)];
    this.#failures++;
    const spread = pause === undefined ? 0.8 + 0.4 * Math.random() : 1 + 0.2 * Math.random(); // not all viewers at once
    this.#timer = setTimeout(() => this.#connect(), (pause ?? planned) * spread);
  }

  #connection(state) {
    if (state === 'failed' || state === 'closed') {
      this.#fail('reconnecting', noWay(this.#source.noFirefox()) || 'The connection was lost.');
    } else if (state === 'disconnected') {
      this.#set('reconnecting', 'The connection is weak.');
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#fail('reconnecting', 'The connection was lost.'), pauseBefore);
    }
  }

  #show({track, receiver}, signal) {
    const video = this.#video;
    video.srcObject = new MediaStream([track]);
    video.play().catch((e) => { // a hidden page plays later
      if (!signal.aborted && e.name === 'NotAllowedError') this.#sleep();
    });
    eachFrame(video, receiver, signal, (frame) => {
      this.#lastFrame = performance.now();
      this.#frame = frame;
      this.#frames++;
      this.#painted = true;
      if (this.drawsHeat) this.#heat?.frame(frame, video.videoWidth, video.videoHeight);
      if (this.#state !== 'live' && !video.paused) this.#alive(); // the first picture comes even where it does not play
    });
  }

  #alive() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#failures = 0;
    this.#set('live', '');
  }

  // sleep waits for play: phones that save power start no video by themselves.
  #sleep() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#set('asleep', 'This browser starts video only when you say so.');
  }

  // shown is called when the page is hidden, or shown again.
  #shown() {
    if (document.hidden) return;
    this.#lastFrame = performance.now(); // a hidden page paints nothing
    if (this.#state !== 'asleep') this.retry();
  }

  // look finds pictures that stop coming although the server sends them, as after sleep.
  #look() {
    if (this.#state !== 'live' || document.hidden) return;
    if (performance.now() - this.#lastFrame > stalledAfter && this.#source.sends()) {
      this.#fail('reconnecting', 'The picture stopped.', 0);
    }
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#gone.abort();
    this.#gone = new AbortController();
    if (this.#painted) this.dispatchEvent(new Event('drop'));
    this.#painted = false;
    this.#heat?.clear();
    this.#talk?.closed();
    end(this.#session, this.#pc);
    this.#session = '';
    this.#pc = null;
  }
}
