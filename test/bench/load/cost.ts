// What a stretch of time costs the bot and its CLI: CPU, memory, and how late its event loop is.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Playground } from '../../../src/playground/start.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { timesOf } from '../../process-times.ts';

/** How often memory is looked at. */
const LOOK_MS = 250;

export interface Cost {
  /** CPU seconds. */
  readonly bot: number;
  readonly cli: number;
  /** Resident megabytes before it and the most during it. */
  readonly idle: number;
  readonly most: number;
  /** Milliseconds between two rounds of the event loop, 99 of 100 times; 10 when nothing is late. */
  readonly loop: number;
  /** The same of this process, which plays Slack, Claude and the workspace: where it is late, what is measured says more of it than of the bot. */
  readonly ownLoop: number;
  /** How often the bot answered nobody for over 50 ms. */
  readonly stalls: number;
}

/** Begins to look; call what it returns at the end. */
export async function meter({ bots: [bot], botUrl }: Playground): Promise<() => Promise<Cost>> {
  const pid = bot?.pid();
  if (pid === undefined) throw new Error('The bot does not run.');
  const idle = residentOf(pid);
  let most = idle;
  const stop = systemClock.every(LOOK_MS, () => {
    most = Math.max(most, residentOf(pid));
  });
  const own = monitorEventLoopDelay({ resolution: 10 });
  own.enable();
  const before = timesOf(pid);
  // Each look at the delays of the event loop begins them anew.
  const { stalls } = await lookAt(botUrl);
  return async () => {
    stop();
    own.disable();
    const after = timesOf(pid);
    if (before === undefined || after === undefined) throw new Error('The bot ended, or this system has no /proc.');
    const now = await lookAt(botUrl);
    return {
      ...{ bot: after.own - before.own, cli: after.children - before.children, idle, most },
      ...{ loop: now.loop, ownLoop: own.percentile(99) / 1e6, stalls: now.stalls - stalls },
    };
  };
}

function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function lookAt(botUrl: string): Promise<{ loop: number; stalls: number }> {
  const text = await (await fetch(`${botUrl}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((all, [, value]) => all + Number(value), 0);
  return { loop: sum('nodejs_eventloop_lag_p99_seconds') * 1000, stalls: sum('dab_stalls_total') };
}
