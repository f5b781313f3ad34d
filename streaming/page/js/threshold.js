// The handle of a threshold in the graph: a line that is dragged, or moved with the keys of a slider. Delete takes it away.

import {h, setText} from './dom.js';

const step = 0.005;

export class ThresholdHandle {
  held = false; // it is being dragged
  threshold = 0;
  #range = [0, 1];

  // set(value) sets the threshold, remove() takes it away, and scoreAt(y) is the score at a place of the screen.
  constructor(prompt, {set, remove, scoreAt}) {
    const steps = {ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, PageUp: 5 * step, PageDown: -5 * step};
    this.value = h('span.threshold-value');
    this.element = h('div.threshold', {
      role: 'slider', tabIndex: 0, 'aria-orientation': 'vertical', 'aria-label': `Alert threshold of ${prompt.text}`,
      onkeydown: (e) => {
        if (Object.hasOwn(steps, e.key)) set(this.threshold + steps[e.key]);
        else if (e.key === 'Home') set(this.#range[0]);
        else if (e.key === 'End') set(this.#range[1]);
        else if (e.key === 'Delete') remove();
        else return;
        e.preventDefault();
      },
      onpointerdown: (e) => {
        this.element.setPointerCapture(e.pointerId);
        this.held = true;
        e.preventDefault();
        this.element.focus();
      },
      onpointermove: (e) => { if (this.element.hasPointerCapture(e.pointerId)) set(scoreAt(e.clientY)); },
      onlostpointercapture: () => { this.held = false; },
    }, this.value);
  }

  // show puts it that far down (0 to 1), in a graph of scores from low to high.
  show(threshold, color, share, low, high) {
    this.threshold = threshold;
    this.#range = [low, high];
    this.element.style.setProperty('--color', color);
    this.element.style.top = `${share * 100}%`;
    setText(this.value, threshold.toFixed(3));
    this.element.setAttribute('aria-valuenow', threshold.toFixed(3));
    this.element.setAttribute('aria-valuemin', low.toFixed(3));
    this.element.setAttribute('aria-valuemax', high.toFixed(3));
  }
}
