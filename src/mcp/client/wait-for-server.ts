// Waits for a remote server that went away, and shows a step about it.
import type { Clock } from '../../values/clock.ts';
import { LIMITS } from '../limits.ts';
import type { StepReporter } from '../tools/support/define-tool.ts';
import type { Connection } from './remote-connection.ts';

/** The id of the step about the server itself. */
export const SERVER_STEP = 'tools-server';
const WAITING = 'The tools server went away; waiting for it';
const BACK = 'The tools server is back; going on';

/** Whether the server came back within `returnMs`. Rejects when aborted. */
export async function waitForServer(
  connection: Connection,
  steps: StepReporter,
  signal: AbortSignal,
  { returnMs, clock }: { returnMs: number; clock: Clock },
): Promise<boolean> {
  let isLate = false;
  const cancel = clock.deadline(returnMs, () => {
    isLate = true;
  });
  steps.start(SERVER_STEP, WAITING);
  try {
    for (let pause: number = LIMITS.lookMs; !isLate; pause = Math.min(pause * 1.5, LIMITS.lookMostMs)) {
      await clock.sleep(pause, signal);
      if (!(await connection.isReady())) continue;
      steps.done(SERVER_STEP, BACK);
      return true;
    }
    return false;
  } finally {
    cancel();
  }
}
