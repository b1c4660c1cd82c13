// Markdown of a `markdown` block or a streamed text as nodes: headings, lists, quotes, code, tables, rules, paragraphs.

import { h } from '../dom/dom.js';
import { markdownInline } from './markdown-inline.js';

/** @typedef {import('./inline.js').Names} Names */
/** @typedef {import('../dom/dom.js').Child} Child */

const FENCE = /^ {0,3}(```+|~~~+)\s*([\w+-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+•]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}(?:>|&gt;) ?(.*)$/;
const TABLE_RULE = /^ {0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * A whole Markdown text.
 * @param {string} text
 * @param {Names} names
 * @returns {HTMLElement[]}
 */
export function markdown(text, names) {
  return blocks(text.replace(/\r\n?/g, '\n').split('\n'), names);
}

/** @param {string[]} lines @param {Names} names @returns {HTMLElement[]} */
function blocks(lines, names) {
  /** @type {HTMLElement[]} */
  const out = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const block = line.trim() === '' ? undefined : blockAt(lines, at, names);
    if (block) out.push(block.node);
    at = block ? block.next : at + 1;
  }
  return out;
}

/** @param {string[]} lines @param {number} at @param {Names} names @returns {{ node: HTMLElement; next: number }} */
function blockAt(lines, at, names) {
  const line = lines[at] ?? '';
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return fence(lines, at);
  if (heading)
    return { node: h(`h${Math.min((heading[1] ?? '').length + 2, 6)}`, null, ...markdownInline(heading[2] ?? '', names)), next: at + 1 };
  if (RULE.test(line)) return { node: h('hr'), next: at + 1 };
  if (QUOTE.test(line)) return quote(lines, at, names);
  if (ITEM.test(line)) return list(lines, at, names);
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-')) return table(lines, at, names);
  let next = at + 1;
  while (next < lines.length && !startsBlock(lines, next)) next += 1;
  return { node: h('p', null, ...softLines(lines.slice(at, next), names)), next };
}

/** @param {string[]} lines @param {number} at */
function startsBlock(lines, at) {
  const line = lines[at] ?? '';
  if (line.trim() === '') return true;
  if ([FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line))) return true;
  return line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '');
}

/** Slack keeps a single line break. @param {string[]} lines @param {Names} names */
const softLines = (lines, names) => markdownInline(lines.map((line) => line.trim()).join('\n'), names);

/** A fence that nothing closes (a stream still being written) runs to the end. @param {string[]} lines @param {number} at */
function fence(lines, at) {
  const [, mark = '```', language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
  let next = at + 1;
  while (next < lines.length && !(lines[next] ?? '').trim().startsWith(mark)) next += 1;
  const code = lines.slice(at + 1, next).join('\n');
  return { node: h('pre', { 'data-language': language || null, tabindex: '0' }, h('code', null, code)), next: next + 1 };
}

/** @param {string[]} lines @param {number} at @param {Names} names */
function quote(lines, at, names) {
  /** @type {string[]} */
  const inner = [];
  let next = at;
  for (; next < lines.length; next += 1) {
    const found = QUOTE.exec(lines[next] ?? '');
    if (!found) break;
    inner.push(found[1] ?? '');
  }
  return { node: h('blockquote', null, ...blocks(inner, names)), next };
}

/** A list takes its items, what is indented below them, and blank lines between them. @param {string[]} lines @param {number} at @param {Names} names */
function list(lines, at, names) {
  const [, indent = '', firstMark = ''] = ITEM.exec(lines[at] ?? '') ?? [];
  const ordered = /\d/.test(firstMark);
  /** @type {HTMLElement[]} */
  const items = [];
  let next = at;
  while (next < lines.length) {
    const found = ITEM.exec(lines[next] ?? '');
    if (!found || (found[1] ?? '').length > indent.length + 1 || /\d/.test(found[2] ?? '') !== ordered) break;
    if ((found[1] ?? '').length < indent.length) break;
    const body = [found[3] ?? ''];
    next += 1;
    while (next < lines.length) {
      const line = lines[next] ?? '';
      const deeper = /^\s+\S/.test(line) && line.search(/\S/) > indent.length + 1;
      const blank = line.trim() === '' && /^\s+\S/.test(lines[next + 1] ?? '') && (lines[next + 1] ?? '').search(/\S/) > indent.length + 1;
      if (!deeper && !blank && startsBlock(lines, next)) break;
      body.push(line);
      next += 1;
    }
    items.push(item(body, names));
    if ((lines[next] ?? '').trim() === '' && ITEM.test(lines[next + 1] ?? '')) next += 1;
  }
  return { node: h(ordered ? 'ol' : 'ul', ordered ? { start: String(Number.parseInt(firstMark, 10)) } : null, ...items), next };
}

/** @param {string[]} body @param {Names} names */
function item(body, names) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(body[0] ?? '');
  const first = task ? (task[2] ?? '') : (body[0] ?? '');
  const rest = body.slice(1);
  const inset = Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)), 8);
  let plainLines = 0;
  while (plainLines < rest.length && !startsBlock(rest, plainLines)) plainLines += 1;
  const below = rest.slice(plainLines).map((line) => line.slice(Math.min(inset, line.search(/\S|$/))));
  return h(
    'li',
    task ? { class: 'task-item' } : null,
    task && h('span', { class: 'task-mark' }, task[1] === ' ' ? '☐ ' : '☑ '),
    ...softLines([first, ...rest.slice(0, plainLines)], names),
    ...blocks(below, names),
  );
}

/** @param {string} line */
function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
}

/** @param {string[]} lines @param {number} at @param {Names} names */
function table(lines, at, names) {
  const head = cells(lines[at] ?? '');
  const align = cells(lines[at + 1] ?? '').map((rule) => (rule.endsWith(':') ? (rule.startsWith(':') ? 'center' : 'right') : 'left'));
  let next = at + 2;
  while (next < lines.length && (lines[next] ?? '').includes('|')) next += 1;
  /** @param {string} tag @param {string[]} row */
  const row = (tag, row) =>
    h('tr', null, ...head.map((_, i) => h(tag, { class: `align-${align[i] ?? 'left'}` }, ...markdownInline(row[i] ?? '', names))));
  const body = lines.slice(at + 2, next).map((line) => row('td', cells(line)));
  return {
    node: h('div', { class: 'table-box', tabindex: '0' }, h('table', null, h('thead', null, row('th', head)), h('tbody', null, ...body))),
    next,
  };
}
