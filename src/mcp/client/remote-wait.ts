// Waits for a remote server that went away, and says so in the list of steps.
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '../limits.ts';
import type { Steps } from '../tools/support/define-tool.ts';
import type { Line } from './remote-line.ts';

/** The step about the server itself. */
export const SERVER_STEP = 'tools-server';
const WAITING = 'The tools server went away; waiting for it';
const BACK = 'The tools server is back; going on';

/** Whether it came back within `returnMs`. Rejects when aborted. */
export async function waitForServer(line: Line, steps: Steps, signal: AbortSignal, returnMs: number): Promise<boolean> {
  const until = performance.now() + returnMs;
  steps.start(SERVER_STEP, WAITING);
  for (let pause: number = LIMITS.lookMs; performance.now() < until; pause = Math.min(pause * 1.5, LIMITS.lookMostMs)) {
    await sleep(pause, undefined, { signal });
    if (!(await line.isAlive())) continue;
    steps.done(SERVER_STEP, BACK);
    return true;
  }
  return false;
}
