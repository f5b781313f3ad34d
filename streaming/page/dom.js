// Small helpers to build elements without strings of HTML.

/**
 * el makes an element. Properties: `class`, `text`, `on` (event -> listener), and attributes; an attribute that is false or
 * null is left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (key === 'class') node.className = value;
    else if (key === 'text') node.textContent = value;
    else if (key === 'on') for (const [name, fn] of Object.entries(value)) node.addEventListener(name, fn);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c != null && c !== false));
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  target: 'M12 3v4M12 17v4M3 12h4M17 12h4M12 7a5 5 0 100 10 5 5 0 000-10z',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  info: 'M12 11v6M12 7.2v.1M12 3a9 9 0 100 18 9 9 0 000-18z',
  warn: 'M12 9v5M12 17v.1M12 3.5l9.5 16.5h-19z',
  offline: 'M3 3l18 18M8.5 16.5a5 5 0 017 0M5 13a10 10 0 015-2.7M19 13a10 10 0 00-4.3-2.5M2 9.5a15 15 0 014.6-2.9M22 9.5A15 15 0 0011 5.1M12 20v.1',
  video: 'M4 6h11v12H4zM15 10l5-3v10l-5-3',
  eye: 'M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
};

/** icon draws one of ICONS as an outline in the text's colour; it says nothing to screen readers. */
export function icon(name) {
  const svg = svgEl('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  svg.append(svgEl('path', { d: ICONS[name] }));
  return svg;
}

/** svgEl makes an SVG element with attributes. */
export function svgEl(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** setText writes only when the text differs, so that live regions speak only of changes. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** safeColor lets only #rrggbb through. */
export function safeColor(color) {
  return /^#[0-9a-f]{6}$/i.test(color ?? '') ? color : '#9aa4b2';
}

/** blank is a whole-page message: loading, empty, offline. */
export function blank({ symbol, title, text, action, role = 'status' }) {
  return el('div', { class: 'blank', role },
    symbol === 'spinner' ? el('span', { class: 'spinner', 'aria-hidden': 'true' }) : icon(symbol),
    title && el('h1', { text: title }),
    text && el('p', { text }),
    action);
}
