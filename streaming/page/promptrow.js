// One prompt in the list: colour, text, score as a bar, a number and its course over the last half minute.
import { el, icon, safeColor, setText, svgEl } from './dom.js';
import { score } from './format.js';

const FULL_SCORE = 0.5; // cosines of video and text rarely pass it; the bar is full there
const HISTORY_MS = 30_000;
const HISTORY_STEP_MS = 250;
const SPARK = { width: 72, height: 22 };

/** PromptRow shows one prompt. onRemove removes it; onMove(+1 or -1) takes the focus to its neighbour. */
export class PromptRow {
  #history = [];
  #number = el('span', { class: 'score' });
  #fill = el('span', { class: 'meter-fill' });
  #warningText = el('span');
  #line = svgEl('polyline', { 'vector-effect': 'non-scaling-stroke' });
  #meter; #warning; #button;

  constructor(text, { onRemove, onMove }) {
    this.#meter = el('div', { class: 'meter', role: 'meter', 'aria-label': `Score of “${text}”`, 'aria-valuemin': '-1', 'aria-valuemax': '1' }, this.#fill);
    this.#warning = el('p', { class: 'warning', hidden: true }, icon('warn'), this.#warningText);
    this.#button = el('button', { class: 'remove', type: 'button', 'aria-label': `Stop looking for “${text}”`, title: 'Remove (Delete)', on: { click: onRemove } }, icon('close'));
    const spark = svgEl('svg', { class: 'spark', viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    spark.append(this.#line);
    this.node = el('li', { class: 'prompt', on: { keydown: (e) => keys(e, onRemove, onMove) } },
      el('span', { class: 'swatch', 'aria-hidden': 'true' }),
      el('span', { class: 'prompt-text', text }), spark, this.#number, this.#button, this.#meter, this.#warning);
  }

  focus() {
    this.#button.focus();
  }

  /** busy greys the row out while the server is asked to remove it. */
  busy(on) {
    this.node.classList.toggle('busy', on);
    this.#button.disabled = on;
  }

  /** update shows a PromptStatus; best marks the highest score of several. */
  update({ score: value, color, warning }, best) {
    this.node.style.setProperty('--color', safeColor(color));
    this.node.classList.toggle('best', best);
    setText(this.#number, score(value));
    this.#fill.style.transform = `scaleX(${Math.min(Math.max(value / FULL_SCORE, 0), 1)})`;
    this.#meter.setAttribute('aria-valuenow', value.toFixed(3));
    setText(this.#warningText, warning ?? '');
    this.#warning.hidden = !warning;
    this.#draw(value);
  }

  #draw(value) {
    const now = performance.now();
    if (this.#history.length && now - this.#history.at(-1).at < HISTORY_STEP_MS * 0.6) return;
    this.#history = [...this.#history.filter((p) => now - p.at < HISTORY_MS), { at: now, value }];
    const values = this.#history.map((p) => p.value);
    const low = Math.min(0, ...values);
    const span = Math.max(FULL_SCORE / 2, ...values) - low;
    this.#line.setAttribute('points', this.#history.map((p) => {
      const x = SPARK.width * (1 - (now - p.at) / HISTORY_MS);
      const y = SPARK.height - 1.5 - (SPARK.height - 3) * (p.value - low) / span;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    }).join(' '));
  }
}

function keys(event, onRemove, onMove) {
  switch (event.key) {
    case 'Delete':
    case 'Backspace': onRemove(); break;
    case 'ArrowDown': onMove(1); break;
    case 'ArrowUp': onMove(-1); break;
    default: return;
  }
  event.preventDefault();
}
