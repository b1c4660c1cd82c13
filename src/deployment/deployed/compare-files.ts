// Which files a deployment would add, change or remove, and which of them somebody has edited in the workspace since the last one.
import { diff } from 'node:util';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { contentDigest } from '../../bundle/model/notebooks.ts';
import type { FileChange } from '../policy/release-diff.ts';

/** Longer files are not compared line by line: that takes a time that grows with the square of what differs. */
const MOST_LINES = 2000;

interface Compared {
  /** The files of the bundle. */
  readonly files: readonly BundleFile[];
  /** What lies in the workspace now, by path in the bundle. */
  readonly there: ReadonlyMap<string, Uint8Array>;
  /** The versions that may lie there: the one that was deployed last, and those that were begun since. Empty where they are not known. */
  readonly versions?: readonly (readonly BundleFile[])[] | undefined;
}

/** Sorted by path. A file that is as it was is left out, also one that somebody edited to what the bundle has. */
export function compareFiles({ files, there, versions = [] }: Compared): FileChange[] {
  const wanted = new Map(files.map((file) => [file.path, file]));
  const known = versions.map((version) => new Map(version.map((file) => [file.path, file])));
  const paths = [...new Set([...wanted.keys(), ...there.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [is, was] = [wanted.get(path), there.get(path)];
    const byHand = known.some((version) => version.has(path)) && !known.some((version) => isAsIn(version.get(path), was));
    if (is === undefined) return was === undefined ? [] : [{ path, change: 'removed', byHand }];
    if (was === undefined) return [{ path, change: 'added', byHand }];
    if (same(path, was, is.bytes)) return [];
    return [{ path, change: 'changed', lines: linesBetween(was, is.bytes), byHand }];
  });
}

function isAsIn(file: BundleFile | undefined, there: Uint8Array | undefined): boolean {
  return file === undefined || there === undefined ? file === there : same(file.path, there, file.bytes);
}

function same(path: string, one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0 || contentDigest({ path, bytes: one }) === contentDigest({ path, bytes: other });
}

/** Undefined where one of the two is no text, or too long. */
function linesBetween(was: Uint8Array, is: Uint8Array): FileChange['lines'] {
  const [before, after] = [linesOf(was), linesOf(is)];
  if (before === undefined || after === undefined || before.length + after.length > MOST_LINES) return undefined;
  // Node's `diff(actual, expected)` calls 1 what only the first has and -1 what only the second has.
  const operations = diff(before, after).map(([operation]) => operation);
  return { added: operations.filter((one) => one === -1).length, removed: operations.filter((one) => one === 1).length };
}

function linesOf(bytes: Uint8Array): string[] | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text.replace(/\n$/, '').split('\n');
  } catch {
    return undefined;
  }
}
