// Which settings one model knows, as a table that can be committed, and the question whether a given one is among them.
import type { Leaf } from '../model/leaves.ts';

/** Resources whose settings are looked up; of others nothing is said. */
export type ModelledType = 'jobs' | 'pipelines';

/** What a package or a CLI knows, read off it by a program. */
export interface Models {
  readonly source: string;
  readonly version: string;
  /** The type of each resource's settings. */
  readonly roots: Readonly<Record<ModelledType, string>>;
  /** A type a line, its name and its fields: `field` is a scalar, `field:Type` an object or a list of them, `field=Enum` one of its values, `field:{}` holds keys that people choose. */
  readonly types: string;
  /** An enumeration a line, its name and its values. */
  readonly enums: string;
}

/** `other value`: the field is known, but not with this value, which the CLI hands on with a warning. */
type Knows = (type: ModelledType, leaf: Pick<Leaf, 'fields' | 'value'>) => 'known' | 'other value' | undefined;

const taken = new WeakMap<Models, Knows>();

/** Asks a table, which is taken apart once: a run over hundreds of definitions asks the same one. */
export function createKnows(models: Models): Knows {
  const known = taken.get(models) ?? takeApart(models);
  taken.set(models, known);
  return known;
}

function takeApart({ roots, types, enums }: Models): Knows {
  const fields = new Map(linesOf(types).map(([name, found]) => [name, new Map(found.map(fieldOf))]));
  // Services answer some values in another case than they take them: `gitHub` is `github` in older jobs.
  const values = new Map(linesOf(enums).map(([name, found]) => [name, new Set(found.map((value) => value.toLowerCase()))]));
  return (type, leaf) => {
    let at: string = roots[type];
    for (const field of leaf.fields) {
      const next = fields.get(at)?.get(field);
      if (next === undefined) return undefined;
      if (next.kind === 'free') return 'known';
      if (next.kind === 'enum') return values.get(next.of)?.has(String(leaf.value).toLowerCase()) === true ? 'known' : 'other value';
      at = next.of;
    }
    return 'known';
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
