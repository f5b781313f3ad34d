// How this viewer likes heat drawn, kept for the next visit.

const key = 'heat style';

export class HeatStyle {
  opacity = 0.75;
  floor = 0.5;
  map = 'prompt';
  hidden = new Set(); // prompts that are not drawn, for this visit

  constructor() {
    try {
      const saved = JSON.parse(localStorage.getItem(key) ?? '{}');
      if (saved.opacity >= 0 && saved.opacity <= 1) this.opacity = saved.opacity;
      if (saved.floor >= 0 && saved.floor <= 0.95) this.floor = saved.floor;
      if (typeof saved.map === 'string') this.map = saved.map;
    } catch { /* private browsing, or not ours */ }
  }

  save() {
    try {
      localStorage.setItem(key, JSON.stringify({opacity: this.opacity, floor: this.floor, map: this.map}));
    } catch { /* private browsing: for this visit only */ }
  }
}
