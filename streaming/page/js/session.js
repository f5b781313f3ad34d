// The requests that WHEP and WHIP have in common.

// offer posts an offer to whep/NAME or whip/NAME. The answer's session is the address of what was made, '' where the server refused;
// why says why then, and wait (ms) when to come back, if the server says it. It fails when the server does not answer.
export async function offer(kind, name, sdp, query = {}) {
  const endpoint = new URL(`${kind}/${encodeURIComponent(name)}`, location.origin + location.pathname);
  endpoint.search = new URLSearchParams(query);
  const response = await fetch(endpoint, {method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: sdp});
  const body = await response.text();
  const made = response.status === 201;
  let why = body;
  try { why = JSON.parse(body).error; } catch { /* plain text */ }
  return {
    status: response.status, answer: body, why, wait: 1000 * parseInt(response.headers.get('Retry-After'), 10) || 0,
    session: made ? new URL(response.headers.get('Location'), endpoint).href : '',
  };
}

// end ends a session; it may fail, for sessions end by themselves, too.
export function end(session) {
  fetch(session, {method: 'DELETE', keepalive: true}).catch(() => { /* it ends by itself */ });
}
