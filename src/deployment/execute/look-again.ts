// Looks in the workspace how a deployment ended that nobody saw end: what is there decides, and what may still be at work is waited for.
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { createProposalRows, type ProposalRow } from '../../storage/deployment-proposals.ts';
import { UserError } from '../../values/errors.ts';
import { objectOf, parseJson } from '../../values/json.ts';
import type { TokenSource } from '../../values/patience.ts';
import { type DeployResult, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import { LIMITS } from '../cli/limits.ts';
import { unboundOriginals } from '../plan/originals-to-adopt.ts';
import { validateAs } from '../plan/validate-as.ts';
import type { FileChange } from '../policy/release-diff.ts';
import { deployed } from './deploy-plan.ts';
import { endingWords, howItEnded, nextAfterMix } from './how-it-ended.ts';
import type { ExecutionDeps } from './run-once.ts';

interface LookDeps extends Pick<ExecutionDeps, 'db' | 'cli' | 'clock' | 'loadBundle'> {
  readonly workspace: (as: { host: string; token: TokenSource }) => Workspace;
  readonly readFiles: ReadDeployedFiles;
}

export function createLookAgain({ db, cli, clock, loadBundle, workspace, readFiles }: LookDeps) {
  const rows = createProposalRows(db);

  async function look(row: ProposalRow, token: TokenSource): Promise<DeployResult> {
    const { host, target, userName } = row;
    const bundle = await loadBundle(row.bundleDigest);
    if (bundle === undefined)
      throw new UserError({ doing: 'Looking how it ended', problem: 'The bundle is no longer stored.', next: 'Look in the workspace.' });
    const { files } = bundle;
    return await cli.open({ files, host, token }, async (open) => {
      const { resolved } = await validateAs(open, target, userName);
      const { release } = deploymentProposalOf(row);
      const all = files.map(({ path }): FileChange => ({ path, change: 'added', byHand: false }));
      const changes = release === undefined || release.first ? all : release.files;
      const eyes = { workspace: workspace({ host, token }), readFiles };
      const originals = unboundOriginals(bundle, target, objectOf(parseJson(row.plan)));
      const ending = await howItEnded(open, eyes, { bundle, resolved, changes, carriedOut: row, originals });
      const problem = endingWords(ending, target);
      if (ending.verdict === 'all') return { ...(await deployed(open, row)), ending: 'all', problem, next: 'Nothing needs to be done.' };
      const until = (row.decidedAt?.getTime() ?? 0) + LIMITS.deployMs;
      if (clock.now() < until) {
        const at = new Date(until).toISOString().slice(11, 16);
        const next = `The Databricks CLI may still be at work, until ${at} UTC at the latest: look again then, or earlier.`;
        return { ok: false, state: 'unknown', jobs: [], problem: `So far: ${problem}`, next, mayRun: true };
      }
      const next = ending.verdict === 'mix' ? nextAfterMix(ending, target) : 'Ask for a fresh plan.';
      return { ok: false, state: 'failed', ending: ending.verdict, jobs: [], problem, next };
    });
  }

  /**
   * How a deployment that is called unknown has ended, written into its row; undefined where it is not called so (any more). Changes nothing
   * in the workspace. Rejects with UserError where that can't be read.
   */
  return async ({ proposalId, token }: { readonly proposalId: string; readonly token: TokenSource }): Promise<DeployResult | undefined> => {
    const row = await rows.get(proposalId);
    if (row?.state !== 'unknown') return undefined;
    const result = await look(row, token);
    await rows.finish(proposalId, result.state, result);
    return result;
  };
}
