// Numbers and states in words.

/** score writes a cosine: -0.042, 0.314. */
export function score(x) {
  return (x < 0 ? '−' : '') + Math.abs(x).toFixed(3);
}

/** rate writes frames a second: 29.9, or – when there are none yet. */
export function rate(x) {
  return x > 0 ? x.toFixed(1) : '–';
}

/** millis writes a time given in milliseconds: 41 ms, 1.3 s, or – when it is not known. */
export function millis(x) {
  if (!(x > 0)) return '–';
  return x < 1000 ? `${Math.round(x)} ms` : `${(x / 1000).toFixed(x < 10000 ? 1 : 0)} s`;
}

/** size writes a frame size: 1280 × 720. */
export function size(width, height) {
  return width > 0 && height > 0 ? `${width} × ${height}` : '–';
}

const LABELS = {
  connecting: 'Connecting',
  starting: 'Starting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  degraded: 'No heat',
  failed: 'Failed',
  ended: 'Ended',
  offline: 'Offline',
};

/** stateLabel is the chip's text. */
export function stateLabel(state) {
  return LABELS[state] ?? state;
}

/**
 * overall joins what the server says of a stream, what the player sees, and whether the server answers, into the one state
 * that the chip shows.
 */
export function overall({ reachable, status, player }) {
  if (!reachable && player !== 'live') return 'offline';
  if (status?.state === 'failed' || status?.state === 'ended') return status.state;
  if (player !== 'live') return status?.state === 'starting' ? 'starting' : player;
  return status?.state === 'degraded' ? 'degraded' : 'live';
}
