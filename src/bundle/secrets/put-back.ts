// Puts secrets back where their masks were left alone: each only into the passage that it came from.
import { UserError } from '../../values/errors.ts';
import type { Bundle, BundleFile, SecretFinding } from '../model/bundle.ts';
import { calledIn, FOUND_EVERYWHERE, lineAt } from './called-secrets.ts';
import { createMask } from './mask-secrets.ts';

const MASK = /<secret ([^<>\n]{1,100})>/g;

interface Passage {
  readonly name: string;
  /** What it stands for; of a text that only looks like a mask, itself. */
  readonly value: string;
  readonly isSecret: boolean;
  /** The line it stands in, and what of it stands around the value, from what a name is followed by. */
  readonly line: string;
  readonly around: string;
}

/**
 * A file as somebody wrote it who sees masks, with the values again, and where they stand now. A file with a new path may be the copy of
 * another one. Throws UserError for a mask that stands where the secret did not: it would be spread.
 */
export function putBack(bundle: Bundle, path: string, written: string): { content: string; secrets: SecretFinding[] } {
  const known = new Set(calledIn(bundle).map(({ name }) => name));
  const wanted = [...written.matchAll(MASK)].flatMap(({ 0: mask, 1: name = '', index }) =>
    known.has(name) ? [{ mask, name, index, ...placeOf(written, index, mask.length) }] : [],
  );
  if (wanted.length === 0) return { content: written, secrets: [] };
  const left = passagesFor(bundle, path, written, wanted);
  const taken = new Map<number, Passage>();
  const take = (fits: (one: Passage, line: string) => boolean) => {
    for (const { index, name, line } of wanted) {
      if (taken.has(index)) continue;
      const at = left.findIndex((one) => one.name === name && fits(one, line));
      const [passage] = at < 0 ? [] : left.splice(at, 1);
      if (passage !== undefined) taken.set(index, passage);
    }
  };
  take((one, line) => one.line === line);
  take(() => true);

  let content = '';
  let from = 0;
  const secrets: SecretFinding[] = [];
  for (const { mask, name, index, around } of wanted) {
    const passage = taken.get(index);
    if (passage === undefined || (passage.value.length < FOUND_EVERYWHERE && passage.around !== around)) throw spreads(path, mask);
    content += written.slice(from, index);
    from = index + mask.length;
    const start = content.length;
    content += passage.value;
    const kind = name.replace(/^\d+ /, '');
    if (passage.isSecret) secrets.push({ path, line: lineAt(content, start), start, end: content.length, kind, name });
  }
  return { content: content + written.slice(from), secrets };
}

/** A change of a file's text by code, which sees masks too: the secrets in it stay where they are. */
export function rewritten(bundle: Bundle, path: string, change: (masked: string) => string) {
  const file = bundle.files.find((one) => one.path === path) ?? { path, bytes: new Uint8Array() };
  return { path, ...putBack(bundle, path, change(createMask(bundle).file(file))) };
}

/** What masks stand for in the file that is edited or, for a new path, in the one that it is a copy of. */
function passagesFor(bundle: Bundle, path: string, written: string, wanted: readonly { readonly name: string }[]): Passage[] {
  const { file: masked } = createMask(bundle);
  const own = bundle.files.find((file) => file.path === path);
  if (own !== undefined) return passagesOf(bundle, own);
  const same = bundle.files.filter((file) => masked(file) === written);
  for (const file of [...same, ...bundle.files]) {
    const passages = passagesOf(bundle, file);
    const count = (names: readonly { readonly name: string }[], name: string) => names.filter((one) => one.name === name).length;
    if (wanted.every(({ name }) => count(passages, name) >= count(wanted, name))) return passages;
  }
  return [];
}

function passagesOf(bundle: Bundle, file: BundleFile): Passage[] {
  const mask = createMask(bundle);
  const text = new TextDecoder().decode(file.bytes);
  const masked = mask.file(file);
  const spans = mask.spans(file);
  const passages: Passage[] = [];
  // Where the masked text has grown or shrunk against the plain one.
  let shift = 0;
  for (const { 0: found, 1: name = '', index } of masked.matchAll(MASK)) {
    const span = spans.find(({ start }) => start + shift === index);
    const value = span === undefined ? found : text.slice(span.start, span.end);
    if (span !== undefined) shift += found.length - value.length;
    passages.push({ name, value, isSecret: span !== undefined, ...placeOf(masked, index, found.length) });
  }
  return passages;
}

function placeOf(text: string, index: number, length: number): { line: string; around: string } {
  const [start, end] = [text.lastIndexOf('\n', index - 1) + 1, text.indexOf('\n', index)];
  const line = text.slice(start, end < 0 ? undefined : end);
  const before = text.slice(start, index);
  return { line, around: `${/[^:=,(]*$/.exec(before)?.[0] ?? ''}\n${line.slice(before.length + length)}` };
}

function spreads(path: string, mask: string): UserError {
  return new UserError({
    doing: `Writing ${JSON.stringify(path)}`,
    problem: `${mask} would stand where this secret has not been; a secret is not copied to other places.`,
    next: 'Leave the mask where it was, or put a reference to a secret scope in its place.',
  });
}
