// Notes for the summary what a test file cost: CPU seconds of its process and of its children, those that still run included.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** CPU seconds of a test file; absent where the system has no /proc. */
    cpuSeconds?: number;
  }
}

/** Linux counts times of a process in hundredths of a second (USER_HZ, man 5 proc). */
const TICKS_A_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Seconds of CPU, with those of children that have ended and were waited for. */
  readonly cpu: number;
}

/** Undefined where the system has no /proc or the process is gone. */
function timesOf(pid: number | 'self'): ProcessTimes | undefined {
  try {
    // Behind the name in brackets: the parent's id is the 2nd field; utime, stime, cutime, cstime are the 12th to 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    return { parent: fields[1] ?? 0, cpu: fields.slice(11, 15).reduce((sum, field) => sum + field, 0) / TICKS_A_SECOND };
  } catch {
    return undefined;
  }
}

function cpuSeconds(): number | undefined {
  const own = timesOf('self');
  if (own === undefined) return undefined;
  const all = new Map(readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [[Number(name), timesOf(Number(name))] as const] : [])));
  const isBelow = (pid: number): boolean => pid === process.pid || (pid > 1 && isBelow(all.get(pid)?.parent ?? 0));
  const running = [...all].filter(([pid, times]) => pid !== process.pid && times !== undefined && isBelow(times.parent));
  return running.reduce((sum, [, times]) => sum + (times?.cpu ?? 0), own.cpu);
}

// A worker runs one file after another.
const before = cpuSeconds() ?? 0;

// Fixtures are named by a pattern, and none is wanted.
afterAll(({}, file) => {
  const spent = cpuSeconds();
  if (spent !== undefined) file.meta.cpuSeconds = spent - before;
});
