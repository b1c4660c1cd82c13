// Takes originals over: binds what exists in the workspace to the keys of a bundle, before the first deployment of a target.
import type { Bundle, BundleResource } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { objectOf } from '../../values/json.ts';
import type { OpenCli } from '../cli/open-bundle.ts';

type Original = Pick<BundleResource, 'type' | 'key'> & { readonly id: string };

/**
 * Binds every resource of the bundle that is not bound yet to its original. Rejects with UserError, before the first is bound, where another
 * resource has the key, or another bundle has the original.
 */
export async function bindOriginals(
  open: OpenCli,
  workspace: Workspace,
  { bundle, target }: { readonly bundle: Bundle; readonly target: string },
  onProgress: (line: string) => void,
): Promise<void> {
  const doing = `Taking the original over in ${target}`;
  const deployed = objectOf((await open.summary(target)).resources);
  const wanted: Original[] = [];
  for (const { type, key, id } of bundle.resources) {
    if (id === undefined || id === '') continue;
    const there = objectOf(objectOf(deployed[type])[key]).id;
    if (there !== undefined && String(there) !== id)
      throw new UserError({
        doing,
        problem: `${key} is already deployed there as ${String(there)}, a copy.`,
        next: `Destroy that copy or unbind it (databricks bundle deployment unbind ${key} -t ${target}), then deploy again.`,
      });
    if (there === undefined) wanted.push({ type, key, id });
  }
  for (const original of wanted)
    if (await isOfABundle(workspace, original))
      throw new UserError({
        doing,
        problem: `A bundle already owns ${original.id}: destroying one of the two would delete it for both.`,
        next: 'Unbind it there first (databricks bundle deployment unbind), or deploy a copy instead.',
      });
  for (const { type, key, id } of wanted) {
    onProgress(`Binding ${type}.${key} to ${id}`);
    const run = await open.bind(target, key, id);
    if (run.result.code !== 0) throw new UserError(run.failure(`Binding ${key} to ${id}`));
  }
}

/** Whether a bundle has deployed it; a dashboard doesn't say. */
async function isOfABundle(workspace: Workspace, { type, id }: Original): Promise<boolean> {
  if (type === 'jobs') return (await workspace.getJob(id)).deploymentKind === 'BUNDLE';
  if (type === 'dashboards') return false;
  return objectOf((await workspace.getPipeline(id)).spec.deployment).kind === 'BUNDLE';
}
