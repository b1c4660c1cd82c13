// Secrets by the name they are given: assignments, options, settings, parameters and connection strings in any language.
import type { SecretFinding } from '../../bundle/model/bundle.ts';
import { LIMITS } from '../source/limits.ts';
import { isPlaceholder, looksRandom } from './placeholders.ts';
import { classOfName, describeName, type NameClass, SENSITIVE_WORD } from './sensitive-names.ts';

/** A span of the text and what it is. */
export type Span = Pick<SecretFinding, 'start' | 'end' | 'kind'>;

/** What may stand between a name and its value: a quote, `]`, a type, and one of `=`, `:`, `=>`, `->`, `<-`. */
const SEPARATOR =
  /(?:\\{0,3}["'`])?[ \t]{0,20}\]?[ \t]{0,20}(?::[ \t]{0,20}(?:str|String|Optional\[str\]|Option\[String\])[ \t]{0,20})?(?:==?>?|!=|:=?|->|<-)(?:[ \t\r\n]{0,40}\(?[ \t\r\n]{0,40})/y;
/** `.option("password", "…")` and what is like it; on the command line `"--password", "…"`. */
const COMMA = /\\{0,3}["'`][ \t\r\n]{0,40},[ \t\r\n]{0,40}/y;
const TAKES_PAIR =
  /(?:\b(?:options?|config|set|conf|put|setProperty|property|text|dropdown|combobox|getArgument|getenv|environ\.get|setdefault|setConf)\s{0,4}\(\s{0,40}|^--|\s--)\\{0,3}["'`](?:--)?$/;
/** SQL's `OPTIONS (password 'x')`. */
const SPACE = /[ \t]{1,8}(?=')/y;
const OPENING = /(?:[rbfus]{0,2})(\\{0,7})("""|'''|["'`])/iy;
const BARE = /[^\s"'`;&,)\]<>\\]{1,512}/y;
/** Files that are data: there a value needs no quotes. */
const DATA_FILE = /(?:\.(?:ya?ml|properties|env|ini|conf|cfg|toml|sh|txt)|(?:^|\/)\.env[\w.]*)$/i;

/** Every value that a name calls a secret. `path` says whether unquoted values count. */
export function findAssignments(text: string, path: string): Span[] {
  const isData = DATA_FILE.test(path);
  const found: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(SENSITIVE_WORD)) {
    if (match.index < from) continue;
    const start = edgeOf(text, match.index, -1);
    const end = edgeOf(text, match.index + match[0].length, 1);
    from = end;
    const name = text.slice(start, end);
    const kind = classOfName(name);
    if (kind === undefined) continue;
    const span = valueAfter(text, start, end, isData) ?? valueBeside(text, start, end);
    if (span === undefined || !isSecret(text.slice(span.start, span.end), kind, name)) continue;
    found.push({ ...span, kind: describeName(name, kind) });
  }
  return found;
}

/** The name around a word, to one side. */
function edgeOf(text: string, index: number, step: 1 | -1): number {
  let edge = index;
  for (let left = LIMITS.nameLength; left > 0 && /[\w.-]/.test(text[step < 0 ? edge - 1 : edge] ?? ''); left--) edge += step;
  // In JSON inside of a string a name may come right after `\n`.
  return step < 0 && text[edge - 1] === '\\' && /[nrt]/.test(text[edge] ?? '') ? edge + 1 : edge;
}

function isSecret(value: string, kind: NameClass, name: string): boolean {
  if (isPlaceholder(value)) return false;
  if (kind === 'key') return looksRandom(value) || (/sas|signature/i.test(name) && /(?:^|[?&])sig=/.test(value));
  // A sentence is a label or a message, and `pwd` is also a folder.
  return !/\s/.test(value.trim()) && !(/pwd$/i.test(name) && /^[./~]/.test(value)) && value.length <= 256;
}

type TextRange = Pick<Span, 'start' | 'end'>;

function valueAfter(text: string, start: number, end: number, isData: boolean): TextRange | undefined {
  const before = text.slice(Math.max(0, start - 80), start);
  const separator = matchAt(SEPARATOR, text, end);
  if (separator !== undefined) {
    const at = end + separator.length;
    const quoted = quotedAt(text, at);
    if (quoted !== undefined) return quoted;
    return takesBare(before, separator, isData) ? bareAt(text, at, separator) : undefined;
  }
  const comma = matchAt(COMMA, text, end);
  if (comma !== undefined)
    return TAKES_PAIR.test(before) || /--$/.test(text.slice(start - 2, start)) || text.startsWith('--', start)
      ? quotedAt(text, end + comma.length)
      : undefined;
  const space = matchAt(SPACE, text, end);
  return space !== undefined && /(?:[(,]\s{0,40}|\bBY)$/i.test(before) ? quotedAt(text, end + space.length) : undefined;
}

/** Inside of a string or a data file a value may come without quotes: `;password=x`, `"--password=x"`, `password: x`. */
function takesBare(before: string, separator: string, isData: boolean): boolean {
  if (/^=$/.test(separator) && /(?:[;?&]\s?|["'`]|--)$/.test(before)) return true;
  return isData && /(?:^|\n)[ \t]*(?:-[ \t]+)?(?:export[ \t]+|set[ \t]+)?["']?$/.test(before);
}

function bareAt(text: string, at: number, separator: string): TextRange | undefined {
  // The value stands on the same line: a name with nothing behind it opens a block.
  if (separator.includes('\n')) return undefined;
  const value = matchAt(BARE, text, at);
  // `f(x)` and `a[0]` are code that gets the value.
  return value === undefined || /[([]/.test(value) ? undefined : { start: at, end: at + value.length };
}

function quotedAt(text: string, at: number): TextRange | undefined {
  const opening = matchAt(OPENING, text, at);
  if (opening === undefined) return undefined;
  const quote = /\\*(?:"""|'''|["'`])$/.exec(opening)?.[0] ?? '';
  const start = at + opening.length;
  const isLong = quote.endsWith('"""') || quote.endsWith("'''");
  const slashes = quote.length - quote.replace(/\\/g, '').length;
  for (let index = start; index < text.length && index - start < LIMITS.valueLength; index++) {
    if (!isLong && (text[index] === '\n' || text[index] === '\r')) return undefined;
    if (text.startsWith(quote, index)) return { start, end: index };
    // A run of backslashes: with one more than the quote has, it escapes a quote of the value.
    if (text[index] === '\\') {
      const run = /\\{1,16}/y;
      run.lastIndex = index;
      const length = run.exec(text)?.[0].length ?? 1;
      if (slashes > 0 && length === slashes && text.startsWith(quote.slice(slashes), index + length)) return { start, end: index };
      index += length > slashes ? length : length - 1;
    }
  }
  return undefined;
}

/** `{"name": "password", "default": "x"}` and `- name: PASSWORD` beside `value: x`, in either order. */
function valueBeside(text: string, start: number, end: number): TextRange | undefined {
  const label = /(?:^|[\s,{"'\\])(?:name|key)(\\{0,3}["'])?\s{0,4}:\s{0,4}(?:\\{0,3}["'])?$/.exec(
    text.slice(Math.max(0, start - 40), start),
  );
  if (label === null) return undefined;
  const area = label[1] === undefined ? linesAround(text, start, end) : bracesAround(text, start, end);
  const value = /(?:^|[\s,{"'\\])(?:default|value)(?:\\{0,3}["'])?\s{0,4}:[ \t]{0,4}/.exec(area.text);
  if (value === null) return undefined;
  const at = area.start + value.index + value[0].length;
  const place = quotedAt(text, at) ?? (label[1] === undefined ? bareAt(text, at, ':') : undefined);
  return place;
}

function bracesAround(text: string, start: number, end: number): { start: number; text: string } {
  const open = Math.max(text.lastIndexOf('{', start), start - LIMITS.besideLength, 0);
  const close = text.slice(end, end + LIMITS.besideLength).search(/\}(?!\})/);
  return { start: open, text: text.slice(open, close < 0 ? end + LIMITS.besideLength : end + close) };
}

/** The entry of a YAML list: from its dash to the next. */
function linesAround(text: string, start: number, end: number): { start: number; text: string } {
  const before = text.slice(Math.max(0, start - LIMITS.besideLength), start);
  const dash = Math.max(before.search(/(?:^|\n)[ \t]*- [^\n]*(?:\n[ \t]*[^-\s][^\n]*)*$/), 0);
  const after = text.slice(end, end + LIMITS.besideLength);
  const next = after.search(/\n[ \t]*- |\n\S/);
  const from = start - before.length + dash;
  return { start: from, text: text.slice(from, next < 0 ? end + after.length : end + next) };
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}
