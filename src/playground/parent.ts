// Notices that whoever started this process is gone: npm, its shell, or the program that did it without npm.
import { readFileSync } from 'node:fs';

/** How often it looks. */
const LOOK_MS = 1_000;

/** The parent of a process; undefined where the system has no /proc or the process is gone. */
function parentOf(pid: number): string | undefined {
  try {
    // pid (name) state ppid …; the name may hold spaces and brackets.
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0];
  } catch {
    return undefined;
  }
}

/** Calls `onGone` once, when the process that started this one, or the one before it (npm has a shell in between), has ended. */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const looking = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(looking);
    onGone();
  }, LOOK_MS).unref();
}
