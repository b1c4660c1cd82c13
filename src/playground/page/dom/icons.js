// The page's own line icons, drawn as SVG nodes (no font, no request).

/** Path data on a 20×20 grid. */
const PATHS = {
  hash: 'M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h13.5M3 12.5h13.5',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5 5 15',
  check: 'M6 10.3l2.7 2.7L14 7.5',
  cross: 'M7 7l6 6M13 7l-6 6',
  send: 'M3.5 4 17 10 3.5 16 5 10zM5 10h6',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  download: 'M10 3v9.5M6 9l4 4 4-4M4 16.5h12',
  chevron: 'M7 5l5 5-5 5',
  image: 'M3 4h14v12H3zM3 13l4-4 4 4 2.5-2.5L17 14',
  slash: 'M12.5 4l-5 12',
  stop: 'M6 6h8v8H6z',
  reply: 'M4 4h12v9H9l-4 3.5V13H4z',
  warning: 'M10 3.5 18 16.5H2zM10 8.5v4M10 14.3v.2',
};

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An icon; decoration only, so hidden from assistive technology.
 * @param {keyof typeof PATHS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const attributes = { viewBox: '0 0 20 20', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
