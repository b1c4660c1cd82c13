// Deploys exactly a plan that was shown: looks once more whether it still holds, has the CLI carry it out, and says how that ended.
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { isObject, parseJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { OpenCli, UntouchedRun } from '../cli/open-bundle.ts';
import { comparable } from '../cli/plan-json.ts';
import { jobsLeftBehind, type ListsJobs } from '../plan/leftover-jobs.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';
import { deployedOf } from './deployed-links.ts';

/** A plan, as the CLI printed it, with the files that it was made of. */
type ShownPlan = Pick<ProposalRow, 'host' | 'target' | 'bundleDigest' | 'plan'>;

const LOOK =
  'Look at the jobs of this bundle in the workspace, then ask for a fresh plan: it shows what is missing. Do not delete anything yet.';

/** What has changed since the plan was shown; undefined when it may be deployed. */
export async function obstacleTo(open: OpenCli, shown: ShownPlan, workspace: ListsJobs): Promise<Refusal | undefined> {
  const again = await open.plan(shown.target);
  const before = parseJson(shown.plan);
  if (!isObject(before) || comparable(again.plan) !== comparable(before))
    return refusal(
      'changed',
      'The workspace has changed since this plan was made.',
      'Ask for a fresh plan: it shows what a deployment would do now.',
    );
  const left = await jobsLeftBehind(workspace, again.plan);
  if (left !== undefined) return left;
  if ((await open.digest()) !== shown.bundleDigest)
    return refusal('changed', 'The files are not those that were approved.', 'Ask for a fresh plan.');
  return undefined;
}

/** Never rejects: what goes wrong without an answer from here on is unknown, not failed, since the workspace may have changed. */
export async function deployPlan(
  open: OpenCli,
  shown: ShownPlan,
  { onProgress, log }: { readonly onProgress: (line: string) => void; readonly log: Logger },
): Promise<DeployResult> {
  const run = await open.deployPlan(shown.target, shown.plan, onProgress).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'unknown';
    log.error({ digest: shown.bundleDigest, target: shown.target, reason }, 'The deployment could not be followed');
    return undefined;
  });
  return run === undefined ? unknown('The deployment could not be followed to its end.') : await outcome(open, shown, run);
}

async function outcome(open: OpenCli, shown: ShownPlan, { result, begun, failure }: UntouchedRun): Promise<DeployResult> {
  if (result.ended === 'late')
    return { ...unknown('The deployment is still running after 45 minutes; I have stopped waiting for it.'), mayRun: true };
  if (result.code === 0) {
    const summary = await open.summary(shown.target).catch(() => undefined);
    if (summary === undefined)
      return {
        ok: true,
        state: 'done',
        jobs: [],
        problem: 'It was deployed, but its addresses could not be read.',
        next: 'Find the jobs by name in the workspace.',
      };
    return { ok: true, state: 'done', ...deployedOf(summary, shown.host) };
  }
  const words = failure(`Deploying to ${shown.target}`);
  if (result.code === null) return unknown('The Databricks CLI was killed in the middle of the deployment.');
  if (!begun) return failed(words.problem, words.next);
  // Where the API answered (4xx, 5xx), state and lock are in order: an ordinary failure (facts: cli#network-faults). Where the sign-in or the
  // connection was lost, they may not be.
  if (/\([45]\d\d [A-Z_]+\)/.test(result.stderr) && !/\(401 /.test(result.stderr))
    return {
      ok: false,
      state: 'failed',
      jobs: [],
      problem: `${words.problem} Files were uploaded, and some resources may have been deployed before.`,
      next: words.next,
    };
  return unknown(words.problem);
}

export function failed(problem: string, next: string): DeployResult {
  return { ok: false, state: 'failed', jobs: [], problem: `${problem} Nothing was deployed.`, next };
}

export function unknown(problem: string): DeployResult {
  return { ok: false, state: 'unknown', jobs: [], problem, next: LOOK };
}
