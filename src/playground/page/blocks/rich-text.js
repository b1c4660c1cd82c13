// rich_text blocks and tables: formatting that is already parsed.

import { h, link } from '../dom/dom.js';
import { emoji, mention } from '../text/inline.js';

/** @typedef {import('../text/inline.js').Names} Names */
/** @typedef {import('./block-types.js').Kit} Kit */
/** @typedef {import('../dom/dom.js').Child} Child */

/**
 * @param {Kit} block
 * @param {Names} names
 * @returns {HTMLElement[]}
 */
export function richText(block, names) {
  return (block.elements ?? []).map((/** @type {Kit} */ part) => richPart(part, names));
}

/** @param {Kit} part @param {Names} names @returns {HTMLElement} */
function richPart(part, names) {
  const inner = () => (part.elements ?? []).map((/** @type {Kit} */ piece) => richPiece(piece, names));
  switch (part.type) {
    case 'rich_text_list': {
      const items = (part.elements ?? []).map((/** @type {Kit} */ item) => h('li', null, richPart(item, names)));
      const indent = Math.min(Number(part.indent) || 0, 8);
      return h(part.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${indent}` }, ...items);
    }
    case 'rich_text_preformatted':
      return h('pre', { tabindex: '0' }, h('code', null, ...inner()));
    case 'rich_text_quote':
      return h('blockquote', null, ...inner());
    default:
      return h('div', { class: 'text' }, ...inner());
  }
}

/** @param {Kit} piece @param {Names} names @returns {Child} */
function richPiece(piece, names) {
  switch (piece.type) {
    case 'text':
      return styled(String(piece.text ?? ''), piece.style);
    case 'link':
      return styled(link(piece.url, String(piece.text || piece.url)), piece.style);
    case 'user':
      return mention(String(piece.user_id), names);
    case 'channel':
      return h('span', { class: 'mention' }, `#${names.channelName(String(piece.channel_id)) ?? piece.channel_id}`);
    case 'broadcast':
      return h('span', { class: 'mention mention-me' }, `@${piece.range}`);
    case 'emoji':
      return emoji(String(piece.name));
    case 'date':
      return String(piece.fallback ?? new Date(Number(piece.timestamp) * 1000).toLocaleString());
    default:
      return String(piece.text ?? '');
  }
}

/** @param {Child} content @param {Record<string, boolean> | undefined} style @returns {Child} */
function styled(content, style = {}) {
  let out = content;
  if (style.code) out = h('code', null, out);
  if (style.strike) out = h('s', null, out);
  if (style.italic) out = h('em', null, out);
  if (style.bold) out = h('strong', null, out);
  return out;
}

/**
 * A table block; its first row is the head, as Slack draws it.
 * @param {Kit} block
 * @param {Names} names
 */
export function table(block, names) {
  /** @type {Kit[][]} */
  const rows = block.rows ?? [];
  const align = (/** @type {number} */ at) => `align-${/^(center|right)$/.exec(block.column_settings?.[at]?.align)?.[0] ?? 'left'}`;
  /** @param {string} tag @param {Kit[]} row */
  const draw = (tag, row) => h('tr', null, ...row.map((cell, at) => h(tag, { class: align(at) }, ...cellContent(cell, names))));
  const [head, ...body] = rows;
  const inner = h('table', null, head && h('thead', null, draw('th', head)), h('tbody', null, ...body.map((row) => draw('td', row))));
  return h('div', { class: 'table-box', tabindex: '0' }, inner);
}

/** @param {Kit} cell @param {Names} names @returns {Child[]} */
function cellContent(cell, names) {
  return cell.type === 'rich_text' ? richText(cell, names) : [String(cell.text ?? cell.value ?? '')];
}
