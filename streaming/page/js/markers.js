// Markers over the picture: a ring and a label where the heat of each prompt is highest. They can be switched off.

import {h, icon, setText} from './dom.js';

const key = 'markers';

export class Markers {
  #video;
  #byText = new Map();
  #resized = new ResizeObserver(() => this.#fit());

  constructor(video) {
    this.#video = video;
    this.element = h('div.markers', {'aria-hidden': 'true'}); // the list of prompts says it in words
    this.button = h('button.icon-button.full.labels', {
      type: 'button', 'aria-label': 'Labels on the picture', title: 'Labels on the picture (m)', onclick: () => this.toggle(),
    }, icon('eye'));
    this.#resized.observe(video);
    video.addEventListener('resize', () => this.#fit());
    this.#switch(saved());
  }

  toggle() {
    const on = this.element.hidden;
    try { localStorage.setItem(key, on ? 'on' : 'off'); } catch { /* private browsing: for this visit only */ }
    this.#switch(on);
  }

  // show places a marker for each prompt that has a point.
  show(prompts) {
    const placed = [];
    const left = new Map(this.#byText);
    for (const p of prompts) {
      if (!p.point) continue;
      left.delete(p.text);
      let marker = this.#byText.get(p.text);
      if (!marker) {
        marker = new Marker(p.text);
        this.#byText.set(p.text, marker);
        this.element.append(marker.element);
      }
      marker.show(p);
      placed.push(marker.avoid(placed, this.element.clientWidth, this.element.clientHeight));
    }
    for (const [text, marker] of left) {
      marker.element.remove();
      this.#byText.delete(text);
    }
  }

  close() { this.#resized.disconnect(); }

  #switch(on) {
    this.element.hidden = !on;
    this.button.setAttribute('aria-pressed', String(on));
  }

  // fit lays the markers over the picture itself: object-fit: contain leaves bars beside or above it.
  #fit() {
    const {clientWidth, clientHeight, videoWidth, videoHeight} = this.#video;
    if (videoWidth === 0 || videoHeight === 0) return;
    const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
    const [w, d] = [videoWidth * scale, videoHeight * scale];
    Object.assign(this.element.style, {
      width: `${w}px`, height: `${d}px`, left: `${(clientWidth - w) / 2}px`, top: `${(clientHeight - d) / 2}px`,
    });
  }
}

function saved() {
  try {
    return localStorage.getItem(key) !== 'off';
  } catch {
    return true;
  }
}

class Marker {
  constructor(text) {
    this.score = h('span.marker-score');
    this.label = h('span.marker-label', {}, h('span.marker-name', {}, text), this.score);
    this.element = h('div.marker', {}, h('span.marker-ring'), this.label);
  }

  show({color, score, point: [x, y]}) {
    const {style} = this.element;
    this.point = [x, y];
    style.setProperty('--color', color);
    style.left = `${x * 100}%`;
    style.top = `${y * 100}%`;
    this.element.classList.toggle('at-right', x > 0.6);
    setText(this.score, score.toFixed(3));
  }

  // avoid moves the label towards the middle until it covers none of those placed, and returns its place in a picture of that
  // size.
  avoid(placed, width, height) {
    const [x, y] = this.point;
    const step = (this.label.offsetHeight + 3) * (y > 0.5 ? -1 : 1);
    const middle = x * width + (x > 0.6 ? -0.5 : 0.5) * this.label.offsetWidth;
    const place = {x: middle, y: y * height, width: this.label.offsetWidth, height: this.label.offsetHeight};
    const covers = (o) => Math.abs(o.x - place.x) < (o.width + place.width) / 2 + 24 && Math.abs(o.y - place.y) < place.height + 2;
    for (let o = placed.find(covers), n = 0; o && n < placed.length; o = placed.find(covers), n++) place.y = o.y + step;
    this.element.style.setProperty('--away', `${place.y - y * height}px`);
    return place;
  }
}
