// What changed from one version's files to the next, line by line.
import { diff } from 'node:util';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { calledIn, type TreeWithSecrets } from '../../bundle/secrets/called-secrets.ts';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Lines with a leading `+`, `-` or space, and `@@` between distant places; empty for files that are not text. */
  readonly lines: readonly string[];
}

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 2;
/** Lines that are new or gone: where they are more, the files are only named. */
const MAX_CHANGED_LINES = 5000;
/** Of both files together, between the first line that differs and the last: their comparison is quadratic in the worst case. */
const MAX_COMPARED_LINES = 1000;

/**
 * The changes from one version to the next, sorted by path. A secret is masked, whichever of them the scanner found it in: the line that
 * goes away holds it.
 */
export function diffVersions(before: TreeWithSecrets, after: TreeWithSecrets): FileChange[] {
  // One set of names for both; what the scanner found in one of them is a secret in the other.
  const called = calledIn({ ...after, called: [...calledIn(before), ...(after.called ?? [])] });
  const masks = { before: createMask({ ...before, called }), after: createMask({ ...after, called }) };
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Map(after.files.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was !== undefined && is !== undefined && Buffer.compare(was.bytes, is.bytes) === 0) return [];
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ path, kind, lines: diffText(linesOf(was, masks.before), linesOf(is, masks.after)) }];
  });
}

function diffText(before: string[] | undefined, after: string[] | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const shorter = Math.min(before.length, after.length);
  let [head, tail] = [0, 0];
  while (head < shorter && before[head] === after[head]) head++;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [removed, added] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const isPlain = removed.length === 0 || added.length === 0;
  if (removed.length + added.length > (isPlain ? MAX_CHANGED_LINES : MAX_COMPARED_LINES)) return [];
  const marked = (mark: string, lines: readonly string[]) => lines.map((line) => `${mark}${line}`);
  const compared = isPlain ? [...marked('-', removed), ...marked('+', added)] : compare(removed, added);
  return withContext([...marked(' ', before.slice(0, head)), ...compared, ...marked(' ', before.slice(before.length - tail))]);
}

/** Node's `diff(actual, expected)` calls 1 what only the first has and -1 what only the second has, the first's before. */
function compare(before: string[], after: string[]): string[] {
  return diff(before, after).map(([operation, line]) => `${operation === 1 ? '-' : operation === -1 ? '+' : ' '}${line}`);
}

/** Keeps the changed lines and a few around them. */
function withContext(marked: readonly string[]): string[] {
  const near = (index: number) =>
    marked.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1).some((line) => !line.startsWith(' '));
  const lines: string[] = [];
  let skipped = false;
  marked.forEach((line, index) => {
    if (!near(index)) {
      skipped = true;
      return;
    }
    if (skipped && lines.length > 0) lines.push('@@');
    skipped = false;
    lines.push(line);
  });
  return lines;
}

/** Text split into lines; undefined for bytes that are not UTF-8 text. */
function linesOf(file: BundleFile | undefined, mask: Pick<ReturnType<typeof createMask>, 'file'>): string[] | undefined {
  if (file === undefined) return [];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
    return text.includes('\0') ? undefined : mask.file(file).replace(/\n$/, '').split('\n');
  } catch {
    return undefined;
  }
}
