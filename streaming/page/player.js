// A WHEP client (draft-ietf-wish-whep) that keeps a video element playing.
import { readError } from './api.js';

const GATHER_MS = 500; // host candidates are there in a few; the server needs no more
const ANSWER_MS = 10_000;
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 8000;
const DISCONNECTED_MS = 3000;
const STALLED_MS = 5000;
const HIDDEN_MS = 60_000; // a page nobody sees leaves its seat to others
const TICK_MS = 500;
const STEADY_FRAMES = 10; // one picture may be an old one: only so many prove that the stream runs

/**
 * Player plays one stream. States: connecting -> live -> reconnecting -> live …, and stopped. A "change" event tells of each
 * change of state, reason or retryAt.
 */
export class Player extends EventTarget {
  #video; #url;
  #state = 'stopped'; #reason = ''; #retryAt = 0;
  #pc = null; #session = ''; #abort = null;
  #backoff = BACKOFF_MIN_MS; #retryTimer = 0; #disconnectedTimer = 0; #hiddenTimer = 0; #tick = 0;
  #decoded = 0; #decodedBefore = 0; #lastFrame = 0; #samples = [];
  #listening = null;

  constructor(video, url) {
    super();
    this.#video = video;
    this.#url = url;
  }

  get state() { return this.#state; }
  /** Why the player is not live, in words; '' when there is nothing to say. */
  get reason() { return this.#reason; }
  /** When the next attempt starts, as performance.now() says time; 0: now. */
  get retryAt() { return this.#retryAt; }
  /** Frames decoded since start, over all sessions. */
  get decodedFrames() { return this.#decodedBefore + this.#decoded; }

  /** Frames decoded a second, over the last two seconds. */
  get fps() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.at - first.at < 400) return 0;
    return (last.frames - first.frames) * 1000 / (last.at - first.at);
  }

  start() {
    if (this.#state !== 'stopped') return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener('visibilitychange', () => this.#visibility(), { signal });
    addEventListener('online', () => this.retryNow(), { signal });
    addEventListener('pagehide', () => this.#leave(), { signal });
    addEventListener('pageshow', (e) => { if (e.persisted) this.#again('', 0); }, { signal });
    this.#tick = setInterval(() => this.#watch(), TICK_MS);
    this.#set('connecting');
    this.#connect();
  }

  stop() {
    if (this.#state === 'stopped') return;
    this.#listening.abort();
    clearInterval(this.#tick);
    clearTimeout(this.#hiddenTimer);
    this.#leave();
    this.#video.srcObject = null;
    this.#set('stopped');
  }

  /** retryNow cuts a pause short; it also ends a session that has stopped to bring frames. */
  retryNow() {
    const stalled = this.#pc && this.#decoded > 0 && performance.now() - this.#lastFrame > 1000;
    if (this.#retryTimer || stalled) this.#again(this.#reason, 0);
  }

  async #connect() {
    this.#retryAt = 0;
    this.#lastFrame = performance.now();
    const abort = this.#abort = new AbortController();
    const pc = this.#pc = new RTCPeerConnection();
    const { receiver } = pc.addTransceiver('video', { direction: 'recvonly' });
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0; // live before smooth
    pc.addEventListener('track', (e) => this.#attach(pc, e));
    pc.addEventListener('connectionstatechange', () => this.#connection(pc));
    try {
      await pc.setLocalDescription(await pc.createOffer());
      await gathered(pc);
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp', Accept: 'application/sdp' },
        body: pc.localDescription.sdp,
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      if (!response.ok) throw new Error(await readError(response));
      const session = new URL(response.headers.get('Location'), response.url).href;
      if (pc !== this.#pc) return leaveSession(session);
      this.#session = session;
      await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      this.#lastFrame = performance.now();
    } catch (error) {
      if (pc !== this.#pc) return;
      const network = error instanceof TypeError || error.name === 'TimeoutError';
      this.#again(network ? 'The server does not answer.' : error.message);
    }
  }

  #attach(pc, event) {
    if (pc !== this.#pc) return;
    this.#video.srcObject = event.streams[0] ?? new MediaStream([event.track]);
    this.#video.play().catch(() => {}); // muted video may always play; a refusal is a page that leaves
  }

  #connection(pc) {
    if (pc !== this.#pc) return;
    clearTimeout(this.#disconnectedTimer);
    const lost = 'The connection to the server was lost.';
    if (pc.connectionState === 'failed') this.#again(lost);
    if (pc.connectionState === 'disconnected') {
      this.#disconnectedTimer = setTimeout(() => this.#again(lost), DISCONNECTED_MS);
    }
  }

  /** #watch counts decoded frames, and gives up a session that brings none. */
  async #watch() {
    const pc = this.#pc;
    if (!pc) return;
    let frames = this.#decoded;
    for (const report of (await pc.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'video') frames = report.framesDecoded ?? 0;
    }
    if (pc !== this.#pc) return;
    const now = performance.now();
    if (frames > this.#decoded) {
      this.#decoded = frames;
      this.#lastFrame = now;
      if (frames >= STEADY_FRAMES) this.#backoff = BACKOFF_MIN_MS;
      this.#set('live');
    }
    this.#samples = [...this.#samples.filter((s) => now - s.at < 2000), { at: now, frames: this.decodedFrames }];
    if (document.visibilityState === 'visible' && now - this.#lastFrame > STALLED_MS) this.#again('No picture arrives.');
  }

  #visibility() {
    clearTimeout(this.#hiddenTimer);
    if (document.visibilityState === 'visible') {
      this.#lastFrame = performance.now(); // a hidden page may not decode: judge anew
      if (!this.#pc) this.#again(this.#reason, 0);
    } else if (!document.pictureInPictureElement) {
      this.#hiddenTimer = setTimeout(() => {
        this.#leave();
        this.#set('reconnecting');
      }, HIDDEN_MS);
    }
  }

  #again(reason, delay = this.#backoff) {
    this.#leave();
    if (delay > 0) this.#backoff = Math.min(this.#backoff * 2, BACKOFF_MAX_MS);
    this.#retryAt = delay > 0 ? performance.now() + delay : 0;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = 0;
      this.#connect();
    }, delay);
    this.#set('reconnecting', reason);
  }

  /** #leave ends the session here and at the server, and whatever waits to happen to it. */
  #leave() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#disconnectedTimer);
    this.#retryTimer = 0;
    this.#retryAt = 0;
    this.#abort?.abort();
    this.#pc?.close();
    this.#pc = null;
    if (this.#session) leaveSession(this.#session);
    this.#session = '';
    this.#decodedBefore += this.#decoded;
    this.#decoded = 0;
    this.#samples = [];
  }

  #set(state, reason = '') {
    this.#state = state;
    this.#reason = reason;
    this.dispatchEvent(new Event('change'));
  }
}

function leaveSession(url) {
  fetch(url, { method: 'DELETE', keepalive: true }).catch(() => {}); // the server ends it by itself otherwise
}

/** gathered waits for the candidates, but not for long: slow ones belong to servers this page does not use. */
function gathered(pc) {
  return new Promise((resolve) => {
    if (pc.iceGatheringState === 'complete') return resolve();
    const timer = setTimeout(resolve, GATHER_MS);
    pc.addEventListener('icegatheringstatechange', () => {
      if (pc.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
