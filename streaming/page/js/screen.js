// Screen is a picture with what is to be said about it: its state, and in words what is wrong.

import {h, icon, setText} from './dom.js';
import {HeatLayer} from './heatlayer.js';
import {overlay} from './overlay.js';
import {Player} from './player.js';
import {badge, isLive, trouble} from './words.js';

export class Screen {
  #feed;
  #name;
  #started = false;
  #live = true; // the source was, as far as is known
  #follow = () => this.#heard();
  #update = () => this.#show();
  #back = () => this.player.retry();

  constructor(feed, name, {retry = true, heatStyle, talk = null} = {}) {
    this.#feed = feed;
    this.#name = name;
    this.video = h('video', {muted: true, autoplay: true, playsInline: true, 'aria-label': `Live video of ${name}`});
    this.still = h('canvas.still', {hidden: true, 'aria-hidden': 'true'}); // the last picture, while there is none
    this.heat = new HeatLayer(heatStyle);
    this.player = new Player(name, this.video, {
      answers: () => feed.up !== false,
      noFirefox: () => feed.stream(name)?.noFirefox || '',
      sends: () => {
        const s = feed.stream(name);
        return feed.up === true && s !== undefined && isLive(s) && s.fps >= 1;
      },
      overlay: () => overlay(feed.stream(name)?.overlays),
    }, {heat: this.heat, talk});
    this.badge = h('span.badge');
    this.words = h('p.curtain-words');
    this.button = retry ? h('button.quiet', {type: 'button', onclick: () => this.#again()}) : null;
    this.spinner = h('span.spinner', {'aria-hidden': 'true'});
    this.sign = h('span.curtain-sign', {}, icon('camera'));
    this.curtain = h('div.curtain', {role: 'status'}, this.spinner, this.sign, this.words, this.button);
    this.strip = h('p.strip', {role: 'status', hidden: true}, icon('warning'), h('span'));
    this.element = h('div.screen', {}, this.video, this.heat.element, this.still, this.curtain, this.badge, this.strip);
    this.video.addEventListener('resize', () => this.#shape());
    this.player.addEventListener('state', this.#update);
    this.heat.addEventListener('shown', this.#update);
    this.player.addEventListener('drop', () => this.#keep());
  }

  start() {
    this.#feed.addEventListener('change', this.#follow);
    this.#feed.addEventListener('back', this.#back);
    this.#started = true;
    this.#heard();
  }

  stop() {
    this.#feed.removeEventListener('change', this.#follow);
    this.#feed.removeEventListener('back', this.#back);
    this.#started = false;
    this.player.stop();
  }

  #again() {
    if (this.player.state === 'asleep') {
      this.player.play();
      return;
    }
    if (this.#feed.up === false) this.#feed.retry();
    this.player.retry();
  }

  #shape() {
    const {videoWidth: w, videoHeight: d} = this.video;
    if (w > 0 && d > 0) {
      this.element.style.setProperty('--ratio', `${w} / ${d}`);
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

  // heard does what news of the stream ask for. The player's own events only show: they come while it is being told what to do.
  #heard() {
    // Who draws the heat must be known first, unless nobody tells.
    if (this.#started && (this.#feed.streams !== null || this.#feed.trouble !== '')) this.player.start();
    const status = this.#feed.stream(this.#name);
    const live = !status || isLive(status);
    const came = live && !this.#live;
    this.#live = live;
    if (came) this.player.retry(); // there is a picture now
    this.#show();
  }

  #show() {
    const {state, message} = this.player;
    const status = this.#feed.stream(this.#name);
    const b = badge(state, status, this.player.drawsHeat ? this.heat.shown !== null : status?.heatPtsNs > 0);
    setText(this.badge, b.text);
    this.badge.dataset.tone = b.tone;
    this.element.dataset.state = state;
    this.curtain.hidden = state === 'live';
    if (state === 'live') this.still.hidden = true;
    const away = status !== undefined && !isLive(status) && status.state !== 'starting';
    const idle = away && (state === 'connecting' || state === 'waiting'); // until somebody does something about it: no hurry
    const busy = !idle && (state === 'connecting' || state === 'reconnecting' || state === 'waiting');
    this.spinner.hidden = !busy;
    this.sign.hidden = busy;
    if (this.button) {
      this.button.hidden = busy || idle || state === 'unable';
      setText(this.button, state === 'asleep' ? 'Play' : 'Try again');
    }
    const because = status && this.#feed.up !== false && status.state !== 'degraded' ? trouble(status) : '';
    setText(this.words, (state !== 'live' && state !== 'unable' && because) || message || 'Connecting to the stream…');
    const warning = state === 'live' && status ? trouble(status) : '';
    this.strip.hidden = warning === '';
    setText(this.strip.lastElementChild, warning);
  }
}
