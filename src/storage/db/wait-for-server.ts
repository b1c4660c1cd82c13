// Waits at start for a server that is away, starts, or sleeps, as Lakebase does after a rest (facts: databricks#lakebase-and-postgres).
import { systemClock } from '../../values/clock.ts';
import { UpstreamError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Db } from './db.ts';
import { NO_PASSWORD } from './lakebase.ts';

/** Pauses grow from one to the other: a database that wakes up is there within a second, one that is away may be so for minutes. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Resolves when the server answers; `onAway` is told why it does not. Rejects where waiting would not help: a refused login or certificate, a
 * database that does not exist.
 */
export async function waitForServer(db: Db, log: Logger, onAway: (reason: string) => void = () => {}): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      await db.query('select 1');
      return;
    } catch (error) {
      if (!(error instanceof UpstreamError) || !isPassing(error.failure.code)) throw error;
      // Its code alone: the message names the server, and readiness has no sign-in of its own.
      onAway(`waiting for the server (${whyAway(error.failure.code)})`);
      log.warn(
        { failure: error.failure.code, reason: (error.cause as Error).message, waitMs: pause },
        'The database is away: waiting for it',
      );
      // The machine's clock: a server comes back in real time.
      await systemClock.sleep(pause);
    }
  }
}

function whyAway(code = 'it closed the connection, or did not answer in time'): string {
  return code === NO_PASSWORD ? 'Lakebase gave no password; the log says why' : code;
}

/**
 * By SQLSTATE: connections (08), too many of them (53), a server that starts or stops (57). Without one the connection ended or timed out; else
 * it is Node's code, and those of certificates and of TLS are final.
 */
function isPassing(code: string | undefined): boolean {
  return code === undefined || code === NO_PASSWORD || /^(08|53|57)...$/.test(code) || /^E(?!RR_)[A-Z_]+$/.test(code);
}
