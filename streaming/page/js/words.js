// What states are called, and how numbers are written.

export const playerWords = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  waiting: 'Waiting for the camera',
  offline: 'Offline',
  asleep: 'Paused',
  error: 'Cannot play',
  unable: 'Cannot play',
};

// isLive tells whether a stream's source has pictures.
export const isLive = (status) => status.state === 'running' || status.state === 'degraded';

// badge is what the corner of a picture says: the player's state, or the source's where that is the trouble. heat tells whether
// there is any yet.
export function badge(player, status, heat) {
  if (player !== 'unable' && status?.state === 'waiting') return {text: 'Nobody sends', tone: 'idle'};
  if (status?.state === 'ended' && (player === 'live' || player === 'waiting')) return {text: 'Ended', tone: 'idle'};
  if (player === 'live' && status) {
    if (status.state === 'failed') return {text: 'Source lost', tone: 'bad'};
    if (status.state === 'degraded') return {text: 'Live, no heat', tone: 'warn'};
    if (!heat && status.prompts.length > 0) return {text: 'Live, heat to come', tone: 'live'};
  }
  const tone = {live: 'live', connecting: 'idle', reconnecting: 'warn', waiting: 'idle', offline: 'bad', asleep: 'idle', error: 'bad', unable: 'bad'}[player];
  return {text: playerWords[player], tone};
}

// trouble is a sentence about a stream that is not as it should be, or ''.
export function trouble(status) {
  const because = status.error ? `: ${status.error}` : '.';
  switch (status.state) {
    case 'degraded':
      return `The video goes on without heat${because}`;
    case 'waiting':
      return status.error ? sentence(status.error) : 'Nobody is sending video yet.';
    case 'failed':
      return `The source is lost${because}`;
    case 'ended':
      return `The stream has ended${because}`;
    default:
      return '';
  }
}

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

export const fps = (x) => (x > 0 ? `${x >= 9.95 ? whole.format(x) : x.toFixed(1)} fps` : '–');
export const ms = (x) => (x > 0 ? `${x >= 9.95 ? whole.format(x) : x.toFixed(1)} ms` : '–');
export const count = (x) => whole.format(x);

export function age(x) {
  if (!(x > 0)) return '–';
  return x < 1000 ? `${whole.format(x)} ms` : `${(x / 1000).toFixed(1)} s`;
}

export function bitrate(bits) {
  if (!(bits > 0)) return '–';
  return bits < 1e6 ? `${whole.format(bits / 1e3)} kbit/s` : `${(bits / 1e6).toFixed(1)} Mbit/s`;
}

export const plural = (n, one, many) => `${whole.format(n)} ${n === 1 ? one : many}`;

// sentence gives a message a capital letter and a full stop.
export function sentence(text) {
  const s = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(s) ? s : `${s}.`;
}
