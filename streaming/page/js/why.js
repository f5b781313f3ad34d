// The "why" view: the heat of a prompt beside that of its verb alone and of its object alone, each over the frame it belongs
// to. Verb and object are asked for as prompts of the viewer's own while the view is open.

import {palette, paint} from './colormaps.js';
import {h, icon, setText} from './dom.js';
import {sentence} from './words.js';

const width = 480; // pixels of a picture
const hot = 128; // heat from which on a cell counts as hot

export class Why {
  #watch;
  #text;
  #tiles;
  #closed = false;
  #refused = false;
  #update = () => this.#draw();
  #refuse = (e) => {
    this.#refused = true;
    for (const t of Object.values(this.#tiles)) t.giveUp();
    setText(this.words, sentence(`The server does not look for its parts: ${e.detail}`));
  };

  // watch is the view: {feed, own, name, screen, heatStyle}.
  constructor(watch, text) {
    this.#watch = watch;
    this.#text = text;
    this.#tiles = {
      action: new Tile('The whole prompt', false), verb: new Tile('Its verb alone', true), object: new Tile('Its object alone', true),
    };
    this.#tiles.action.ask(text);
    this.words = h('p.why-words', {}, 'Taking the prompt apart…');
    const close = () => this.close();
    this.element = h('dialog.why', {'aria-labelledby': 'why-title', onclose: close, onclick: (e) => { if (e.target === this.element) close(); }},
      h('div.why-inside', {},
        h('header.why-head', {}, h('div', {}, h('p.faint', {}, 'Why is it found there?'), h('h2', {id: 'why-title'}, text)),
          h('button.icon-button', {type: 'button', 'aria-label': 'Close', title: 'Close (Escape)', onclick: () => this.close()}, icon('remove'))),
        h('div.why-tiles', {}, ...Object.values(this.#tiles).map((t) => t.element)), this.words));
    watch.screen.heat.addEventListener('shown', this.#update);
    watch.own.addEventListener('refused', this.#refuse);
  }

  async open() {
    this.element.showModal();
    const {verb, object} = this.#tiles;
    let parts;
    try {
      parts = await this.#watch.feed.decompose(this.#watch.name, this.#text);
    } catch {
      parts = null;
    }
    if (this.#closed) return;
    if (!parts) setText(this.words, 'The server could not take this prompt apart.');
    verb.ask(parts?.verb ?? '', 'This prompt has no verb that could be looked for alone.');
    object.ask(parts?.object ?? '', 'This prompt has no object: its verb is all there is to find.');
    const asked = [verb, object].map((t) => t.prompt).filter((p) => p !== '');
    this.#watch.heatStyle.aside = new Set(asked);
    this.#watch.own.ask(asked);
    this.#draw();
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.screen.heat.removeEventListener('shown', this.#update);
    this.#watch.own.removeEventListener('refused', this.#refuse);
    this.#watch.heatStyle.aside = new Set();
    this.#watch.own.ask([]);
    this.element.close(); // gives the focus back
    this.element.remove();
  }

  #draw() {
    const {screen, heatStyle} = this.#watch;
    const message = screen.heat.shown;
    if (!message) return;
    for (const t of Object.values(this.#tiles)) t.draw(screen.video, message, heatStyle);
    const {action, verb, object} = this.#tiles;
    if (!action.heat || this.#refused) return;
    const shares = [[verb, 'its verb'], [object, 'its object']].filter(([t]) => t.heat)
      .map(([t, name]) => `${percent(common(action.heat, t.heat))} is hot for ${name} alone`);
    let words = 'Waiting for the next inference…';
    if (shares.length > 0) words = `Of the area that is hot for the whole prompt, ${shares.join(', and ')}.`;
    else if (verb.asked && verb.prompt === '' && object.prompt === '') words = 'There is nothing to compare: the prompt cannot be taken apart.';
    setText(this.words, words);
  }
}

// common is the share of the first map's hot cells that are hot in the second, too.
function common(a, b) {
  let [all, both] = [0, 0];
  a.forEach((v, i) => {
    if (v < hot) return;
    all++;
    if (b[i] >= hot) both++;
  });
  return all > 0 ? both / all : 0;
}

const percent = (share) => `${Math.round(100 * share)} %`;

class Tile {
  prompt = '';
  asked = false;
  heat = null; // as last drawn
  #own;

  constructor(title, own) {
    this.#own = own;
    this.canvas = h('canvas.why-picture', {width, height: width * 9 / 16, role: 'img', 'aria-label': title});
    this.text = h('p.why-prompt');
    this.score = h('span.why-score');
    this.wait = h('div.why-wait', {}, h('span.spinner', {'aria-hidden': 'true'}));
    this.element = h('section.why-tile', {}, h('div.why-frame', {}, this.canvas, this.wait),
      h('div.why-foot', {}, h('h3', {}, title), this.score, this.text));
  }

  // ask says which prompt this is; '' when there is none, which is told.
  ask(prompt, none = '') {
    this.prompt = prompt;
    this.asked = true;
    setText(this.text, prompt || none);
    this.element.classList.toggle('empty-tile', prompt === '');
    if (prompt === '') this.wait.replaceChildren(icon('none'));
  }

  // giveUp waits no longer for what has not come.
  giveUp() { if (!this.heat) this.wait.replaceChildren(icon('none')); }

  // draw draws the frame on screen with this prompt's heat of it.
  draw(video, message, style) {
    const found = this.prompt && message.prompts.find((p) => p.text === this.prompt && p.own === this.#own);
    if (!found || video.videoWidth === 0) return;
    this.heat = found.heat;
    this.wait.hidden = true;
    setText(this.score, found.score.toFixed(3));
    const {canvas} = this;
    canvas.height = Math.round(width * video.videoHeight / video.videoWidth);
    const g = canvas.getContext('2d');
    g.filter = 'grayscale(.85) brightness(.8)';
    g.drawImage(video, 0, 0, canvas.width, canvas.height);
    g.filter = 'none';
    g.globalAlpha = 0.8;
    paint(g, message, found.heat, palette(style.map, style.color(found.text, found.color), style.floor), canvas.width, canvas.height);
    if (found.point) mark(g, found.point[0] * canvas.width, found.point[1] * canvas.height);
  }
}

function mark(g, x, y) {
  g.globalAlpha = 1;
  for (const [style, width] of [['#000a', 6], ['#fff', 2.5]]) {
    g.strokeStyle = style;
    g.lineWidth = width;
    g.beginPath();
    g.arc(x, y, 9, 0, 2 * Math.PI);
    g.stroke();
  }
}
