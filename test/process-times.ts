// CPU seconds of a process and of its children, as Linux counts them.
import { readFileSync } from 'node:fs';

/** Linux counts times of a process in hundredths of a second (USER_HZ, man 5 proc). */
const TICKS_A_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  /** Of its own. */
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly children: number;
}

/** Undefined where the system has no /proc or the process is gone. */
export function timesOf(pid: number | 'self'): ProcessTimes | undefined {
  try {
    // Behind the name in brackets: the parent's id is the 2nd field; utime, stime, cutime, cstime are the 12th to 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const seconds = (from: number) => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) / TICKS_A_SECOND;
    return { parent: fields[1] ?? 0, own: seconds(11), children: seconds(13) };
  } catch {
    return undefined;
  }
}
