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

  // add adds a prompt; like change, it fails with a sentence for the viewer where that makes no sense.
  async add(text) {
    const texts = this.texts();
    check(text, texts);
    await this.#send([...texts, text]);
  }

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
    check(to, texts);
    if (i < 0) throw new Error('Somebody else has changed or removed this prompt.');
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

// check refuses a prompt that says nothing, and one that is there.
export function check(text, texts) {
  if (text === '') throw new Error('A prompt needs words. Remove it if it is no longer wanted.');
  if (texts.includes(text)) throw new Error('This prompt is there already.');
}
