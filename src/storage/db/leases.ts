// The right of this process to work on something: for seconds, renewed while it works. What a late owner writes changes nothing.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../values/clock.ts';
import { LeaseLostError, UpstreamError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import type { Db, Row } from './db.ts';

/** How many times in its length a lease is renewed: a beat or two may fail. */
const BEATS = 4;
/** How often a database that answers later than a lease lasts is asked whether it is ours still; our choice. */
const ASKS = 20;
/** Whoever waits for a lease asks so often, in real time: its holder is another process, or has died. */
const ASK_AGAIN_MS = 250;
/** What `require_leases` raises (migrations.ts); the class is ours. */
const LOST = 'DAB01';

interface Held {
  readonly key: string;
  /** The number that makes a late owner's write fail: each taking gets a higher one. */
  readonly fence: string;
  readonly lost: AbortController;
}

export interface Leases {
  /** The database: what is written in the course of a `hold` is written only while its lease is ours, by the same statement or transaction. */
  readonly db: Db;
  /**
   * Runs `work` while nobody else works on what `key` names, waiting until that is so; `signal` says when another process has taken it over,
   * since this one was not seen for as long as a lease lasts. Held within another, both are needed. What writes after that rejects with
   * LeaseLostError.
   */
  hold<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Runs work that is no part of the caller's: under none of the leases that it holds, which it may give back earlier. */
  apart<T>(work: () => Promise<T>): Promise<T>;
  /** Gives all leases back: what still works under one writes nothing more. */
  close(): Promise<void>;
}

export function createLeases(
  connection: Db,
  options: { readonly lengthMs: number; readonly clock: Pick<Clock, 'now' | 'deadline'>; readonly log: Logger },
): Leases {
  const { lengthMs, clock, log } = options;
  // For people who look into the table.
  const owner = `${process.pid} ${randomUUID()}`;
  /** All of this process, by fence. */
  const all = new Map<string, Held>();
  const context = new AsyncLocalStorage<readonly Held[]>();
  let stopBeats: (() => void) | undefined;

  const namesOf = (leases: Iterable<Held>) => {
    const list = [...leases];
    return [list.map(({ key }) => key), list.map(({ fence }) => fence)];
  };

  async function take(key: string): Promise<Held | undefined> {
    const [row] = await connection.query<{ fence: string }>(
      `insert into leases (key, owner, fence, until) values ($1, $2, nextval('lease_fences'), ${UNTIL('$3')})
       on conflict (key) do update set owner = excluded.owner, fence = excluded.fence, until = excluded.until
       where leases.until < clock_timestamp() returning fence`,
      [key, owner, lengthMs],
    );
    return row && { key, fence: row.fence, lost: new AbortController() };
  }

  /** The fences of those that are ours still. */
  async function renew(held: readonly Held[]): Promise<Set<string>> {
    const renewed = await connection.query<{ fence: string }>(
      `update leases set until = ${UNTIL('$3')} from unnest($1::text[], $2::bigint[]) as mine (key, fence)
       where leases.key = mine.key and leases.fence = mine.fence returning leases.fence`,
      [...namesOf(held), lengthMs],
    );
    return new Set(renewed.map(({ fence }) => fence));
  }

  /** Renews all; one that is gone is told to its holder. A statement that fails says nothing about that: nobody else gets through either. */
  async function beat(): Promise<void> {
    const held = [...all.values()];
    const ours = await renew(held);
    for (const one of held) if (!ours.has(one.fence) && all.has(one.fence)) lose(one);
  }

  function lose({ key, lost }: Held): void {
    if (lost.signal.aborted) return;
    log.warn({ key }, 'Another process has taken over what this one worked on');
    lost.abort(new LeaseLostError(`Another process works on ${key}.`));
  }

  /** Goes on while something is held; there is one such row of beats. */
  function goOnBeating(): void {
    stopBeats ??= clock.deadline(lengthMs / BEATS, () => {
      const over = () => {
        stopBeats = undefined;
        if (all.size > 0) goOnBeating();
      };
      if (all.size === 0) return over();
      void beat()
        .catch((error: unknown) => log.warn({ err: error }, 'Leases were not renewed'))
        .finally(over);
    });
  }

  async function giveBack({ key, fence }: Held): Promise<void> {
    all.delete(fence);
    // One that can't be given back runs out.
    await connection
      .query('delete from leases where key = $1 and fence = $2', [key, fence])
      .catch((error: unknown) => log.warn({ err: error, key }, 'A lease was not given back'));
  }

  /**
   * After a change that began at `since`: whoever stood still meanwhile does not know it, and would go on outside (say something, deploy)
   * beside the one who has taken over. Called right before that, it rejects instead.
   */
  async function requireOurs(held: readonly Held[], since: number): Promise<void> {
    let asked = since;
    // A database that is always slow would be asked without end for an answer that is as fresh as it should be.
    const isLate = (asks: number) => clock.now() - asked > (asks < BEATS ? lengthMs / BEATS : lengthMs);
    for (let asks = 0; isLate(asks); asks++) {
      // Ours when it was asked, and as likely somebody else's by now.
      if (asks === ASKS) throw new LeaseLostError('The database answers too late to say whether another process works on this.');
      asked = clock.now();
      const ours = await renew(held);
      if (held.some(({ fence }) => !ours.has(fence))) throw new LeaseLostError('Another process works on this.');
    }
  }

  const db: Db = {
    async query<R extends Row>(text: string, params: readonly unknown[] = []): Promise<R[]> {
      const held = context.getStore() ?? [];
      if (held.length === 0 || !WRITES.test(text)) return connection.query<R>(text, params);
      const returns = RETURNS.test(text);
      const since = clock.now();
      const rows = await connection
        .query<R>(fenced(text, params.length, returns), [...params, ...namesOf(held)])
        .catch((error: unknown) => Promise.reject(inOurWords(error)));
      await requireOurs(held, since);
      return returns ? rows : [];
    },
    async transaction(work) {
      const held = context.getStore() ?? [];
      if (held.length === 0) return connection.transaction(work);
      const since = clock.now();
      const result = await connection.transaction(async (tx) => {
        await tx
          .query('select require_leases($1::text[], $2::bigint[])', namesOf(held))
          .catch((error: unknown) => Promise.reject(inOurWords(error)));
        return work(tx);
      });
      await requireOurs(held, since);
      return result;
    },
  };

  return {
    db,
    async hold(key, work) {
      let since = clock.now();
      let lease = await take(key);
      while (lease === undefined) {
        await new Promise<void>((resolve) => void clock.deadline(ASK_AGAIN_MS, resolve));
        since = clock.now();
        lease = await take(key);
      }
      const held = lease;
      all.set(held.fence, held);
      goOnBeating();
      try {
        await requireOurs([held], since);
        return await context.run([...(context.getStore() ?? []), held], () => work(held.lost.signal));
      } catch (error) {
        // A statement may find out before a beat does. What is given back when the process ends is nobody's yet.
        if (error instanceof LeaseLostError && all.has(held.fence)) lose(held);
        throw error;
      } finally {
        await giveBack(held);
      }
    },
    apart: (work) => context.run([], work),
    async close() {
      stopBeats?.();
      all.clear();
      await connection
        .query('delete from leases where owner = $1', [owner])
        .catch((error: unknown) => log.warn({ err: error }, 'Leases were not given back'));
    },
  };
}

/** Whether somebody who is believed to live holds what this names, as a condition. */
export function isLeased(key: string): string {
  return `exists (select 1 from leases where leases.key = ${key} and leases.until > clock_timestamp())`;
}

/** `now()` would be the start of a transaction. */
const UNTIL = (ms: string) => `clock_timestamp() + ${ms} * interval '1 millisecond'`;
const WRITES = /^\s*(insert|update|delete)\b/i;
const RETURNS = /\breturning\b/i;

/** The statement and the check in one: a statement that changes rows within a `with` is run to its end, and undone when the check raises. */
function fenced(text: string, params: number, returns: boolean): string {
  const check = `select require_leases($${params + 1}::text[], $${params + 2}::bigint[])`;
  return returns
    ? `with written as (${text}), mine as (${check}) select written.* from written, mine`
    : `with written as (${text}) ${check}`;
}

function inOurWords(error: unknown): unknown {
  return error instanceof UpstreamError && error.failure.code === LOST
    ? new LeaseLostError('Another process works on this.', { cause: error })
    : error;
}
