// Looks in the workspace how a deployment ended that nobody saw end: what is there decides, and what may still be at work is waited for.
import { posix } from 'node:path';
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { createProposalRows, type ProposalRow } from '../../storage/deployment-proposals.ts';
import { UserError } from '../../values/errors.ts';
import { type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import type { TokenSource } from '../../values/patience.ts';
import { type DeploymentProposal, type DeployResult, deploymentProposalOf } from '../approval/deployment-proposal.ts';
import { LIMITS as CLI } from '../cli/limits.ts';
import { unboundOriginals } from '../plan/originals-to-adopt.ts';
import { validateAs } from '../plan/validate-as.ts';
import type { FileChange } from '../policy/release-diff.ts';
import { deployed } from './deploy-plan.ts';
import { endingWords, howItEnded, nextAfterAll, nextAfterMix } from './how-it-ended.ts';
import { LIMITS } from './limits.ts';
import { type ExecutionDeps, runsStill } from './run-once.ts';

interface LookDeps extends Pick<ExecutionDeps, 'db' | 'cli' | 'clock' | 'loadBundle'> {
  readonly workspace: (as: { host: string; token: TokenSource }) => Workspace;
  readonly readFiles: ReadDeployedFiles;
}

/** Until when the CLI may be at work that was begun for a row, in milliseconds since 1970: 0 where it is over, and no end where it is seen. */
async function mayRunUntil(row: ProposalRow, lastChange: () => Promise<number>): Promise<number> {
  const begunAt = (row.begunAt ?? row.decidedAt)?.getTime() ?? 0;
  const runs = runsStill(row);
  if (runs !== undefined) return runs ? Number.POSITIVE_INFINITY : 0;
  // Whoever has called it unknown has seen it end, or not.
  if (deploymentProposalOf(row).result?.mayRun !== true) return 0;
  return Math.min(begunAt + CLI.deployMs, Math.max(begunAt, await lastChange()) + CLI.quietMs);
}

/** When something was written last among the files and records of a deployment; 0 where nothing is there. */
async function lastChange(
  workspace: Pick<Workspace, 'listFolder'>,
  { bundle, resolved }: { bundle: Pick<Bundle, 'files'>; resolved: JsonObject },
): Promise<number> {
  const { state_path: statePath, file_path: filePath } = objectOf(resolved.workspace);
  const folders = new Set([statePath, ...bundle.files.map(({ path }) => posix.join(`${filePath}`, posix.dirname(path)))]);
  const times = await Promise.all(
    [...folders].map(async (folder) => (await workspace.listFolder(`${folder}`))?.map(({ modifiedAt = 0 }) => modifiedAt) ?? []),
  );
  return Math.max(0, ...times.flat());
}

/** When it is looked again how a deployment ended: ever later of one that nobody can look at, as when whoever it was for has disconnected. */
function nextLook({ begunAt, decidedAt }: ProposalRow, now: number): Date {
  const age = now - ((begunAt ?? decidedAt)?.getTime() ?? now);
  return new Date(now + Math.max(LIMITS.unseenMs, age * LIMITS.lookShare));
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
      if (ending.verdict === 'all') {
        const done: DeployResult = { ...(await deployed(open, row)), ending: 'all' };
        // Nothing went wrong that anybody has heard of.
        return ending.lock === undefined ? done : { ...done, problem, next: nextAfterAll(ending) };
      }
      const until = await mayRunUntil(row, () => lastChange(eyes.workspace, { bundle, resolved }));
      if (clock.now() < until) {
        const latest = Number.isFinite(until)
          ? `may still be at work, until ${new Date(until).toISOString().slice(11, 16)} UTC at the latest`
          : 'is still at work';
        const next = `The Databricks CLI ${latest}. I look again by myself, and tell you when it has ended.`;
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
    // Before the look, which may fail, or this process.
    if (deploymentProposalOf(row).result?.mayRun) await rows.lookAt(proposalId, nextLook(row, clock.now()));
    const result = await look(row, token);
    await rows.finish(proposalId, result.state, result);
    return result;
  };
}

/** Deployments that are looked for until it is known how they ended: the first look at each is somebody else's. */
export function createUnseen({ db, clock }: Pick<LookDeps, 'db' | 'clock'>) {
  const rows = createProposalRows(db);
  return {
    /** Those that are due for a look, each for one caller among all processes. */
    async due(): Promise<DeploymentProposal[]> {
      const now = new Date(clock.now());
      const due: DeploymentProposal[] = [];
      for (const row of await rows.dueForLook(now, LIMITS.looksAtOnce)) {
        // It would be seen at work: whoever sees that looks again when it is over.
        if (runsStill(row) === true) continue;
        if (await rows.takeLook(row.id, now, nextLook(row, now.getTime()))) due.push(deploymentProposalOf(row));
      }
      return due;
    },
  };
}
