// Settings that a tree writes for a target and that the CLI at hand would leave out, whatever job they came from.
import { objectOf } from '../../values/json.ts';
import { createClassify, firstUnknown } from '../currency/classify.ts';
import { MODELLED, type Models } from '../currency/models.ts';
import type { BundleFile } from '../model/bundle.ts';
import { leavesOf } from '../model/leaves.ts';
import { configurationOf } from '../yaml/describe-tree.ts';

export interface LostSetting {
  /** The field that is not known, such as `triggers`, or the kind of resource; several settings may stand below it. */
  readonly field: string;
  /** The version of a CLI that knows it; absent where none does that we know of. */
  readonly newer?: string;
}

/** One entry a setting (facts: bundles#unknown-fields). Throws UserError where the YAML can't be read. */
export function lostSettings(files: readonly BundleFile[], target: string, models: Models): LostSetting[] {
  const classify = createClassify(models);
  const parts = configurationOf(files).flatMap(({ value }) => [value.resources, objectOf(objectOf(value.targets)[target]).resources]);
  return parts.flatMap((resources) =>
    MODELLED.flatMap((type) =>
      Object.values(objectOf(objectOf(resources)[type])).flatMap((resource) =>
        [...leavesOf(objectOf(resource)).values()].flatMap((leaf): LostSetting[] => {
          const { way, newer } = firstUnknown(classify, type, leaf) ?? {};
          return way === undefined ? [] : [{ field: way.at(-1) ?? type, ...(newer === undefined ? {} : { newer }) }];
        }),
      ),
    ),
  );
}
