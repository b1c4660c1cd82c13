// Values that were called secrets: each keeps its name, and is found again wherever it stands in a tree.
import type { Bundle, BundleFile, CalledSecret, SecretFinding } from '../model/bundle.ts';

export type TreeWithSecrets = Pick<Bundle, 'files' | 'secrets' | 'called'>;

/** Shorter values stand in words of every text: they are secret only where they were called one. */
export const FOUND_EVERYWHERE = 8;

/** All values that were called secrets in a tree or before; the same value has one name. What has a name keeps it. */
export function calledIn({ files, secrets, called = [] }: TreeWithSecrets): CalledSecret[] {
  const texts = textsOf(files, secrets);
  const names = new Map(called.map(({ value, name }) => [value, name]));
  const taken = new Set(names.values());
  const keep = (value: string, name: string) => {
    names.set(value, name);
    taken.add(name);
  };
  const values = inOrder(secrets).map((finding) => ({ ...finding, value: valueAt(finding, texts) }));
  for (const { value, name } of values) if (value !== '' && name !== undefined && !names.has(value) && !taken.has(name)) keep(value, name);
  for (const { value, kind } of values) {
    if (value === '' || names.has(value)) continue;
    let count = 1;
    while (taken.has(numbered(kind, count))) count++;
    keep(value, numbered(kind, count));
  }
  return [...names].map(([value, name]) => ({ value, name }));
}

/**
 * All secrets of some files: those that `secrets` names, and every other place where a value stands as a whole that was called one before
 * or is called one now, whatever its variable is called. One that could be a word is no secret in other places: its deployment would wait
 * for the word to go away.
 */
export function callSecrets({ files, secrets, called = [] }: TreeWithSecrets): SecretFinding[] {
  const all = calledIn({ files, secrets, called });
  const names = new Map(all.map(({ value, name }) => [value, name]));
  const texts = textsOf(files, secrets);
  const named = secrets.map((finding) => ({ ...finding, name: names.get(valueAt(finding, texts)) }));
  const searched = all.filter(({ value }) => value.length >= FOUND_EVERYWHERE && !/^[A-Za-z]+$/.test(value));
  if (searched.length === 0) return inOrder(named);
  const more = files.flatMap(({ path, bytes }) => {
    const text = new TextDecoder().decode(bytes);
    const here = named.filter((finding) => finding.path === path);
    return searched.flatMap(({ name, value }) =>
      occurrences(text, value).flatMap((start): (typeof named)[number][] => {
        const end = start + value.length;
        if (isWordAt(text, start - 1) || isWordAt(text, end)) return [];
        if (here.some((one) => one.start < end && one.end > start)) return [];
        return [{ path, line: lineAt(text, start), start, end, kind: name.replace(/^\d+ /, ''), name }];
      }),
    );
  });
  return inOrder([...named, ...more]);
}

/** Counts from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function textsOf(files: readonly BundleFile[], secrets: readonly SecretFinding[]): Map<string, string> {
  const wanted = new Set(secrets.map(({ path }) => path));
  return new Map(files.flatMap(({ path, bytes }) => (wanted.has(path) ? [[path, new TextDecoder().decode(bytes)]] : [])));
}

function valueAt({ path, start, end }: SecretFinding, texts: ReadonlyMap<string, string>): string {
  return texts.get(path)?.slice(start, end) ?? '';
}

function inOrder<Finding extends SecretFinding>(secrets: readonly Finding[]): Finding[] {
  return [...secrets].sort((a, b) => (a.path === b.path ? a.start - b.start : a.path < b.path ? -1 : 1));
}

function numbered(kind: string, count: number): string {
  return count === 1 ? kind : `${count} ${kind}`;
}

function occurrences(text: string, value: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) found.push(at);
  return found;
}

function isWordAt(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}
