// What of production a run of a development copy changes or starts, told before there is a CLI to ask: for what is run without a card of its plan.
import type { Bundle } from '../../bundle/model/bundle.ts';
import { resolveBundle } from '../../bundle/proof/resolve-offline.ts';
import { environmentOf, productionTarget } from '../../bundle/yaml/describe-tree.ts';
import { toConfirm } from '../policy/release-diff.ts';
import { dataOfRun } from './data-of-run.ts';

/** In words for people; undefined where there are none, or where the target is production. */
export async function sharedData(bundle: Bundle, target: string, userName: string): Promise<string | undefined> {
  if (environmentOf(bundle, target) === 'production') return undefined;
  const main = productionTarget(bundle);
  const resolved = resolveBundle(bundle.files, target, { userName });
  const production = main === undefined || main === target ? undefined : resolveBundle(bundle.files, main, { userName });
  return toConfirm(await dataOfRun(bundle.files, resolved, production));
}
