// The grid: all streams at once. Each tile plays while it is in sight.
import { whepPath } from './api.js';
import { Chip } from './chip.js';
import { el, icon, safeColor, setText } from './dom.js';
import { overall, rate, score } from './format.js';
import { Player } from './player.js';

const TOP_PROMPTS = 3;

/** GridView fills root with a tile for each stream. */
export class GridView {
  #tiles = new Map(); #node; #sight; #news = { streams: [], reachable: true };

  constructor(root) {
    this.#node = el('ul', { class: 'grid', 'aria-label': 'Streams' });
    // rootMargin: a tile starts a little before it is scrolled into sight.
    this.#sight = new IntersectionObserver((entries) => {
      for (const entry of entries) this.#tiles.get(entry.target.dataset.name)?.inSight(entry.isIntersecting);
    }, { rootMargin: '200px' });
    root.append(el('h1', { class: 'hidden', text: 'All streams' }), this.#node);
  }

  get state() { return [...this.#tiles.values()].map((t) => t.player.state); }
  get decodedFrames() { return Math.min(...[...this.#tiles.values()].map((t) => t.player.decodedFrames)); }
  get status() { return this.#news.streams; }

  update(news) {
    const back = news.reachable && !this.#news.reachable;
    this.#news = news;
    const names = new Set(news.streams.map((s) => s.name));
    for (const [name, tile] of this.#tiles) {
      if (names.has(name)) continue;
      this.#sight.unobserve(tile.node);
      tile.destroy();
      this.#tiles.delete(name);
    }
    for (const status of news.streams) {
      let tile = this.#tiles.get(status.name);
      if (!tile) {
        tile = new Tile(status.name);
        this.#tiles.set(status.name, tile);
        this.#node.append(tile.node);
        this.#sight.observe(tile.node);
      }
      if (back) tile.player.retryNow();
      tile.update(status, news.reachable);
    }
    document.title = `${news.streams.length} streams – VideoGEM`;
  }

  destroy() {
    this.#sight.disconnect();
    for (const tile of this.#tiles.values()) tile.destroy();
  }
}

/** Tile is one stream in the grid, and the way to its view. */
class Tile {
  #chip = new Chip();
  #title = el('span', { class: 'tile-title' });
  #numbers = el('span', { class: 'tile-numbers' });
  #found = el('ul', { class: 'tile-prompts' });
  #error = el('span');
  #errorBox; #status = null; #reachable = true;

  constructor(name) {
    const video = el('video', { autoplay: true, playsinline: true, tabindex: '-1', 'aria-hidden': 'true' });
    video.muted = true;
    this.player = new Player(video, whepPath(name));
    this.player.addEventListener('change', () => this.#show());
    this.#errorBox = el('p', { class: 'tile-error', hidden: true }, icon('warn'), this.#error);
    this.node = el('li', { class: 'tile', 'data-name': name },
      el('a', { href: `#/${encodeURIComponent(name)}` },
        el('div', { class: 'tile-picture' }, video, el('span', { class: 'spinner', 'aria-hidden': 'true' }), this.#chip.node, this.#errorBox),
        el('div', { class: 'tile-head' }, this.#title, this.#numbers),
        this.#found));
  }

  inSight(on) {
    if (on) this.player.start();
    else this.player.stop();
  }

  update(status, reachable) {
    const came = this.#status?.state !== 'running' && status.state === 'running';
    this.#status = status;
    this.#reachable = reachable;
    if (came) this.player.retryNow();
    this.#show();
  }

  #show() {
    const status = this.#status;
    if (!status) return;
    const player = this.player.state === 'stopped' ? 'connecting' : this.player.state;
    const state = overall({ reachable: this.#reachable, status, player });
    this.node.dataset.state = state;
    this.#chip.set(state);
    setText(this.#title, status.title || status.name);
    setText(this.#numbers, `${rate(status.fps)} fps`);
    setText(this.#error, status.error ?? '');
    this.#errorBox.hidden = !status.error;
    const best = [...status.prompts].sort((a, b) => b.score - a.score).slice(0, TOP_PROMPTS);
    while (this.#found.children.length > best.length) this.#found.lastChild.remove();
    while (this.#found.children.length < best.length) {
      this.#found.append(el('li', {}, el('span', { class: 'swatch' }), el('span', { class: 'prompt-text' }), el('span', { class: 'score' })));
    }
    best.forEach((prompt, i) => {
      const [swatch, text, value] = this.#found.children[i].children;
      swatch.style.setProperty('--color', safeColor(prompt.color));
      setText(text, prompt.text);
      setText(value, score(prompt.score));
    });
  }

  destroy() {
    this.player.stop();
    this.node.remove();
  }
}
