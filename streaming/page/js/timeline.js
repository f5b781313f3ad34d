// The timeline: what happened, the newest first, with a picture of the moment and a clip to keep.

import {fileName, picture, record, save} from './capture.js';
import {h, icon, setText} from './dom.js';

const thumbnail = 240; // pixels wide
const after = 1500; // ms filmed after the event's end
const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});

export class Timeline {
  #alerts;
  #stream;
  #video;
  #heat;
  #rows = new Map();
  #films = new Set();
  #update = (e) => { if (e.detail.stream === this.#stream) this.#take(e.detail.event); };

  constructor(alerts, stream, {video, heat}) {
    this.#alerts = alerts;
    this.#stream = stream;
    this.#video = video;
    this.#heat = heat.element;
    this.list = h('ol.events', {'aria-live': 'polite', 'aria-relevant': 'additions'});
    this.none = h('p.faint', {}, 'Nothing yet. Press the bell of a prompt to be told when it happens.');
    this.element = h('section.timeline', {'aria-labelledby': 'timeline-title'}, h('h2', {id: 'timeline-title'}, 'What happened'), this.none, this.list);
    alerts.addEventListener('event', this.#update);
    for (const event of alerts.events(stream)) this.#row(event, false);
  }

  close() {
    this.#alerts.removeEventListener('event', this.#update);
    for (const film of this.#films) film.stop();
  }

  #take(event) {
    if (!this.#rows.has(event)) {
      event.thumbnail = picture(this.#video, this.#heat, thumbnail)?.toDataURL('image/jpeg', 0.8) ?? '';
      this.#row(event, true);
      this.#film(event);
    }
    this.#rows.get(event).show();
    const kept = new Set(this.#alerts.events(this.#stream));
    for (const [old, row] of this.#rows) {
      if (kept.has(old)) continue;
      row.element.remove();
      this.#rows.delete(old);
    }
  }

  // film keeps a clip from the event's beginning to shortly after its end. One at a time: filming costs the viewer's machine.
  async #film(event) {
    if (this.#films.size > 0) return;
    const film = record(this.#video);
    if (!film) return;
    this.#films.add(film);
    const ended = () => {
      if (event.to === null) return;
      this.#alerts.removeEventListener('event', ended);
      setTimeout(film.stop, after);
    };
    this.#alerts.addEventListener('event', ended);
    event.clip = await film.done;
    this.#alerts.removeEventListener('event', ended);
    this.#films.delete(film);
    this.#rows.get(event)?.show();
  }

  #row(event, first) {
    const row = new Row(event, this.#stream);
    this.#rows.set(event, row);
    if (first) this.list.prepend(row.element);
    else this.list.append(row.element);
    this.none.hidden = true;
  }
}

class Row {
  constructor(event, stream) {
    this.event = event;
    this.when = h('span.faint');
    this.clip = h('button.icon-button', {
      type: 'button', hidden: true, title: 'Save the clip', 'aria-label': `Save the clip of ${event.prompt}`,
      onclick: () => save(event.clip, fileName(stream, event.from, 'webm')),
    }, icon('film'));
    const image = event.thumbnail ? h('img.event-image', {src: event.thumbnail, alt: ''}) : h('span.event-image');
    this.element = h('li.event', {}, image, h('div.event-words', {}, h('b', {}, event.prompt), this.when), this.clip);
    this.element.style.setProperty('--color', event.color);
    this.show();
  }

  show() {
    const {from, to, peak, clip} = this.event;
    const lasted = to === null ? 'now' : `${Math.max(0.1, (to - from) / 1000).toFixed(1)} s`;
    setText(this.when, `${clock.format(from)} · ${lasted} · up to ${peak.toFixed(3)}`);
    this.element.classList.toggle('now', to === null);
    this.clip.hidden = !clip;
  }
}
