// Clips keeps the clips of events, at most 64 MB of them on the page: the oldest go first. An event's clip is {address, extension}, or
// null; events that overlap share one.

const most = 64 << 20; // bytes

export class Clips {
  #kept = []; // {clip, size, events}, the oldest first

  // keep gives events the clip of a film (a Blob). It returns those whose clip has changed: they, and those that lost theirs to them.
  keep(film, events) {
    if (film.size === 0 || events.length === 0) return [];
    const clip = {address: URL.createObjectURL(film), extension: film.type.startsWith('video/mp4') ? 'mp4' : 'webm'};
    for (const e of events) e.clip = clip;
    this.#kept.push({clip, size: film.size, events});
    const changed = [...events];
    while (this.#kept.reduce((sum, k) => sum + k.size, 0) > most) changed.push(...this.#drop(this.#kept[0]));
    return changed;
  }

  // forget takes an event's clip away; the film goes with its last event.
  forget(event) {
    const kept = this.#kept.find((k) => k.events.includes(event));
    if (!kept) return;
    event.clip = null;
    kept.events = kept.events.filter((e) => e !== event);
    if (kept.events.length === 0) this.#drop(kept);
  }

  #drop(kept) {
    URL.revokeObjectURL(kept.clip.address);
    this.#kept.splice(this.#kept.indexOf(kept), 1);
    for (const e of kept.events) e.clip = null;
    return kept.events;
  }
}
