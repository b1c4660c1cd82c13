// YAML in: what we read has exactly one meaning.
import { isAlias, isCollection, isScalar, LineCounter, type Node, type Pair, parseAllDocuments, visit } from 'yaml';
import { type Json, parseJson } from '../../values/json.ts';

/** Deeper trees are not configuration; the reader is recursive. */
const MAX_YAML_DEPTH = 60;

/** A YAML text that has no or no single meaning; `line` counts from 1. */
interface YamlProblem {
  readonly line: number;
  readonly message: string;
}

type YamlResult = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problems: readonly YamlProblem[] };

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
  const lineOf = (node: { range?: readonly number[] | null | undefined }) => lines.linePos(node.range?.[0] ?? 0).line;
  try {
    const parsed = parseAllDocuments(text, { intAsBigInt: true, uniqueKeys: true, merge: false, lineCounter: lines, strict: true });
    const documents = 'empty' in parsed ? [] : parsed;
    const document = documents[0];
    if (document === undefined) return { ok: true, value: null };
    if (documents.length > 1) problems.push({ line: 1, message: 'it holds more than one document' });
    if (document.directives?.yaml.explicit === true || /^%/m.test(text.slice(0, document.range[0])))
      problems.push({ line: 1, message: 'YAML directives are not allowed' });
    for (const error of [...document.errors, ...document.warnings]) {
      problems.push({ line: lines.linePos(error.pos[0]).line, message: error.message.split('\n')[0] ?? 'it is not valid YAML' });
    }
    visit(document, {
      Node(_key, node, path) {
        const shape = nodeProblem(node) ?? flowProblem(node, path);
        if (shape !== undefined) problems.push({ line: lineOf(node), message: shape });
        if (path.length > MAX_YAML_DEPTH * 2) throw new RangeError('too deep');
      },
      Pair(_key, pair) {
        const shape = keyProblem(pair);
        if (shape !== undefined) problems.push({ line: lineOf(pair.key as Node), message: shape });
      },
    });
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, value: plainJson(document.toJS({ maxAliasCount: 0 })) };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, problems: [{ line: 1, message: 'it is nested too deeply' }] };
    throw error;
  }
}

function nodeProblem(node: Node): string | undefined {
  if (isAlias(node)) return 'aliases (*name) are not allowed';
  if ('anchor' in node && node.anchor !== undefined) return 'anchors (&name) are not allowed';
  if (node.tag !== undefined) return 'tags (!name) are not allowed';
  return undefined;
}

/**
 * Plain text between braces or brackets that Go's reader takes apart differently (found by feeding both the same mutated files):
 * to it `{?jar: x}` has the key `jar`, and `{a:, b}` the key `a:`.
 */
function flowProblem(node: Node, path: readonly unknown[]): string | undefined {
  if (!path.some((parent) => isCollection(parent) && parent.flow === true)) return undefined;
  if (!isScalar(node) || node.type !== 'PLAIN') return undefined;
  if (node.source?.startsWith('?') === true) return 'in braces or brackets, text that begins with ? must be put in quotes';
  return node.source === '' ? 'in braces or brackets, an empty value must be written as null' : undefined;
}

function keyProblem(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return 'a key must be plain text';
  // In quotes it is an ordinary key, for Go's reader too.
  if (pair.key.value === '<<' && pair.key.type === 'PLAIN') return 'merge keys (<<) are not allowed';
  if (typeof pair.key.value !== 'string') return `the key ${String(pair.key.value)} must be put in quotes`;
  return undefined;
}

/** The library's integers are all BigInt here; those that a double holds become numbers again. */
function plainJson(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainJson(item)]));
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return parseJson(JSON.stringify(value ?? null));
}
