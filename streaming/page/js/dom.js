// Small helpers to build the page without a library.

// h makes an element: h('button.primary', {type: 'button', onclick: f}, 'Add', child).
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const e = document.createElement(tag);
  if (classes.length > 0) e.className = classes.join(' ');
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) e.addEventListener(key.slice(2), value);
    else if (key in e && typeof value !== 'string') e[key] = value;
    else e.setAttribute(key, value === true ? '' : value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

// setText changes an element's text only when it differs, so that selections and screen readers are left alone.
export function setText(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

// setMarked is setText for text with commands in it, `between backticks`.
export function setMarked(e, text) {
  if (e.dataset.text === text) return;
  e.dataset.text = text;
  e.replaceChildren(...text.split('`').map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part)));
}

const paths = {
  add: 'M12 5v14M5 12h14',
  remove: 'M6 6l12 12M18 6L6 18',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  info: 'M12 11v6M12 7.5v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  warning: 'M12 9v5M12 17.2v.01M10.3 3.9 2.4 17.6A2 2 0 0 0 4.100 20.600h15.800a2 2 0 0 0 1.700-3L13.700 3.900a2 2 0 0 0-3.400 0z',
  dark: 'M20.500 14.200A8.500 8.500 0 1 1 9.800 3.500a7 7 0 0 0 10.700 10.700z',
  light: 'M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12 2v2.500M12 19.500V22M4.900 4.900l1.800 1.800M17.300 17.300l1.800 1.800M2 12h2.500M19.500 12H22M4.900 19.100l1.800-1.800M17.300 6.700l1.800-1.800',
  auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  eye: 'M2 12s3.600-6.500 10-6.500S22 12 22 12s-3.600 6.500-10 6.500S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  chevron: 'M6 9l6 6 6-6',
  bell: 'M6 10a6 6 0 0 1 12 0c0 5.500 2 6.500 2 6.500H4S6 15.500 6 10zM10 20a2.200 2.200 0 0 0 4 0',
  film: 'M12 4v10M8 10.500l4 4 4-4M4 19.500h16',
  picture: 'M4 7.500h3.500L9 5h6l1.500 2.500H20v11H4zM12 16a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400z',
  share: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300',
  edit: 'M4 20l.8-4L16 4.800a1.800 1.800 0 0 1 2.600 0l.6.6a1.800 1.800 0 0 1 0 2.600L8 19.200zM14 7l3 3',
  hide: 'M4 4l16 16M9.900 5.900A9.700 9.700 0 0 1 12 5.500C18.400 5.500 22 12 22 12a17 17 0 0 1-2.900 3.600M6.300 7.400C3.500 9.200 2 12 2 12s3.600 6.500 10 6.500a10 10 0 0 0 4.200-.9M9.900 9.900a3 3 0 0 0 4.200 4.200',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.8-4 3.800-6 7.500-6s6.700 2 7.500 6',
  leave: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.500v13l10.500-6.500z',
  why: 'M9.200 9.200a2.900 2.900 0 1 1 4.300 2.700c-1 .6-1.500 1.100-1.500 2.300M12 17.400v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  none: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.600 5.600l12.800 12.800',
  display: 'M3 5h18v11.500H3zM8.500 20h7M12 16.500V20',
  more: 'M6 12v.01M12 12v.01M18 12v.01',
  camera: 'M3 7.500h11.500v9H3zM14.500 10.700 21 7.500v9l-6.500-3.200z',
};

// icon draws one of the icons; it is decoration only.
export function icon(name) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
