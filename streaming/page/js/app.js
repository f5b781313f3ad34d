// The page: which view the address names, the bar above it, and a small window on it all for tests.

import {Account} from './account.js';
import {AccountMenu} from './accountmenu.js';
import {Alerts} from './alerts.js';
import {h, setText} from './dom.js';
import {Feed} from './feed.js';
import {Grid} from './grid.js';
import {listenToKeys} from './keys.js';
import {SignIn} from './signin.js';
import {themeButton} from './theme.js';
import {Watch} from './watch.js';

const main = document.getElementById('main');
const crumbs = document.getElementById('crumbs');
const link = document.getElementById('link');
const account = new Account();
const feed = new Feed(account);
const alerts = new Alerts(feed);
let view = null;
let shown = ''; // key of the view

// wanted names the stream of the address: #/demo; '' is the grid.
function wanted() {
  try {
    return decodeURIComponent(location.hash.replace(/^#\/?/, ''));
  } catch {
    return '';
  }
}

function route() {
  if (account.state === 'out' || account.state === 'blocked') {
    signIn();
    return;
  }
  let name = wanted();
  const streams = feed.streams;
  if (name === '' && streams?.length === 1) name = streams[0].name;
  const key = name === '' ? '/' : `/${name}`;
  if (key !== shown) show(key, () => (name === '' ? new Grid(feed, alerts) : new Watch({feed, alerts, account, name})));
  const title = name === '' ? 'VideoGEM' : `${feed.stream(name)?.title ?? name} · VideoGEM`;
  document.title = alerts.unseen > 0 ? `(${alerts.unseen}) ${title}` : title;
  showCrumbs(name);
  setText(link, feed.trouble);
}

// show replaces the view. The focus was in the old one, and goes to the new one; the first leaves it where it is.
function show(key, make) {
  const first = view === null;
  shown = key;
  view?.close();
  view = make();
  main.replaceChildren(view.element);
  scrollTo(0, 0);
  if (!first) main.focus({preventScroll: true});
}

function signIn() {
  if (shown !== 'sign in') show('sign in', () => new SignIn(account));
  document.title = 'Sign in · VideoGEM';
  showCrumbs('');
  setText(link, '');
}

function showCrumbs(name) {
  const streams = feed.streams ?? [];
  const key = JSON.stringify([name, streams.map((s) => [s.name, s.title])]);
  if (crumbs.dataset.key === key) return;
  crumbs.dataset.key = key;
  crumbs.replaceChildren();
  if (streams.length < 2) return;
  const entry = (text, target, current) => h('a', {href: `#/${encodeURIComponent(target)}`, 'aria-current': current ? 'page' : null}, text);
  crumbs.append(entry('All', '', name === ''), ...streams.map((s) => entry(s.title, s.name, s.name === name)));
  crumbs.querySelector('[aria-current]')?.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

document.querySelector('.skip').addEventListener('click', (e) => { // without going to #main, which could be a stream
  e.preventDefault();
  main.focus();
});
document.querySelector('.bar').append(new AccountMenu(account).element, themeButton());
listenToKeys(() => view);

window.videogem = Object.freeze({
  get view() { return shown; },
  get stream() { return view?.name ?? ''; },
  get up() { return feed.up; },
  get listening() { return feed.listening; },
  get state() { return view?.players.length === 1 ? view.players[0].state : ''; },
  get message() { return view?.players.length === 1 ? view.players[0].message : ''; },
  get decodedFrames() { return (view?.players ?? []).reduce((n, p) => n + p.decodedFrames, 0); },
  get frame() { return view?.players.length === 1 ? view.players[0].frame : null; },
  get heat() { return view?.screen?.heat.shown?.timestamp ?? null; }, // RTP time of the frame whose heat is drawn
  get players() { return (view?.players ?? []).map((p) => ({stream: p.name, state: p.state, decodedFrames: p.decodedFrames})); },
  get events() { return alerts.events(view?.name ?? '').map(({prompt, to, peak, clip}) => ({prompt, ended: to !== null, peak, clip: clip !== null})); },
  get threshold() { return feed.stream(view?.name ?? '')?.threshold ?? null; },
  get known() { return feed.stream(view?.name ?? '')?.known ?? []; },
  get prompts() { return (feed.stream(view?.name ?? '')?.prompts ?? []).map((p) => ({...p})); },
});

addEventListener('hashchange', route);
account.addEventListener('change', route);
feed.addEventListener('change', route);
alerts.addEventListener('unseen', route);
route();
account.check();
