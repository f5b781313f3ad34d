// Markers over the video: where the heat of each prompt is highest.
import { el, safeColor, setText } from './dom.js';
import { score } from './format.js';

const LABEL_GAP_REM = 1.9; // labels that would cover each other are set this far apart
const NEAR = 0.22; // share of the picture's width

/** Markers lays a ring and a label over the video at each prompt's point. */
export class Markers {
  #video; #byText = new Map(); #resize;

  constructor(video) {
    this.#video = video;
    this.node = el('div', { class: 'markers', 'aria-hidden': 'true' }); // the list of prompts says the same in words
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(video);
    video.addEventListener('resize', () => this.#fit());
  }

  update(prompts) {
    const placed = [];
    const seen = new Set();
    for (const prompt of prompts) {
      if (!prompt.point) continue;
      seen.add(prompt.text);
      this.#place(prompt, placed);
    }
    for (const [text, marker] of this.#byText) {
      if (seen.has(text)) continue;
      marker.node.remove();
      this.#byText.delete(text);
    }
  }

  #place({ text, score: value, color, point: [x, y] }, placed) {
    let marker = this.#byText.get(text);
    if (!marker) {
      marker = { name: el('span', { class: 'marker-name', text }), value: el('span', { class: 'marker-score' }) };
      marker.label = el('span', { class: 'marker-label' }, marker.name, marker.value);
      marker.node = el('div', { class: 'marker' }, el('span', { class: 'marker-ring' }), marker.label);
      this.#byText.set(text, marker);
      this.node.append(marker.node);
    }
    const { style } = marker.node;
    style.setProperty('--color', safeColor(color));
    style.left = `${x * 100}%`;
    style.top = `${y * 100}%`;
    marker.node.classList.toggle('left', x > 0.62);
    const shift = placed.filter((p) => Math.abs(p.x - x) < NEAR && Math.abs(p.y - y) < 0.07).length;
    style.setProperty('--shift', `${(y > 0.5 ? -1 : 1) * shift * LABEL_GAP_REM}rem`);
    setText(marker.value, score(value));
    placed.push({ x, y });
  }

  /** #fit lays the layer over the picture itself: with object-fit: contain there are bars beside or above it. */
  #fit() {
    const { clientWidth, clientHeight, videoWidth, videoHeight } = this.#video;
    if (!videoWidth || !videoHeight) return;
    const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight);
    const width = videoWidth * scale;
    const height = videoHeight * scale;
    Object.assign(this.node.style, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${(clientWidth - width) / 2}px`,
      top: `${(clientHeight - height) / 2}px`,
    });
  }

  destroy() {
    this.#resize.disconnect();
  }
}
