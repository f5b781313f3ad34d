// The requests that WHEP and WHIP have in common.

import {ask} from './ask.js';
import {iceServers} from './iceservers.js';

// withoutWebRTC says what is wrong with a browser that has none, as WebKitGTK of some distributions; '' where it has.
export const withoutWebRTC = () => (globalThis.RTCPeerConnection ? ''
  : 'This browser has no WebRTC, by which live video comes and goes: open this page in Firefox, Chrome, Edge or Safari.');

// offer posts what a peer connection offers to whep/NAME or whip/NAME. The reply's session is the address of what was made, '' where the
// server refused; why says why then, and wait (ms) when to come back, if the server says it. It fails when the server does not answer.
//
// The connection takes its own offer only in accept: of those that have taken one and are closed at once, Chromium frees only some, and it
// has no more than 500.
export async function offer(pc, kind, name, query = {}) {
  const {sdp} = await pc.createOffer();
  const endpoint = new URL(`${kind}/${encodeURIComponent(name)}`, location.origin + location.pathname);
  endpoint.search = new URLSearchParams(query);
  const response = await ask(endpoint, {method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: sdp});
  const body = await response.text();
  const {status, headers} = response;
  let why = body;
  try { why = JSON.parse(body).error; } catch { /* plain text */ }
  return {
    status, sdp, answer: body, why, servers: iceServers(headers.get('Link')), wait: 1000 * parseInt(headers.get('Retry-After'), 10) || 0,
    session: status === 201 ? new URL(headers.get('Location'), endpoint).href : '',
  };
}

// accept has a peer connection take its offer and the server's answer, and with them the STUN and TURN servers that it was told of.
export async function accept(pc, {sdp, answer, servers}) {
  pc.setConfiguration({...pc.getConfiguration(), iceServers: servers});
  await pc.setLocalDescription({type: 'offer', sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: answer});
}

// end ends a session, if one was made, and then its connection: a server that hears of the connection's end first has no session any more.
export async function end(session, pc) {
  if (session) await ask(session, {method: 'DELETE', keepalive: true}).catch(() => { /* it ends by itself */ });
  pc?.close();
}
