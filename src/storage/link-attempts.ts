// Rows of sign-ins under way: from the Connect button to the confirm page, each used once and for ten minutes.
import { z } from 'zod';
import type { Sealed } from './account-links.ts';
import type { Db } from './db/db.ts';

interface NewAttempt {
  /** sha256 (hex) of the nonce in the link: the link itself is not kept. */
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly slackName: string;
  readonly slackEmail: string;
  readonly host: string;
  /** JSON text of what goes on after the link. */
  readonly resume: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Attempt extends Omit<NewAttempt, 'resume'> {
  readonly state: 'started' | 'opened' | 'authorized' | 'confirmed' | 'refused';
  readonly resume: unknown;
  readonly browserHash: string | null;
  readonly verifier: string | null;
  readonly csrfHash: string | null;
  /** Who signed in, and their tokens, while it waits for its Confirm. */
  readonly account: (Sealed & { databricksId: string; userName: string; displayName: string }) | undefined;
}

interface Authorized extends Sealed {
  readonly csrfHash: string;
  readonly databricksId: string;
  readonly userName: string;
  readonly displayName: string;
}

interface LinkAttemptStore {
  start(attempt: NewAttempt): Promise<void>;
  find(id: string): Promise<Attempt | undefined>;
  /** The same, locked until the transaction ends. */
  lock(id: string): Promise<Attempt | undefined>;
  opened(id: string, browserHash: string, verifier: string): Promise<void>;
  /** Takes the verifier away: from here on the callback can't come again. */
  used(id: string): Promise<void>;
  authorized(id: string, what: Authorized): Promise<void>;
  /** Ends an attempt and takes its tokens out of the row. A confirmed one keeps its `resume` until `resumed` is called. */
  end(id: string, state: 'confirmed' | 'refused'): Promise<void>;
  resumed(id: string): Promise<void>;
  /** Confirmed attempts whose `resume` nobody has gone on with yet. */
  toResume(): Promise<Attempt[]>;
  /** Deletes attempts that expired before `before`. */
  forget(before: Date): Promise<void>;
}

const Row = z
  .object({
    nonce: z.string(),
    team: z.string(),
    slack_user: z.string(),
    slack_name: z.string(),
    slack_email: z.string(),
    host: z.string(),
    resume: z.unknown(),
    state: z.enum(['started', 'opened', 'authorized', 'confirmed', 'refused']),
    browser_hash: z.string().nullable(),
    verifier: z.string().nullable(),
    csrf_hash: z.string().nullable(),
    sealed: z.instanceof(Buffer).nullable(),
    key_id: z.string().nullable(),
    token_expires_at: z.date().nullable(),
    databricks_id: z.string().nullable(),
    user_name: z.string().nullable(),
    display_name: z.string().nullable(),
    created_at: z.date(),
    expires_at: z.date(),
  })
  .transform((row): Attempt => {
    const { sealed, key_id: keyId, token_expires_at: expiresAt, databricks_id: databricksId, user_name: userName } = row;
    const complete = sealed !== null && keyId !== null && expiresAt !== null && databricksId !== null && userName !== null;
    return {
      id: row.nonce,
      team: row.team,
      user: row.slack_user,
      slackName: row.slack_name,
      slackEmail: row.slack_email,
      host: row.host,
      resume: row.resume,
      state: row.state,
      browserHash: row.browser_hash,
      verifier: row.verifier,
      csrfHash: row.csrf_hash,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      account: complete ? { sealed, keyId, expiresAt, databricksId, userName, displayName: row.display_name ?? userName } : undefined,
    };
  });

export function createLinkAttemptStore(db: Db): LinkAttemptStore {
  const find = async (id: string, lock: '' | 'for update') => {
    const [row] = await db.query(`select * from link_attempts where nonce = $1 ${lock}`, [id]);
    return row === undefined ? undefined : Row.parse(row);
  };
  const run = async (sql: string, params: readonly unknown[]) => {
    await db.query(sql, params);
  };

  return {
    start: (a) =>
      run(
        `insert into link_attempts (nonce, team, slack_user, slack_name, slack_email, host, resume, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)`,
        [a.id, a.team, a.user, a.slackName, a.slackEmail, a.host, a.resume, a.createdAt, a.expiresAt],
      ),
    find: (id) => find(id, ''),
    lock: (id) => find(id, 'for update'),
    opened: (id, browserHash, verifier) =>
      run("update link_attempts set state = 'opened', browser_hash = $2, verifier = $3 where nonce = $1", [id, browserHash, verifier]),
    used: (id) => run('update link_attempts set verifier = null where nonce = $1', [id]),
    authorized: (id, what) =>
      run(
        `update link_attempts set state = 'authorized', csrf_hash = $2, sealed = $3, key_id = $4, token_expires_at = $5,
         databricks_id = $6, user_name = $7, display_name = $8 where nonce = $1`,
        [id, what.csrfHash, what.sealed, what.keyId, what.expiresAt, what.databricksId, what.userName, what.displayName],
      ),
    end: (id, state) =>
      run('update link_attempts set state = $2, verifier = null, csrf_hash = null, sealed = null, key_id = null where nonce = $1', [
        id,
        state,
      ]),
    resumed: (id) => run('update link_attempts set resume = null where nonce = $1', [id]),
    toResume: async () => {
      const rows = await db.query("select * from link_attempts where state = 'confirmed' and resume is not null order by created_at");
      return rows.map((row) => Row.parse(row));
    },
    forget: (before) => run('delete from link_attempts where expires_at < $1', [before]),
  };
}
