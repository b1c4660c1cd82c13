// Whether a bundle can say a setting with the CLI at hand, and if not, what would have to be newer.
import type { Leaf } from '../model/leaves.ts';
import { BUNDLES } from './bundle-models.ts';
import { createKnows, type ModelledType, type Models } from './models.ts';
import { SDK } from './sdk-models.ts';

export type Currency = 'expressible' | 'newer CLI' | 'in no bundle' | 'unknown';

/** Where a setting stands; `why` says it in words, absent where there is nothing to say. */
interface Standing {
  readonly kind: Currency;
  readonly why?: string;
  /** The version of a CLI that knows it, where the one at hand does not. */
  readonly newer?: string;
}

/**
 * Sorts settings; `cli` is what the CLI at hand understands (`modelsOfSchema`), undefined where nothing of that is known. A value that the CLI
 * does not know is expressible, since it is handed on, and said all the same. `databricks-bundles` is released with the CLI, under one version
 * (facts: bundles#unknown-fields).
 */
export function createClassify(cli: Models | undefined) {
  const inCli = createKnows(cli ?? BUNDLES);
  const here = cli === undefined ? '' : `Databricks CLI ${cli.version}, `;
  return (type: ModelledType, leaf: Pick<Leaf, 'fields' | 'value'>): Standing => {
    const found = inCli(type, leaf);
    if (found?.as === 'known') return { kind: 'expressible' };
    if (found !== undefined) return { kind: 'expressible', why: handedOn(found.spelled, named(cli ?? BUNDLES)) };
    if (cli !== undefined && createKnows(BUNDLES)(type, leaf) !== undefined)
      return {
        kind: 'newer CLI',
        why: `needs a newer Databricks CLI: ${cli.version} does not know it, ${BUNDLES.version} does`,
        newer: BUNDLES.version,
      };
    if (createKnows(SDK)(type, leaf) !== undefined)
      return { kind: 'in no bundle', why: `not among what bundles express (${here}${named(BUNDLES)}), only in ${named(SDK)}` };
    return { kind: 'unknown', why: `in no model known here: ${here}${named(BUNDLES)}, ${named(SDK)}` };
  };
}

/**
 * The first field on the way to a setting that is not expressible, and where that stands; undefined where all of them are. No field at all is
 * on the way where the kind of resource is not.
 */
export function firstUnknown(
  classify: ReturnType<typeof createClassify>,
  type: ModelledType,
  { fields, value }: Pick<Leaf, 'fields' | 'value'>,
): (Standing & { readonly way: readonly string[] }) | undefined {
  if (classify(type, { fields, value }).kind === 'expressible') return undefined;
  const ways = [[], ...fields.map((_, i) => fields.slice(0, i + 1))];
  const way = ways.find((some) => classify(type, { fields: some, value }).kind !== 'expressible') ?? fields;
  return { ...classify(type, { fields: way, value }), way };
}

function handedOn(spelled: string | undefined, by: string): string {
  return spelled === undefined
    ? `not a value that ${by} knows; it is handed on`
    : `${by} spells it ${spelled}; it is handed on as it stands`;
}

function named({ source, version }: Models): string {
  return `${source} ${version}`;
}
