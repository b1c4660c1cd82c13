// Where a bundle is deployed or destroyed: one thing at a time per place.
import type { Db } from './db/db.ts';

export interface Place {
  readonly host: string;
  /** Written out, with /Workspace: what a bundle and its target are called does not say where they lie. */
  readonly rootPath: string;
}

/** Somebody who is at work there, or whose CLI may still be. */
export interface Busy {
  readonly state: 'running' | 'unknown';
  readonly decidedBy: string;
}

/**
 * How long a CLI that nobody follows any more may go on: it is given up after this (deployment/cli/limits.ts), also where nobody can look for it,
 * as when whoever it was for has disconnected.
 */
const MAY_RUN = '45 minutes';

/** Until the transaction ends, whoever else wants to start something at this place waits here. */
export async function lockPlace(tx: Db, { host, rootPath }: Place): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [JSON.stringify([host, rootPath])]);
}

/** What runs at a place besides `except`: the development mode of the CLI has no lock of its own (facts: cli#locks). */
export async function busyAt(db: Db, { host, rootPath }: Place, except: string): Promise<Busy | undefined> {
  const atWork = (table: string) =>
    `(${table}.state = 'running' or (${table}.state = 'unknown' and ${table}.result->>'mayRun' = 'true'
      and coalesce(${table}.begun_at, ${table}.decided_at) > now() - interval '${MAY_RUN}')) and ${table}.id <> $3`;
  const [row] = await db.query(
    `select p.state, coalesce(p.decided_by, p.slack_user) as decided_by from proposals p
     where p.host = $1 and p.root_path = $2 and ${atWork('p')}
     union all
     select w.state, coalesce(w.decided_by, '') from writes w where w.host = $1 and w.root_path = $2 and ${atWork('w')} limit 1`,
    [host, rootPath, except],
  );
  return row && { state: row.state === 'running' ? 'running' : 'unknown', decidedBy: String(row.decided_by) };
}
