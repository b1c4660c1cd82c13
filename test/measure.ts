// Notes for the summary what a test file cost: CPU seconds of its process and of its children, those that still run included.
import { readdirSync } from 'node:fs';
import { afterAll } from 'vitest';
import { timesOf } from './process-times.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** CPU seconds of a test file; absent where the system has no /proc. */
    cpuSeconds?: number;
  }
}

function cpuSeconds(): number | undefined {
  const own = timesOf('self');
  if (own === undefined) return undefined;
  const all = new Map(readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [[Number(name), timesOf(Number(name))] as const] : [])));
  const isBelow = (pid: number): boolean => pid === process.pid || (pid > 1 && isBelow(all.get(pid)?.parent ?? 0));
  const running = [...all].filter(([pid, times]) => pid !== process.pid && times !== undefined && isBelow(times.parent));
  return running.reduce((sum, [, times]) => sum + (times?.own ?? 0) + (times?.children ?? 0), own.own + own.children);
}

// A worker runs one file after another.
const before = cpuSeconds() ?? 0;

// Fixtures are named by a pattern, and none is wanted.
afterAll(({}, file) => {
  const spent = cpuSeconds();
  if (spent !== undefined) file.meta.cpuSeconds = spent - before;
});
