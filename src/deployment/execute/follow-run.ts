// Follows runs that were started to their end, by their rows: any process may look, and a restarted one goes on.
import type { Workspace } from '../../databricks/workspace.ts';
import type { Db } from '../../storage/db/db.ts';
import { createWriteRows } from '../../storage/write-proposals.ts';
import type { Clock } from '../../values/clock.ts';
import { UpstreamError, UserError } from '../../values/errors.ts';
import type { TokenSource } from '../../values/patience.ts';
import { type WriteProposal, type WriteResult, writeProposalOf } from '../approval/write-result.ts';
import { LIMITS } from './limits.ts';

type Runs = Pick<Workspace, 'getRun' | 'getPipelineUpdate' | 'getRunFailure' | 'getUpdateFailure'>;

export function createRunFollower(deps: { db: Db; workspace: (as: { host: string; token: TokenSource }) => Runs; clock: Clock }) {
  const { clock } = deps;
  const rows = createWriteRows(deps.db);

  return {
    /** The runs that are due for a look, each for one caller among all processes. */
    async due(): Promise<WriteProposal[]> {
      const now = clock.now();
      const mine: WriteProposal[] = [];
      for (const row of await rows.dueForLook(new Date(now), LIMITS.looksAtOnce)) {
        const proposal = writeProposalOf(row);
        const age = now - (proposal.result?.run?.startedAt ?? now);
        const pause = Math.min(Math.max(age * LIMITS.lookShare, LIMITS.lookMs.least), LIMITS.lookMs.most);
        if (await rows.takeLook(row.id, new Date(now), new Date(now + pause))) mine.push(proposal);
      }
      return mine;
    },

    /** Looks at a run as the person who started it; undefined while it goes on. `token` rejects with UserError where they are not connected any more. */
    async look({ host, result }: WriteProposal, token: TokenSource): Promise<WriteResult | undefined> {
      const { run, link } = result ?? {};
      if (run === undefined) throw new Error('a write that is followed has no run');
      const seen = { run, ...(link === undefined ? {} : { link }) };
      try {
        const workspace = deps.workspace({ host, token });
        const { runId, pipelineId, startedAt } = run;
        const state = await (pipelineId === undefined ? workspace.getRun(runId) : workspace.getPipelineUpdate(pipelineId, runId));
        // Of an update the API does not say how long it took.
        const ms = pipelineId === undefined ? state.ms : clock.now() - startedAt;
        if (state.over)
          return {
            ...{ ...seen, ...endOf(state.result), ...(ms === undefined ? {} : { ms }) },
            ...(await why(workspace, run, state.result)),
          };
      } catch (error) {
        if (!isPassing(error)) {
          const problem = error instanceof UserError ? error.words.problem : 'It could not be read.';
          return { ...seen, state: 'unknown', problem: `It was started, but how it ends I can’t see: ${problem}`, next: LOOK };
        }
      }
      if (clock.now() - run.startedAt < LIMITS.followMs) return undefined;
      const hours = Math.round(LIMITS.followMs / 3_600_000);
      return {
        ...seen,
        state: 'unknown',
        problem: `It was started and was not over after ${hours} hours; I have stopped following it.`,
        next: LOOK,
      };
    },

    /** Writes down how a run ended. */
    end: (id: string, result: WriteResult) => rows.finish(id, result.state, result),
  };
}

const LOOK = 'Look at the run in the workspace.';
const AGAIN = 'Look at the run, then ask me to run it again.';

/** How a run ended, in words (facts: databricks#runs-and-statements). */
function endOf(result: string): Pick<WriteResult, 'state' | 'problem' | 'next'> {
  switch (result) {
    case 'SUCCESS':
      return { state: 'done' };
    case 'SUCCESS_WITH_FAILURES':
      return { state: 'done', problem: 'The run succeeded, but some of its tasks failed.', next: LOOK };
    case 'CANCELED':
    case 'UPSTREAM_CANCELED':
      return { state: 'failed', problem: 'The run was cancelled.', next: AGAIN };
    case 'TIMEDOUT':
      return { state: 'failed', problem: 'The run took longer than the job allows.', next: AGAIN };
    case 'SKIPPED':
    case 'MAXIMUM_CONCURRENT_RUNS_REACHED':
      return { state: 'failed', problem: 'The run was skipped: the job was running already, as often as it may.', next: AGAIN };
    default:
      return { state: 'failed', problem: 'The run failed.', next: AGAIN };
  }
}

/** What the task or the pipeline said that failed first: foreign text, for people. */
async function why(
  workspace: Runs,
  { runId, pipelineId }: NonNullable<WriteResult['run']>,
  result: string,
): Promise<Pick<WriteResult, 'said'>> {
  if (result === 'SUCCESS' || (pipelineId !== undefined && result !== 'FAILED')) return {};
  const asked = pipelineId === undefined ? workspace.getRunFailure(runId) : workspace.getUpdateFailure(pipelineId, runId);
  const { task = '', error = '' } = (await asked.catch(() => undefined)) ?? {};
  const said = [task, error].filter((part) => part !== '').join(': ');
  return said === '' ? {} : { said: said.slice(0, LIMITS.errorCharacters) };
}

/** Busy, down or out of reach for now: the next look may see it. */
function isPassing(error: unknown): boolean {
  const cause = error instanceof UserError ? error.cause : error;
  if (!(cause instanceof UpstreamError)) return !(error instanceof UserError);
  const { status } = cause.failure;
  return status === undefined || status === 429 || status >= 500;
}
