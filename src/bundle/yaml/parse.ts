// YAML in: what we read has exactly one meaning.
import { Composer, type CST, isAlias, isCollection, isScalar, isSeq, Lexer, LineCounter, type Pair, Parser, type Scalar } from 'yaml';
import { type Json, setKey } from '../../values/json.ts';
import { quoted } from '../model/text.ts';

/** Deeper trees are not configuration; the reader is recursive. */
const MAX_YAML_DEPTH = 60;
/** Of the keys that lead to a value, together, in characters: its place is spelled with all of them. Those that Databricks knows have a fourth. */
const MAX_KEYS_LENGTH = 800;
/** Pieces of one file: keys, values, marks, breaks. A job of 1,000 large tasks has a fourth. */
const MAX_LEXEMES = 1_000_000;
/** At empty lines, for comments below them: far above what any text has, some 20 ms. */
const MAX_LOOKS = 2_000_000;
/** Of the library's own words, which quote the file. */
const LONGEST_MESSAGE = 200;
/** More of a file are not named; whoever wrote it corrects the first ones first. */
const MAX_PROBLEMS = 50;

/** A YAML text that has no or no single meaning; `line` counts from 1. */
interface YamlProblem {
  readonly line: number;
  readonly message: string;
}

type YamlResult = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/** How the library reads: in linear time (facts: libraries#yaml-and-zip). Keys that stand there twice are found here. */
export const LINEAR = { intAsBigInt: true, uniqueKeys: false, prettyErrors: false } as const;

/** Where YAML readers disagree on line breaks or text: such a file could mean one thing to us and another to the CLI. */
function textProblems(text: string): YamlProblem[] {
  const at = text.search(/(?![\t\n\r])\p{Cc}|[\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/u);
  if (at < 0) return [];
  return [
    { line: text.slice(0, at).split('\n').length, message: 'it holds a control character, a byte order mark or an unusual line break' },
  ];
}

/**
 * Parses YAML that means one thing to every reader: one document, string keys, no anchors, aliases, merges, tags or repeated keys.
 * Integers beyond 2^53 become BigInt.
 */
export function parseYaml(bytes: Uint8Array): YamlResult {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, problems: [{ line: 1, message: 'it is not UTF-8 text' }] };
  }
  const odd = textProblems(text);
  if (odd.length > 0) return { ok: false, problems: odd };
  const lines = new LineCounter();
  const problems: YamlProblem[] = [];
  const report = (at: number | undefined, message: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ line: lines.linePos(at ?? 0).line, message });
  };
  try {
    const document = compose(text, lines, report);
    if (document?.directives.yaml.explicit === true || /^%/m.test(text.slice(0, document?.range[0])))
      report(undefined, 'YAML directives are not allowed');
    const value = jsonOf(document?.contents, { depth: 0, keysLength: 0, isInFlow: false }, report);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  } catch (error) {
    if (error instanceof EnoughProblems) return { ok: false, problems };
    if (error instanceof RangeError) return { ok: false, problems: [{ line: 1, message: 'it is nested too deeply' }] };
    throw error;
  }
}

class EnoughProblems extends Error {}

/** Where the library finds something wrong. */
type ErrorSource = number | readonly number[] | { readonly offset: number };

/** The first document; what is wrong with it is reported. Throws RangeError for one that is nested too deeply. */
function compose(text: string, lines: LineCounter, report: Report) {
  const composer = new Composer({ ...LINEAR, lineCounter: lines, merge: false, strict: true });
  let left = MAX_PROBLEMS;
  // In the place of its own, which makes an error with a stack of each: that takes as long as reading a hundred characters.
  const onError = (source: ErrorSource, _code: string, message: string) => {
    const at = typeof source === 'number' ? source : 'offset' in source ? source.offset : source[0];
    report(at, message.slice(0, LONGEST_MESSAGE));
    if (--left === 0) throw new EnoughProblems();
  };
  Object.assign(composer, { onError });
  const [document, second] = composer.compose(tokensOf(text, lines, report), true, text.length);
  if (second !== undefined) report(undefined, 'it holds more than one document');
  for (const { pos, message } of document?.errors ?? []) report(pos[0], message.slice(0, LONGEST_MESSAGE));
  return document;
}

