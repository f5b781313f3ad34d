// The line of numbers below the video.
import { el, setText } from './dom.js';
import { millis, rate, size } from './format.js';

const CELLS = [
  ['sent', 'Sent', 'Frames a second that the server sends', (s) => `${rate(s.fps)} fps`],
  ['shown', 'Shown', 'Frames a second that this browser decodes', (s, fps) => `${rate(fps)} fps`],
  ['inference', 'Inference', 'Time the model takes for one clip', (s) => millis(s.inferenceMs)],
  ['age', 'Heat age', 'How far the video has gone on since the frame the heat belongs to', (s) => millis(s.heatAgeMs)],
  ['size', 'Picture', 'Size of the video in pixels', (s) => size(s.width, s.height)],
  ['viewers', 'Viewers', 'Who watches this stream now, you included', (s) => String(s.viewers)],
  ['model', 'Model', 'The model that grounds the prompts', (s) => s.model || '–'],
];

/** Stats shows a Status and the browser's own frame rate as a list of terms. */
export class Stats {
  #values = new Map();

  constructor() {
    this.node = el('dl', { class: 'stats', 'aria-label': 'Statistics' }, ...CELLS.map(([key, name, title]) => {
      const value = el('dd', { id: `stat-${key}`, text: '–' });
      this.#values.set(key, value);
      return el('div', { title, class: `stat stat-${key}` }, el('dt', { text: name }), value);
    }));
  }

  update(status, shownFps) {
    for (const [key, , , write] of CELLS) setText(this.#values.get(key), write(status, shownFps));
  }
}
