// Values that were called secrets: each keeps its name, and is found again wherever it stands in a tree.
import { createFinder, SHORTEST } from '../../values/find-texts.ts';
import { lineCounter } from '../../values/text.ts';
import type { Bundle, BundleFile, CalledSecret, SecretFinding } from '../model/bundle.ts';

export type TreeWithSecrets = Pick<Bundle, 'files' | 'secrets' | 'called'>;

/** Shorter values stand in words of every text: they are secret only where they were called one. */
export const FOUND_EVERYWHERE = SHORTEST;
/** Places of one value in one file that are named; the others are masked all the same, and named when these are gone. */
const MOST_PLACES = 100;

/** All values that were called secrets in a tree or before; the same value has one name, however it is spelled. What has a name keeps it. */
export function calledIn({ files, secrets, called = [] }: TreeWithSecrets): CalledSecret[] {
  const all = [...called];
  const names = new Map(namesOf(called));
  const taken = new Set(called.map(({ name }) => name));
  const keep = (value: string, name: string) => {
    all.push({ name, value });
    taken.add(name);
    for (const spelling of spellingsOf(value)) if (!names.has(spelling)) names.set(spelling, name);
  };
  const texts = textsOf(files, secrets);
  const values = inOrder(secrets).map((finding) => ({ name: finding.name, kind: finding.kind, value: valueAt(finding, texts) }));
  for (const { value, name } of values) if (value !== '' && name !== undefined && !names.has(value) && !taken.has(name)) keep(value, name);
  const counts = new Map<string, number>();
  for (const { value, kind } of values) {
    if (value === '' || names.has(value)) continue;
    let count = counts.get(kind) ?? 1;
    while (taken.has(numbered(kind, count))) count++;
    counts.set(kind, count);
    keep(value, numbered(kind, count));
  }
  return all;
}

/** The name of each value in every spelling. */
export function namesOf(called: readonly CalledSecret[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { value, name } of called) for (const spelling of spellingsOf(value)) names.set(spelling, name);
  // What was called so itself comes last: its own name stays.
  for (const { value, name } of called) names.set(value, name);
  return names;
}

/**
 * All secrets of some files: those that `secrets` names, and every other place where a value stands as a whole that was called one before
 * or is called one now, whatever its variable is called. One that could be a word is no secret in other places: its deployment would wait
 * for the word to go away.
 */
export function callSecrets({ files, secrets, called = [] }: TreeWithSecrets): SecretFinding[] {
  const all = calledIn({ files, secrets, called });
  const names = namesOf(all);
  const texts = textsOf(files, secrets);
  const named = secrets.map((finding) => ({ ...finding, name: names.get(valueAt(finding, texts)) }));
  const searched = createFinder([...names.keys()].filter((value) => !/^[A-Za-z]+$/.test(value)));
  if (searched.size() === 0) return inOrder(named);
  const byPath = Map.groupBy(inOrder(named), ({ path }) => path);
  const more = files.flatMap(({ path, bytes }) => {
    const text = new TextDecoder().decode(bytes);
    const covered = coverOf(byPath.get(path) ?? []);
    const lineAt = lineCounter(text);
    const places = new Map<string, number>();
    const whole = searched.find(text, (start, end) => !isWordAt(text, start - 1) && !isWordAt(text, end));
    return whole.flatMap(({ start, end, value }) => {
      const place = (places.get(value) ?? 0) + 1;
      if (place > MOST_PLACES || covered(start, end)) return [];
      places.set(value, place);
      const name = names.get(value) ?? '';
      return [{ path, line: lineAt(start), start, end, kind: name.replace(/^\d+ /, ''), name }];
    });
  });
  return inOrder([...named, ...more]);
}

/** What is spelled in one way only. */
const PLAIN = /^[!#-[\]-~]*$/;

/** How a value may stand in files: as it was written first, as that means where it holds escapes, and with the escapes of JSON and YAML. */
function spellingsOf(value: string): readonly string[] {
  if (PLAIN.test(value)) return [value];
  const meant = unescaped(value);
  return [...new Set([value, meant, JSON.stringify(meant).slice(1, -1)])];
}

function unescaped(written: string): string {
  if (!written.includes('\\')) return written;
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return written;
  }
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

/** Whether one of the findings, which are in order, overlaps a passage; passages are asked for in order. */
function coverOf(findings: readonly SecretFinding[]): (start: number, end: number) => boolean {
  let next = 0;
  let reach = 0;
  return (start, end) => {
    for (let one = findings[next]; one !== undefined && one.start < end; one = findings[++next]) reach = Math.max(reach, one.end);
    return reach > start;
  };
}

function isWordAt(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}
