// What deployments and other approved writes share while they run: signs of life, an end in the row whatever happens, and recovery.
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import type { createDecisions, Decidable } from '../../storage/decisions.ts';
import { isPassingStatement, LeaseLostError, UserError } from '../../values/errors.ts';
import type { TokenSource } from '../../values/patience.ts';
import { LIMITS } from '../cli/limits.ts';
import { isRunning, Program, saidOf } from '../cli/program.ts';
import type { PlanningDeps } from '../plan/propose-write.ts';

export interface ExecutionDeps extends PlanningDeps {
  readonly loadBundle: (digest: string) => Promise<Bundle | undefined>;
}

/** What is approved, with the token of the person who did. */
export interface ToExecute {
  readonly proposalId: string;
  readonly token: TokenSource;
  readonly onProgress: (line: string) => void;
}

/** One approved write while it is carried out: as whom, and with what. */
export interface RunningWrite extends ToExecute, Pick<ExecutionDeps, 'cli' | 'clock' | 'loadBundle'> {
  readonly host: string;
  readonly userName: string;
  readonly writes: WorkspaceWrites;
  /** Called right before what may be written once only: a process that dies before that leaves it to be begun anew. */
  readonly begin: () => Promise<void>;
  /** Told which program carries it out. */
  readonly onProgram: (program: object) => Promise<void>;
}

interface Ended {
  readonly state: 'running' | 'done' | 'failed' | 'unknown';
}

type Rows<Row extends Decidable> = ReturnType<typeof createDecisions<Row>>;

const HEARTBEAT_MS = 60_000;
/** Pauses between tries to store how it ended, growing; our choice. */
const STORE_AGAIN_MS = { first: 500, most: 15_000 };

/** What becomes of work that rejects: with words for people, or by a bug. */
interface Outcomes<Result> {
  readonly failed: (problem: string, next: string) => Result;
  readonly broke: () => Result;
}

/** Runs the work of a started row, and writes down how it ended; rejects where another try or process does that. */
export async function runOnce<Result extends Ended>(
  rows: Pick<Rows<Decidable>, 'finish'>,
  proposalId: string,
  work: () => Promise<Result>,
  as: Outcomes<Result> & Pick<ToExecute, 'onProgress'> & Pick<ExecutionDeps, 'clock' | 'log'>,
): Promise<Result> {
  const { onProgress, clock, log } = as;
  const began = clock.now();
  const quiet = clock.every(HEARTBEAT_MS, () => onProgress(`Still working (${Math.round((clock.now() - began) / HEARTBEAT_MS)} min)`));
  const ended = await work()
    .catch((error: unknown) => {
      // The next try of its job finds out what was done.
      if (error instanceof LeaseLostError || isPassingStatement(error)) throw error;
      if (error instanceof UserError) return as.failed(error.words.problem, error.words.next);
      log.error({ proposal: proposalId, reason: error instanceof Error ? error.message : 'unknown' }, 'An approved write broke');
      return as.broke();
    })
    .finally(quiet);
  // What goes on far away has not taken its time yet.
  const result = ended.state === 'running' ? ended : { ...ended, ms: clock.now() - began };
  await stored(() => end(rows, proposalId, result), { proposalId, clock, log });
  log.info({ proposal: proposalId, state: result.state, ms: clock.now() - began }, 'An approved write ended');
  return result;
}

/**
 * Tries for as long as the database may take it: a row that says that it runs would hold its place for ever. Rejects where another process has
 * it by now, or where it would be refused each time, as a text with a character that no row may hold: then the next try of its job calls
 * the end unknown, and it is looked for in the workspace.
 */
async function stored(
  store: () => Promise<unknown>,
  { proposalId, clock, log }: Pick<ToExecute, 'proposalId'> & Pick<ExecutionDeps, 'clock' | 'log'>,
): Promise<void> {
  for (let pause = STORE_AGAIN_MS.first; ; pause = Math.min(2 * pause, STORE_AGAIN_MS.most)) {
    try {
      await store();
      return;
    } catch (error) {
      if (!isPassingStatement(error)) throw error;
      log.warn({ err: error, proposal: proposalId }, 'How an approved write ended was not stored; trying again');
      await clock.sleep(pause);
    }
  }
}

/** Writes down how it ended. */
export async function end<Result extends Ended>(rows: Pick<Rows<Decidable>, 'finish'>, id: string, result: Result): Promise<Result> {
  await rows.finish(id, result.state, result);
  return result;
}

/**
 * For whoever knows that the owner of a running row is dead: has it begun anew where nothing can have been written outside, else ends it as
 * `died` says, when the CLI is over that was begun, as far as that can be seen from here. A row that is not running stays as it is.
 */
export async function leftBehind<Row extends Decidable>(
  rows: Pick<Rows<Row>, 'get' | 'finish' | 'again'>,
  id: string,
  died: (row: Row, mayRun: boolean) => Ended,
  watch: Watch,
): Promise<void> {
  const row = await rows.get(id);
  if (row?.state !== 'running' || (await rows.again(id))) return;
  await end(rows, id, died(row, await outlives(row, watch)));
}

interface Watch {
  readonly clock: ExecutionDeps['clock'];
  /** Left out: nobody sees it. */
  readonly onProgress?: ToExecute['onProgress'] | undefined;
}

/** How often it is looked whether a program still runs: our choice. */
const PROGRAM_LOOK_MS = 1000;

/** Whether a program may run on that was begun for this row. One that is seen is waited for, as its owner would have. */
async function outlives(row: Decidable, { clock, onProgress }: Watch): Promise<boolean> {
  const until = (row.begunAt?.getTime() ?? clock.now()) + LIMITS.deployMs;
  const runs = () => runsStill(row);
  if (runs()) onProgress?.('The Databricks CLI goes on with it');
  while (runs() === true && clock.now() < until) await clock.sleep(PROGRAM_LOOK_MS);
  return runs() !== false;
}

/** What the program has printed that was begun for a row; undefined where that can't be seen from here. */
export function saidBy({ program }: Pick<Decidable, 'program'>): string | undefined {
  return program === undefined ? undefined : saidOf(Program.parse(program));
}

/** Whether the program still runs that was begun for a row; undefined where that can't be seen from here. */
export function runsStill({ program }: Pick<Decidable, 'program'>): boolean | undefined {
  return program === undefined ? undefined : isRunning(Program.parse(program));
}
