// Executes an approved proposal, once ever: re-plan, compare, `deploy --plan`, summary. Reached from the approved button only.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { Db } from '../../storage/db/db.ts';
import { createProposalRows, type ProposalRow } from '../../storage/proposals.ts';
import { isObject, parseJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import { type DeploymentProposal, type DeployResult, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import type { Cli, OpenCli, UntouchedRun } from '../cli/open-bundle.ts';
import { comparable } from '../cli/plan-json.ts';
import { failureWords } from '../cli/stderr.ts';
import { findLeftoverJobs, leftoverRefusal, type WorkspaceOf } from '../plan/leftover-jobs.ts';
import { sameUser } from '../plan/same-user.ts';
import { refusal, secretsRefusal } from '../policy/refusals.ts';
import { deployedOf } from './deployed-links.ts';
import { runOnce, settle } from './run-once.ts';

export interface Deployer {
  /** Never rejects for a deployment that fails: the answer says how it ended, and the row says it too. The token should have 30 min left. */
  deploy(input: { proposalId: string; token: string; onProgress: (line: string) => void }): Promise<DeployResult>;
  /** Ends an approved proposal that can't be begun, for the reason given in words for people. */
  abandon(proposalId: string, problem: string): Promise<DeployResult>;
  /** At start: calls deployments that a dead program left running unknown, and approvals it never began failed. Answers them. */
  recover(): Promise<DeploymentProposal[]>;
}

export interface DeployerDeps {
  readonly cli: Cli;
  readonly db: Db;
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
  readonly log: Logger;
  /** Lets it look for jobs that an earlier deployment left behind; without it that check is left out. */
  readonly workspace?: WorkspaceOf;
}

const NOTHING_DONE = 'Nothing was deployed.';
const LOOK =
  'Look at the jobs of this bundle in the workspace, then ask for a fresh plan: it shows what is missing. Do not delete anything yet.';

export function createDeployer(deps: DeployerDeps): Deployer {
  const { cli, db, loadBundle, log } = deps;
  const rows = createProposalRows(db);

  async function execute(row: ProposalRow, token: string, onProgress: (line: string) => void): Promise<DeployResult> {
    const bundle = await loadBundle(row.bundleDigest);
    if (bundle === undefined) return failed('The bundle of this plan is no longer stored.', 'Ask for a fresh plan.');
    const refused = refusal(bundle.files) ?? secretsRefusal(bundle);
    if (refused !== undefined) return failed(refused.problem, refused.next);
    return await cli.open({ files: bundle.files, host: row.host, token }, async (open) => {
      onProgress('Checking that nothing has changed since the plan');
      const obstacle = await obstacleTo(deps, open, row, token);
      if (obstacle !== undefined) return failed(obstacle.problem, obstacle.next);
      // From here on the workspace may change: whatever goes wrong without an answer is unknown, not failed.
      const run = await open.deployPlan(row.target, row.plan, onProgress).catch((error: unknown) => {
        log.error({ proposal: row.id, reason: error instanceof Error ? error.message : 'unknown' }, 'The deployment could not be followed');
        return undefined;
      });
      return run === undefined ? unknown('The deployment could not be followed to its end.') : await outcome(open, row, run);
    });
  }

  return {
    async deploy({ proposalId, token, onProgress }) {
      const start = await rows.start(proposalId);
      if (start.kind === 'refused') return failed('This plan is not approved, or was used before.', 'Ask for a fresh plan.');
      if (start.kind === 'busy') {
        const result = failed(
          `Another deployment of this bundle to ${start.row.target} is running.`,
          'Wait until it is over, then ask for a fresh plan.',
        );
        await rows.finish(proposalId, result.state, result);
        return result;
      }
      return runOnce(rows, proposalId, () => execute(start.row, token, onProgress), {
        failed,
        broke: () => failed('Something went wrong on my side before the deployment began.', 'Ask for a fresh plan.'),
        onProgress,
        log,
      });
    },

    async abandon(proposalId, problem) {
      const result = failed(problem, 'Reply in the thread to get a fresh plan.');
      await rows.finish(proposalId, result.state, result);
      return result;
    },

    async recover() {
      const left = await settle(rows, {
        running: () => ({
          ...unknown('I was stopped in the middle of this deployment, and whether it finished is not known.'),
          mayRun: true,
        }),
        approved: () => failed('I was stopped before this deployment began.', 'Ask for a fresh plan.'),
      });
      return left.map(deploymentProposalOf);
    },
  };
}

/** Everything that must hold before the write; words for the first thing that does not. */
async function obstacleTo(
  { workspace }: DeployerDeps,
  open: OpenCli,
  row: ProposalRow,
  token: string,
): Promise<{ problem: string; next: string } | undefined> {
  const { resolved } = await open.validate(row.target);
  sameUser(resolved, row.userName, row.target);
  const again = await open.plan(row.target);
  const approved = parseJson(row.plan);
  if (!isObject(approved) || comparable(again.plan) !== comparable(approved))
    return {
      problem: 'The workspace has changed since this plan was made.',
      next: 'Ask for a fresh plan: it shows what a deployment would do now.',
    };
  const orphans = workspace === undefined ? [] : await findLeftoverJobs(workspace({ host: row.host, token }), again.plan);
  if (orphans.length > 0) return leftoverRefusal(orphans);
  if ((await open.digest()) !== row.bundleDigest)
    return { problem: 'The files are not those that were approved.', next: 'Ask for a fresh plan.' };
  return undefined;
}

async function outcome(open: OpenCli, row: ProposalRow, { result, begun, hidden }: UntouchedRun): Promise<DeployResult> {
  if (result.ended === 'late')
    return { ...unknown('The deployment is still running after 45 minutes; I have stopped waiting for it.'), mayRun: true };
  if (result.code === 0) {
    const summary = await open.summary(row.target).catch(() => undefined);
    if (summary === undefined)
      return {
        ok: true,
        state: 'done',
        jobs: [],
        problem: 'It was deployed, but its addresses could not be read.',
        next: 'Find the jobs by name in the workspace.',
      };
    return { ok: true, state: 'done', ...deployedOf(summary, row.host) };
  }
  const words = failureWords(`Deploying to ${row.target}`, result.stderr, hidden);
  if (result.code === null) return unknown('The Databricks CLI was killed in the middle of the deployment.');
  if (!begun) return failed(words.problem, words.next);
  // An answer of the API (4xx, 5xx) is an ordinary failure: state and lock are in order (facts: cli#network-faults). A lost sign-in or
  // connection is not.
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

function failed(problem: string, next: string): DeployResult {
  return { ok: false, state: 'failed', jobs: [], problem: `${problem} ${NOTHING_DONE}`, next };
}

function unknown(problem: string): DeployResult {
  return { ok: false, state: 'unknown', jobs: [], problem, next: LOOK };
}
