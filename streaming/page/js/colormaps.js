// How heat becomes color.

import {mix, rgb} from './colors.js';

// Stops of the colour maps, cold to hot; between them colours are mixed.
const maps = {
  turbo: ['#30123b', '#4145ab', '#4675ed', '#39a2fc', '#1bcfd4', '#24eca6', '#61fc6c', '#a4fc3b', '#d1e834', '#f3c63a', '#fe9b2d', '#f36315', '#d93806', '#b11901', '#7a0402'],
  viridis: ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'],
  magma: ['#000004', '#1d1147', '#51127c', '#832681', '#b73779', '#e75263', '#fc8961', '#fec488', '#fcfdbf'],
  jet: ['#000080', '#0000ff', '#0080ff', '#00ffff', '#80ff80', '#ffff00', '#ff8000', '#ff0000', '#800000'],
};

export const colorMaps = ['prompt', ...Object.keys(maps)];

// palette gives the colours of 256 heats [r, g, b, a], where heat below the floor is clear. color is the prompt's.
export function palette(name, color, floor) {
  const stops = maps[name]?.map(rgb);
  const own = rgb(color);
  const table = new Uint8ClampedArray(4 * 256);
  for (let i = 0; i < 256; i++) {
    const x = i / 255;
    let mixed = own;
    if (stops) {
      const place = x * (stops.length - 1);
      const from = Math.min(stops.length - 2, Math.floor(place));
      mixed = mix(stops[from], stops[from + 1], place - from);
    }
    const above = Math.max(0, (x - floor) / (1 - floor));
    table.set([...mixed, 255 * above * above * (3 - 2 * above)], 4 * i); // the edge is soft
  }
  return table;
}

const small = document.createElement('canvas');

// paint draws one prompt's heat over a canvas of that size, in the colors of a palette.
export function paint(g, {width, height}, heat, table, toWidth, toHeight) {
  small.width = width;
  small.height = height;
  const context = small.getContext('2d');
  const image = context.createImageData(width, height);
  heat.forEach((h, i) => image.data.set(table.subarray(4 * h, 4 * h + 4), 4 * i));
  context.putImageData(image, 0, 0);
  g.imageSmoothingQuality = 'high';
  g.drawImage(small, 0, 0, toWidth, toHeight);
}
