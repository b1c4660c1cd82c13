// Deploys a bundle for whoever sits at the keyboard, without a card: the checks of every deployment, and a comparison afterwards.
import type { Bundle } from '../../bundle/model/bundle.ts';
import { environmentOf } from '../../bundle/yaml/describe-tree.ts';
import { createDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { TokenSource } from '../../values/patience.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { Cli } from '../cli/open-bundle.ts';
import { checkPlanned } from '../place/check-planned.ts';
import { lookAtPlace } from '../place/look-at-place.ts';
import { rootOf } from '../place/root-of.ts';
import { leftBehind } from '../plan/leftovers.ts';
import { asAdopted, copyInPlace, unboundOriginals } from '../plan/originals-to-adopt.ts';
import { notDeployable, type Refusal, refusal, takesOthersAway } from '../policy/refusals.ts';
import { compareAfterwards, type ResourceDifference } from './compare-afterwards.ts';
import { deployShown } from './deploy-shown.ts';

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
  login: { host: string; token: TokenSource };
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
      const { userName } = await workspace.me();
      const rootPath = rootOf(bundle, target, userName);
      const at = { bundle, host: login.host, target, environment: environmentOf(bundle, target), rootPath, userName, subject: '' };
      const seen = await lookAtPlace(workspace, NOTHING_KNOWN, at);
      if ('problem' in seen) return { kind: 'refused', refusal: refusal('place', seen.problem, seen.next) };
      return await cli.open({ files: bundle.files, ...login }, async (open) => {
        const { resolved, warnings } = await open.validate(target);
        const planned = await open.plan(target);
        const originals = unboundOriginals(bundle, target, planned.plan);
        const adopted =
          copyInPlace(bundle, target, planned.plan) ??
          (await asAdopted(workspace, planned.plan, { originals, bundle, resolved, rootPath }));
        if ('why' in adopted) return { kind: 'refused', refusal: adopted };
        const wrong = await checkPlanned(workspace, { ...seen, plan: adopted.plan, rootPath, bundle });
        if (wrong !== undefined) return { kind: 'refused', refusal: refusal('place', wrong.problem, wrong.next) };
        const harm = (await leftBehind(workspace, { plan: adopted.plan, resolved, bundle })) ?? takesOthersAway(planned.plan);
        if (harm !== undefined) return { kind: 'refused', refusal: harm };
        const shown = { host: login.host, target, bundleDigest: bundle.digest, plan: planned.text };
        const result = await deployShown(
          open,
          { cli, workspace, readFiles, token: login.token, onProgress, log },
          { bundle, shown, resolve: async () => resolved, userName, deletes: false },
        );
        if ('why' in result) return { kind: 'refused', refusal: result };
        // A deployment that succeeded may still have a problem: what it made could not be read, so nothing can be compared.
        const { jobs, problem } = result;
        if (problem !== undefined) throw new UserError({ doing: `Deploying to ${target}`, problem, next: LOOK });
        const differences = await compareAfterwards(workspace, bundle, { resolved, ids: idsOf(result) });
        return { kind: 'deployed', jobs: jobs.map(({ url }) => url), differences, warnings };
      });
    },
  };
}

const LOOK = 'Look in the workspace, then deploy again: the plan is made of what is there by then.';
/** The command line keeps no rows of places: what is read off the workspace must do. */
const NOTHING_KNOWN = { at: async () => undefined, ofProduction: async () => undefined };

/** The ids of what was deployed, by `jobs.key`. */
function idsOf({ jobs, others = [] }: DeployResult): Map<string, string> {
  return new Map([
    ...jobs.map(({ key, id }): [string, string] => [`jobs.${key}`, id]),
    ...others.map(({ kind, key, id }): [string, string] => [`${kind}s.${key}`, id]),
  ]);
}
