// Python by its real grammar: loads tree-sitter once, when the first Python source comes, and walks a cell's tree (facts: libraries#parsers-of-sources).
import type { Node, Parser as TreeParser } from 'web-tree-sitter';
import { LIMITS } from '../source/limits.ts';
import { rest, spend } from '../source/stretches.ts';

export type { Node } from 'web-tree-sitter';

let loading: Promise<TreeParser> | undefined;

async function load(): Promise<TreeParser> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init();
  const grammar = await Language.load(new URL(import.meta.resolve('tree-sitter-python/tree-sitter-python.wasm')));
  return new Parser().setLanguage(grammar);
}

/** Rounds of parsing in one go: those of tangled text take a hundred times as long as others. */
const ROUNDS_AT_ONCE = 50;

let last: Promise<unknown> = Promise.resolve();

/**
 * Parses a piece of Python and hands the tree's root to `read`, which must not keep nodes: the tree is freed afterwards. Broken syntax gives a
 * tree with ERROR nodes; text so tangled that the parser would take too long gives undefined. One piece at a time: trees are large.
 */
export function withPython<T>(text: string, read: (root: Node) => T | Promise<T>): Promise<T | undefined> {
  const mine = last.then(() => parseAndRead(text, read));
  last = mine.catch(() => {});
  return mine;
}

async function parseAndRead<T>(text: string, read: (root: Node) => T | Promise<T>): Promise<T | undefined> {
  loading ??= load();
  const parser = await loading;
  const most = Math.min(LIMITS.pythonRounds, 1000 + (text.length / 1000) * LIMITS.pythonRoundsPerThousand);
  let rounds = 0;
  let tree = null;
  while (tree === null && rounds <= most) {
    await rest();
    const until = rounds + ROUNDS_AT_ONCE;
    // A parse that was cancelled goes on with the next call.
    tree = parser.parse(text, null, { progressCallback: () => ++rounds >= until });
    spend(tree === null ? Number.POSITIVE_INFINITY : text.length / 3);
  }
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  try {
    return await read(tree.rootNode);
  } finally {
    tree.delete();
  }
}

/** The nodes of these types, in the order of the text. */
export function nodesOf(root: Node, types: readonly string[]): readonly Node[] {
  return root.descendantsOfType([...types]);
}

/** Units of text whose nodes are looked for in one go. */
const PIECE = 10_000;
/** The shortest that is ever asked for: `f()`. */
const SHORTEST = 3;

/** The same, found piece by piece with rests between: of a large node its children are looked at, each for itself. */
export async function* nodesInStretches(root: Node, types: readonly string[]): AsyncGenerator<Node> {
  const cursor = root.walk();
  try {
    for (let isMore = true; isMore; ) {
      const node = cursor.currentNode;
      const length = node.endIndex - node.startIndex;
      const isLarge = length > PIECE;
      spend(isLarge ? 10 : 3 + length / 5);
      const large = isLarge && types.includes(node.type) ? [node] : [];
      for (const one of isLarge || length < SHORTEST ? large : nodesOf(node, types)) {
        yield one;
        await rest();
      }
      await rest();
      isMore = isLarge && cursor.gotoFirstChild();
      while (!isMore) {
        isMore = cursor.gotoNextSibling();
        if (!isMore && !cursor.gotoParent()) return;
      }
    }
  } finally {
    cursor.delete();
  }
}

/** What a call calls, without spaces, such as `dbutils.notebook.run`; empty where it is not a plain dotted name. */
export function calleeOf(call: Node): string {
  const callee = call.childForFieldName('function');
  // A chain of calls is as long as its text, for each of them anew.
  if (callee === null || callee.endIndex - callee.startIndex > LIMITS.nameLength) return '';
  const name = callee.text.replace(/\s+/g, '');
  return /^[\w.]+$/.test(name) ? name : '';
}

/** A call's argument by position (from 0) or, where it is given so, by name. */
export function argumentOf(call: Node, position: number, name?: string): Node | undefined {
  const given = call.childForFieldName('arguments')?.namedChildren.filter((one) => one.type !== 'comment') ?? [];
  const byName = given.find((one) => one.type === 'keyword_argument' && one.childForFieldName('name')?.text === name);
  if (byName !== undefined) return byName.childForFieldName('value') ?? undefined;
  const at = given[position];
  return at === undefined ||
    given.slice(0, position + 1).some((one) => ['keyword_argument', 'dictionary_splat', 'list_splat'].includes(one.type))
    ? undefined
    : at;
}

/** The way to a call from its root: `spark`, then `read`, `format`, `load`; the root is empty where it is no plain name. */
export function chainOf(call: Node): { readonly root: string; readonly names: readonly string[] } {
  const names: string[] = [];
  let node: Node | null = call;
  for (let left = LIMITS.chain; node !== null && left > 0; left--) {
    if (node.type === 'identifier') return { root: node.text, names: names.reverse() };
    if (node.type === 'attribute') names.push(node.childForFieldName('attribute')?.text ?? '');
    node = node.childForFieldName(node.type === 'call' ? 'function' : node.type === 'subscript' ? 'value' : 'object');
  }
  return { root: '', names: names.reverse() };
}
