// Runs one command of the CLI: argv array, no shell, closed stdin, an environment made from nothing.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../values/clock.ts';
import { LIMITS } from './limits.ts';
import { type Program, programOf } from './program.ts';
import type { Folder } from './scratch-folder.ts';

export interface CliCommand {
  /** The executable. */
  readonly path: string;
  readonly args: readonly string[];
  readonly folder: Folder;
  readonly target: string;
  readonly host: string;
  readonly token: string;
  readonly clock: Clock;
  /** Absent for a deploy: nothing may end it. */
  readonly signal?: AbortSignal | undefined;
  /** true: neither a signal nor a time nor the size of its output ends it. */
  readonly untouchable?: boolean;
  /** Whole lines of stderr as they come. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Told which program runs, as far as the system says it. */
  readonly onStart?: ((program: Program) => void) | undefined;
}

/** `code` null: it was killed. `ended` says that we did it, and why; `late`: still running after the deadline of a deploy. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended?: 'timeout' | 'output' | 'aborted' | 'late' | undefined;
}

/**
 * The whole environment of the command (facts: cli#environment-and-scratch-folder). A bundle might upload it, so it holds no secret but the
 * person's token.
 */
function childEnvironment({ folder, target, host, token }: CliCommand): Record<string, string> {
  return {
    DATABRICKS_HOST: host,
    DATABRICKS_TOKEN: token,
    DATABRICKS_AUTH_TYPE: 'pat',
    DATABRICKS_CONFIG_FILE: '/dev/null',
    HOME: folder.home,
    TMPDIR: folder.home,
    DATABRICKS_CACHE_DIR: join(folder.home, 'cache'),
    DATABRICKS_BUNDLE_ROOT: folder.root,
    DATABRICKS_BUNDLE_TARGET: target,
    DATABRICKS_BUNDLE_TMP: folder.state,
    DATABRICKS_BUNDLE_ENGINE: 'direct',
    DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION: '1',
    DATABRICKS_BUNDLE_HTTP_TIMEOUT_SECONDS: String(LIMITS.callSeconds),
    DATABRICKS_CLI_DISABLE_TELEMETRY: '1',
    DATABRICKS_CLI_DISABLE_UPDATE_CHECK: '1',
    NO_COLOR: '1',
    GOGC: String(LIMITS.memoryGrowth),
    GOMEMLIMIT: LIMITS.memory,
  };
}

let runs = 0;

/**
 * Output goes to files, not pipes: a deploy outlives us when we are killed (a broken pipe would kill it), and it runs in a process group of
 * its own, so that Ctrl-C in a terminal does not reach it (the CLI dies at once and leaves its lock; facts: cli#crashes-and-signals).
 */
export async function runCli(command: CliCommand): Promise<CliResult> {
  const { folder, signal, untouchable = false, onLine } = command;
  signal?.throwIfAborted();
  const number = ++runs;
  const paths = { out: join(folder.base, `out-${number}`), err: join(folder.base, `err-${number}`) };
  const out = openSync(paths.out, 'wx', 0o600);
  const err = openSync(paths.err, 'wx', 0o600);
  const child = spawn(command.path, [...command.args], {
    cwd: folder.root,
    env: childEnvironment(command),
    stdio: ['ignore', out, err],
    shell: false,
    detached: untouchable,
  });
  closeSync(out);
  closeSync(err);
  // At once: one that has ended is known to the system until Node has heard of it.
  const program = command.onStart && programOf(child.pid, paths.err);
  if (program !== undefined) command.onStart?.(program);

  const { promise, resolve, reject } = Promise.withResolvers<number | null | 'late'>();
  child.on('error', reject).on('close', (code) => resolve(code));
  let ended: CliResult['ended'];
  const end = (why: NonNullable<CliResult['ended']>) => {
    if (untouchable) return;
    ended ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = () => end('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const inTime = untouchable
    ? command.clock.deadline(LIMITS.deployMs, () => resolve('late'))
    : command.clock.deadline(LIMITS.readMs, () => end('timeout'));
  let told = 0;
  const tell = (last: boolean) => {
    if (onLine === undefined) return;
    const lines = readFileSync(paths.err, 'utf8').split('\n');
    const whole = last ? lines.filter((line, index) => line !== '' || index < lines.length - 1) : lines.slice(0, -1);
    for (const line of whole.slice(told)) onLine(line);
    told = whole.length;
  };
  // The machine's clock: the process writes in real time.
  const unwatch = systemClock.every(LIMITS.watchMs, () => {
    try {
      if (statSync(paths.out).size + statSync(paths.err).size > LIMITS.outputBytes) end('output');
      else tell(false);
    } catch {
      // Somebody deleted the folder: nobody sees progress any more, but the command goes on.
    }
  });
  try {
    const code = await promise;
    if (code === 'late') return { code: null, stdout: '', stderr: '', ended: 'late' };
    tell(true);
    if (ended === 'output') return { code: null, stdout: '', stderr: '', ended };
    return { code, stdout: readFileSync(paths.out, 'utf8'), stderr: readFileSync(paths.err, 'utf8'), ended };
  } finally {
    inTime();
    unwatch();
    signal?.removeEventListener('abort', onAbort);
  }
}
