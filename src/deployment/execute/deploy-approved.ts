// Executes an approved proposal, once ever, as the person who approved it. Reached from the approved button only.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { createProposalRows, type ProposalRow } from '../../storage/deployment-proposals.ts';
import type { OnWait, TokenSource } from '../../values/patience.ts';
import { type DeployResult, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import { deployedVersions } from '../deployed/deployed-versions.ts';
import { placeElsewhere, placeTaken } from '../place/place-words.ts';
import { validateAs } from '../plan/validate-as.ts';
import { notDeployable } from '../policy/refusals.ts';
import { doomedBy } from '../policy/rules-of-loss.ts';
import { failed, unknown } from './deploy-plan.ts';
import { deployShown } from './deploy-shown.ts';
import { LIMITS } from './limits.ts';
import { type ExecutionDeps, end, leftBehind, runOnce, type ToExecute } from './run-once.ts';

interface DeployerDeps extends ExecutionDeps {
  /** The workspace as one person. */
  readonly workspace: (as: { host: string; token: TokenSource; onWait: OnWait }) => Workspace;
  readonly readFiles: ReadDeployedFiles;
  /** What was shown, as its conversation sees it now. */
  readonly bundleOf: (row: ProposalRow) => Promise<Bundle | undefined>;
  readonly writes: (as: { host: string; token: TokenSource }) => Pick<WorkspaceWrites, 'updateJob'>;
}

export function createDeployer(deps: DeployerDeps) {
  const { cli, db, loadBundle, readFiles, clock, log } = deps;
  const rows = createProposalRows(db);

  async function execute(row: ProposalRow, token: TokenSource, onProgress: (line: string) => void): Promise<DeployResult> {
    const bundle = await deps.bundleOf(row);
    if (bundle === undefined) return failed('The bundle of this plan is no longer stored.', 'Ask for a fresh plan.');
    const refused = notDeployable(bundle)?.words;
    if (refused !== undefined) return failed(refused.problem, refused.next);
    const { host, target, userName } = row;
    const { release, outdated } = deploymentProposalOf(row);
    if (outdated !== undefined) return failed(outdated.problem, outdated.next);
    const workspace = deps.workspace({ host, token, onWait: onProgress });
    const onProgram = (program: object) => rows.runs(row.id, program);
    return await cli.open({ files: bundle.files, host, token, onWait: onProgress, onProgram }, async (open) => {
      const versions = await deployedVersions(rows, loadBundle, { host, rootPath: row.rootPath ?? '' });
      // In a folder of its own: a plan that runs beside it writes what validate reads (facts: cli#environment-and-scratch-folder).
      const resolve = () =>
        cli.open(
          { files: bundle.files, host, token, onWait: onProgress },
          async (own) => (await validateAs(own, target, userName)).resolved,
        );
      const done = await deployShown(
        open,
        {
          cli,
          workspace,
          readFiles,
          token,
          writes: deps.writes({ host, token }),
          begin: () => rows.begin(row.id, new Date(clock.now())),
          onProgress,
          log,
        },
        { bundle, shown: row, resolve, userName, release, versions, deletes: doomedBy(release).length > 0 },
      );
      return 'why' in done ? failed(done.words.problem, done.words.next) : done;
    });
  }

  return {
    /** Never rejects for a deployment that fails: the answer says how it ended, and the row says it too. The token should have 30 min left. */
    async deploy({ proposalId, token, onProgress }: ToExecute): Promise<DeployResult> {
      const start = await rows.start(proposalId);
      if (start.kind === 'refused') return failed('This plan is not approved, or was used before.', 'Ask for a fresh plan.');
      if (start.kind === 'busy') {
        const problem = `Another deployment of this bundle to ${start.row.target} is running.`;
        return end(rows, proposalId, failed(problem, 'Wait until it is over, then ask for a fresh plan.'));
      }
      if (start.kind !== 'started') {
        const words = start.kind === 'taken' ? placeTaken(start.place) : placeElsewhere(start.place);
        return end(rows, proposalId, failed(words.problem, words.next));
      }
      const result = await runOnce(rows, proposalId, () => execute(start.row, token, onProgress), {
        failed,
        broke: () => failed('Something went wrong on my side before the deployment began.', 'Ask for a fresh plan.'),
        onProgress,
        clock,
        log,
      });
      if (result.mayRun) await rows.lookAt(proposalId, new Date(clock.now() + LIMITS.unseenMs));
      return result;
    },

    /** Ends an approved proposal that can't be begun, for the reason given in words for people. */
    abandon: (proposalId: string, problem: string) => end(rows, proposalId, failed(problem, 'Reply in the thread to get a fresh plan.')),

    /** For whoever knows that the owner of a running deployment is dead: it is begun anew where nothing was written yet, else it ends as unknown. */
    leftBehind: (proposalId: string, onProgress?: ToExecute['onProgress']) => {
      const died = (_row: ProposalRow, mayRun: boolean) => ({
        ...unknown('I was stopped in the middle of this deployment, and whether it finished is not known.'),
        ...(mayRun ? { mayRun } : {}),
      });
      return leftBehind(rows, proposalId, died, { clock, onProgress });
    },

    /** Those that wait to be carried out, or are being carried out. */
    interrupted: async () => (await rows.interrupted()).map(deploymentProposalOf),
  };
}
