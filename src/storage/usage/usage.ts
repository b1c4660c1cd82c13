// What one person, one channel and the whole team use of the bot: counted out of rows, by the database's clock.
import type { Db } from '../db/db.ts';

/** Somebody somewhere. */
export interface Who {
  readonly team: string;
  readonly channel: string;
  readonly user: string;
}

/** One number for each that has a limit of its own. */
export interface Scoped {
  readonly person: number;
  readonly channel: number;
  readonly team: number;
}

export type Usage = {
  /** Messages that wait or are worked on. */
  readonly waiting: Scoped;
  /** Messages of the last hour. */
  readonly hourly: Scoped;
  /** Dollars that the model has cost in the last 24 hours. */
  readonly dollars: Scoped;
  /** Versions that were made, each of which is kept. */
  readonly bundles: Scoped;
};

const TURNS = 'from turns t join conversations c on c.id = t.conversation_id where c.team = $1';

/**
 * What counts against a limit, with who and where; `at` is when, where it counts for a `period` only. By `now()`: rows are looked up in an index
 * by no time that changes within the statement.
 */
const COUNTED: Readonly<Record<keyof Usage, { readonly rows: string; readonly period?: string }>> = {
  waiting: { rows: `select t.slack_user, c.channel, 1 as amount ${TURNS} and t.state in ('queued', 'running')` },
  hourly: {
    rows: `select t.slack_user, c.channel, 1 as amount, t.created_at as at ${TURNS} and t.created_at > now() - interval '1 hour'`,
    period: '1 hour',
  },
  dollars: {
    rows: `select slack_user, channel, dollars as amount, at from costs where team = $1 and at > now() - interval '1 day'`,
    period: '1 day',
  },
  bundles: {
    // A version that comes of a press counts for whoever began its thread.
    rows: `select coalesce(t.slack_user, c.requester) as slack_user, c.channel, 1 as amount from versions v
           join conversations c on c.id = v.conversation_id left join turns t on t.id = v.turn_id where c.team = $1`,
  },
};

/** Which of those rows are a scope's. */
const OF: Readonly<Record<keyof Scoped, string>> = { person: 'slack_user = $2', channel: 'channel = $3', team: 'true' };

const SUMS = Object.entries(OF).map(([scope, own]) => `'${scope}', coalesce(sum(amount) filter (where ${own}), 0)`);

const sumsOf = (kind: keyof Usage) => `(select json_build_object(${SUMS.join(', ')}) from (${COUNTED[kind].rows}) counted) as ${kind}`;

export function createUsageRows(db: Db) {
  return {
    async of<Kind extends keyof Usage>({ team, channel, user }: Who, kinds: readonly Kind[]): Promise<Pick<Usage, Kind>> {
      const [row] = await db.query<Usage>(`select ${kinds.map(sumsOf).join(', ')}`, [team, user, channel]);
      if (row === undefined) throw new Error('a select without a table gave no row');
      return row;
    },

    /** Seconds until less than `limit` counts; undefined where only work that ends makes it less. */
    async freeIn(kind: keyof Usage, scope: keyof Scoped, { team, channel, user }: Who, limit: number): Promise<number | undefined> {
      const { rows, period } = COUNTED[kind];
      if (period === undefined) return undefined;
      const [row] = await db.query<{ seconds: number }>(
        `select extract(epoch from at + interval '${period}' - now())::float8 as seconds
         from (select at, sum(amount) over (order by at desc rows unbounded preceding) as newest from (${rows}) counted
               where ($2::text, $3::text) is not null and ${OF[scope]}) summed
         where newest >= $4::float8 order by at desc limit 1`,
        [team, user, channel, limit],
      );
      return row?.seconds;
    },
  };
}

export type UsageRows = ReturnType<typeof createUsageRows>;
