// When calls of Slack's methods were made or are booked, by all processes: what Slack limits is their sum.
import type { Db } from '../db/db.ts';

/** So many calls in any stretch of that length, which is a whole number. */
export interface Rate {
  readonly calls: number;
  readonly perMs: number;
}

/** Nobody waits longer: a time farther ahead was written by a clock that went wrong. */
const LONGEST_MS = 900_000;

/** Times are milliseconds since 1970 by the programs' clock, which may run faster than the database's. */
export function createCallRates(db: Db) {
  return {
    /** Books the next call that is free, behind all that are booked: when it may be made. */
    async book(key: string, { calls, perMs }: Rate, now: number): Promise<number> {
      const [row] = await db.query<{ at: string }>(
        `insert into call_rates as own (key, times) values ($1, array[$2::bigint])
         on conflict (key) do update set times = (
           own.times || greatest($2, least($5, coalesce(own.times[cardinality(own.times) - $3::integer + 1] + $4::bigint, $2)))
         )[greatest(1, cardinality(own.times) + 2 - $3::integer):]
         returning times[cardinality(times)] as at`,
        [key, Math.round(now), calls, perMs, Math.round(now) + LONGEST_MS],
      );
      return Number(row?.at ?? now);
    },

    /** Books a call for now, unless that leaves fewer than `kept` of the rate; false where it is not booked. */
    async take(key: string, { calls, perMs }: Rate, now: number, kept: number): Promise<boolean> {
      const rows = await db.query(
        `insert into call_rates as own (key, times) values ($1, array[$2::bigint])
         on conflict (key) do update set times = (own.times || $2::bigint)[greatest(1, cardinality(own.times) + 2 - $3::integer):]
         where coalesce(own.times[cardinality(own.times) - $5::integer + 1] + $4::bigint, $2) <= $2 returning key`,
        [key, Math.round(now), calls, perMs, calls - kept],
      );
      return rows.length === 1;
    },

    /** A place that was booked and lies ahead is not needed: whoever books next comes as much earlier as one call takes. */
    async giveBack(key: string, { calls, perMs }: Rate, now: number): Promise<void> {
      await db.query(
        `update call_rates set times = array(select booked - $2::bigint from unnest(times) as booked order by booked)
         where key = $1 and times[cardinality(times)] > $3`,
        [key, Math.floor(perMs / calls), Math.round(now)],
      );
    },

    /** Slack has put a call off: none is free before `until`. */
    async putOff(key: string, { calls, perMs }: Rate, until: number): Promise<void> {
      await db.query(
        `insert into call_rates (key, times) values ($1, array_fill($2::bigint, array[$3::integer]))
         on conflict (key) do update set times = excluded.times`,
        [key, Math.round(until) - perMs, calls],
      );
    },
  };
}

export type CallRates = ReturnType<typeof createCallRates>;
