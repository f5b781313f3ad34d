// History keeps the scores of a stream's prompts of the last minute and a half.

const span = 90_000; // ms

export class History {
  #byText = new Map();
  #newest = -1; // the inference that was added last

  // add takes a stream's status; one that tells of no new inference changes nothing. It says whether it did.
  add(status, now = performance.now()) {
    if (status.heatPtsNs === this.#newest) return false;
    this.#newest = status.heatPtsNs;
    const texts = new Set();
    for (const p of status.prompts) {
      texts.add(p.text);
      let points = this.#byText.get(p.text);
      if (!points) this.#byText.set(p.text, points = []);
      points.push({at: now, score: p.score});
      while (points[0].at < now - span) points.shift();
    }
    for (const text of this.#byText.keys()) if (!texts.has(text)) this.#byText.delete(text);
    return true;
  }

  points(text) { return this.#byText.get(text) ?? []; }

  // range is the lowest and the highest score of all prompts, or null before the first.
  range() {
    let low = Infinity;
    let high = -Infinity;
    for (const points of this.#byText.values()) {
      for (const {score} of points) {
        low = Math.min(low, score);
        high = Math.max(high, score);
      }
    }
    return low <= high ? [low, high] : null;
  }

  // suggest is a threshold that the prompt crosses now and then: a third below its highest score.
  suggest(text) {
    const scores = this.points(text).map((p) => p.score);
    if (scores.length === 0) return 0.1;
    const low = Math.min(...scores);
    return Math.round((low + (Math.max(...scores) - low) * 2 / 3) * 1000) / 1000;
  }
}
