// The view of one stream.

import {h, icon, setText} from './dom.js';
import {Markers} from './markers.js';
import {Prompts} from './prompts.js';
import {Screen} from './screen.js';
import {Stats} from './stats.js';

export class Watch {
  #feed;
  #update = () => this.#show();

  constructor(feed, name) {
    this.#feed = feed;
    this.name = name;
    this.screen = new Screen(feed, name);
    this.stats = new Stats(this.screen);
    this.prompts = new Prompts(feed, name);
    this.title = h('h1.title', {}, name);
    this.others = h('p', {hidden: true}, h('a', {href: '#/'}, 'See the streams that there are'));
    const full = h('button.icon-button.full', {
      type: 'button', 'aria-label': 'Full screen', title: 'Full screen (f)', onclick: () => this.toggleFull(),
    }, icon('full'));
    this.markers = new Markers(this.screen.video);
    this.screen.element.append(this.markers.element, this.markers.button, full);
    this.element = h('div.watch', {},
      h('section.stage', {'aria-label': 'Video'}, this.title, this.screen.element, this.stats.element, this.others),
      this.prompts.element);
    feed.addEventListener('change', this.#update);
    this.screen.start();
    this.stats.start();
    this.#show();
  }

  get players() { return [this.screen.player]; }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.screen.element.requestFullscreen?.().catch(() => { /* not allowed here */ });
  }

  close() {
    this.#feed.removeEventListener('change', this.#update);
    this.screen.stop();
    this.stats.stop();
    this.markers.close();
  }

  #show() {
    const status = this.#feed.stream(this.name);
    const unknown = this.#feed.streams !== null && !status;
    this.element.classList.toggle('unknown', unknown);
    this.prompts.element.hidden = unknown;
    this.stats.element.hidden = unknown;
    this.others.hidden = !unknown;
    for (const e of [this.prompts.element, this.stats.element]) e.classList.toggle('off', this.#feed.up === false);
    if (!status) return;
    setText(this.title, status.title);
    this.stats.show(status);
    this.prompts.show(status);
    this.markers.show(this.screen.player.state === 'live' ? status.prompts : []);
  }
}
