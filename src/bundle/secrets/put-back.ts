// Puts secrets back where their masks were left alone: each only into the passage that it came from.
import { UserError } from '../../values/errors.ts';
import { lineCounter } from '../../values/text.ts';
import type { Bundle, BundleFile, SecretFinding } from '../model/bundle.ts';
import { calledIn, FOUND_EVERYWHERE } from './called-secrets.ts';
import { createMask } from './mask-secrets.ts';

const MASK = /<secret ([^<>\n]{1,100})>/g;

/** Characters of a line that are looked at on each side of a mask. */
const LONGEST_SIDE = 200;

interface Passage {
  readonly name: string;
  /** What it stands for; of a text that only looks like a mask, itself. */
  readonly value: string;
  readonly isSecret: boolean;
  /** What stands before and after it in its line, with a line break between. */
  readonly line: string;
}

/**
 * A file as somebody wrote it who sees masks, with the values again, and where they stand now. A file with a new path may be the copy of
 * another one. Throws UserError for a mask that stands where the secret did not: it would be spread.
 */
export function putBack(bundle: Bundle, path: string, written: string): { content: string; secrets: SecretFinding[] } {
  const known = new Set(calledIn(bundle).map(({ name }) => name));
  const wanted = [...written.matchAll(MASK)].flatMap(({ 0: mask, 1: name = '', index }) =>
    known.has(name) ? [{ mask, name, index, line: lineAround(written, index, mask.length) }] : [],
  );
  if (wanted.length === 0) return { content: written, secrets: [] };
  const passages = passagesFor(bundle, path, written, wanted);
  const taken = new Map<number, Passage>();
  const free = new Set(passages);
  const take = (key: (one: { readonly name: string; readonly line: string }) => string) => {
    const byKey = Map.groupBy([...free].reverse(), key);
    for (const one of wanted) {
      const passage = taken.has(one.index) ? undefined : byKey.get(key(one))?.pop();
      if (passage === undefined) continue;
      taken.set(one.index, passage);
      free.delete(passage);
    }
  };
  take(({ name, line }) => `${name}\n${line}`);
  take(({ name }) => name);

  let content = '';
  let from = 0;
  const secrets: Omit<SecretFinding, 'line'>[] = [];
  for (const { mask, name, index, line } of wanted) {
    const passage = taken.get(index);
    if (passage === undefined || (passage.value.length < FOUND_EVERYWHERE && nearestOf(passage.line) !== nearestOf(line)))
      throw spreads(path, mask);
    content += written.slice(from, index);
    from = index + mask.length;
    const start = content.length;
    content += passage.value;
    const kind = name.replace(/^\d+ /, '');
    if (passage.isSecret) secrets.push({ path, start, end: content.length, kind, name });
  }
  content += written.slice(from);
  const lineAt = lineCounter(content);
  return { content, secrets: secrets.map((one) => ({ ...one, line: lineAt(one.start) })) };
}

/** A change of a file's text by code, which sees masks too: the secrets in it stay where they are. */
export function rewritten(bundle: Bundle, path: string, change: (masked: string) => string) {
  const file = bundle.files.find((one) => one.path === path) ?? { path, bytes: new Uint8Array() };
  return { path, ...putBack(bundle, path, change(createMask(bundle).file(file))) };
}

/** What masks stand for in the file that is edited or, for a new path, in the one that it is a copy of. */
function passagesFor(bundle: Bundle, path: string, written: string, wanted: readonly { readonly name: string }[]): Passage[] {
  const mask = createMask(bundle);
  const own = bundle.files.find((file) => file.path === path);
  if (own !== undefined) return passagesOf(mask, own);
  const same = bundle.files.filter((file) => mask.file(file) === written);
  const counts = countsOf(wanted);
  for (const file of [...same, ...bundle.files]) {
    const passages = passagesOf(mask, file);
    const there = countsOf(passages);
    if ([...counts].every(([name, count]) => (there.get(name) ?? 0) >= count)) return passages;
  }
  return [];
}

function countsOf(masks: readonly { readonly name: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of masks) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function passagesOf(mask: ReturnType<typeof createMask>, file: BundleFile): Passage[] {
  const text = new TextDecoder().decode(file.bytes);
  const masked = mask.file(file);
  const spans = mask.spans(file);
  let next = 0;
  const passages: Passage[] = [];
  // Where the masked text has grown or shrunk against the plain one.
  let shift = 0;
  for (const { 0: found, 1: name = '', index } of masked.matchAll(MASK)) {
    const span = (spans[next]?.start ?? Number.NaN) + shift === index ? spans[next++] : undefined;
    const value = span === undefined ? found : text.slice(span.start, span.end);
    if (span !== undefined) shift += found.length - value.length;
    passages.push({ name, value, isSecret: span !== undefined, line: lineAround(masked, index, found.length) });
  }
  return passages;
}

function lineAround(text: string, index: number, length: number): string {
  const left = text.slice(Math.max(0, index - LONGEST_SIDE), index);
  const right = text.slice(index + length, index + length + LONGEST_SIDE);
  const end = right.indexOf('\n');
  return `${left.slice(left.lastIndexOf('\n') + 1)}\n${end < 0 ? right : right.slice(0, end)}`;
}

/** What of such a line stands around the value, from what a name is followed by. */
function nearestOf(line: string): string {
  const before = line.slice(0, line.indexOf('\n'));
  return line.slice(Math.max(...[':', '=', ',', '('].map((character) => before.lastIndexOf(character))) + 1);
}

function spreads(path: string, mask: string): UserError {
  return new UserError({
    doing: `Writing ${JSON.stringify(path)}`,
    problem: `${mask} would stand where this secret has not been; a secret is not copied to other places.`,
    next: 'Leave the mask where it was, or put a reference to a secret scope in its place.',
  });
}
