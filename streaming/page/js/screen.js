// Screen is a picture with what is to be said about it: its state, and in words what is wrong.

import {h, icon, setText} from './dom.js';
import {HeatLayer} from './heat.js';
import {Player} from './player.js';
import {badge, trouble} from './words.js';

export class Screen {
  #feed;
  #name;
  #update = () => this.#show();
  #back = () => this.player.retry();

  constructor(feed, name, {retry = true, heatStyle} = {}) {
    this.#feed = feed;
    this.#name = name;
    this.video = h('video', {muted: true, autoplay: true, playsInline: true, 'aria-label': `Live video of ${name}`});
    this.still = h('canvas.still', {hidden: true, 'aria-hidden': 'true'}); // the last picture, while there is none
    this.heat = new HeatLayer(heatStyle);
    this.player = new Player(name, this.video, {
      sends: () => {
        const s = feed.stream(name);
        return feed.up === true && s !== undefined && (s.state === 'running' || s.state === 'degraded') && s.fps >= 1;
      },
      heat: this.heat,
      wantsHeat: () => feed.stream(name)?.overlays?.[0] === 'client',
    });
    this.badge = h('span.badge');
    this.words = h('p.curtain-words');
    this.button = retry ? h('button.quiet', {type: 'button', onclick: () => this.player.retry()}, 'Try again') : null;
    this.spinner = h('span.spinner', {'aria-hidden': 'true'});
    this.sign = h('span.curtain-sign', {}, icon('camera'));
    this.curtain = h('div.curtain', {role: 'status'}, this.spinner, this.sign, this.words, this.button);
    this.strip = h('p.strip', {role: 'status', hidden: true}, icon('warning'), h('span'));
    this.element = h('div.screen', {}, this.video, this.heat.element, this.still, this.curtain, this.badge, this.strip);
    this.video.addEventListener('resize', () => this.#shape());
    this.player.addEventListener('state', this.#update);
    this.player.addEventListener('drop', () => this.#keep());
  }

  start() {
    this.#feed.addEventListener('change', this.#update);
    this.#feed.addEventListener('back', this.#back);
    this.player.start();
    this.#show();
  }

  stop() {
    this.#feed.removeEventListener('change', this.#update);
    this.#feed.removeEventListener('back', this.#back);
    this.player.stop();
  }

  #shape() {
    const {videoWidth: w, videoHeight: d} = this.video;
    if (w > 0 && d > 0) {
      this.element.style.setProperty('--ratio', `${w} / ${d}`);
      this.element.style.setProperty('--ratio-number', String(w / d));
    }
  }

  #keep() {
    const {videoWidth: w, videoHeight: d} = this.video;
    if (w === 0 || d === 0) return;
    this.still.width = w;
    this.still.height = d;
    this.still.getContext('2d').drawImage(this.video, 0, 0);
    this.still.hidden = false;
  }

  #show() {
    const {state, message} = this.player;
    const status = this.#feed.stream(this.#name);
    const b = badge(state, status);
    setText(this.badge, b.text);
    this.badge.dataset.tone = b.tone;
    this.element.dataset.state = state;
    this.curtain.hidden = state === 'live';
    if (state === 'live') this.still.hidden = true;
    const busy = state === 'connecting' || state === 'reconnecting';
    this.spinner.hidden = !busy;
    this.sign.hidden = busy;
    if (this.button) this.button.hidden = busy;
    const because = status && state !== 'live' ? trouble(status) : '';
    setText(this.words, because || message || 'Connecting to the stream…');
    const warning = state === 'live' && status ? trouble(status) : '';
    this.strip.hidden = warning === '';
    setText(this.strip.lastElementChild, warning);
  }
}
