// Requests to the server that end: a network may fall silent without a word, and then they would wait for ever.

const patience = 10_000; // ms

// Unanswered is the error of a request that got no answer; its message is for the viewer.
export class Unanswered extends Error {
  constructor() { super('The server does not answer. Try again in a moment.'); }
}

// ask is fetch that gives up after ten seconds.
export async function ask(address, options = {}) {
  try {
    return await fetch(address, {...options, signal: AbortSignal.timeout(patience)});
  } catch {
    throw new Unanswered();
  }
}
