// Takes originals over: binds what exists in the workspace to the keys of a bundle, before the first deployment of a target.
import type { Bundle, ResourceType } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject } from '../../values/json.ts';
import type { OpenCli } from '../cli/open-bundle.ts';

/** What a deployment's state holds under a key; undefined where it is not deployed. */
export function entryOf(summary: JsonObject, type: string, key: string): JsonObject | undefined {
  const group = isObject(summary.resources) ? summary.resources[type] : undefined;
  const found = isObject(group) ? group[key] : undefined;
  return isObject(found) ? found : undefined;
}

/**
 * Binds every resource of the bundle to its original, unless it is already. Looks at all of them before the first is bound: rejects with
 * UserError where another resource has the key, or another bundle has the original.
 */
export async function bindOriginals(
  open: OpenCli,
  workspace: Workspace,
  bundle: Bundle,
  target: string,
  show: (line: string) => void,
): Promise<void> {
  const doing = `Taking the original over in ${target}`;
  const summary = await open.summary(target);
  const wanted: { type: ResourceType; key: string; id: string }[] = [];
  for (const { type, key, id } of bundle.resources) {
    if (id === undefined || id === '') continue;
    const deployed = entryOf(summary, type, key)?.id;
    if (deployed !== undefined && String(deployed) !== id)
      throw new UserError({
        doing,
        problem: `${key} is already deployed there as ${String(deployed)}, a copy.`,
        next: `Destroy that copy or unbind it (databricks bundle deployment unbind ${key} -t ${target}), then deploy again.`,
      });
    if (deployed === undefined) wanted.push({ type, key, id });
  }
  for (const { type, id } of wanted)
    if (await isOfABundle(workspace, type, id))
      throw new UserError({
        doing,
        problem: `A bundle already owns ${id}: destroying one of the two would delete it for both.`,
        next: 'Unbind it there first (databricks bundle deployment unbind), or convert without --adopt for a copy.',
      });
  for (const { type, key, id } of wanted) {
    show(`Binding ${type}.${key} to ${id}`);
    const run = await open.bind(target, key, id);
    if (run.result.code !== 0) throw open.failure(`Binding ${key} to ${id}`, run);
  }
}

/** Whether a bundle has deployed it; a dashboard doesn't say. */
async function isOfABundle(workspace: Workspace, type: ResourceType, id: string): Promise<boolean> {
  if (type === 'jobs') return (await workspace.getJob(id)).deploymentKind === 'BUNDLE';
  if (type === 'dashboards') return false;
  const { deployment } = (await workspace.getPipeline(id)).spec;
  return isObject(deployment) && deployment.kind === 'BUNDLE';
}
