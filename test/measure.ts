// Notes for the summary what a test file cost: CPU seconds of its process and of the children it has waited for.
import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** CPU seconds of a test file; absent where the system has no /proc. */
    cpuSeconds?: number;
  }
}

/** Linux counts times of a process in hundredths of a second (USER_HZ, man 5 proc). */
const TICKS_A_SECOND = 100;

function cpuSeconds(): number | undefined {
  try {
    // Behind the name in brackets: utime, stime, cutime, cstime are the 12th to 15th fields.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / TICKS_A_SECOND;
  } catch {
    return undefined;
  }
}

// biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures off this pattern, and none is wanted
afterAll(({}, file) => {
  const spent = cpuSeconds();
  if (spent !== undefined) file.meta.cpuSeconds = spent;
});
