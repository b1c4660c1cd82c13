// What changed from one version's files to the next, line by line.
import { diff } from 'node:util';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { createMask } from '../../bundle/model/mask-secrets.ts';

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Lines with a leading `+`, `-` or space, and `@@` between distant places; empty for files that are not text. */
  readonly lines: readonly string[];
}

/** Unchanged lines shown around a change. */
const CONTEXT_LINES = 2;
/** Files longer than this are only named: the comparison is quadratic in the worst case. */
const MAX_DIFF_LINES = 5000;

/**
 * The changes from one version to the next, sorted by path. A secret is masked, whichever of them the scanner found it in: the line that
 * goes away holds it.
 */
export function diffVersions(before: Pick<Bundle, 'files' | 'secrets'>, after: Pick<Bundle, 'files' | 'secrets'>): FileChange[] {
  const masks = [createMask(before), createMask(after)];
  const hide = (text: string) => masks.reduce((hidden, { mask }) => mask(hidden), text);
  const old = new Map(before.files.map((file) => [file.path, file.bytes]));
  const now = new Map(after.files.map((file) => [file.path, file.bytes]));
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was !== undefined && is !== undefined && Buffer.compare(was, is) === 0) return [];
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ path, kind, lines: diffText(was, is, hide) }];
  });
}

function diffText(was: Uint8Array | undefined, is: Uint8Array | undefined, hide: (text: string) => string): string[] {
  const [before, after] = [linesOf(was, hide), linesOf(is, hide)];
  if (before === undefined || after === undefined || before.length + after.length > MAX_DIFF_LINES) return [];
  // Node's `diff(actual, expected)` calls 1 what only the first has and -1 what only the second has, the first's before.
  const marked = diff(before, after).map(([operation, line]) => `${operation === 1 ? '-' : operation === -1 ? '+' : ' '}${line}`);
  return withContext(marked);
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
function linesOf(bytes: Uint8Array | undefined, hide: (text: string) => string): string[] | undefined {
  if (bytes === undefined) return [];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : hide(text.replace(/\n$/, '')).split('\n');
  } catch {
    return undefined;
  }
}
