// Colors as [r, g, b] and as #rrggbb.

export const hex = (rgb) => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;
export const rgb = (hexColor) => [1, 3, 5].map((i) => parseInt(hexColor.slice(i, i + 2), 16));

// mix is the color that far (0 to 1) from one to another.
export const mix = (from, to, share) => from.map((c, i) => c + (to[i] - c) * share);

// legible moves a color towards the text's until its contrast with the ground is at least that of the lines of graphs (WCAG 2.2, 1.4.11).
export function legible(color, ground, text) {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = mix(color, text, share);
    if (contrast(mixed, ground) >= 3) return mixed;
  }
  return text;
}

// contrast of two colors, 1 to 21 (WCAG 2.2, contrast ratio).
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color) {
  const [r, g, b] = color.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
