// How a long-running program begins and ends: words for what keeps it from starting, and a drain when it is told to stop.
import { systemClock } from '../values/clock.ts';
import { ConfigError, UserError } from '../values/errors.ts';
import { createLogger, type ProgramLogger } from '../values/log.ts';

/**
 * All in all, from the signal to the end: Databricks Apps kills 15 s after it (facts: databricks#apps-runtime). What the rooms wait for
 * stays below: the doors 3 s, side by side (slack/bolt/app, web/http-listener), then running work 5 s (storage/db/open).
 */
const DRAIN_MS = 10_000;

interface Program<Config extends { readonly LOG_LEVEL: string }> {
  /** As the log and its errors call it. */
  readonly name: string;
  readonly load: () => Config;
  /** Answers how to stop it. */
  readonly start: (config: Config, log: ProgramLogger) => Promise<() => Promise<void>>;
  /** A program that answers on standard output logs to standard error, and ends when its input does: whoever started it has gone. */
  readonly onStdio?: boolean;
}

export async function runProgram<Config extends { readonly LOG_LEVEL: string }>(program: Program<Config>): Promise<void> {
  const { name, onStdio = false } = program;
  let stopping = false;
  try {
    const config = program.load();
    const log = createLogger({ level: config.LOG_LEVEL, ...(onStdio ? { destination: process.stderr } : {}) });
    process.on('unhandledRejection', (reason) => {
      // Socket Mode rejects with nothing when it is stopped in the middle of a handshake (facts: slack#socket-mode).
      if (stopping && reason === undefined) return;
      log.fatal({ err: reason }, 'unhandled rejection');
      process.exit(1);
    });
    let stop: (() => Promise<void>) | undefined;
    const end = async (why: string) => {
      if (stopping) return;
      stopping = true;
      log.info({ why }, `${name} drains`);
      // The machine's clock: whoever runs us waits on theirs.
      systemClock.deadline(DRAIN_MS, () => {
        log.warn(`${name} ends although something still runs; it goes on from its rows`);
        process.exit(0);
      });
      await stop?.();
      process.exit(0);
    };
    // From the first moment on: a start may wait long for its far sides, and Node as a container's first process would not end by itself.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
    stop = await program.start(config, log);
    if (onStdio) process.stdin.once('end', () => void end('the client has gone'));
  } catch (error) {
    const inWords = error instanceof ConfigError || error instanceof UserError;
    const words = error instanceof Error ? (inWords ? error.message : (error.stack ?? error.message)) : String(error);
    // What a far side said of its refusal is behind ours.
    const behind = !inWords && error instanceof Error && error.cause instanceof Error ? `\n${error.cause.message}` : '';
    process.stderr.write(`${inWords ? '' : `${name} could not start: `}${words}${behind}\n`);
    process.exit(1);
  }
}
