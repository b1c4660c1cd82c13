// Which tables are written where parameters or a pipeline say, by what all resources give to these.
import type { SourceTables } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven } from '../model/path-and-id-fields.ts';
import type { KeyedResource } from '../model/resources.ts';
import { namesIn } from './holes.ts';

/** What a pipeline calls where it writes: its own fields, and what it hands to its code. */
export function pipelineName({ fields }: Leaf): string | undefined {
  if (fields.length === 1 && ['catalog', 'schema', 'target'].includes(fields[0] ?? ''))
    return fields[0] === 'target' ? 'schema' : fields[0];
  return fields.length === 2 && fields[0] === 'configuration' ? fields[1]?.replace(/^.*\./, '') : undefined;
}

/** What a part of a table's name may be in production, in small letters; undefined where that is anything. */
type Possible = readonly string[] | undefined;

/** By all that resources give to their parameters; `value`: what the parameter in the part is given where it is asked. */
export function valuesOfParts(resources: readonly KeyedResource[]): (part: string, value?: string) => Possible {
  const values = new Map<string, Set<string>>();
  for (const { type, leaves } of resources) {
    for (const leaf of leaves.values()) {
      const given = type === 'jobs' ? parameterGiven(leaf) : { name: pipelineName(leaf), counted: undefined, value: leaf.value };
      for (const name of [given?.name?.replace(/^.*\./, '').toLowerCase(), given?.counted])
        if (name !== undefined) values.set(name, (values.get(name) ?? new Set()).add(String(given?.value).toLowerCase()));
    }
  }
  return (part, value) => {
    const [names, ...others] = namesIn(part);
    if (names === undefined) return [part.toLowerCase()];
    const known = value === undefined ? names.flatMap((name) => [...(values.get(name) ?? [])]) : [value.toLowerCase()];
    // A value in two parts stands for another place in the name as well.
    const isPlain = others.length === 0 && /^\{[^{}]*\}$/.test(part) && known.length > 0 && known.every((one) => /^[\w-]+$/.test(one));
    return isPlain ? known : undefined;
  };
}

/** Whether two names may be one table's: part by part from the end, as far as both say. */
function meet(one: readonly Possible[], other: readonly Possible[]): boolean {
  return one.every((part, i) => {
    const there = other[other.length - one.length + i];
    return part === undefined || there === undefined || part.some((value) => there.includes(value));
  });
}

/**
 * Tells whether a table, by what its parts may be, is one that is written where parameters or a pipeline say. One name may stand in several
 * schemas: a copy has only those tables that are written where they are read.
 */
export function createWritten(maySay: ReturnType<typeof valuesOfParts>, sources: readonly SourceTables[]) {
  const written = sources.flatMap(({ tables }) =>
    tables.flatMap(({ changes, parts }) => (changes && (parts.length === 1 || parts.join('').includes('{')) ? [parts] : [])),
  );
  const byName = Map.groupBy(written, (parts) => parts.at(-1)?.toLowerCase() ?? '');
  const withoutName = written.filter((parts) => parts.at(-1)?.includes('{') && maySay(parts.at(-2) ?? '') !== undefined);
  const isAmong = (all: readonly (readonly string[])[], table: readonly Possible[]) => {
    const there = all.map((parts) => parts.map((part) => maySay(part)));
    return there.some((one) => meet(table, one));
  };
  return {
    named: (name: string, table: readonly Possible[]) => isAmong(byName.get(name.toLowerCase()) ?? [], table),
    /** By a name that is computed, in a schema that is known: whether it is this one nobody can tell. */
    computed: (table: readonly Possible[]) => isAmong(withoutName, table),
  };
}
