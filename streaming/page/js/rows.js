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

  // show has a row for each thing, in order, and calls update(row, thing) for each. The same words may come twice.
  show(things, update) {
    const keys = new Set();
    things.forEach((thing, i) => {
      let key = thing.own ? `own ${thing.text}` : thing.text;
      while (keys.has(key)) key += '\n';
      keys.add(key);
      if (!this.#rows.has(key)) this.#rows.set(key, this.#make(thing));
      const row = this.#rows.get(key);
      update(row, thing);
      if (this.#list.children[i] !== row.element) this.#list.insertBefore(row.element, this.#list.children[i] ?? null);
    });
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
  }
}
