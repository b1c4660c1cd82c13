// Compares what the workspace answers after a deployment with what the bundle says: settings, and who may do what.
import type { Bundle, BundleResource } from '../../bundle/model/bundle.ts';
import { compareDashboard, compareDeployed, type DeployedDifference } from '../../bundle/proof/compare-deployed.ts';
import { compareDeployedGrants } from '../../bundle/proof/compare-grants.ts';
import { deployerOf, resolvedResource } from '../../bundle/proof/resolved-target.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { JsonObject } from '../../values/json.ts';

export type ResourceDifference = DeployedDifference & { readonly resource: string };

interface Deployed {
  /** The configuration of the target. */
  readonly resolved: JsonObject;
  /** The ids of what was deployed, by `jobs.key`. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Empty where everything of the bundle is there and as the bundle has it. */
export async function compareAfterwards(workspace: Workspace, bundle: Bundle, deployed: Deployed): Promise<ResourceDifference[]> {
  const differences: ResourceDifference[] = [];
  for (const one of bundle.resources) {
    const resource = `${one.type}.${one.key}`;
    const id = deployed.ids.get(resource);
    const found =
      id === undefined
        ? [{ place: '', was: 'deployed', is: undefined }]
        : (await Promise.all([compareSettings(workspace, one, id, deployed), comparePermissions(workspace, one, id, deployed)])).flat();
    differences.push(...found.map((difference) => ({ ...difference, resource })));
  }
  return differences;
}

async function comparePermissions(workspace: Workspace, { type, key }: BundleResource, id: string, { resolved }: Deployed) {
  const grants = await workspace.listPermissions(type, id);
  return compareDeployedGrants(resolvedResource(resolved, type, key) ?? {}, grants, deployerOf(resolved));
}

async function compareSettings(workspace: Workspace, { type, key: resourceKey }: BundleResource, id: string, of: Deployed) {
  if (type === 'dashboards') return compareDashboard({ ...of, resourceKey, deployed: await workspace.getDashboard(id) });
  if (type === 'pipelines') {
    const { spec, runAs } = await workspace.getPipeline(id);
    return compareDeployed({ ...of, type, resourceKey, deployed: spec, runAs });
  }
  const { settings, runAs } = await workspace.getJob(id);
  return compareDeployed({ ...of, type, resourceKey, deployed: settings, runAs });
}
