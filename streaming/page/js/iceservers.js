// The Link headers of an answer that name STUN and TURN servers (RFC 8288; RFC 9725 section 4.6).

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const link = new RegExp(`<([^>]*)>((?:\\s*;\\s*[\\w-]+\\s*=\\s*(?:${quoted}|[^\\s;,"]+))*)`, 'g');
const parameter = new RegExp(`([\\w-]+)\\s*=\\s*(${quoted}|[^\\s;,"]+)`, 'g');

// iceServers reads them from a response's header, in which the browser has put all into one line; it is null where there was none.
export function iceServers(header) {
  const servers = [];
  for (const [, urls, rest] of (header ?? '').matchAll(link)) {
    const p = {};
    for (const [, name, value] of rest.matchAll(parameter)) {
      p[name.toLowerCase()] = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
    }
    if (p.rel === 'ice-server') servers.push(p.username === undefined ? {urls} : {urls, username: p.username, credential: p.credential});
  }
  return servers;
}
