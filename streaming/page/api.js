// The server's HTTP API. Addresses are relative, so that the page also works below a proxy's path.

/** APIError carries a message for people; status is 0 when the server did not answer. */
export class APIError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 8000;

/** readError puts a refusal into words: the server's own where it sends some. */
export async function readError(response) {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text);
    if (error) return sentence(error);
  } catch { /* not JSON: a proxy's page, perhaps */ }
  switch (response.status) {
    case 404: return 'There is no such stream.';
    case 406: return 'This browser cannot play the stream’s video format.';
    case 413: return 'That is too long.';
    case 429: return 'Too many requests. Wait a moment and try again.';
    case 503: return 'The server is busy. Try again in a moment.';
    default: return `The server refused (${response.status}).`;
  }
}

function sentence(text) {
  const trimmed = text.trim();
  const end = /[.!?…]$/.test(trimmed) ? '' : '.';
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + end;
}

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: 'no-store',
    });
  } catch {
    throw new APIError('The server does not answer. Is it running?', 0);
  }
  if (!response.ok) throw new APIError(await readError(response), response.status);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** setPrompts replaces a stream's prompts; it returns the stream's new Status. */
export function setPrompts(name, prompts) {
  return request('PUT', `api/streams/${encodeURIComponent(name)}/prompts`, { prompts });
}

/** whepPath is where offers for a stream go. */
export function whepPath(name) {
  return `whep/${encodeURIComponent(name)}`;
}

/**
 * watchStreams follows the Status of all streams by server-sent events: one connection however many streams there are, for
 * browsers allow six to a server. It comes back by itself after errors. It calls onStreams(list), and onLost() at each
 * failed attempt. It returns a function that cuts the pause before the next attempt short.
 */
export function watchStreams({ onStreams, onLost }) {
  let source = null;
  let timer = 0;
  let wait = RETRY_MIN_MS;

  const open = () => {
    timer = 0;
    source = new EventSource('api/events');
    source.addEventListener('streams', (event) => {
      wait = RETRY_MIN_MS;
      onStreams(JSON.parse(event.data).streams);
    });
    source.addEventListener('error', () => {
      source.close();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, RETRY_MAX_MS);
      onLost();
    });
  };
  const hurry = () => {
    if (!timer) return;
    clearTimeout(timer);
    wait = RETRY_MIN_MS;
    open();
  };

  open();
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') hurry(); });
  return hurry;
}
