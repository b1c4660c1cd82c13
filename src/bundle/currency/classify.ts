// Whether a bundle can say a setting with the CLI at hand, and if not, what would have to be newer.
import type { Leaf } from '../model/leaves.ts';
import { BUNDLES } from './bundle-models.ts';
import { createKnows, type ModelledType, type Models } from './models.ts';
import { SDK } from './sdk-models.ts';

const inBundles = createKnows(BUNDLES);
const inSdk = createKnows(SDK);

type Currency = 'expressible' | 'newer CLI' | 'in no bundle' | 'unknown';

/** Where a setting stands; `why` says it in words, absent where there is nothing to say. */
interface Standing {
  readonly kind: Currency;
  readonly why?: string;
}

/**
 * Sorts settings; `cli` is what the CLI at hand understands (`modelsOfSchema`), undefined where nothing of that is known. A value that the CLI
 * does not know is expressible, since it is handed on, and said all the same. `databricks-bundles` is released with the CLI, under one version
 * (facts: bundles#unknown-fields).
 */
export function createClassify(cli: Models | undefined) {
  const inCli = cli === undefined ? inBundles : createKnows(cli);
  const here = cli === undefined ? '' : `Databricks CLI ${cli.version}, `;
  return (type: ModelledType, leaf: Pick<Leaf, 'fields' | 'value'>): Standing => {
    const found = inCli(type, leaf);
    if (found === 'known') return { kind: 'expressible' };
    if (found === 'other value') return { kind: 'expressible', why: `not a value that ${named(cli ?? BUNDLES)} knows; it is handed on` };
    if (cli !== undefined && inBundles(type, leaf) !== undefined)
      return { kind: 'newer CLI', why: `needs a newer Databricks CLI: ${cli.version} does not know it, ${BUNDLES.version} does` };
    if (inSdk(type, leaf) !== undefined)
      return { kind: 'in no bundle', why: `not among what bundles express (${here}${named(BUNDLES)}), only in ${named(SDK)}` };
    return { kind: 'unknown', why: `in no model known here: ${here}${named(BUNDLES)}, ${named(SDK)}` };
  };
}

function named({ source, version }: Models): string {
  return `${source} ${version}`;
}
