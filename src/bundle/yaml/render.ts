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

function isBlock(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === 'object' && value !== null && !isEmpty(value);
}

/** What stands around the values of a block. */
interface Around {
  readonly comments: readonly YamlComment[];
  /** How deep the block lies. */
  readonly depth: number;
  /** How deep the mapping lies whose sections are set apart; undefined where none is. */
  readonly apart: number | undefined;
}

/** A mapping or list that is not empty, every line with the indent and a line break. */
function block(value: JsonObject | readonly Json[], indent: string, { comments, depth, apart }: Around): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item) => {
      if (!isBlock(item)) return `${indent}- ${inline(item, inner)}\n`;
      return `${indent}- ${block(item, inner, { comments: [], depth: depth + 1, apart: undefined }).slice(inner.length)}`;
    });
    const long =
      depth - 1 === apart && value.some((item) => isObject(item) && Object.keys(item).length > 1 && Object.values(item).some(isBlock));
    return items.join(long ? '\n' : '');
  }
  const isApart = depth === 0 || depth === apart;
  let text = '';
  let wasBlock = false;
  for (const key of Object.keys(value)) {
    const item = value[key] ?? null;
    const below = isBlock(item);
    if (isApart && text !== '' && (depth === 0 || below || wasBlock)) text += '\n';
    wasBlock = below;
    const here = comments.length === 0 ? comments : comments.filter(({ at }) => at[depth] === key);
    for (const { at, text: words } of here) if (at.length === depth + 1) text += `${words.replace(/^/gm, `${indent}# `)}\n`;
    const name = textOf(key);
    text += name.length < MAX_PLAIN * 2 ? `${indent}${name}:` : `${indent}? ${name}\n${indent}:`;
    text += below ? `\n${block(item, inner, { comments: here, depth: depth + 1, apart })}` : ` ${inline(item, inner)}\n`;
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
 * @param options.apart how many keys lead to a mapping that is long: blank lines part its sections, and items of a list that are long themselves
 */
export function renderYaml(
  value: JsonObject,
  options: { header?: string; comments?: readonly YamlComment[]; apart?: number } = {},
): string {
  const header = options.header === undefined ? '' : `${options.header.replace(/^/gm, '# ')}\n`;
  return header + (isEmpty(value) ? '{}\n' : block(value, '', { comments: options.comments ?? [], depth: 0, apart: options.apart }));
}
