// Places for labels: at the corners of their own boxes, else beside their points, so that none covers another, a point, or what another
// prompt was found on, or leaves the picture.

const away = 17; // px from the point to its label
const apart = 4; // px between labels
const free = 13; // px round a point that stay free
const edge = 3; // px from a box to its label

// What it costs to lie somewhere, px of distance. Labels and points covered make something unreadable, another's box misleads.
const covering = 1000;
const misleading = 20;
const moving = 0.25; // a px away from where the label was

// place gives for each label {x, y, width, height, box} (a point, the label's size, and the box round the heat, {left, top, right, bottom} or
// null) the label's left upper corner [left, top] in a picture of that size. last are the places of the same labels in the picture before,
// or null: a label that can stay where it is does. unit is how much larger than usual all marks are.
export function place(labels, width, height, last = [], unit = 1) {
  const ring = free * unit;
  const taken = labels.map(({x, y}) => ({left: x - ring, top: y - ring, right: x + ring, bottom: y + ring}));
  const places = [];
  const order = labels.map((_, i) => i).sort((a, b) => labels[a].y - labels[b].y || a - b);
  for (const i of order) {
    const label = labels[i];
    const others = labels.filter((l, k) => k !== i && l.box).map((l) => l.box);
    let best = null;
    let rank = 0;
    for (const [left, top] of candidates(label, unit)) {
      if (best && best.cost <= rank) break; // all that follow cost more
      const x = clamp(left, width - label.width);
      const y = clamp(top, height - label.height);
      const box = {left: x, top: y, right: x + label.width, bottom: y + label.height};
      const sum = (boxes) => boxes.reduce((n, other) => n + overlap(box, other), 0);
      const moved = last[i] ? Math.min(80, Math.hypot(x - last[i][0], y - last[i][1])) * moving : 0;
      const cost = rank + sum(taken) * covering + sum(others) * misleading + Math.hypot(x - left, y - top) + moved;
      if (!best || cost < best.cost - 0.01) best = {cost, box};
      rank += 2;
    }
    taken.push({left: best.box.left - apart, top: best.box.top - apart, right: best.box.right + apart, bottom: best.box.bottom + apart});
    places[i] = [best.box.left, best.box.top];
  }
  return places;
}

// candidates are places for a label, the best first: the corners of its box, then beside its point, then further up and down.
function* candidates({x, y, width, height, box}, unit) {
  if (box) {
    const gap = edge * unit;
    for (const top of [box.top - height - gap, box.bottom + gap]) for (const left of [box.left, box.right - width]) yield [left, top];
    for (const left of [box.right + gap, box.left - width - gap]) for (const top of [box.top, box.bottom - height]) yield [left, top];
    yield [box.left + gap, box.top + gap]; // within: there is no room outside
  }
  const gap = away * unit;
  const step = (height + apart) / 2;
  for (let n = 0; n < 24; n++) {
    for (const sign of n === 0 ? [1] : [1, -1]) {
      for (const side of [x + gap, x - gap - width]) yield [side, y - height / 2 + sign * n * step];
    }
    if (n > 2) for (const sign of [1, -1]) yield [x - width / 2, y - height / 2 + sign * n * step];
  }
}

const clamp = (value, most) => Math.min(Math.max(value, 0), Math.max(0, most));

// overlap is the area that two boxes share.
function overlap(a, b) {
  const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const d = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return w > 0 && d > 0 ? w * d : 0;
}

// spread moves places on a line of that length apart, so that there is room between them, and as little as it takes.
export function spread(places, room, length) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
  const moved = [...places];
  let free = room / 2;
  for (const i of order) {
    moved[i] = Math.max(moved[i], free);
    free = moved[i] + room;
  }
  free = length - room / 2;
  for (const i of order.reverse()) {
    moved[i] = Math.min(moved[i], free);
    free = moved[i] - room;
  }
  return moved;
}

// withoutCommonStart takes the words away that all texts begin with, where there are several.
export function withoutCommonStart(texts) {
  const all = texts.map((text) => text.split(' '));
  let common = 0;
  while (all.length > 1 && all.every((words) => common < words.length - 1 && words[common] === all[0][common])) common++;
  return all.map((words) => words.slice(common).join(' '));
}
