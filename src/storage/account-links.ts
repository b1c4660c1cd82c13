// Rows of links: who in Slack is who in Databricks, with the sealed access tokens of that link (their table is called grants).
import { randomInt } from 'node:crypto';
import { type Db, typed } from './db/db.ts';

export interface LinkKey {
  readonly team: string;
  readonly user: string;
  readonly host: string;
}

export interface Sealed {
  readonly sealed: Buffer;
  readonly keyId: string;
  /** When the access token in it ends. */
  readonly expiresAt: Date;
}

export interface LinkRow extends Sealed {
  readonly databricksId: string;
  readonly userName: string;
  readonly displayName: string;
  /** Counts the refreshes of its tokens; a write names the version it replaces. */
  readonly version: number;
}

/** Half of what an int4 holds: room to count on. */
const FIRST_VERSIONS = 2 ** 30;

const SELECT = `select databricks_id, user_name, display_name, sealed, key_id, expires_at, version
  from links join grants using (team, slack_user, host) where team = $1 and slack_user = $2 and host = $3`;

export function createLinkStore(db: Db) {
  const at = (key: LinkKey) => [key.team, key.user, key.host];

  const find = async (on: Db, key: LinkKey, lock = ''): Promise<LinkRow | undefined> => {
    const [row] = await on.query(`${SELECT} ${lock}`, at(key));
    return row && typed<LinkRow>(row);
  };

  return {
    find: (key: LinkKey) => find(db, key),

    /** Stores a link and answers the one that it replaces, if any. Call it in a transaction. */
    async replace(key: LinkKey, link: Omit<LinkRow, 'version'>): Promise<LinkRow | undefined> {
      const old = await find(db, key, 'for update');
      await db.query('delete from links where team = $1 and slack_user = $2 and host = $3', at(key));
      await db.query('insert into links (team, slack_user, host, databricks_id, user_name, display_name) values ($1, $2, $3, $4, $5, $6)', [
        ...at(key),
        link.databricksId,
        link.userName,
        link.displayName,
      ]);
      // Versions start anywhere, so that a refresh of an older link that is still under way can't write over this one.
      await db.query(
        'insert into grants (team, slack_user, host, sealed, key_id, expires_at, version) values ($1, $2, $3, $4, $5, $6, $7)',
        [...at(key), link.sealed, link.keyId, link.expiresAt, randomInt(1, FIRST_VERSIONS)],
      );
      return old;
    },

    /** Claims the right to refresh that version, up to `until`; false when another process has it, or has refreshed it. */
    async claim(key: LinkKey, version: number, now: Date, until: Date): Promise<boolean> {
      const rows = await db.query(
        `update grants set refreshing_until = $6 where team = $1 and slack_user = $2 and host = $3 and version = $4
         and (refreshing_until is null or refreshing_until < $5) returning version`,
        [...at(key), version, now, until],
      );
      return rows.length === 1;
    },

    /** Gives the claim back without new tokens. */
    async unclaim(key: LinkKey, version: number): Promise<void> {
      await db.query('update grants set refreshing_until = null where team = $1 and slack_user = $2 and host = $3 and version = $4', [
        ...at(key),
        version,
      ]);
    },

    /** Keeps refreshed tokens if nobody did since `version`; false when somebody did, or the link is gone. */
    async refreshed(key: LinkKey, version: number, next: Sealed): Promise<boolean> {
      const rows = await db.query(
        `update grants set sealed = $5, key_id = $6, expires_at = $7, version = version + 1, refreshing_until = null
         where team = $1 and slack_user = $2 and host = $3 and version = $4 returning version`,
        [...at(key), version, next.sealed, next.keyId, next.expiresAt],
      );
      return rows.length === 1;
    },

    /** Deletes the link (of that version only, when one is given) and answers what it was. */
    remove: (key: LinkKey, version?: number): Promise<LinkRow | undefined> =>
      db.transaction(async (tx) => {
        const old = await find(tx, key, 'for update');
        if (old === undefined || (version !== undefined && old.version !== version)) return undefined;
        await tx.query('delete from links where team = $1 and slack_user = $2 and host = $3', at(key));
        return old;
      }),
  };
}

export type LinkStore = ReturnType<typeof createLinkStore>;
