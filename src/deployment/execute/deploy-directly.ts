// Deploys a converted bundle with the CLI and compares what the workspace then answers with what the bundle says.
import type { Bundle, ResourceType } from '../../bundle/model/bundle.ts';
import { compareDashboard, compareDeployed, type DeployedDifference } from '../../bundle/proof/compare-deployed.ts';
import { compareDeployedGrants } from '../../bundle/proof/compare-grants.ts';
import { deployerOf, resolvedResource } from '../../bundle/proof/resolved-target.ts';
import type { Login } from '../../command-line/convert.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { entriesOf } from '../cli/plan-json.ts';
import { bindOriginals, entryOf } from './bind-originals.ts';

export interface Deployed {
  /** Addresses of the jobs. */
  readonly jobs: readonly string[];
  readonly differences: readonly (DeployedDifference & { readonly resource: string })[];
  /** What the CLI warned of before it deployed; `validate --strict` would have refused it. */
  readonly warnings: readonly string[];
}

/** Binds where the target takes originals over, plans, deploys exactly that plan, and compares. Rejects with UserError where it was refused or failed. */
export async function deploy(
  cli: Cli,
  workspace: Workspace,
  bundle: Bundle,
  login: Login,
  target: string,
  show: (line: string) => void,
): Promise<Deployed> {
  const doing = `Deploying to ${target}`;
  if (bundle.secrets.length > 0)
    throw new UserError({
      doing,
      problem: `The bundle holds ${bundle.secrets.length} hard-coded ${bundle.secrets.length === 1 ? 'secret' : 'secrets'}.`,
      next: 'Replace them (a secret scope and {{secrets/scope/key}} in the job, dbutils.secrets.get in code), then convert again.',
    });
  return await cli.open({ files: bundle.files, host: login.host, token: login.token }, async (open) => {
    const { resolved, warnings } = await open.validate(target);
    if (bundle.adoption[target] === 'bind') await bindOriginals(open, workspace, bundle, target, show);
    const { text, plan } = await open.plan(target);
    checkPlan(doing, plan);
    const run = await open.deployPlan(target, text, show);
    if (run.result.code !== 0) throw open.failure(doing, run);
    const summary = await open.summary(target);
    return { ...(await compareAll(workspace, bundle, resolved, summary)), warnings };
  });
}

async function compareAll(
  workspace: Workspace,
  bundle: Bundle,
  resolved: JsonObject,
  summary: JsonObject,
): Promise<Omit<Deployed, 'warnings'>> {
  const jobs: string[] = [];
  const differences: (DeployedDifference & { resource: string })[] = [];
  const ids = new Map(bundle.resources.map(({ type, key }) => [`${type}.${key}`, String(entryOf(summary, type, key)?.id ?? '')]));
  for (const { type, key } of bundle.resources) {
    const deployed = entryOf(summary, type, key);
    const id = deployed?.id === undefined ? undefined : String(deployed.id);
    if (id === undefined) {
      differences.push({ resource: `${type}.${key}`, place: '', was: 'deployed', is: undefined });
      continue;
    }
    if (type === 'jobs') jobs.push(typeof deployed?.url === 'string' ? deployed.url : `${workspace.host}/jobs/${id}`);
    const [settings, grants] = await Promise.all([
      compareSettings(workspace, { resolved, ids }, type, key, id),
      workspace
        .listPermissions(type, id)
        .then((found) => compareDeployedGrants(resolvedResource(resolved, type, key) ?? {}, found, deployerOf(resolved))),
    ]);
    differences.push(...[...settings, ...grants].map((one) => ({ ...one, resource: `${type}.${key}` })));
  }
  return { jobs, differences };
}

async function compareSettings(
  workspace: Workspace,
  of: { readonly resolved: JsonObject; readonly ids: ReadonlyMap<string, string> },
  type: ResourceType,
  resourceKey: string,
  id: string,
): Promise<DeployedDifference[]> {
  if (type === 'dashboards') return compareDashboard({ ...of, resourceKey, deployed: await workspace.getDashboard(id) });
  if (type === 'pipelines') {
    const { spec, runAs } = await workspace.getPipeline(id);
    return compareDeployed({ ...of, type, resourceKey, deployed: spec, runAs });
  }
  const { settings, runAs } = await workspace.getJob(id);
  return compareDeployed({ ...of, type, resourceKey, deployed: settings, runAs });
}

/** A conversion adds or updates; a plan that takes away is that of another bundle of this name. */
function checkPlan(doing: string, plan: JsonObject): void {
  const gone = entriesOf(plan).filter(
    ({ action, node, body }) => (action === 'delete' || action === 'recreate') && !node.endsWith('.permissions') && body.gone !== true,
  );
  if (gone.length === 0) return;
  throw new UserError({
    doing,
    problem: `The plan would ${gone.map(({ action, node }) => `${action} ${node.replace(/^resources\./, '')}`).join(', ')}: another bundle of this name is there.`,
    next: 'Give the bundle another name in databricks.yml; if this is really wanted, deploy it with the Databricks CLI yourself.',
  });
}
