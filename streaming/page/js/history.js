// History keeps the scores of a stream's prompts of the last minute and a half.

const span = 90_000; // ms

export class History {
  #byId = new Map();

  // add takes the prompts of one inference: {text, score, own}. Those of the same kind, own or not, that are no longer there are forgotten.
  add(prompts, own, now = performance.now()) {
    const ids = new Set();
    for (const p of prompts) {
      const id = idOf(p);
      ids.add(id);
      let points = this.#byId.get(id);
      if (!points) this.#byId.set(id, points = []);
      points.push({at: now, score: p.score});
      while (points[0].at < now - span) points.shift();
    }
    for (const id of this.#byId.keys()) if (id.startsWith(idOf({text: '', own})) && !ids.has(id)) this.#byId.delete(id);
  }

  points(prompt) { return this.#byId.get(idOf(prompt)) ?? []; }

  // range is the lowest and the highest score of all prompts, or null before the first.
  range() {
    let low = Infinity;
    let high = -Infinity;
    for (const points of this.#byId.values()) {
      for (const {score} of points) {
        low = Math.min(low, score);
        high = Math.max(high, score);
      }
    }
    return low <= high ? [low, high] : null;
  }

  // suggest is a threshold that the prompt crosses now and then: a third below its highest score.
  suggest(prompt) {
    const scores = this.points(prompt).map((p) => p.score);
    if (scores.length === 0) return 0.1;
    const low = Math.min(...scores);
    return Math.round((low + (Math.max(...scores) - low) * 2 / 3) * 1000) / 1000;
  }
}

// idOf tells a viewer's own prompt from everybody's with the same words.
export const idOf = ({text, own = false}) => `${own ? 'own' : 'all'} ${text}`;
