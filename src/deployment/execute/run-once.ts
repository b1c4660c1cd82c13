// What deployments and other approved writes share while they run: signs of life, an end in the row whatever happens, and recovery.

import type { Decidable } from '../../storage/decisions.ts';
import type { Clock } from '../../values/clock.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';

interface Ended {
  readonly state: 'done' | 'failed' | 'unknown';
}

interface Rows<Row extends Decidable> {
  get(id: string): Promise<Row | undefined>;
  finish(id: string, state: Ended['state'], result: unknown): Promise<void>;
  interrupted(): Promise<Row[]>;
}

const HEARTBEAT_MS = 60_000;

/** Runs the work of a started row, and writes down how it ended. Where the work rejects, `failed` (words for people) or `broke` (a bug) makes the result. */
export async function runOnce<Result extends Ended>(
  rows: Pick<Rows<Decidable>, 'finish'>,
  proposalId: string,
  work: () => Promise<Result>,
  as: {
    readonly failed: (problem: string, next: string) => Result;
    readonly broke: () => Result;
    readonly onProgress: (line: string) => void;
    readonly clock: Clock;
    readonly log: Logger;
  },
): Promise<Result> {
  const { onProgress, clock, log } = as;
  const began = clock.now();
  const still = () => onProgress(`Still working (${Math.round((clock.now() - began) / HEARTBEAT_MS)} min)`);
  const quiet = clock.every(HEARTBEAT_MS, still);
  const result = await work()
    .catch((error: unknown) => {
      if (error instanceof UserError) return as.failed(error.words.problem, error.words.next);
      log.error({ proposal: proposalId, reason: error instanceof Error ? error.message : 'unknown' }, 'An approved write broke');
      return as.broke();
    })
    .finally(quiet);
  await rows.finish(proposalId, result.state, result);
  log.info({ proposal: proposalId, state: result.state, ms: clock.now() - began }, 'An approved write ended');
  return result;
}

/** At start, after a program died: ends its running rows as `running` says, and the approved ones that it never began as `approved` says. Answers the rows. */
export async function settle<Row extends Decidable>(
  rows: Rows<Row>,
  ends: { readonly running: (row: Row) => Ended; readonly approved: (row: Row) => Ended },
): Promise<Row[]> {
  const left = await rows.interrupted();
  for (const row of left) {
    const result = row.state === 'running' ? ends.running(row) : ends.approved(row);
    await rows.finish(row.id, result.state, result);
  }
  return (await Promise.all(left.map((row) => rows.get(row.id)))).flatMap((row) => row ?? []);
}
