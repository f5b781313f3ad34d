// The panel to send this machine's camera or screen to a stream that takes video from browsers.

import {h, icon, setText} from './dom.js';
import {Publisher} from './publisher.js';
import {withoutWebRTC} from './session.js';
import {bitrate} from './words.js';

const size = {width: {ideal: 1280}, height: {ideal: 720}, frameRate: {ideal: 30}};
const labels = {connecting: 'Connecting…', sending: 'Sending', taken: 'Waiting', reconnecting: 'Reconnecting…', refused: 'Not sending'};
const troubles = {
  NotAllowedError: 'The browser was not allowed to use it. Allow the camera for this page in the browser’s settings, and try again.',
  NotFoundError: 'No camera was found on this machine.',
  NotReadableError: 'Another program is using the camera.',
};

export class CameraPanel {
  #publisher;
  #media = null;
  #timer = 0;
  #bytes = null;
  #lock = null;

  constructor(name) {
    this.#publisher = new Publisher(name);
    this.video = h('video.camera-picture', {muted: true, autoplay: true, playsInline: true, hidden: true, 'aria-label': 'What you send'});
    this.title = h('h2', {id: 'camera-title'});
    this.words = h('p.faint', {role: 'status'});
    this.numbers = h('p.faint', {hidden: true});
    const devices = navigator.mediaDevices;
    this.camera = h('button.primary', {
      type: 'button', onclick: () => this.#start(() => devices.getUserMedia({video: this.#wish(), audio: false})),
    }, icon('camera'), 'Send my camera');
    this.display = h('button.plain', {
      type: 'button', hidden: !devices?.getDisplayMedia, onclick: () => this.#start(() => devices.getDisplayMedia({video: size, audio: false})),
    }, icon('display'), 'Send my screen');
    this.stop = h('button.plain', {type: 'button', hidden: true, onclick: () => this.#stop('')}, icon('remove'), 'Stop sending');
    this.which = h('select', {'aria-label': 'Camera', hidden: true, onchange: () => { if (this.#media) this.camera.click(); }});
    this.element = h('section.camera', {'aria-labelledby': 'camera-title', hidden: true}, this.video,
      h('div.camera-body', {}, this.title, this.words, this.numbers, h('div.camera-buttons', {}, this.camera, this.display, this.which, this.stop)));
    this.#publisher.addEventListener('state', () => this.#say());
    this.#say();
  }

  // show has the panel for streams that take video, for those who may send it.
  show(status, may) {
    this.element.hidden = !status.whip || !may;
    this.busy = status.state !== 'waiting';
    this.#say();
  }

  close() { this.#stop(''); }

  #wish() { return this.which.value ? {...size, deviceId: {exact: this.which.value}} : size; }

  // start asks for a video and sends it.
  async #start(ask) {
    this.#stop('');
    let media;
    try {
      media = await ask();
    } catch (e) {
      this.#stop(troubles[e.name] ?? `The video cannot be had: ${e.message}`);
      return;
    }
    this.#media = media;
    const [track] = media.getVideoTracks();
    track.contentHint = 'motion';
    track.addEventListener('ended', () => { if (this.#media === media) this.#stop('The camera or screen is no longer there.'); });
    this.video.srcObject = media;
    this.video.play().catch(() => { /* a hidden page plays later */ });
    this.#publisher.start(track);
    this.#timer = setInterval(() => this.#read(), 1000);
    this.#lock = await navigator.wakeLock?.request('screen').catch(() => null); // a phone that sleeps sends nothing
    await this.#list(track);
  }

  #stop(why) {
    clearInterval(this.#timer);
    this.#media?.getTracks().forEach((t) => t.stop());
    this.#media = null;
    this.#bytes = null;
    this.#lock?.release();
    this.#lock = null;
    this.video.srcObject = null;
    this.why = why;
    this.#publisher.stop();
  }

  // list names the cameras, which browsers tell only once one may be used.
  async #list(track) {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'videoinput' && d.deviceId);
    const now = track.getSettings().deviceId;
    const option = (d, i) => h('option', {value: d.deviceId, selected: d.deviceId === now}, d.label || `Camera ${i + 1}`);
    this.which.replaceChildren(...cameras.map(option));
    this.which.hidden = cameras.length < 2 || !this.#media;
  }

  async #read() {
    for (const r of (await this.#publisher.stats()).values()) {
      if (r.type !== 'outbound-rtp' || r.kind !== 'video') continue;
      const rate = this.#bytes === null ? 0 : 8 * (r.bytesSent - this.#bytes);
      this.#bytes = r.bytesSent;
      if (this.#publisher.state !== 'sending' || rate === 0) continue;
      setText(this.numbers, `${r.frameWidth} × ${r.frameHeight}, ${bitrate(rate)}`);
    }
  }

  #say() {
    const {state, message} = this.#publisher;
    const off = state === 'off';
    this.element.dataset.state = state;
    setText(this.title, off ? 'Send video to this stream' : labels[state]);
    this.video.hidden = off;
    this.stop.hidden = off;
    for (const b of [this.camera, this.display]) b.classList.toggle('gone', !off);
    const able = navigator.mediaDevices?.getUserMedia !== undefined && withoutWebRTC() === '';
    this.camera.disabled = !able || (off && this.busy);
    this.display.disabled = this.camera.disabled;
    if (off) this.which.hidden = true;
    this.numbers.hidden = state !== 'sending';
    if (state !== 'sending') setText(this.numbers, '');
    const words = state === 'sending' ? 'Without sound. It ends when you leave this stream’s page.' : 'Reaching the server…';
    setText(this.words, message || (off ? this.#offWords(able) : words));
  }

  #offWords(able) {
    if (withoutWebRTC()) return withoutWebRTC();
    if (!able) return 'Browsers lend their camera only to pages over HTTPS, or on this machine itself.';
    if (this.why) return this.why;
    if (this.busy) return 'Somebody else is sending now. There is one place.';
    return 'From this browser, without sound. Everybody who may watch the stream sees it.';
  }
}
