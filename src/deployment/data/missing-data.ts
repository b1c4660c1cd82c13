// What a run of a development copy reads from where only it writes, and does not write.
import type { Analysis } from '../../analysis/analyze.ts';
import { volumeOf, volumesRead } from '../../analysis/table-places.ts';
import type { Leaf } from '../../bundle/model/leaves.ts';
import { code, listed } from '../policy/phrases.ts';
import type { Finding } from '../policy/release-diff.ts';
import type { Named } from './named.ts';
import { filled } from './values-given.ts';

interface Given {
  readonly valueFor: (parameter: string) => string | undefined;
}

/** The volumes that it reads in a copy where production reads other ones, and these. */
export function volumesElsewhere(analysis: Analysis, given: Given, inProduction: Given): (readonly [string, string])[] {
  const named = volumesRead(analysis).map((parts) => {
    const nameBy = ({ valueFor }: Given) => parts.map((part) => filled(part, valueFor)).join('.');
    return [nameBy(given), nameBy(inProduction)] as const;
  });
  return named.filter(([name, original]) => name !== original && !`${name}${original}`.includes('{'));
}

/** Schemas by their names alone: what dbt makes in them nobody reads here. */
export function filledByDbt(jobs: readonly ReadonlyMap<string, Leaf>[]): Set<string> {
  const all = jobs.flatMap((leaves) => [...leaves.values()]);
  const schemas = all.filter(({ fields }) => fields.at(-2) === 'dbt_task' && fields.at(-1) === 'schema');
  return new Set(schemas.map(({ value }) => String(value).toLowerCase()));
}

interface Files {
  /** Those that are read, by what they are in production. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Those that are changed. */
  readonly paths: readonly string[];
}

/** `named`: tables and models. `filledSchemas`: in which it writes more than anybody can name. */
export function missingFinding(named: readonly Named[], filledSchemas: ReadonlySet<string>, { volumes, paths }: Files): Finding[] {
  const changed = new Set(named.flatMap(({ changes, name }) => (changes ? [name.toLowerCase()] : [])));
  const isFilled = (name: string) => {
    const schema = name.slice(0, name.lastIndexOf('.'));
    return changed.has(name) || filledSchemas.has(schema) || filledSchemas.has(schema.slice(schema.lastIndexOf('.') + 1));
  };
  const missing = named.filter(({ changes, name, instead }) => !changes && instead !== undefined && !isFilled(name.toLowerCase()));
  const volumesChanged = new Set(paths.map((path) => volumeOf(path)?.join('.').toLowerCase()));
  const inVolumes = [...volumes].filter(([name]) => !volumesChanged.has(name.toLowerCase()));
  const all = new Map([
    ...missing.map(({ kind, name, instead = '' }) => [kind === 'model' ? `the model ${code(name)}` : code(name), code(instead)] as const),
    ...inVolumes.map(([name, original]) => [`the files in volume ${code(name)}`, code(original)] as const),
  ]);
  if (all.size === 0) return [];
  const each = [...all].map(([name, original]) => `${name} (production reads ${original})`);
  const text = `A run of this copy would read what nothing in this bundle fills: ${listed(each)}. Copy it there first, or ask me to read it from production by a parameter of its own.`;
  // Nothing is harmed by it: such a run ends with an error.
  return [{ rule: 'missing tables', weight: 'note', text }];
}
