// An exclusive lock on the data folder: PGlite does not lock it, and two processes on one folder lose rows without an error (facts: libraries#pglite).
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../values/clock.ts';
import { codeOf, UserError } from '../../values/errors.ts';

const Holder = z.object({ pid: z.number().int().positive(), started: z.string().optional(), host: z.string(), id: z.string() });
type Holder = z.infer<typeof Holder>;

/** How long a holder is waited for: one that was just told to end, or killed, needs a moment to be gone. */
const PATIENCE_MS = 2_000;
const PAUSE_MS = 50;

interface FolderLock {
  release(): void;
}

/**
 * Locks a folder for this process; creates it when missing. A lock of a process that is gone is taken over.
 * Throws a UserError that names the process which holds it for longer than `patienceMs`.
 */
export async function lockFolder(folder: string, patienceMs = PATIENCE_MS): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, started: startOf(process.pid), host: hostname(), id: randomUUID() };
  for (let waited = 0; waited < patienceMs; waited += PAUSE_MS) {
    if (create(path, mine)) return { release: () => release(path, mine.id) };
    const other = read(path);
    if (other !== undefined && !isAlive(other)) takeAway(path, other);
    // The machine's clock: another process ends in real time.
    await systemClock.sleep(PAUSE_MS);
  }
  throw held(folder, path, read(path));
}

/** Created with its content in one step (a link to a finished file), so that nobody reads half a lock. */
function create(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.id}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a stale lock aside; when another process was faster and a new lock got moved instead, that one is put back. */
function takeAway(path: string, stale: Holder): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (read(aside)?.id !== stale.id) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(path: string, id: string): void {
  if (read(path)?.id === id) rmSync(path, { force: true });
}

/** Who holds the lock; undefined when nobody does or the file is not readable (then a person has to look at it). */
function read(path: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A process of another machine can't be looked at: it counts as alive. The start time tells a reused process id apart. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  const started = startOf(holder.pid);
  return started !== 'ended' && (started === undefined || holder.started === undefined || started === holder.started);
}

/**
 * When a process started, in the kernel's ticks (fields 3 and 22 of /proc/PID/stat); 'ended' when it is dead and only its parent has not
 * asked yet; undefined where there is no /proc.
 */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
}

function held(folder: string, path: string, holder: Holder | undefined): UserError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`;
  return new UserError({
    doing: `Opening the data folder ${folder}`,
    problem: `It is in use by ${who}.`,
    next: `Stop that process, or choose another folder. If it is gone for certain, delete ${path}.`,
  });
}