/**
 * The library's tokens of a text, as long as it is one that it reads in linear time, and not deep: near the end of the stack a pattern that is
 * compiled would end the whole process. Throws RangeError.
 */
function* tokensOf(text: string, lines: LineCounter, report: Report): Iterable<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let [errors, lexemes, comments, breaks, mostBreaks] = [0, 0, 0, 0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error' && ++errors === MAX_PROBLEMS) return;
    }
    // A document and a scalar are no levels.
    if (parser.stack.length > MAX_YAML_DEPTH + 2) throw new RangeError('too deep');
    if (lexeme.startsWith('#')) comments++;
    if (lexeme.endsWith('\n')) mostBreaks = Math.max(mostBreaks, ++breaks);
    else if (lexeme.trim() !== '') breaks = 0;
    // Before a comment it looks at all empty lines above once more.
    if (++lexemes <= MAX_LEXEMES && comments * mostBreaks <= MAX_LOOKS) continue;
    report(parser.offset, 'from here on it holds too much for one file');
    return;
  }
  yield* parser.end();
}

type Report = (at: number | undefined, message: string) => void;

/** What is around a value. */
interface Around {
  readonly depth: number;
  /** Of the keys on the way to it. */
  readonly keysLength: number;
  /** Whether it stands between braces or brackets. */
  readonly isInFlow: boolean;
}

/** What a node of the library stands for; what has no single meaning is reported. */
function jsonOf(node: unknown, around: Around, report: Report): Json {
  if (isAlias(node)) report(node.range?.[0], 'aliases (*name) are not allowed');
  else if (isScalar(node) || isCollection(node)) {
    if (node.anchor !== undefined) report(node.range?.[0], 'anchors (&name) are not allowed');
    else if (node.tag !== undefined) report(node.range?.[0], 'tags (!name) are not allowed');
  }
  if (isScalar(node)) return scalarOf(node, around, report);
  if (!isCollection(node)) return null;
  if (around.depth >= MAX_YAML_DEPTH) throw new RangeError('too deep');
  const inside = { ...around, depth: around.depth + 1, isInFlow: around.isInFlow || node.flow === true };
  if (isSeq(node)) return node.items.map((item) => jsonOf(item, inside, report));
  const mapping: Record<string, Json> = {};
  const known = new Set<string>();
  for (const pair of node.items) {
    const key = keyOf(pair, inside, report);
    if (known.has(key)) report(startOf(pair.key), `the key ${quoted(key.slice(0, 80))} stands there twice`);
    known.add(key);
    const keysLength = around.keysLength + JSON.stringify(key).length;
    if (keysLength > MAX_KEYS_LENGTH) report(startOf(pair.key), `it and the keys around it are longer than ${MAX_KEYS_LENGTH} characters`);
    setKey(mapping, key, jsonOf(pair.value, { ...inside, keysLength }, report));
  }
  return mapping;
}

/**
 * Plain text between braces or brackets that Go's reader takes apart differently (found by feeding both the same mutated files):
 * to it `{?jar: x}` has the key `jar`, and `{a:, b}` the key `a:`.
 */
function scalarOf({ value, source, type, range }: Scalar, { isInFlow }: Around, report: Report): Json {
  if (isInFlow && type === 'PLAIN') {
    if (source?.startsWith('?') === true) report(range?.[0], 'in braces or brackets, text that begins with ? must be put in quotes');
    else if (source === '') report(range?.[0], 'in braces or brackets, an empty value must be written as null');
  }
  // The library's integers are all BigInt here; those that a double holds become numbers again.
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  // Minus zero is no JSON.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function keyOf({ key }: Pair, around: Around, report: Report): string {
  if (!isScalar(key)) {
    report(startOf(key), 'a key must be plain text');
    return '';
  }
  // In quotes it is an ordinary key, for Go's reader too.
  if (key.value === '<<' && key.type === 'PLAIN') report(key.range?.[0], 'merge keys (<<) are not allowed');
  else if (typeof key.value !== 'string') report(key.range?.[0], `the key ${String(key.value)} must be put in quotes`);
  jsonOf(key, around, report);
  return String(key.value);
}

function startOf(node: unknown): number | undefined {
  return isAlias(node) || isScalar(node) || isCollection(node) ? node.range?.[0] : undefined;
}
