// The timeline: what happened, the newest first, with a picture of the moment and a clip to keep.

import {fileName, save} from './capture.js';
import {h, icon, setText} from './dom.js';

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export class Timeline {
  #alerts;
  #stream;
  #style;
  #rows = new Map();
  #update = (e) => { if (e.detail.stream === this.#stream) this.#take(e.detail.event); };

  // style is a HeatStyle.
  constructor(alerts, stream, style) {
    this.#alerts = alerts;
    this.#stream = stream;
    this.#style = style;
    this.list = h('ol.events', {'aria-live': 'polite', 'aria-relevant': 'additions'});
    this.none = h('p.faint', {}, 'Nothing yet. Press the bell of a prompt to be told when it happens.');
    this.element = h('section.timeline', {'aria-labelledby': 'timeline-title'}, h('h2', {id: 'timeline-title'}, 'What happened'), this.none, this.list);
    alerts.addEventListener('event', this.#update);
    for (const event of alerts.events(stream)) this.list.append(this.#row(event).element);
  }

  close() { this.#alerts.removeEventListener('event', this.#update); }

  #take(event) {
    if (!this.#rows.has(event)) this.list.prepend(this.#row(event).element);
    this.#rows.get(event).show(this.#style);
    const kept = new Set(this.#alerts.events(this.#stream));
    for (const [old, row] of this.#rows) {
      if (kept.has(old)) continue;
      row.element.remove();
      this.#rows.delete(old);
    }
  }

  #row(event) {
    const row = new Row(event);
    row.show(this.#style);
    this.#rows.set(event, row);
    this.none.hidden = true;
    return row;
  }
}

class Row {
  constructor(event) {
    this.event = event;
    this.image = h('span.event-image');
    this.when = h('span.faint');
    this.clip = h('button.icon-button', {
      type: 'button', hidden: true, title: 'Save the clip', 'aria-label': `Save the clip of ${event.prompt}`,
      onclick: () => save(event.clip.address, fileName(event.stream, event.from, event.clip.extension)),
    }, icon('film'));
    this.element = h('li.event', {}, this.image, h('div.event-words', {}, h('b', {}, event.prompt), this.when), this.clip);
  }

  show(style) {
    const {prompt, color, from, to, peak, thumbnail, clip} = this.event;
    if (thumbnail && this.image.tagName !== 'IMG') {
      const image = h('img.event-image', {src: thumbnail, alt: ''});
      this.image.replaceWith(image);
      this.image = image;
    }
    this.element.style.setProperty('--color', style.color(prompt, color));
    const lasted = to === null ? 'now' : `${Math.max(0.1, (to - from) / 1000).toFixed(1)} s`;
    setText(this.when, `${clock.format(from)} · ${lasted} · up to ${peak.toFixed(3)}`);
    this.element.classList.toggle('now', to === null);
    this.clip.hidden = !clip;
  }
}
