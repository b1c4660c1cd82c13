// Executes an approved proposal, once ever, as the person who approved it. Reached from the approved button only.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { Db } from '../../storage/db/db.ts';
import { createProposalRows, type ProposalRow } from '../../storage/deployment-proposals.ts';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { type DeploymentProposal, type DeployResult, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import type { Cli } from '../cli/open-bundle.ts';
import type { ListsJobs } from '../plan/leftover-jobs.ts';
import { sameUser } from '../plan/same-user.ts';
import { notDeployable, type Refusal } from '../policy/refusals.ts';
import { deployPlan, failed, obstacleTo, unknown } from './deploy-plan.ts';
import { runOnce, settle } from './run-once.ts';

interface Deployer {
  /** Never rejects for a deployment that fails: the answer says how it ended, and the row says it too. The token should have 30 min left. */
  deploy(input: { proposalId: string; token: string; onProgress: (line: string) => void }): Promise<DeployResult>;
  /** Ends an approved proposal that can't be begun, for the reason given in words for people. */
  abandon(proposalId: string, problem: string): Promise<DeployResult>;
  /** At start, after a program died: its running deployments end as unknown, its approved ones as failed. Answers them. */
  recover(): Promise<DeploymentProposal[]>;
}

interface DeployerDeps {
  readonly cli: Cli;
  readonly db: Db;
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
  /** The workspace as one person, to look for jobs that an earlier deployment left behind. */
  readonly workspace: (as: { host: string; token: string }) => ListsJobs;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createDeployer(deps: DeployerDeps): Deployer {
  const { cli, db, loadBundle, workspace, clock, log } = deps;
  const rows = createProposalRows(db);

  async function execute(row: ProposalRow, token: string, onProgress: (line: string) => void): Promise<DeployResult> {
    const bundle = await loadBundle(row.bundleDigest);
    if (bundle === undefined) return failed('The bundle of this plan is no longer stored.', 'Ask for a fresh plan.');
    const refused = notDeployable(bundle);
    if (refused !== undefined) return failedBy(refused);
    return await cli.open({ files: bundle.files, host: row.host, token }, async (open) => {
      onProgress('Checking that nothing has changed since the plan');
      sameUser((await open.validate(row.target)).resolved, row.userName, row.target);
      const obstacle = await obstacleTo(open, row, workspace({ host: row.host, token }));
      return obstacle === undefined ? await deployPlan(open, row, { onProgress, log }) : failedBy(obstacle);
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
        clock,
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

function failedBy({ words }: Refusal): DeployResult {
  return failed(words.problem, words.next);
}
