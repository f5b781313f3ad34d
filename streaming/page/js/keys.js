// Keys that work wherever the focus is, but for boxes one types into. They can be switched off (WCAG 2.2, 2.1.4): programs that one
// speaks to type single letters, too.

import {h} from './dom.js';
import {read, write} from './store.js';

const kept = 'keys';
const keys = {
  '/': {label: 'add a prompt', press: (view) => view.prompts?.focus()},
  f: {label: 'full screen', press: (view) => view.toggleFull?.()},
  m: {label: 'labels', press: (view) => view.markers?.toggle()},
  s: {label: 'save a picture', press: (view) => view.snapshot?.()},
};

// listenToKeys passes keys to the view of the moment.
export function listenToKeys(view) {
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select, dialog')) return;
    if (!view() || !Object.hasOwn(keys, e.key) || read(kept) === false) return;
    e.preventDefault();
    keys[e.key].press(view());
  });
}

// keysHelp says which there are, with the switch.
export function keysHelp() {
  const input = h('input', {id: 'keys', type: 'checkbox', checked: read(kept) !== false, onchange: () => write(kept, input.checked ? undefined : false)});
  return h('p.keys', {}, h('label.control', {for: 'keys'}, input, h('span', {}, 'Keys')),
    ...Object.entries(keys).map(([key, {label}]) => h('span.key', {}, h('kbd', {}, key), label)));
}
