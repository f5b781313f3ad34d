// The view of one stream.

import {CameraPanel} from './camerapanel.js';
import {fileName, picture, save} from './capture.js';
import {h, icon, setText} from './dom.js';
import {Drawing} from './drawing.js';
import {Graph} from './graph.js';
import {HeatStyle} from './heatstyle.js';
import {keysHelp} from './keys.js';
import {Markers} from './markers.js';
import {OwnPrompts} from './own.js';
import {Prompts} from './prompts.js';
import {Screen} from './screen.js';
import {Stats} from './stats.js';
import {Timeline} from './timeline.js';
import {Why} from './why.js';
import {Witness} from './witness.js';

export class Watch {
  #quiet = 0;
  #update = () => this.#show();

  constructor({feed, alerts, account, name}) {
    Object.assign(this, {feed, alerts, account, name});
    this.own = new OwnPrompts(name, () => account.may('prompt', name));
    this.heatStyle = new HeatStyle();
    this.screen = new Screen(feed, name, {heatStyle: this.heatStyle, talk: this.own});
    this.drawing = new Drawing(this.heatStyle, () => this.#redraw(), () => this.screen.player.again());
    this.stats = new Stats(this.screen, keysHelp());
    this.prompts = new Prompts(this);
    this.graph = new Graph(alerts, name);
    this.witness = new Witness(alerts, name, this.screen);
    this.timeline = new Timeline(alerts, name, this.heatStyle);
    this.title = h('h1.title', {}, name);
    this.others = h('p', {hidden: true}, h('a', {href: '#/'}, 'See the streams that there are'));
    this.camera = new CameraPanel(name);
    const full = h('button.icon-button.full', {
      type: 'button', hidden: !document.fullscreenEnabled, 'aria-label': 'Full screen', title: 'Full screen (f)', onclick: () => this.toggleFull(),
    }, icon('full'));
    this.markers = new Markers(this.screen.video, this.heatStyle);
    const snapshot = h('button.icon-button.full', {
      type: 'button', 'aria-label': 'Save a picture', title: 'Save a picture (s)', onclick: () => this.snapshot(),
    }, icon('picture'));
    const share = h('button.icon-button.full', {
      type: 'button', 'aria-label': 'Copy the link to this stream', title: 'Copy the link to this stream', onclick: () => this.#share(),
    }, icon('share'));
    this.said = h('span.said', {role: 'status'});
    this.screen.element.append(this.markers.element, h('div.tools', {}, this.said, share, snapshot, this.markers.button, full));
    this.more = h('div.more-panels', {}, this.drawing.element, this.graph.element, this.timeline.element);
    this.element = h('div.watch', {},
      h('section.stage', {'aria-label': 'Video'}, this.title, this.screen.element, this.camera.element, this.stats.element, this.others),
      this.prompts.element, this.more);
    this.screen.heat.addEventListener('message', (e) => this.#heard(e.detail));
    this.screen.heat.addEventListener('shown', () => this.#drawn());
    this.screen.player.addEventListener('drop', () => alerts.pause(name));
    feed.addEventListener('change', this.#update);
    alerts.addEventListener('threshold', this.#update);
    account.addEventListener('change', this.#update);
    this.screen.start();
    this.stats.start();
    this.#show();
  }

  get players() { return [this.screen.player]; }

  // status is the stream's, with its prompts in this viewer's colors where the page draws them.
  get status() {
    const status = this.feed.stream(this.name);
    return status && this.screen.player.drawsHeat ? {...status, prompts: this.#colored(status.prompts)} : status;
  }

  // found are the prompts in the frame on screen, own ones too, where the page draws the heat.
  get found() { return this.#colored(this.screen.heat.shown?.prompts ?? []); }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.screen.element.requestFullscreen?.().catch(() => { /* not allowed here */ });
  }

  // why explains a prompt: its verb, its object and the whole, side by side.
  why(text) {
    this.explanation?.close();
    this.explanation = new Why(this, text);
    this.element.append(this.explanation.element);
    this.explanation.open();
  }

  // snapshot saves the picture on screen, without the markers.
  snapshot() {
    const canvas = picture(this.screen.video, this.screen.heat.element);
    if (!canvas) {
      this.#say('There is no picture yet');
      return;
    }
    save(canvas.toDataURL('image/png'), fileName(this.name, Date.now(), 'png'));
    this.#say('Picture saved');
  }

  async #share() {
    const address = new URL(`#/${encodeURIComponent(this.name)}`, location).href; // with ?overlay=
    try {
      await navigator.clipboard.writeText(address);
      this.#say('Link copied');
    } catch {
      this.#say(address); // pages over plain HTTP may not copy
    }
  }

  #say(text) {
    setText(this.said, text);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => setText(this.said, ''), 4000);
  }

  close() {
    this.feed.removeEventListener('change', this.#update);
    this.alerts.removeEventListener('threshold', this.#update);
    this.account.removeEventListener('change', this.#update);
    this.graph.close();
    this.witness.close();
    this.timeline.close();
    clearTimeout(this.#quiet);
    this.explanation?.close();
    this.camera.close();
    this.screen.stop();
    this.alerts.heard(this.name, []);
    this.stats.stop();
    this.markers.close();
  }

  #show() {
    const {status} = this;
    const unknown = this.feed.streams !== null && !status;
    this.element.classList.toggle('unknown', unknown);
    this.element.classList.toggle('waiting', status?.state === 'waiting');
    this.prompts.element.hidden = unknown;
    this.stats.element.hidden = unknown;
    this.more.hidden = unknown;
    this.others.hidden = !unknown;
    for (const e of [this.prompts.element, this.stats.element]) e.classList.toggle('off', this.feed.trouble !== '');
    if (!status) return;
    setText(this.title, status.title);
    this.stats.show(status);
    this.prompts.show();
    this.camera.show(status, this.account.may('publish', this.name));
    this.graph.show([...status.prompts, ...this.found.filter((p) => p.own)]);
    this.drawing.show(this.screen.player.drawsHeat, status.overlays);
    this.#drawn();
  }

  #heard(message) {
    this.own.heard(message);
    const mine = new Set(this.own.texts());
    this.alerts.heard(this.name, this.#colored(message.prompts.filter((p) => p.own && mine.has(p.text))));
  }

  #redraw() {
    this.screen.heat.draw();
    this.#show();
  }

  // drawn marks what is found: in the frame on screen where the heat is drawn here, else as the status has it.
  #drawn() {
    const {player} = this.screen;
    let found = [];
    if (player.drawsHeat) {
      found = this.found.filter((p) => this.heatStyle.draws(p));
      this.prompts.show();
    } else if (player.state === 'live') {
      found = this.feed.stream(this.name)?.prompts ?? [];
    }
    this.markers.show(found);
  }

  #colored(prompts) { return prompts.map((p) => ({...p, color: this.heatStyle.color(p.text, p.color)})); }
}
