// The page: which view the address names, the bar above it, and a small window on it all for tests.

import {Alerts} from './alerts.js';
import {h, icon, setText} from './dom.js';
import {Feed} from './feed.js';
import {Grid} from './grid.js';
import {Watch} from './watch.js';

const main = document.getElementById('main');
const crumbs = document.getElementById('crumbs');
const link = document.getElementById('link');
const feed = new Feed();
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
  let name = wanted();
  if (name === 'main') return; // the skip link
  const streams = feed.streams;
  if (name === '' && streams?.length === 1) name = streams[0].name;
  const key = name === '' ? '/' : `/${name}`;
  if (key !== shown) {
    shown = key;
    view?.close();
    view = name === '' ? new Grid(feed, alerts) : new Watch(feed, alerts, name);
    main.replaceChildren(view.element);
    scrollTo(0, 0);
  }
  document.title = name === '' ? 'VideoGEM' : `${feed.stream(name)?.title ?? name} · VideoGEM`;
  showCrumbs(name);
  link.dataset.up = String(feed.up);
  setText(link, feed.up === false ? 'The server does not answer. Trying again…' : '');
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
}

const themes = ['auto', 'light', 'dark'];
const themeButton = document.getElementById('theme');

function setTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const label = {auto: 'Colors: as the system', light: 'Colors: light', dark: 'Colors: dark'}[theme];
  themeButton.replaceChildren(icon(theme));
  themeButton.setAttribute('aria-label', label);
  themeButton.title = label;
  themeButton.onclick = () => {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem('theme', next); } catch { /* private browsing: for this visit only */ }
    setTheme(next);
  };
}

function savedTheme() {
  try {
    const theme = localStorage.getItem('theme');
    return themes.includes(theme) ? theme : 'auto';
  } catch {
    return 'auto';
  }
}

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select')) return;
  if (e.key === '/' && view?.prompts) {
    e.preventDefault();
    view.prompts.focus();
  } else if (e.key === 'f' && view?.toggleFull) {
    view.toggleFull();
  } else if (e.key === 'm' && view?.markers) {
    view.markers.toggle();
  } else if (e.key === 's' && view?.snapshot) {
    view.snapshot();
  }
});

window.videogem = Object.freeze({
  get view() { return shown; },
  get stream() { return view?.name ?? ''; },
  get up() { return feed.up; },
  get state() { return view?.players.length === 1 ? view.players[0].state : ''; },
  get message() { return view?.players.length === 1 ? view.players[0].message : ''; },
  get decodedFrames() { return (view?.players ?? []).reduce((n, p) => n + p.decodedFrames, 0); },
  get frame() { return view?.players.length === 1 ? view.players[0].frame : null; },
  get players() { return (view?.players ?? []).map((p) => ({stream: p.name, state: p.state, decodedFrames: p.decodedFrames})); },
  get events() { return alerts.events(view?.name ?? '').map(({prompt, to, peak, clip}) => ({prompt, ended: to !== null, peak, clip: clip !== ''})); },
  get prompts() { return (feed.stream(view?.name ?? '')?.prompts ?? []).map((p) => ({...p})); },
});

setTheme(savedTheme());
addEventListener('hashchange', route);
feed.addEventListener('change', route);
route();
