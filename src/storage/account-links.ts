// Rows of links: who in Slack is who in Databricks, with the sealed access tokens of that link (their table is called grants).
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Db } from './db/db.ts';

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

export interface LinkStore {
  find(key: LinkKey): Promise<LinkRow | undefined>;
  /** Stores a link and answers the one that it replaces, if any. Call it in a transaction. */
  replace(key: LinkKey, link: Omit<LinkRow, 'version'>): Promise<LinkRow | undefined>;
  /** Claims the right to refresh that version, up to `until`; false when another process has it, or has refreshed it. */
  claim(key: LinkKey, version: number, now: Date, until: Date): Promise<boolean>;
  /** Gives the claim back without new tokens. */
  unclaim(key: LinkKey, version: number): Promise<void>;
  /** Keeps refreshed tokens if nobody did since `version`; false when somebody did, or the link is gone. */
  refreshed(key: LinkKey, version: number, sealed: Sealed): Promise<boolean>;
  /** Deletes the link (of that version only, when one is given) and answers what it was. */
  remove(key: LinkKey, version?: number): Promise<LinkRow | undefined>;
}

/** Half of what an int4 holds: room to count on. */
const FIRST_VERSIONS = 2 ** 30;

const Row = z
  .object({
    databricks_id: z.string(),
    user_name: z.string(),
    display_name: z.string(),
    sealed: z.instanceof(Buffer),
    key_id: z.string(),
    expires_at: z.date(),
    version: z.number(),
  })
  .transform(
    (row): LinkRow => ({
      databricksId: row.databricks_id,
      userName: row.user_name,
      displayName: row.display_name,
      sealed: row.sealed,
      keyId: row.key_id,
      expiresAt: row.expires_at,
      version: row.version,
    }),
  );

const SELECT = `select databricks_id, user_name, display_name, sealed, key_id, expires_at, version
  from links join grants using (team, slack_user, host) where team = $1 and slack_user = $2 and host = $3`;

export function createLinkStore(db: Db): LinkStore {
  const at = (key: LinkKey) => [key.team, key.user, key.host];

  const find = async (on: Db, key: LinkKey, lock = ''): Promise<LinkRow | undefined> => {
    const [row] = await on.query(`${SELECT} ${lock}`, at(key));
    return row === undefined ? undefined : Row.parse(row);
  };

  return {
    find: (key) => find(db, key),

    async replace(key, link) {
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

    async claim(key, version, now, until) {
      const rows = await db.query(
        `update grants set refreshing_until = $6 where team = $1 and slack_user = $2 and host = $3 and version = $4
         and (refreshing_until is null or refreshing_until < $5) returning version`,
        [...at(key), version, now, until],
      );
      return rows.length === 1;
    },

    async unclaim(key, version) {
      await db.query('update grants set refreshing_until = null where team = $1 and slack_user = $2 and host = $3 and version = $4', [
        ...at(key),
        version,
      ]);
    },

    async refreshed(key, version, next) {
      const rows = await db.query(
        `update grants set sealed = $5, key_id = $6, expires_at = $7, version = version + 1, refreshing_until = null
         where team = $1 and slack_user = $2 and host = $3 and version = $4 returning version`,
        [...at(key), version, next.sealed, next.keyId, next.expiresAt],
      );
      return rows.length === 1;
    },

    remove: (key, version) =>
      db.transaction(async (tx) => {
        const old = await find(tx, key, 'for update');
        if (old === undefined || (version !== undefined && old.version !== version)) return undefined;
        await tx.query('delete from links where team = $1 and slack_user = $2 and host = $3', at(key));
        return old;
      }),
  };
}
