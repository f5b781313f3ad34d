// The colors: as the system has them, light or dark.

import {h, icon} from './dom.js';
import {read, write} from './store.js';

const key = 'theme';
const labels = {auto: 'Colors: as the system', light: 'Colors: light', dark: 'Colors: dark'};
const themes = Object.keys(labels);

// themeButton makes the button that goes through the colors, and puts those of the last visit on.
export function themeButton() {
  let theme = themes.includes(read(key)) ? read(key) : 'auto';
  const button = h('button.icon-button', {type: 'button', id: 'theme', onclick: () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    write(key, theme);
    show();
  }});
  const show = () => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(icon(theme));
    button.setAttribute('aria-label', labels[theme]);
    button.title = labels[theme];
  };
  show();
  return button;
}
