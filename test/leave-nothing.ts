// A test file has its own temporary folder, and fails when a child or a listener outlives it: the machine would go on working for nobody.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aroundAll } from 'vitest';

/** What was told to end may take this long to do it on a busy machine. */
const GRACE_MS = 60_000;

const ofTheRun = tmpdir();
const folder = mkdtempSync(join(ofTheRun, 'file-'));
// All that the file starts has it in its environment, by this name or another.
process.env.TMPDIR = folder;

// Around it all, since afterAll comes before fixtures of the file are cleaned up.
aroundAll(async (runFile) => {
  await runFile();
  const last = Date.now() + GRACE_MS;
  while ((listeners().length > 0 || children().length > 0) && Date.now() < last) await sleep(20);
  const left = [...listeners(), ...children().map(commandOf)];
  for (const pid of children()) end(pid);
  process.env.TMPDIR = ofTheRun;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (left.length > 0) throw new Error(`This file leaves behind: ${left.join('; ')}`);
});

function listeners(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|Pipe)ServerWrap$/.test(kind));
}

/** Processes of the file, those included whose parent has ended; none where the system has no /proc. */
function children(): number[] {
  if (!existsSync('/proc')) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && isOurs(pid));
}

function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
  } catch {
    // It has ended, or belongs to somebody else.
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function commandOf(pid: number): string {
  try {
    return `process ${pid} (${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()})`;
  } catch {
    return `process ${pid}`;
  }
}
