// Which source has to come before which because of tables and paths: one writes what another only reads.
import { LIMITS } from '../source/limits.ts';

interface Traffic {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

interface Flow {
  readonly from: number;
  readonly to: number;
  /** The table or path that `from` writes and `to` reads, as `from` names it. */
  readonly what: string;
}

/** The flows between sources, by their numbers; one for each pair. For what a source writes itself it waits for nobody. */
export function flowsBetween(all: readonly Traffic[]): Flow[] {
  // By the last part, so that not every name is held against every other.
  const writers = new Map<string, { from: number; name: string }[]>();
  for (const [from, { writes }] of all.entries()) {
    for (const name of writes) {
      const key = isPath(name) ? trimmed(name) : lastPart(name);
      const known = writers.get(key) ?? [];
      if (key !== '' && known.length < LIMITS.ordered) writers.set(key, [...known, { from, name }]);
    }
  }
  const flows: Flow[] = [];
  for (const [to, { reads }] of all.entries()) {
    const found = new Map<number, string>();
    for (const read of reads) {
      const same = keysOf(read).flatMap((key) => (writers.get(key) ?? []).filter(({ name }) => isSame(name, read)));
      if (same.some(({ from }) => from === to)) continue;
      for (const { from, name } of same) if (!found.has(from)) found.set(from, name);
    }
    flows.push(...[...found].map(([from, what]) => ({ from, to, what })));
  }
  return flows.sort((a, b) => a.from - b.from || a.to - b.to);
}

function isPath(name: string): boolean {
  return /[/:]/.test(name);
}

function trimmed(path: string): string {
  return path.replace(/\/$/, '');
}

/** Of a table; empty where it is computed, and could be any. */
function lastPart(name: string): string {
  const last = partsOf(name).at(-1) ?? '';
  return /^\$?\{[^}]*\}$/.test(last) ? '' : last;
}

/** In small letters; `{args.schema}` is one of them. */
function partsOf(name: string): string[] {
  return name.toLowerCase().match(/(?:\{[^{}]*\}|[^.])+/g) ?? [];
}

/** What a writer of this may be filed under: of a path, itself and the folders it lies in. */
function keysOf(read: string): string[] {
  if (!isPath(read)) return [lastPart(read)];
  const parts = trimmed(read).split('/').slice(0, LIMITS.ordered);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).filter((path) => path !== '');
}

/** Whether two names mean one table: part by part from the end, a computed part (`{catalog}`) being any; paths are told by their key. */
function isSame(written: string, read: string): boolean {
  if (isPath(written) || isPath(read)) return isPath(written) && isPath(read);
  const [one, two] = [partsOf(written).reverse(), partsOf(read).reverse()];
  return one.every((part, index) => two[index] === undefined || part === two[index] || (index > 0 && /[{}]/.test(`${part}${two[index]}`)));
}
