// The stage: a video with its markers, and the message that stands over it while there is nothing live to see.
import { el, icon, setText } from './dom.js';
import { Markers } from './markers.js';
import { overall } from './format.js';

const MARKERS_KEY = 'videogem.markers';

/** Stage shows one stream's video. onRetry is called when the viewer does not want to wait. */
export class Stage {
  #title = el('strong');
  #text = el('span');
  #retry; #scrim; #markers; #toggle;

  constructor({ label, onRetry }) {
    this.video = el('video', { autoplay: true, playsinline: true, 'aria-label': label });
    this.video.muted = true; // as an attribute it comes too late for autoplay
    this.#markers = new Markers(this.video);
    this.#retry = el('button', { class: 'button', type: 'button', text: 'Try now', on: { click: onRetry } });
    this.#scrim = el('div', { class: 'scrim' },
      el('span', { class: 'spinner', 'aria-hidden': 'true' }), icon('warn'), this.#title, this.#text, this.#retry);
    this.#toggle = el('button', {
      class: 'tool', type: 'button', id: 'markers', title: 'Labels on the video (m)', on: { click: () => this.toggleMarkers() },
    }, icon('target'), el('span', { text: 'Labels' }));
    this.node = el('div', { class: 'stage' }, this.video, this.#markers.node, this.#scrim,
      el('div', { class: 'tools' }, this.#toggle,
        el('button', {
          class: 'tool', type: 'button', title: 'Full screen (f)', 'aria-label': 'Full screen', on: { click: () => this.toggleFull() },
        }, icon('expand'))));
    this.#showMarkers(localStorage.getItem(MARKERS_KEY) !== 'off');
  }

  toggleMarkers() {
    const on = this.#markers.node.hidden;
    localStorage.setItem(MARKERS_KEY, on ? 'on' : 'off');
    this.#showMarkers(on);
  }

  toggleFull() {
    const change = document.fullscreenElement ? document.exitFullscreen() : this.node.requestFullscreen();
    change.catch(() => {}); // not allowed here, as in a frame: the button does nothing
  }

  #showMarkers(on) {
    this.#markers.node.hidden = !on;
    this.#toggle.setAttribute('aria-pressed', String(on));
  }

  /** update shows the newest state; player is the Player's. */
  update({ reachable, status, player }) {
    if (status?.width > 0 && status.height > 0) this.node.style.setProperty('--ratio', `${status.width} / ${status.height}`);
    const state = overall({ reachable, status, player: player.state });
    this.#markers.update(player.state === 'live' ? status?.prompts ?? [] : []);
    this.#message(state, status, player);
    return state;
  }

  #message(state, status, player) {
    const clear = state === 'live' || state === 'degraded';
    this.#scrim.hidden = clear;
    if (clear) return;
    const { title, text, bad, wait } = words(state, status, player);
    this.#scrim.classList.toggle('bad', Boolean(bad));
    setText(this.#title, title);
    setText(this.#text, text);
    this.#retry.hidden = !wait;
  }

  destroy() {
    this.#markers.destroy();
  }
}

/** words says what is wrong and what happens next. */
function words(state, status, player) {
  const left = Math.ceil((player.retryAt - performance.now()) / 1000);
  const next = left > 0 ? `Next try in ${left} s.` : 'Trying again…';
  switch (state) {
    case 'offline':
      return { title: 'The server does not answer', text: `${next} The video comes back by itself.`, bad: true, wait: true };
    case 'failed':
      return { title: 'The source has failed', text: status.error || 'The last picture stands.', bad: true };
    case 'ended':
      return { title: 'The stream has ended', text: status.error || 'The source has no more pictures.', bad: true };
    case 'starting':
      return { title: 'The source is starting', text: status.error || 'The first picture is on its way.' };
    case 'reconnecting':
      return { title: 'Reconnecting', text: `${player.reason} ${next}`.trim(), wait: left > 0 };
    default:
      return { title: 'Connecting', text: 'Asking the server for the video.' };
  }
}
