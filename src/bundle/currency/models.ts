// Which settings one model knows, as a table that can be committed, and the question whether a given one is among them.
import type { Leaf } from '../model/leaves.ts';

/** All that may stand in a bundle (src/bundle/check/configuration.ts). */
export const MODELLED = [
  'alerts',
  'clusters',
  'dashboards',
  'experiments',
  'jobs',
  'models',
  'pipelines',
  'quality_monitors',
  'registered_models',
  'schemas',
  'sql_warehouses',
  'volumes',
] as const;
export type ModelledType = (typeof MODELLED)[number];

/** What a package or a CLI knows, read off it by a program. */
export interface Models {
  readonly source: string;
  readonly version: string;
  /** The type of each resource's settings; of others it knows none. */
  readonly roots: Readonly<Partial<Record<ModelledType, string>>>;
  /** A type a line, its name and its fields: `field` is a scalar, `field:Type` an object or a list of them, `field=Enum` one of its values, `field:{}` holds keys that people choose. */
  readonly types: string;
  /** An enumeration a line, its name and its values. */
  readonly enums: string;
}

/**
 * `other value`: the field is known, but not with this value, which the CLI hands on with a warning. `spelled`: as it is there, where
 * only capitals and small letters differ (facts: databricks#job-definitions).
 */
interface Known {
  readonly as: 'known' | 'other value';
  readonly spelled?: string;
}
type Knows = (type: ModelledType, leaf: Pick<Leaf, 'fields' | 'value'>) => Known | undefined;

const KNOWN: Known = { as: 'known' };

const taken = new WeakMap<Models, Knows>();

/** Asks a table, which is taken apart once: a run over hundreds of definitions asks the same one. */
export function createKnows(models: Models): Knows {
  const known = taken.get(models) ?? takeApart(models);
  taken.set(models, known);
  return known;
}

function takeApart({ roots, types, enums }: Models): Knows {
  const fields = new Map(linesOf(types).map(([name, found]) => [name, new Map(found.map(fieldOf))]));
  const values = new Map(linesOf(enums).map(([name, found]) => [name, new Map(found.map((value) => [value.toLowerCase(), value]))]));
  return (type, leaf) => {
    let at = roots[type];
    for (const field of leaf.fields) {
      const next = at === undefined ? undefined : fields.get(at)?.get(field);
      if (next === undefined) return undefined;
      if (next.kind === 'free') return KNOWN;
      if (next.kind === 'enum') {
        const text = String(leaf.value);
        const spelled = values.get(next.of)?.get(text.toLowerCase());
        if (spelled === undefined) return { as: 'other value' };
        return spelled === text ? KNOWN : { as: 'other value', spelled };
      }
      at = next.of;
    }
    return at === undefined ? undefined : KNOWN;
  };
}

function linesOf(text: string): [string, string[]][] {
  return text.split('\n').flatMap((line): [string, string[]][] => {
    const [name = '', ...rest] = line.split(' ');
    return name === '' ? [] : [[name, rest]];
  });
}

function fieldOf(text: string): [string, { kind: 'free' | 'enum' | 'type'; of: string }] {
  const [, name = text, sign, of = ''] = /^(\w+)(?:([:=])(.+))?$/.exec(text) ?? [];
  return [name, { kind: of === '{}' ? 'free' : sign === '=' ? 'enum' : 'type', of }];
}
