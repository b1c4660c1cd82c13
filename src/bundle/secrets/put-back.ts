// Puts secrets back where their masks were left alone: each only into the passage that it came from.
import { UserError } from '../../values/errors.ts';
import { lineCounter } from '../../values/text.ts';
import type { Bundle, BundleFile, SecretFinding } from '../model/bundle.ts';
import { FOUND_EVERYWHERE } from './called-secrets.ts';
import { createMask, type Mask } from './mask-secrets.ts';

const MASK = /<secret ([^<>\n]{1,100})>/g;

/** Characters of a line that are looked at on each side of a mask. */
const LONGEST_SIDE = 200;

/** Where a mask stands. */
interface Place {
  readonly name: string;
  readonly text: string;
  readonly index: number;
  readonly length: number;
}

interface Passage extends Place {
  /** What it stands for; of a text that only looks like a mask, itself. */
  readonly value: string;
  readonly isSecret: boolean;
}

/**
 * A file as somebody wrote it who sees masks, with the values again, and where they stand now. A file with a new path may be the copy of
 * another one. Throws UserError for a mask that stands where the secret did not: it would be spread.
 */
export function putBack(bundle: Bundle, path: string, written: string): { content: string; secrets: SecretFinding[] } {
  const mask = createMask(bundle);
  const wanted = [...written.matchAll(MASK)].flatMap(({ 0: { length }, 1: name = '', index }) =>
    mask.isName(name) ? [{ name, index, length, text: written }] : [],
  );
  if (wanted.length === 0) return { content: written, secrets: [] };
  const taken = matched(wanted, passagesFor(bundle.files, mask, { path, written, wanted }));
  const parts: string[] = [];
  let from = 0;
  let shift = 0;
  const secrets: Omit<SecretFinding, 'line'>[] = [];
  for (const one of wanted) {
    const { name, index, length } = one;
    const passage = taken.get(one);
    const value = passage?.value ?? '';
    if (passage === undefined || (value.length < FOUND_EVERYWHERE && nearestOf(passage) !== nearestOf(one)))
      throw spreads(path, written.slice(index, index + length));
    parts.push(written.slice(from, index), value);
    from = index + length;
    const start = index + shift;
    const kind = name.replace(/^\d+ /, '');
    if (passage.isSecret) secrets.push({ path, start, end: start + value.length, kind, name });
    shift += value.length - length;
  }
  const content = parts.join('') + written.slice(from);
  const lineAt = lineCounter(content);
  return { content, secrets: secrets.map((one) => ({ ...one, line: lineAt(one.start) })) };
}

/** Which passage each mask stands for: the one in a line like its own where there is one, else any of its name. */
function matched(wanted: readonly Place[], passages: readonly Passage[]): Map<Place, Passage> {
  const taken = new Map<Place, Passage>();
  const ofName = Map.groupBy(passages, ({ name }) => name);
  for (const [name, places] of Map.groupBy(wanted, (one) => one.name)) {
    const free = new Set(ofName.get(name));
    // Lines are long: they are only compared where there is a choice.
    const byLine = places.length + free.size <= 2 ? undefined : Map.groupBy([...free].reverse(), lineAround);
    for (const one of places) take(one, byLine?.get(lineAround(one))?.pop());
    const rest = [...free].reverse();
    for (const one of places) if (!taken.has(one)) take(one, rest.pop());

    function take(place: Place, passage: Passage | undefined): void {
      if (passage === undefined) return;
      taken.set(place, passage);
      free.delete(passage);
    }
  }
  return taken;
}

/** A change of a file's text by code, which sees masks too: the secrets in it stay where they are. */
export function rewritten(bundle: Bundle, path: string, change: (masked: string) => string) {
  const file = bundle.files.find((one) => one.path === path) ?? { path, bytes: new Uint8Array() };
  return { path, ...putBack(bundle, path, change(createMask(bundle).file(file))) };
}

interface Edit {
  readonly path: string;
  readonly written: string;
  readonly wanted: readonly Place[];
}

/** What masks stand for in the file that is edited or, for a new path, in the one that it is a copy of. */
function passagesFor(files: readonly BundleFile[], mask: Mask, { path, written, wanted }: Edit): Passage[] {
  const own = files.find((file) => file.path === path);
  if (own !== undefined) return passagesOf(mask, own);
  const same = files.filter((file) => mask.file(file) === written);
  const counts = countsOf(wanted);
  for (const file of [...same, ...files]) {
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

function passagesOf(mask: Mask, file: BundleFile): Passage[] {
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
    passages.push({ name, text: masked, index, length: found.length, value, isSecret: span !== undefined });
  }
  return passages;
}

/** What stands before and after it in its line, with a line break between. */
function lineAround({ text, index, length }: Place): string {
  const left = text.slice(Math.max(0, index - LONGEST_SIDE), index);
  const right = text.slice(index + length, index + length + LONGEST_SIDE);
  const end = right.indexOf('\n');
  return `${left.slice(left.lastIndexOf('\n') + 1)}\n${end < 0 ? right : right.slice(0, end)}`;
}

/** What of its line stands around it, from what a name is followed by. */
function nearestOf(place: Place): string {
  const line = lineAround(place);
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
