// YAML out: what we write means the same to every reader. Our own, because the library takes longer than all the rest of a conversion.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import { quoted } from '../model/text.ts';

/** Plain words, paths, names and references: no YAML version reads them as anything but this string. */
const PLAIN = /^[A-Za-z/$.](?:[A-Za-z0-9_./@$()={}* -]*[A-Za-z0-9_./@$()={}-])?$/;
/** Words that some YAML version reads as a boolean, null or number (facts: bundles#yaml-values). */
const RETYPED = /^(y|n|yes|no|on|off|true|false|null|nan|\.inf|\.nan|\.[0-9].*)$/i;
/** Lines that a block literal keeps as they are. */
const PRINTABLE_LINES = /^(?:[!-~](?:[ -~]*[!-~])?)?(?:\n(?:[ -~]*[!-~])?)*$/;
/** Longer texts go in quotes; a key that long must be marked with `?` (YAML 1.2, 7.4.2: 1024 characters). */
const MAX_PLAIN = 400;

/** A comment to stand before a key: the keys that lead to it from the root, and the text (one line or more). */
export interface YamlComment {
  readonly at: readonly string[];
  readonly text: string;
}

function textOf(text: string): string {
  return text.length < MAX_PLAIN && PLAIN.test(text) && !RETYPED.test(text) ? text : quoted(text);
}

function scalar(value: Json, indent: string): string {
  if (typeof value !== 'string') return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
  const block = value.includes('\n') && PRINTABLE_LINES.test(value) && !value.endsWith('\n\n') && value.trim() !== '';
  if (!block) return textOf(value);
  const lines = value.replace(/\n$/, '').split('\n');
  return `|${value.endsWith('\n') ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isEmpty(value: Json): boolean {
  return isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** A mapping or list that is not empty, every line with the indent and a line break. */
function block(value: JsonObject | readonly Json[], indent: string, comments: readonly YamlComment[], depth: number): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item) => {
      if (typeof item !== 'object' || item === null || isEmpty(item)) return `${indent}- ${inline(item, inner)}\n`;
      return `${indent}- ${block(item, inner, [], depth).slice(inner.length)}`;
    });
    return items.join('');
  }
  let text = '';
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null;
    if (depth === 0 && text !== '') text += '\n';
    const here = comments.length === 0 ? comments : comments.filter(({ at }) => at[depth] === key);
    for (const { at, text: words } of here) if (at.length === depth + 1) text += `${words.replace(/^/gm, `${indent}# `)}\n`;
    const name = textOf(key);
    text += name.length < MAX_PLAIN * 2 ? `${indent}${name}:` : `${indent}? ${name}\n${indent}:`;
    const below = typeof item === 'object' && item !== null && !isEmpty(item);
    text += below ? `\n${block(item, inner, here, depth + 1)}` : ` ${inline(item, inner)}\n`;
  }
  return text;
}

function inline(value: Json, indent: string): string {
  if (isList(value)) return '[]';
  return isObject(value) ? '{}' : scalar(value, indent);
}

/**
 * Renders a mapping as YAML: block style, keys in the order they have, a blank line before every top-level key but the first, every string
 * that any reader could take for something else in quotes.
 * @param options.comments comments before keys of mappings (not inside lists)
 */
export function renderYaml(value: JsonObject, options: { header?: string; comments?: readonly YamlComment[] } = {}): string {
  const header = options.header === undefined ? '' : `${options.header.replace(/^/gm, '# ')}\n`;
  return header + (isEmpty(value) ? '{}\n' : block(value, '', options.comments ?? [], 0));
}
