// SharedPrompts are the prompts of a stream, the same for all who watch it.

export class SharedPrompts {
  #feed;
  #name;
  #wanted = null; // what was sent and not yet confirmed

  constructor(feed, name) {
    this.#feed = feed;
    this.#name = name;
  }

  // texts are the prompts to change: what was sent last, as answers may be on their way.
  texts() { return [...(this.#wanted ?? (this.#feed.stream(this.#name)?.prompts ?? []).map((p) => p.text))]; }

  add(text) { return this.#send([...this.texts(), text]); }

  async remove(text) {
    const left = this.texts();
    const i = left.indexOf(text);
    if (i < 0) return;
    left.splice(i, 1);
    await this.#send(left);
  }

  // change replaces a prompt's words; it keeps its place and color.
  async change(from, to) {
    const texts = this.texts();
    const i = texts.indexOf(from);
    if (i < 0 || to === '' || texts.includes(to)) return;
    await this.#send(texts.with(i, to));
  }

  // send fails with a sentence for the viewer.
  async #send(texts) {
    this.#wanted = texts;
    try {
      await this.#feed.setPrompts(this.#name, texts);
    } finally {
      if (this.#wanted === texts) this.#wanted = null;
    }
  }
}
