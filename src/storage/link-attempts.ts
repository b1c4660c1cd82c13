// Rows of sign-ins under way: from the Connect button to the confirm page, each used once and for ten minutes.
import type { LinkRow } from './account-links.ts';
import { type Db, jsonbOf, type Row, typed } from './db/db.ts';
import type { Scoped, Who } from './usage/usage.ts';

interface NewAttempt {
  /** sha256 (hex) of the nonce in the link: the link itself is not kept. */
  readonly id: string;
  readonly team: string;
  readonly user: string;
  /** Where it was asked for; absent in rows that are older than it. */
  readonly channel?: string;
  readonly slackName: string;
  readonly slackEmail: string;
  readonly host: string;
  /** What goes on after the link: plain JSON. */
  readonly resume: unknown;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

type Account = Omit<LinkRow, 'version'>;

export interface Attempt extends Omit<NewAttempt, 'resume'> {
  readonly state: 'started' | 'opened' | 'authorized' | 'confirmed' | 'refused';
  readonly resume?: unknown;
  readonly browserHash?: string;
  readonly verifier?: string;
  readonly csrfHash?: string;
  /** Who signed in, and their tokens, while it waits for its Confirm. */
  readonly account?: Account;
}

export function createLinkAttemptStore(db: Db) {
  const find = async (id: string, lock: '' | 'for update') => {
    const [row] = await db.query(`select * from link_attempts where nonce = $1 ${lock}`, [id]);
    return row && attemptOf(row);
  };
  const run = async (sql: string, params: readonly unknown[]) => {
    await db.query(sql, params);
  };

  return {
    start: (a: NewAttempt) =>
      run(
        `insert into link_attempts (nonce, team, slack_user, channel, slack_name, slack_email, host, resume, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)`,
        [a.id, a.team, a.user, a.channel ?? null, a.slackName, a.slackEmail, a.host, jsonbOf(a.resume), a.createdAt, a.expiresAt],
      ),
    /** Attempts that are under way at that time, of a person, in a channel, and in the team. */
    async open({ team, channel, user }: Who, now: Date): Promise<Scoped> {
      const [row] = await db.query<{ person: number; channel: number; team: number }>(
        `select (count(*) filter (where slack_user = $2))::integer as person, (count(*) filter (where channel = $3))::integer as channel,
           count(*)::integer as team from link_attempts where team = $1 and expires_at > $4 and state not in ('confirmed', 'refused')`,
        [team, user, channel, now],
      );
      return row ?? { person: 0, channel: 0, team: 0 };
    },
    find: (id: string) => find(id, ''),
    /** The same, locked until the transaction ends. */
    lock: (id: string) => find(id, 'for update'),
    opened: (id: string, browserHash: string, verifier: string) =>
      run("update link_attempts set state = 'opened', browser_hash = $2, verifier = $3 where nonce = $1", [id, browserHash, verifier]),
    /** Takes the verifier away: from here on the callback can't come again. */
    used: (id: string) => run('update link_attempts set verifier = null where nonce = $1', [id]),
    authorized: (id: string, csrfHash: string, who: Account) =>
      run(
        `update link_attempts set state = 'authorized', csrf_hash = $2, sealed = $3, key_id = $4, token_expires_at = $5,
         databricks_id = $6, user_name = $7, display_name = $8 where nonce = $1`,
        [id, csrfHash, who.sealed, who.keyId, who.expiresAt, who.databricksId, who.userName, who.displayName],
      ),
    /** Ends an attempt and takes its tokens out of the row. A confirmed one keeps its `resume` until `resumed` is called. */
    end: (id: string, state: 'confirmed' | 'refused') =>
      run('update link_attempts set state = $2, verifier = null, csrf_hash = null, sealed = null, key_id = null where nonce = $1', [
        id,
        state,
      ]),
    resumed: (id: string) => run('update link_attempts set resume = null where nonce = $1', [id]),
    /** Confirmed attempts whose `resume` nobody has gone on with yet. */
    async toResume(): Promise<Attempt[]> {
      const rows = await db.query("select * from link_attempts where state = 'confirmed' and resume is not null order by created_at");
      return rows.map(attemptOf);
    },
    /** Deletes attempts that expired before `before`. */
    forget: (before: Date) => run('delete from link_attempts where expires_at < $1', [before]),
  };
}

type Columns = Omit<Attempt, 'id' | 'user'> & Partial<Account> & { nonce: string; slackUser: string; tokenExpiresAt?: Date };

function attemptOf(row: Row): Attempt {
  const { nonce: id, slackUser: user, sealed, keyId, tokenExpiresAt, databricksId, userName, displayName, ...rest } = typed<Columns>(row);
  const account = { databricksId, userName, displayName, sealed, keyId, expiresAt: tokenExpiresAt } as Account;
  return { ...rest, id, user, ...(sealed === undefined ? {} : { account }) };
}
