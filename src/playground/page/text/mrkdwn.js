// Slack's own markup (mrkdwn) as nodes: *bold* _italic_ ~strike~ `code` ```pre``` > quotes <references>.

import { h, link } from '../dom/dom.js';
import { addressAt, decode, plain, reference } from './inline.js';

/** @typedef {import('./inline.js').Names} Names */
/** @typedef {import('../dom/dom.js').Child} Child */

const STYLES = /** @type {Record<string, string>} */ ({ '*': 'strong', _: 'em', '~': 's' });

/**
 * A whole mrkdwn text.
 * @param {string} text
 * @param {Names} names
 * @returns {Child[]}
 */
export function mrkdwn(text, names) {
  /** @type {Child[]} */
  const out = [];
  for (const [index, part] of text.split(/```\n?/).entries()) {
    if (index % 2 === 1) out.push(h('pre', null, h('code', null, decode(part).replace(/\n$/, ''))));
    else out.push(...lines(index === 0 ? part : part.replace(/^\n/, ''), names));
  }
  return out;
}

/**
 * A text object: mrkdwn or plain_text.
 * @param {{ readonly type?: string; readonly text?: unknown } | null | undefined} text
 * @param {Names} names
 * @returns {Child[]}
 */
export function textObject(text, names) {
  if (typeof text?.text !== 'string') return [];
  return text.type === 'mrkdwn' ? mrkdwn(text.text, names) : [plain(text.text)];
}

/** Quoted lines are gathered; everything else is running text. @param {string} text @param {Names} names */
function lines(text, names) {
  /** @type {Child[]} */
  const out = [];
  for (const group of text.match(/(?:(?:^|\n)(?:&gt;|>)[^\n]*)+|[\s\S]+?(?=\n(?:&gt;|>)|$)/g) ?? []) {
    if (/^\n?(?:&gt;|>)/.test(group)) {
      const quoted = group.replace(/^\n/, '').replace(/^(?:&gt;|>) ?/gm, '');
      out.push(h('blockquote', null, ...inline(quoted, names)));
    } else out.push(...inline(out.length > 0 ? group.replace(/^\n/, '') : group, names));
  }
  return out;
}

/**
 * Running text of one paragraph.
 * @param {string} text
 * @param {Names} names
 * @returns {Child[]}
 */
function inline(text, names) {
  /** @type {Child[]} */
  const out = [];
  let rest = '';
  const flush = () => {
    if (rest) out.push(plain(rest));
    rest = '';
  };
  for (let at = 0; at < text.length; ) {
    const found = pieceAt(text, at, names);
    if (found) {
      flush();
      out.push(found.node);
      at += found.length;
    } else rest += text[at++];
  }
  flush();
  return out;
}

/** @param {string} text @param {number} at @param {Names} names @returns {{ node: Child; length: number } | undefined} */
function pieceAt(text, at, names) {
  const char = text[at] ?? '';
  const before = text[at - 1] ?? ' ';
  if (char === '`') {
    const code = /^`([^`\n]+)`/.exec(text.slice(at));
    return code ? { node: h('code', null, decode(code[1] ?? '')), length: code[0].length } : undefined;
  }
  if (char === '<') {
    const found = /^<([^<>\n]+)>/.exec(text.slice(at));
    const node = found ? reference(found[1] ?? '', names) : undefined;
    return found && node !== undefined ? { node, length: found[0].length } : undefined;
  }
  if (char === 'h' && !/[\w/]/.test(before)) {
    const found = addressAt(text.slice(at));
    return found ? { node: link(decode(found), decode(found)), length: found.length } : undefined;
  }
  const tag = STYLES[char];
  if (!tag || /[\w*_~]/.test(before)) return undefined;
  const escaped = char === '*' ? '\\*' : char;
  const styled = new RegExp(`^${escaped}(?!\\s|${escaped})([^\\n]*?[^\\s])${escaped}(?![\\w${escaped}])`).exec(text.slice(at));
  return styled ? { node: h(tag, null, ...inline(styled[1] ?? '', names)), length: styled[0].length } : undefined;
}
