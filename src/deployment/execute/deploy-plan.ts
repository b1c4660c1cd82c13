// Deploys exactly a plan that was shown: looks once more whether it still holds, has the CLI carry it out, and says how that ended.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { UserError } from '../../values/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { comparable } from '../cli/plan-json.ts';
import { type FindsLeftovers, leftBehind } from '../plan/leftovers.ts';
import { type Refusal, refusal } from '../policy/refusals.ts';
import { deployedOf } from './deployed-links.ts';
import { type Ending, endingWords, nextAfterAll, nextAfterMix } from './how-it-ended.ts';

/** A plan, as the CLI printed it, with the files that it was made of. */
export type ShownPlan = Pick<ProposalRow, 'host' | 'target' | 'bundleDigest' | 'plan'>;

export const SEE_AGAIN = 'Ask for a fresh plan: it shows what a deployment would do now.';
const LOOK =
  'Look at the jobs of this bundle in the workspace, then ask for a fresh plan: it shows what is missing. Do not delete anything yet.';

interface PlannedAgain {
  readonly plan: JsonObject;
  readonly resolved: JsonObject;
  readonly bundle: Pick<Bundle, 'resources'>;
}

/** What has changed since the plan was shown; undefined when it may be deployed. */
export async function obstacleTo(
  open: Pick<OpenCli, 'digest'>,
  shown: ShownPlan,
  workspace: FindsLeftovers,
  { plan, resolved, bundle }: PlannedAgain,
): Promise<Refusal | undefined> {
  const before = parseJson(shown.plan);
  if (!isObject(before) || comparable(plan) !== comparable(before))
    return refusal('changed', 'The workspace has changed since this plan was made.', SEE_AGAIN);
  const left = await leftBehind(workspace, { plan, resolved, bundle });
  if (left !== undefined) return left;
  if ((await open.digest()) !== shown.bundleDigest)
    return refusal('changed', 'The files are not those that were approved.', 'Ask for a fresh plan.');
  return undefined;
}

interface Deploying {
  /** Somebody has confirmed what the plan deletes. */
  readonly deletes: boolean;
  readonly onProgress: (line: string) => void;
  /** Reads off the workspace how it ended. */
  readonly look: () => Promise<Ending>;
  readonly log: Logger;
}

/** Never rejects: what goes wrong without an answer from here on is unknown, not failed, since the workspace may have changed. */
export async function deployPlan(open: OpenCli, shown: ShownPlan, { deletes, onProgress, look, log }: Deploying): Promise<DeployResult> {
  try {
    const run = await open.deployPlan(shown.target, { plan: shown.plan, deletes }, onProgress);
    if (run.result.ended === 'late')
      return { ...unknown('The deployment is still running after 45 minutes; I have stopped waiting for it.'), mayRun: true };
    if (run.result.code === 0) return await deployed(open, shown);
    onProgress('Looking in the workspace how it ended');
    const words =
      run.result.code === null
        ? { problem: 'The Databricks CLI was killed in the middle of the deployment.', next: 'Ask for a fresh plan.' }
        : run.failure(`Deploying to ${shown.target}`);
    const ending = await look().catch(unlessForPeople);
    return ending === undefined ? unknown(words.problem) : await told(open, shown, { ...words, ending });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    log.error({ digest: shown.bundleDigest, target: shown.target, reason }, 'The deployment could not be followed');
    return unknown('The deployment could not be followed to its end.');
  }
}

/** What is deployed, as one that is done. */
export async function deployed(open: OpenCli, shown: Pick<ShownPlan, 'host' | 'target'>): Promise<DeployResult> {
  const summary = await open.summary(shown.target).catch(unlessForPeople);
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

/** What the CLI called an error, with what is so in the workspace. */
async function told(
  open: OpenCli,
  shown: ShownPlan,
  { problem, next, ending }: { problem: string; next: string; ending: Ending },
): Promise<DeployResult> {
  const said = `${problem} ${endingWords(ending, shown.target)}`;
  const { verdict } = ending;
  if (verdict === 'all') return { ...(await deployed(open, shown)), ending: verdict, problem: said, next: nextAfterAll(ending) };
  return {
    ok: false,
    state: 'failed',
    ending: verdict,
    jobs: [],
    problem: said,
    next: verdict === 'mix' ? nextAfterMix(ending, shown.target) : next,
  };
}

function unlessForPeople(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

export function failed(problem: string, next: string): DeployResult {
  return { ok: false, state: 'failed', jobs: [], problem: `${problem} Nothing was deployed.`, next, ending: 'nothing' };
}

export function unknown(problem: string): DeployResult {
  return { ok: false, state: 'unknown', jobs: [], problem, next: LOOK };
}
