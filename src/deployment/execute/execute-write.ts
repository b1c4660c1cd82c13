// Carries out an approved write, once ever, as the person who approved it. Reached from the approved button only.
import type { WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import { createPlaceRows } from '../../storage/deployment-places.ts';
import { createWriteRows, type WriteRow } from '../../storage/write-proposals.ts';
import type { TokenSource } from '../../values/patience.ts';
import { type Write, writeOf } from '../approval/write.ts';
import { notDone, unknown, type WriteResult, writeProposalOf } from '../approval/write-result.ts';
import { destroyBundle, runBundle, startedRun } from './by-cli.ts';
import { executeSql, runJob, uploadBundle } from './by-rest.ts';
import { LIMITS } from './limits.ts';
import { type ExecutionDeps, end, leftBehind, type RunningWrite, runOnce, saidBy, type ToExecute } from './run-once.ts';

interface WriteExecutorDeps extends ExecutionDeps {
  readonly writes: (as: { host: string; token: TokenSource }) => WorkspaceWrites;
}

export function createWriteExecutor(deps: WriteExecutorDeps) {
  const { db, cli, loadBundle, clock, log } = deps;
  const rows = createWriteRows(db);
  const places = createPlaceRows(db);

  /** A place that was destroyed is one no more. */
  async function afterwards({ host, rootPath }: WriteRow, result: WriteResult): Promise<WriteResult> {
    if (rootPath !== undefined && result.state === 'done') await places.forget({ host, rootPath });
    return result;
  }

  return {
    /** Never rejects for a write that fails: the answer says how it ended, and the row says it too. */
    async execute({ proposalId, token, onProgress }: ToExecute): Promise<WriteResult> {
      const before = await rows.get(proposalId);
      if (before === undefined) return notDone('This proposal is not known.', AGAIN);
      const write = writeOf(before);
      const { host, userName } = before;
      const start = await rows.start(proposalId);
      if (start === 'refused') return notDone('This is not approved, or was used before.', AGAIN);
      if (start === 'busy')
        return end(rows, proposalId, notDone('A deployment of this bundle is running.', 'Wait until it is over, then ask me again.'));
      const onProgram = (program: object) => rows.runs(proposalId, program);
      const begin = () => rows.begin(proposalId, new Date(clock.now()));
      const running = {
        ...{ proposalId, host, userName, token, writes: deps.writes({ host, token }) },
        ...{ cli, clock, loadBundle, begin, onProgress, onProgram },
      };
      const work = async () => afterwards(before, await carryOut(write, running));
      return runOnce(rows, proposalId, work, {
        failed: notDone,
        broke: () => unknown('Something went wrong on my side while I did this.'),
        onProgress,
        clock,
        log,
      });
    },

    /** Ends an approved write that can't be begun, for the reason given in words for people. */
    abandon: (proposalId: string, problem: string) => end(rows, proposalId, notDone(problem, AGAIN)),

    /** For whoever knows that the owner of a running write is dead: it is begun anew where that is safe, else it ends as unknown. */
    leftBehind: async (proposalId: string, onProgress?: ToExecute['onProgress']) => {
      const left = await rows.get(proposalId);
      // What goes on far away is followed, by whom does not matter.
      if (left === undefined || left.result !== undefined) return;
      // The same files again, as long as nobody is likely to have worked with them.
      const since = new Date(clock.now() - LIMITS.uploadAgainMs);
      if (left.kind === 'upload_bundle' && (await rows.again(proposalId, since))) return;
      const died = (row: WriteRow, mayRun: boolean) => ({
        ...unknown('I was stopped in the middle of this, and whether it was done is not known.'),
        ...(mayRun && row.kind === 'destroy_bundle' ? { mayRun } : {}),
        ...startedBefore(row),
      });
      await leftBehind(rows, proposalId, died, { clock, onProgress });
    },

    /** Those that wait to be carried out, or are being carried out. */
    interrupted: async () => (await rows.interrupted()).map(writeProposalOf),
  };
}

/** The run that the CLI of a dead process has started, by what it has printed here. */
function startedBefore(row: WriteRow): WriteResult | undefined {
  const write = writeOf(row);
  const said = write.kind === 'run_bundle' ? saidBy(row) : undefined;
  return write.kind === 'run_bundle' && said !== undefined
    ? startedRun(said, { key: write.key, host: row.host, at: (row.begunAt ?? row.createdAt).getTime() })
    : undefined;
}

function carryOut(write: Write, running: RunningWrite): Promise<WriteResult> {
  switch (write.kind) {
    case 'run_job':
      return runJob(write, running);
    case 'sql':
      return executeSql(write, running);
    case 'upload_bundle':
      return uploadBundle(write, running);
    case 'run_bundle':
      return runBundle(write, running);
    case 'destroy_bundle':
      return destroyBundle(write, running);
    case 'deploy_bundle':
      return Promise.resolve(notDone('A deployment is approved on the card of its plan.', AGAIN));
  }
}

const AGAIN = 'Ask me again in the thread.';
