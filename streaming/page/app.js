// The page's shell: which view is shown, the top bar, and the one connection that brings the state of all streams.
import { watchStreams } from './api.js';
import { blank, el, icon } from './dom.js';
import { GridView } from './gridview.js';
import { StreamView } from './streamview.js';

const main = document.querySelector('#main');
const crumbs = document.querySelector('#crumbs');
const barEnd = document.querySelector('#bar-end');

let streams = null; // null until the server has told them
let reachable = true;
let view = null;
let shown = ''; // what view shows, so that it is made anew only when that changes

const hurry = watchStreams({
  onStreams(list) {
    streams = list;
    reachable = true;
    render();
  },
  onLost() {
    reachable = false;
    render();
  },
});

addEventListener('hashchange', () => {
  render();
  main.focus({ preventScroll: true });
});

/** wanted is the stream that the address names, '' for the grid. */
function wanted() {
  const path = location.hash.replace(/^#\/?/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function render() {
  if (!streams) {
    if (!reachable) show('offline', offline);
    return;
  }
  const name = wanted();
  if (!name && streams.length === 1) {
    location.replace(`#/${encodeURIComponent(streams[0].name)}`);
    return;
  }
  if (!name && streams.length === 0) show('empty', reachable ? empty : offline);
  else if (!name) show('grid', () => new GridView(main));
  else if (streams.some((s) => s.name === name) || shown === `stream ${name}`) {
    show(`stream ${name}`, () => new StreamView(main, name, { retry: hurry }));
  } else show(`missing ${name}`, () => missing(name));
  crumb(name);
  view?.update?.({ streams, reachable });
}

/** show replaces the view; a blank message is a view that has nothing to update. */
function show(what, make) {
  if (what === shown) return;
  view?.destroy?.();
  main.replaceChildren();
  barEnd.replaceChildren();
  shown = what;
  view = make();
  if (view.chip) barEnd.append(view.chip);
  if (!view.update) document.title = 'VideoGEM';
}

function crumb(name) {
  const many = streams.length > 1 || (name && !streams.some((s) => s.name === name));
  if (!name) crumbs.replaceChildren(el('span', { text: streams.length > 1 ? `${streams.length} streams` : '' }));
  else if (crumbs.dataset.for !== `${name} ${many}`) {
    crumbs.replaceChildren(...(many ? [el('a', { href: '#/', class: 'back' }, icon('back'), el('span', { text: 'All streams' }))] : []));
  }
  crumbs.dataset.for = `${name} ${many}`;
}

function message(options) {
  const node = blank(options);
  main.append(node);
  return { destroy: () => node.remove() };
}

function offline() {
  return message({
    symbol: 'offline',
    role: 'alert',
    title: 'The server does not answer',
    text: 'This page keeps trying and comes back by itself. Check that videogem is still running, and that this device is in its network.',
    action: el('button', { class: 'button', type: 'button', text: 'Try now', on: { click: hurry } }),
  });
}

function empty() {
  return message({
    symbol: 'video',
    title: 'No streams yet',
    text: 'Start one with “videogem serve”, for example with a file or a camera’s address. It appears here by itself.',
  });
}

function missing(name) {
  return message({
    symbol: 'video',
    title: 'No such stream',
    text: `There is no stream “${name}” on this server, or it has ended. It appears here by itself when it comes back.`,
    action: el('a', { class: 'button', href: '#/', text: 'Show all streams' }),
  });
}

/** What tests may look at. */
Object.defineProperty(window, 'videogem', {
  value: Object.freeze({
    /** The player's state in a stream's view; in the grid an array of all. */
    get state() { return view?.state ?? (reachable ? 'idle' : 'offline'); },
    /** Frames decoded so far; in the grid the least of all players. */
    get decodedFrames() { return view?.decodedFrames ?? 0; },
    /** The newest Status of the stream shown; in the grid an array of all. */
    get status() { return view?.status ?? streams; },
  }),
});
