// One of our programs as a child process: started until it is ready, ended by us or with us, its log kept in a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../values/clock.ts';

const KEEP_STRIPPED = join(import.meta.dirname, '..', 'bin', 'keep-stripped.js');
/**
 * What keeps a start from costing twice the seconds of the processor, beside that sources are kept without their types, and compiled:
 * WebAssembly (the embedded Postgres) stays as it is compiled first, and JavaScript is made fast after ten times as many calls as V8 would (3,000
 * and 800), which pays only in a program that runs for hours.
 */
const QUICK_START = ['--liftoff-only', '--invocation-count-for-turbofan=30000', '--invocation-count-for-osr=8000'];
const END_WITH_PARENT = join(import.meta.dirname, 'end-with-parent.ts');

/** The first start of the embedded Postgres takes seconds, on a machine that does much else a minute. One that fails ends, and is noticed at once. */
const READY_WITHIN_MS = 180_000;
/** Asked to end, a program drains; then it is killed. */
const STOP_WITHIN_MS = 15_000;

interface ChildOptions {
  /** What it is called in an error. */
  readonly name: string;
  /** The TypeScript file. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  /** It runs for hours, so that being fast later on pays. */
  readonly lasting?: boolean | undefined;
  /** Where its `/readyz` answers. */
  readonly url: string;
  readonly logFile: string;
}

export interface Child {
  /** Of the process; undefined before its first start. */
  pid(): number | undefined;
  /** Rejects where it does not become ready, with its log. */
  start(variables?: Record<string, string>): Promise<void>;
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Any other signal, such as SIGSTOP for a process that hangs. */
  signal(signal: NodeJS.Signals): void;
  /** The log so far, JSON lines. */
  log(): Promise<string>;
  /** Called when it ends although nobody asked it to. */
  onCrash(listener: (log: string) => void): void;
}

export function createChild({ name, main, env, lasting, url, logFile }: ChildOptions): Child {
  let process_: ChildProcess | undefined;
  let expected = false;
  const crashListeners: ((log: string) => void)[] = [];
  const log = () => readFile(logFile, 'utf8').catch(() => '');

  return {
    log,
    pid: () => process_?.pid,
    signal: (signal) => void process_?.kill(signal),
    onCrash: (listener) => void crashListeners.push(listener),
    async start(variables = {}) {
      expected = false;
      const how = ['--disable-warning=ExperimentalWarning', '--import', KEEP_STRIPPED, ...(lasting === true ? [] : QUICK_START)];
      const args = [...how, '--import', END_WITH_PARENT, main];
      const child = spawn(process.execPath, args, {
        env: { ...env, ...variables },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      process_ = child;
      const file = createWriteStream(logFile, { flags: 'a' });
      child.stdout?.pipe(file, { end: false });
      child.stderr?.pipe(file, { end: false });
      let ended = false;
      child.once('exit', async () => {
        ended = true;
        if (!expected) for (const listener of crashListeners) listener(await log());
      });
      const until = systemClock.now() + READY_WITHIN_MS;
      while (!(await isReady(url))) {
        if (ended || systemClock.now() > until) throw new Error(`${name} did not start. Its log:\n${await log()}`);
        await systemClock.sleep(100);
      }
    },
    async stop(signal) {
      expected = true;
      const child = process_;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      const inTime = systemClock.deadline(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
      await gone;
      inTime();
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** Below the ports that systems hand out by themselves (from 32768 on; Linux: ip_local_port_range), above those that browsers block. */
const PORTS = { from: 20_000, to: 32_000 };

/**
 * A port nobody listens on just now: an address must be known before its program starts. Until then nobody else gets it who lets the system
 * choose, as the stand-ins and every outgoing connection do.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
