// Witness takes a picture of each event that happens while its stream is on screen, and a film from its beginning to shortly after its
// end. Events that overlap share a film: each costs the viewer's machine.

import {film, picture} from './capture.js';

const width = 240; // pixels of a picture
const after = 1500; // ms filmed after an event's end

export class Witness {
  #alerts;
  #stream;
  #screen;
  #films;
  #seen = new WeakSet(); // events that a film was begun for
  #film = null; // {stop, done}
  #filmed = []; // the events on it
  #timer = 0;
  #update = (e) => { if (e.detail.stream === this.#stream) this.#take(e.detail.event); };

  // screen has the video and the heat; films tells whether to film, too.
  constructor(alerts, stream, screen, {films = true} = {}) {
    this.#alerts = alerts;
    this.#stream = stream;
    this.#screen = screen;
    this.#films = films;
    alerts.addEventListener('event', this.#update);
  }

  close() {
    this.#alerts.removeEventListener('event', this.#update);
    clearTimeout(this.#timer);
    this.#film?.stop();
  }

  #take(event) {
    const {video, heat} = this.#screen;
    if (event.to === null) {
      if (!event.thumbnail) event.thumbnail = picture(video, heat.element, width)?.toDataURL('image/jpeg', 0.8) ?? '';
      if (this.#films && !this.#seen.has(event)) this.#begin(event);
    }
    clearTimeout(this.#timer);
    if (this.#film && this.#filmed.every((e) => e.to !== null)) this.#timer = setTimeout(this.#film.stop, after);
  }

  async #begin(event) {
    this.#seen.add(event);
    if (this.#film) {
      this.#filmed.push(event);
      return;
    }
    const {video, heat} = this.#screen;
    const begun = film(video, heat.element);
    if (!begun) return;
    this.#film = begun;
    this.#filmed = [event];
    const made = await begun.done;
    const events = this.#filmed;
    this.#film = null;
    this.#filmed = [];
    this.#alerts.film(events, made);
  }
}
