// One stream's view: the stage, the numbers below it, and the prompts beside it.
import { whepPath } from './api.js';
import { Chip } from './chip.js';
import { el, icon, setText } from './dom.js';
import { stateLabel } from './format.js';
import { Player } from './player.js';
import { Prompts } from './prompts.js';
import { Stage } from './stage.js';
import { Stats } from './stats.js';

const TICK_MS = 500; // for what changes without news from the server: frame rate, seconds until the next try

/** StreamView fills root with a stream's view. retry asks for the server's state at once. */
export class StreamView {
  #name; #player; #stage; #prompts; #stats; #tick;
  #chip = new Chip({ live: true });
  #heading = el('h1');
  #alert = el('p', { class: 'callout bad', role: 'alert', hidden: true });
  #notice = el('span');
  #noticeBox;
  #news = { streams: [], reachable: true };
  #listening = new AbortController();

  constructor(root, name, { retry }) {
    this.#name = name;
    this.#stage = new Stage({
      label: `Live video of ${name}, with heat where the prompts are found`,
      onRetry: () => {
        retry();
        this.#player.retryNow();
      },
    });
    this.#player = new Player(this.#stage.video, whepPath(name));
    this.#prompts = new Prompts(name);
    this.#stats = new Stats();
    this.#noticeBox = el('p', { class: 'callout', hidden: true }, icon('info'), this.#notice);
    root.append(el('div', { class: 'stream' },
      el('div', { class: 'watch' }, el('header', { class: 'title' }, this.#heading), this.#stage.node, this.#alert, this.#stats.node),
      el('aside', { class: 'side' }, this.#prompts.node, this.#noticeBox)));
    this.#player.addEventListener('change', () => this.#show());
    document.addEventListener('keydown', (e) => this.#key(e), { signal: this.#listening.signal });
    this.#tick = setInterval(() => this.#show(), TICK_MS);
    this.#player.start();
  }

  get chip() { return this.#chip.node; }
  get state() { return this.#player.state; }
  get decodedFrames() { return this.#player.decodedFrames; }
  get status() { return this.#news.streams.find((s) => s.name === this.#name) ?? null; }

  update(news) {
    const before = this.status;
    const back = news.reachable && !this.#news.reachable;
    this.#news = news;
    const { status } = this;
    // A stream that has just come up, or a server that is back, need not wait for the player's next try.
    if (status && (back || (before?.state !== 'running' && status.state === 'running'))) this.#player.retryNow();
    if (status) this.#prompts.update(status.prompts);
    this.#show();
  }

  #show() {
    const { status } = this;
    const { reachable } = this.#news;
    const known = status ?? { state: 'ended', error: 'It is no longer on the server. It comes back here when the server has it again.' };
    const state = this.#stage.update({ reachable, status: known, player: this.#player });
    this.#chip.set(state);
    const title = status?.title || this.#name;
    setText(this.#heading, title);
    document.title = `${state === 'live' ? '' : `${stateLabel(state)} · `}${title} – VideoGEM`;
    const alert = state === 'degraded' || (state === 'live' && status?.error) ? status.error || 'The video runs without heat.' : '';
    setText(this.#alert, alert);
    this.#alert.hidden = !alert;
    setText(this.#notice, status?.notice ?? '');
    this.#noticeBox.hidden = !status?.notice;
    if (status) this.#stats.update(status, this.#player.fps);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
    switch (event.key) {
      case 'm': this.#stage.toggleMarkers(); break;
      case 'f': this.#stage.toggleFull(); break;
      case '/': this.#prompts.focus(); break;
      default: return;
    }
    event.preventDefault();
  }

  destroy() {
    this.#listening.abort();
    clearInterval(this.#tick);
    this.#player.stop();
    this.#stage.destroy();
  }
}
