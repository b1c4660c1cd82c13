// The running text of Markdown as nodes: emphasis, code, links, references, addresses.

import { h, link } from '../dom/dom.js';
import { addressAt, decode, plain, reference } from './inline.js';

/** @typedef {import('./inline.js').Names} Names */
/** @typedef {import('../dom/dom.js').Child} Child */

/** Emphasis, longest mark first. `_` counts only at the edge of a word, so that snake_case stays as it is. */
const STYLES = /** @type {const} */ ([
  [/^\*\*\*(?=\S)([\s\S]*?\S)\*\*\*/, ['strong', 'em']],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*(?!\*)/, ['strong']],
  [/^__(?=\S)([\s\S]*?\S)__(?!\w)/, ['strong']],
  [/^~~(?=\S)([\s\S]*?\S)~~/, ['s']],
  [/^\*(?=[^\s*])((?:\*\*[\s\S]*?\*\*|[^*])*?\S)\*(?!\*)/, ['em']],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, ['em']],
]);

/**
 * @param {string} text
 * @param {Names} names
 * @returns {Child[]}
 */
export function markdownInline(text, names) {
  /** @type {Child[]} */
  const out = [];
  let rest = '';
  const flush = () => {
    if (rest) out.push(plain(rest));
    rest = '';
  };
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')) {
      flush();
      out.push(text[at + 1]);
      at += 2;
      continue;
    }
    const found = pieceAt(text.slice(at), text[at - 1] ?? ' ', names);
    if (found) {
      flush();
      out.push(found.node);
      at += found.length;
    } else rest += text[at++];
  }
  flush();
  return out;
}

/** @param {string} text @param {string} before @param {Names} names @returns {{ node: Child; length: number } | undefined} */
function pieceAt(text, before, names) {
  switch (text[0]) {
    case '`': {
      const code = /^(`+)([\s\S]*?[^`])\1(?!`)/.exec(text);
      if (!code) return undefined;
      const inner = (code[2] ?? '').replace(/\n/g, ' ').replace(/^ (.*\S.*) $/, '$1');
      return { node: h('code', null, inner), length: code[0].length };
    }
    case '<': {
      const found = /^<([^<>\n]+)>/.exec(text);
      const node = found ? reference(found[1] ?? '', names) : undefined;
      return found && node !== undefined ? { node, length: found[0].length } : undefined;
    }
    case '!':
    case '[': {
      const found = /^(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+"[^"]*")?\s*\)/.exec(text);
      if (!found) return undefined;
      // The page fetches nothing from elsewhere: an image is its words, linked.
      const words = found[1] ? [`🖼 ${found[2] || 'image'}`] : markdownInline(found[2] ?? '', names);
      return { node: link(decode(found[3] ?? ''), ...words), length: found[0].length };
    }
    case 'h': {
      const found = /[\w/]/.test(before) ? undefined : addressAt(text);
      return found ? { node: link(decode(found), decode(found)), length: found.length } : undefined;
    }
    case '*':
    case '_':
    case '~':
      return styled(text, before, names);
    default:
      return undefined;
  }
}

/** @param {string} text @param {string} before @param {Names} names */
function styled(text, before, names) {
  if (text[0] === '_' && /\w/.test(before)) return undefined;
  for (const [pattern, tags] of STYLES) {
    const found = pattern.exec(text);
    if (!found) continue;
    const inner = markdownInline(found[1] ?? '', names);
    const [outer, second] = tags;
    return { node: h(outer, null, ...(second ? [h(second, null, ...inner)] : inner)), length: found[0].length };
  }
  return undefined;
}
