// The panel of prompts: what is looked for, for everybody and for oneself, how well it is found, and a box to add more.

import {h, icon, setMarked, setText} from './dom.js';
import {lost, most} from './own.js';
import {PausedPrompts} from './paused.js';
import {PromptAdd} from './promptadd.js';
import {onlyYou, Row} from './promptrow.js';
import {Rows} from './rows.js';
import {SharedPrompts} from './shared.js';

const leastScale = 0.3; // full bar: cosines of a good match are about that; the scale grows with what is seen
const nothing = 'Nothing yet. Say what to look for, and where it happens lights up in the picture.';
const notes = {
  asked: 'Asked for. Its heat comes with the next inference.',
  resting: `Rests while “Why?” is open: ${most} prompts of yours at a time.`,
  gone: 'Others’ prompts took its place.',
  refused: 'The server does not take it now.',
};

export class Prompts {
  #watch;
  #shared;
  #paused;
  #scale = leastScale;

  // watch is the view: {status, found, feed, alerts, account, own, name, drawing, heatStyle, screen, why}.
  constructor(watch) {
    this.#watch = watch;
    this.#shared = new SharedPrompts(watch.feed, watch.name);
    this.#paused = new PausedPrompts(watch.name);
    const list = h('ul.prompts', {'aria-labelledby': 'prompts-title'});
    const mine = h('ul.prompts', {'aria-labelledby': 'mine-title'});
    const paused = h('ul.prompts', {'aria-labelledby': 'paused-title'});
    this.rows = new Rows(list, (p) => this.#row(p.text));
    this.mine = new Rows(mine, (p) => this.#ownRow(p.text));
    this.rests = new Rows(paused, (p) => new PausedRow(p, () => this.#resume(p), () => this.#try(() => this.#paused.remove(p.text, p.own))));
    this.none = h('p.faint.none', {hidden: true});
    this.uncalibrated = h('p.faint.uncalibrated', {hidden: true},
      'This model is not calibrated: its scores do not say whether a thing is there. A bell draws a line that you can move.');
    this.mineGroup = h('div.group', {hidden: true}, h('h3', {id: 'mine-title'}, 'Only for me'), mine);
    this.pausedGroup = h('div.group', {hidden: true}, h('h3', {id: 'paused-title'}, 'Paused'), paused);
    this.add = new PromptAdd(watch.feed, (text, own) => this.#add(text, own),
      () => [...this.#shared.texts(), ...watch.own.texts()]);
    this.noRights = h('p.norights', {hidden: true}, icon('lock'),
      h('span', {}, 'You can watch. Your token does not allow to change what is looked for.'));
    this.count = h('span.count');
    this.notice = h('p.notice', {hidden: true}, icon('info'), h('span'));
    this.title = h('h2', {id: 'prompts-title', tabindex: '-1'}, 'Looking for ', this.count);
    this.element = h('section.panel', {'aria-labelledby': 'prompts-title'},
      this.title, list, this.none, this.uncalibrated, this.mineGroup, this.pausedGroup, this.add.element, this.noRights, this.notice);
    watch.own.addEventListener('refused', (e) => this.add.say(e.detail));
    for (const source of [watch.own, this.#paused]) source.addEventListener('change', () => this.show());
  }

  focus() { this.add.focus(); }

  show() {
    const {status, alerts, account, own, found, name, drawing, screen} = this.#watch;
    if (!status) return;
    const {prompts} = status;
    const here = screen.player.drawsHeat;
    const may = account.may('prompt', name);
    setText(this.count, prompts.length > 0 ? String(prompts.length) : '');
    this.none.hidden = prompts.length > 0;
    setText(this.none, may ? nothing : 'Nothing is looked for.');
    // Where heat is drawn here, the list says what the heat on screen says: one inference, one number everywhere.
    const inPicture = new Map(found.filter((p) => !p.own).map((p) => [p.text, p]));
    const mine = new Map(found.filter((p) => p.own).map((p) => [p.text, p]));
    const now = prompts.map((p) => (inPicture.size > 0 ? {...p, ...(inPicture.get(p.text) ?? {score: null, seen: null}), warning: p.warning} : judged(p)));
    const scores = [...now, ...mine.values()].map((p) => p.score ?? 0);
    this.#scale = Math.max(leastScale, this.#scale, ...scores.map((s) => s * 1.1));
    const best = Math.max(...now.map((p) => p.score ?? -1));
    this.rows.show(now, (row, p) => {
      row.show({
        ...p, scale: this.#scale, best: now.length > 1 && p.score === best,
        threshold: alerts.threshold(name, p),
      });
      row.showDrawn(here, !drawing.hidden(p.text));
      row.allow(may, here);
    });
    this.mineGroup.hidden = own.list.length === 0 || !may;
    this.mine.show(own.list, (row, {text, state, warning = ''}) => {
      const p = mine.get(text);
      row.show({
        color: p?.color, score: p?.score ?? null, seen: p?.seen, warning, scale: this.#scale, threshold: alerts.threshold(name, {text, own: true}),
        note: here ? notes[state] : 'Comes with video that this page draws heat over.', gone: lost({state}),
      });
      row.showDrawn(here, !drawing.hidden(text));
      row.allow(true, false);
    });
    this.pausedGroup.hidden = this.#paused.list.length === 0 || !may;
    this.rests.show(this.#paused.list, () => {});
    this.add.element.hidden = !may;
    this.add.allow(here);
    this.add.suggestKnown(status.known ?? []);
    this.noRights.hidden = may;
    this.uncalibrated.hidden = status.threshold !== null || prompts.length === 0;
    this.notice.hidden = !status.notice;
    setMarked(this.notice.lastElementChild, status.notice ?? '');
  }

  #row(text) {
    return new Row(text, {
      toggle: () => this.#toggle(text), ring: () => this.#ring({text}), color: (color) => this.#watch.drawing.color(text, color),
      why: () => this.#watch.why(text),
      pause: () => this.#try(async () => {
        await this.#shared.remove(text);
        this.#paused.add(text, false);
      }),
      change: (to) => this.#try(async () => {
        await this.#shared.change(text, to);
        this.#moved(text, to, false);
      }, () => this.rows.row({text: to})),
      remove: () => this.#try(() => this.#shared.remove(text)),
    });
  }

  #ownRow(text) {
    const {own, drawing} = this.#watch;
    return new Row(text, {
      toggle: () => this.#toggle(text), ring: () => this.#ring({text, own: true}), color: (color) => drawing.color(text, color),
      pause: () => this.#try(() => {
        own.remove(text);
        this.#paused.add(text, true);
      }),
      change: (to) => this.#try(() => {
        own.change(text, to);
        this.#moved(text, to, true);
      }, () => this.mine.row({text: to})),
      remove: () => this.#try(() => own.remove(text)), again: () => own.again(text),
    }, {own: true});
  }

  // moved gives other words what the viewer has set for the old ones.
  #moved(from, to, own) {
    const {alerts, heatStyle, name} = this.#watch;
    alerts.move(name, {text: from, own}, {text: to, own});
    heatStyle.move(from, to);
  }

  #toggle(text) {
    this.#watch.drawing.toggle(text);
    this.show();
  }

  async #add(text, own) {
    if (own) this.#watch.own.add(text);
    else await this.#shared.add(text);
    this.#paused.remove(text, own);
  }

  #resume({text, own}) { return this.#try(() => this.#add(text, own), () => (own ? this.mine : this.rows).row({text})); }

  // try does something, and says why it cannot be done. The focus goes on to the row that next gives, or to the title, where its own has gone.
  async #try(f, next = () => null) {
    this.add.say('');
    try {
      await f();
      if (document.activeElement === document.body) (next()?.text ?? this.title).focus({preventScroll: true});
    } catch (e) {
      this.add.say(e.message);
    }
  }

  // ring sets a threshold for a prompt that has none, the model's own if it is calibrated, else one to be moved, and takes it away from one that has.
  #ring(prompt) {
    const {alerts, status, name} = this.#watch;
    const set = alerts.threshold(name, prompt) === null;
    alerts.setThreshold(name, prompt, set ? status?.threshold ?? alerts.history(name).suggest(prompt) : null);
  }
}

// judged leaves the score out of a prompt that nothing was found for yet.
const judged = (p) => (p.score === 0 && !p.point ? {...p, score: null} : p);

class PausedRow {
  constructor({text, own}, resume, remove) {
    this.element = h('li.prompt.paused', {}, h('span.swatch'), h('div.prompt-words', {}, h('span', {}, text), own ? onlyYou() : null), h('span'),
      h('button.icon-button', {type: 'button', 'aria-label': `Look for ${text} again`, title: 'Look for it again', onclick: resume}, icon('play')),
      h('button.icon-button', {type: 'button', 'aria-label': `Forget ${text}`, title: 'Forget it', onclick: remove}, icon('remove')));
  }
}
