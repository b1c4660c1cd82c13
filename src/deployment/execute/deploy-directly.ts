// Deploys a bundle for whoever sits at the keyboard, without a card: the checks of every deployment, and a comparison afterwards.
import type { Bundle } from '../../bundle/model/bundle.ts';
import { createDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { readFileChanges } from '../plan/file-changes-there.ts';
import { planTarget } from '../plan/plan-target.ts';
import { notDeployable, type Refusal, takesOthersAway } from '../policy/refusals.ts';
import { bindOriginals } from './bind-originals.ts';
import { compareAfterwards, type ResourceDifference } from './compare-afterwards.ts';
import { deployPlan, obstacleTo } from './deploy-plan.ts';
import { howItEnded } from './how-it-ended.ts';

type DirectDeployment =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'deployed';
      /** Addresses of the jobs. */
      readonly jobs: readonly string[];
      readonly differences: readonly ResourceDifference[];
      /** What the CLI warned of before it deployed; `validate --strict` would have refused it. */
      readonly warnings: readonly string[];
    };

export function createDirectDeployer(deps: {
  cli: Cli;
  workspace: Workspace;
  login: { host: string; token: string };
  clock: Clock;
  log: Logger;
}) {
  const { cli, workspace, login, clock, log } = deps;
  const readFiles = createDeployedFiles({ clock });
  return {
    /**
     * Binds where the target takes originals over, plans, looks whether that plan still holds, deploys exactly it, and compares. Rejects
     * with UserError where there is no CLI, an original can't be taken over, or the deployment fails.
     */
    async deploy(bundle: Bundle, target: string, onProgress: (line: string) => void): Promise<DirectDeployment> {
      const refused = notDeployable(bundle);
      if (refused !== undefined) return { kind: 'refused', refusal: refused };
      const opening = { files: bundle.files, ...login };
      return await cli.open(opening, async (open) => {
        const { resolved, warnings } = await open.validate(target);
        if (bundle.adoption[target] === 'bind') await bindOriginals(open, workspace, { bundle, target }, onProgress);
        const planned = await planTarget(open, workspace, bundle, target);
        if ('why' in planned) return { kind: 'refused', refusal: planned };
        const harm = takesOthersAway(planned.plan);
        if (harm !== undefined) return { kind: 'refused', refusal: harm };
        const shown = { host: login.host, target, bundleDigest: bundle.digest, plan: planned.text };
        onProgress('Checking that nothing has changed since the plan');
        const refusal = await obstacleTo(open, shown, workspace);
        if (refusal !== undefined) return { kind: 'refused', refusal };
        const eyes = { workspace, readFiles };
        const deployment = { files: bundle.files, resolved, carriedOut: shown };
        const changes = await readFileChanges(eyes, deployment);
        const look = () => cli.open(opening, (fresh) => howItEnded(fresh, eyes, { ...deployment, changes }));
        const result = await deployPlan(open, shown, { deletes: false, onProgress, look, log });
        // A deployment that succeeded may still have a problem: what it made could not be read, so nothing can be compared.
        const { jobs, problem, next = '' } = result;
        if (problem !== undefined) throw new UserError({ doing: `Deploying to ${target}`, problem, next });
        const differences = await compareAfterwards(workspace, bundle, { resolved, ids: idsOf(result) });
        return { kind: 'deployed', jobs: jobs.map(({ url }) => url), differences, warnings };
      });
    },
  };
}

/** The ids of what was deployed, by `jobs.key`. */
function idsOf({ jobs, others = [] }: DeployResult): Map<string, string> {
  return new Map([
    ...jobs.map(({ key, id }): [string, string] => [`jobs.${key}`, id]),
    ...others.map(({ kind, key, id }): [string, string] => [`${kind}s.${key}`, id]),
  ]);
}
