// The grid shows all streams at once. Pictures that are scrolled out of sight are not fetched.

import {h, icon, setText} from './dom.js';
import {HeatStyle} from './heatstyle.js';
import {Screen} from './screen.js';
import {Witness} from './witness.js';
import {fps} from './words.js';

export class Grid {
  #feed;
  #alerts;
  #cards = new Map();
  #seen;
  #update = () => this.#show();

  constructor(feed, alerts) {
    this.#feed = feed;
    this.#alerts = alerts;
    this.list = h('ul.grid', {'aria-label': 'Streams'});
    this.hint = h('div.empty', {hidden: true});
    this.element = h('section.page', {}, h('h1.title', {}, 'Streams'), this.list, this.hint);
    this.#seen = new IntersectionObserver((entries) => {
      for (const e of entries) {
        const card = [...this.#cards.values()].find((c) => c.element === e.target);
        if (!card) continue;
        if (e.isIntersecting) card.screen.start();
        else card.screen.stop();
      }
    }, {rootMargin: '100px'});
    feed.addEventListener('change', this.#update);
    this.#show();
  }

  get players() { return [...this.#cards.values()].map((c) => c.screen.player); }

  close() {
    this.#feed.removeEventListener('change', this.#update);
    this.#seen.disconnect();
    for (const c of this.#cards.values()) c.close();
  }

  #show() {
    const streams = this.#feed.streams;
    this.hint.hidden = streams !== null && streams.length > 0;
    if (streams === null) {
      this.hint.replaceChildren(h('span.spinner', {'aria-hidden': 'true'}),
        h('p', {}, this.#feed.trouble || 'Looking for streams…'));
      return;
    }
    if (streams.length === 0) {
      this.hint.replaceChildren(icon('camera'), h('p', {}, 'No stream is running.'),
        h('p.faint', {}, 'Start one with “videogem serve” and a file, a camera or an rtsp:// address.'));
    }
    for (const [name, card] of this.#cards) {
      if (streams.some((s) => s.name === name)) continue;
      this.#seen.unobserve(card.element);
      card.close();
      card.element.remove();
      this.#cards.delete(name);
    }
    for (const s of streams) {
      let card = this.#cards.get(s.name);
      if (!card) {
        card = new Card(this.#feed, this.#alerts, s);
        this.#cards.set(s.name, card);
        this.list.append(card.element);
        this.#seen.observe(card.element);
      }
      card.show(s);
    }
  }
}

class Card {
  constructor(feed, alerts, status) {
    this.alerts = alerts;
    this.style = new HeatStyle();
    this.screen = new Screen(feed, status.name, {retry: false, heatStyle: this.style});
    this.witness = new Witness(alerts, status.name, this.screen, {films: false});
    this.name = h('span.card-name', {}, status.title);
    this.rate = h('span.card-rate');
    this.prompts = h('span.card-prompts');
    this.alert = h('span.card-alert', {role: 'status', hidden: true}, icon('bell'), h('span'));
    this.screen.element.append(this.alert);
    this.element = h('li.card', {}, h('a.card-link', {href: `#/${encodeURIComponent(status.name)}`},
      this.screen.element, h('span.card-foot', {}, this.name, this.rate, this.prompts)));
  }

  show(status) {
    setText(this.name, status.title);
    setText(this.rate, fps(status.fps));
    const happening = this.alerts.events(status.name).filter((e) => e.to === null).map((e) => e.prompt);
    this.element.classList.toggle('alert', happening.length > 0);
    this.alert.hidden = happening.length === 0;
    setText(this.alert.lastElementChild, happening.join(', '));
    const texts = status.prompts.map((p) => p.text).join('\n');
    if (this.texts !== texts) {
      this.texts = texts;
      this.prompts.replaceChildren(...status.prompts.map((p) => {
        const dot = h('span.dot');
        dot.style.setProperty('--color', this.style.color(p.text, p.color));
        return h('span.chip', {}, dot, h('span', {}, p.text));
      }));
      if (status.prompts.length === 0) this.prompts.append(h('span.faint', {}, 'No prompt yet'));
    }
  }

  close() {
    this.witness.close();
    this.screen.stop();
  }
}
