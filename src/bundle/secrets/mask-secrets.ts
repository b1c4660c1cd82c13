// Hard-coded secrets as people and models see them: each value replaced by a mask that says what it is.

import { createFinder, type FoundText } from '../../values/find-texts.ts';
import type { BundleFile } from '../model/bundle.ts';
import { calledIn, FOUND_EVERYWHERE, namesOf, type TreeWithSecrets } from './called-secrets.ts';

/** A passage of a text that a mask stands for. */
interface MaskedSpan {
  readonly start: number;
  readonly end: number;
  /** As in `<secret name>`. */
  readonly name: string;
}

export interface Mask {
  /**
   * Any text with every secret value replaced by `<secret kind>`, or `<secret 2 kind>` where a kind has several. Needs no quotes in YAML. A
   * short value is replaced where it is the whole text, or stands in quotes.
   */
  mask(text: string): string;
  /** A file of the tree, likewise; here short values are replaced in the places where they were called secrets, and nowhere else. */
  file(file: BundleFile): string;
  /** The same as bytes. */
  bytes(file: BundleFile): Uint8Array;
  /** What `file` replaces, by place in the text of the file (without a byte order mark). */
  spans(file: BundleFile): MaskedSpan[];
  /** Whether a mask of this name, as in `<secret name>`, stands for one. */
  isName(name: string): boolean;
}

/** Knows the secrets that a tree's findings point at, and those that were called so before. The same tree gives the same masks. */
export function createMask(tree: TreeWithSecrets): Mask {
  const known = masks.get(tree) ?? newMask(tree);
  masks.set(tree, known);
  return known;
}

/** A tree never changes, and is asked for each file that is read or written. */
const masks = new WeakMap<TreeWithSecrets, Mask>();

function newMask(tree: TreeWithSecrets): Mask {
  const called = calledIn(tree);
  const names = namesOf(called);
  let taken: ReadonlySet<string> | undefined;
  const long = createFinder(names.keys());
  const named = ({ start, end, value }: FoundText): MaskedSpan => ({ start, end, name: names.get(value) ?? '' });
  const everywhere = (text: string) => long.find(text).map(named);
  const short = new Set([...names.keys()].filter((value) => value.length < FOUND_EVERYWHERE));
  const inQuotes = (text: string) => (short.size === 0 ? [] : quoted(text, short).map(named));

  const byPath = Map.groupBy(tree.secrets, ({ path }) => path);
  const found = new WeakMap<BundleFile, MaskedSpan[]>();
  const spans = (one: BundleFile): MaskedSpan[] => {
    if (names.size === 0) return [];
    const before = found.get(one);
    if (before !== undefined) return before;
    const text = new TextDecoder().decode(one.bytes);
    const there = (byPath.get(one.path) ?? []).flatMap(({ start, end }): MaskedSpan[] => {
      const name = names.get(text.slice(start, end));
      return name === undefined ? [] : [{ start, end, name }];
    });
    const all = merged([...there, ...everywhere(text)]);
    found.set(one, all);
    return all;
  };
  const file = (one: BundleFile) => hide(new TextDecoder().decode(one.bytes), spans(one));
  return {
    mask(text) {
      const whole = names.get(text);
      return whole === undefined ? hide(text, merged([...everywhere(text), ...inQuotes(text)])) : `<secret ${whole}>`;
    },
    file,
    bytes: (one) => new TextEncoder().encode(`${hasByteOrderMark(one.bytes) ? '\ufeff' : ''}${file(one)}`),
    spans,
    isName(name) {
      taken ??= new Set(called.map((one) => one.name));
      return taken.has(name);
    },
  };
}

/** Where one of the values stands as a whole between quotes. */
function quoted(text: string, values: ReadonlySet<string>): FoundText[] {
  return [...text.matchAll(/["'`]/g)].flatMap(({ index }) => {
    const start = index + 1;
    for (let end = start + FOUND_EVERYWHERE - 1; end > start; end--) {
      const value = text.slice(start, end);
      if (values.has(value) && /["'`]/.test(text.charAt(end))) return [{ start, end, value }];
    }
    return [];
  });
}

function hide(text: string, spans: readonly MaskedSpan[]): string {
  let hidden = '';
  let from = 0;
  for (const { start, end, name } of spans) {
    hidden += `${text.slice(from, start)}<secret ${name}>`;
    from = end;
  }
  return hidden + text.slice(from);
}

/** In order, those that overlap made one. */
function merged(spans: readonly MaskedSpan[]): MaskedSpan[] {
  const made: MaskedSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = made.at(-1);
    if (last === undefined || span.start >= last.end) made.push(span);
    else made[made.length - 1] = { ...last, end: Math.max(last.end, span.end) };
  }
  return made;
}

function hasByteOrderMark([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}
