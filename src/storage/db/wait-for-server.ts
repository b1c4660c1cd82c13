// Waits for a server that is away, starts, or sleeps, as Lakebase does after a rest (facts: databricks#lakebase-and-postgres): at start and later.
import { type Clock, systemClock } from '../../values/clock.ts';
import { UpstreamError, UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Db } from './db.ts';
import { NO_PASSWORD, PASSWORD_DENIED } from './lakebase.ts';
import { CONNECT } from './transactions.ts';

/** Pauses grow from one to the other: a database that wakes up is there within a second, one that is away may be so for minutes. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;
/** Lakebase may refuse an app whose database is being made, or being given to it; our choice. */
const DENIED_MS = 120_000;
/** A running program's statements wait with short pauses, so that leases are renewed before others take them. */
const LONGEST_RUNNING_PAUSE_MS = 1_000;
/** How long they wait: then whoever asked is told, and a queue tries on. Our choice. */
const RUNNING_MS = 300_000;

interface AtStart {
  readonly log: Logger;
  /** Told why, while the server is away. */
  readonly onAway?: ((reason: string) => void) | undefined;
  /** The machine's when left out: a server comes back in real time. */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
}

/**
 * Does work that may be begun again, once the server answers. Rejects where waiting would not help: a refused login or certificate, a database
 * that does not exist.
 */
export async function whenServerAnswers<T>(work: () => Promise<T>, { log, onAway, clock = systemClock }: AtStart): Promise<T> {
  let deniedUntil: number | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      const { code } = error.failure;
      deniedUntil = code === PASSWORD_DENIED ? (deniedUntil ?? clock.now() + DENIED_MS) : undefined;
      if (deniedUntil !== undefined && clock.now() + pause > deniedUntil) throw denied(error);
      // Its code alone: the message names the server, and readiness has no sign-in of its own.
      onAway?.(`waiting for the server (${whyAway(code)})`);
      log.warn({ failure: code, reason: reasonOf(error), waitMs: pause }, 'The database is away: waiting for it');
      await clock.sleep(pause);
    }
  }
}

/** The same database, whose statements wait for a server that is away, as long as nothing was sent to it. */
export function waitingForServer(db: Db, log: Logger): Db {
  let isSaid = false;
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    const until = systemClock.now() + RUNNING_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_RUNNING_PAUSE_MS)) {
      try {
        const result = await work();
        if (isSaid) log.info('The database answers again');
        isSaid = false;
        return result;
      } catch (error) {
        if (!isAway(error) || error.failure.operation !== CONNECT || systemClock.now() + pause > until) throw error;
        if (!isSaid) log.warn({ failure: error.failure.code, reason: reasonOf(error) }, 'The database is away: what needs it waits');
        isSaid = true;
        await systemClock.sleep(pause);
      }
    }
  }
  return {
    query: (text, params) => patiently(() => db.query(text, params)),
    transaction: (work) => patiently(() => db.transaction(work)),
  };
}

function whyAway(code = 'it closed the connection, or did not answer in time'): string {
  return code === NO_PASSWORD || code === PASSWORD_DENIED ? 'Lakebase gave no password; the log says why' : code;
}

function reasonOf({ cause }: UpstreamError): string {
  return cause instanceof Error ? cause.message : 'unknown';
}

function denied(error: UpstreamError): UserError {
  return new UserError(
    {
      doing: 'Opening the database',
      problem: `${reasonOf(error)}.`,
      next: 'Check LAKEBASE_ENDPOINT, and that the app has this database as a resource with the permission to connect; then start it again.',
    },
    { cause: error },
  );
}

/**
 * Whether the server is away for now. By SQLSTATE: connections (08), too many of them (53), a server that starts or stops (57P). Without one the connection ended or timed out; else
 * it is Node's code, and those of certificates and of TLS are final.
 */
export function isAway(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError) || error.failure.service !== 'postgres') return false;
  const { code } = error.failure;
  if (code === undefined || code === NO_PASSWORD || code === PASSWORD_DENIED) return true;
  return /^(08...|53...|57P..)$/.test(code) || /^E(?!RR_)[A-Z_]+$/.test(code);
}
