// Rows keeps a list of rows in step with a list of things.

export class Rows {
  #list;
  #make;
  #rows = new Map();

  // make makes the row of a new thing.
  constructor(list, make) {
    this.#list = list;
    this.#make = make;
  }

  row(thing) { return this.#rows.get(keysOf([thing])[0]); }

  // show has a row for each thing, in order, and calls update(row, thing) for each. The same words may come twice. Rows that have to go do
  // so first: one that is moved loses the focus, and what is being typed in it.
  show(things, update) {
    const keys = keysOf(things);
    for (const [key, row] of this.#rows) {
      if (keys.includes(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    things.forEach((thing, i) => {
      if (!this.#rows.has(keys[i])) this.#rows.set(keys[i], this.#make(thing));
      const row = this.#rows.get(keys[i]);
      update(row, thing);
      if (this.#list.children[i] !== row.element) this.#list.insertBefore(row.element, this.#list.children[i] ?? null);
    });
  }
}

function keysOf(things) {
  const keys = [];
  for (const thing of things) {
    let key = thing.own ? `own ${thing.text}` : thing.text;
    while (keys.includes(key)) key += '\n';
    keys.push(key);
  }
  return keys;
}
