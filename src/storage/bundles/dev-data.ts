// Rows of where people want their development copies to write: each answered once, by person, workspace and catalog of production.
import type { DataPlace } from '../../bundle/data/names.ts';
import type { Db } from '../db/db.ts';

interface Person {
  readonly host: string;
  readonly userName: string;
}

export interface DevDataRows {
  /** What this person has answered, by the catalog of production (in small letters; empty where a job names none). */
  of(person: Person): Promise<Record<string, DataPlace>>;
  /** Keeps an answer, in the place of an earlier one. */
  keep(person: Person, catalog: string, place: DataPlace): Promise<void>;
  /** Who has answered exactly this for that catalog of production. */
  whoseIs(host: string, catalog: string, place: DataPlace): Promise<string[]>;
}

export function createDevDataRows(db: Db): DevDataRows {
  return {
    async of({ host, userName }) {
      const rows = await db.query<{ catalog: string; own_schema: string | null; own_catalog: string | null }>(
        'select catalog, own_schema, own_catalog from dev_data where host = $1 and user_name = lower($2)',
        [host, userName],
      );
      return Object.fromEntries(
        rows.map(({ catalog, own_schema: schema, own_catalog: ownCatalog }) => [
          catalog,
          { ...(schema === null ? {} : { schema }), ...(ownCatalog === null ? {} : { catalog: ownCatalog }) },
        ]),
      );
    },

    async keep({ host, userName }, catalog, { schema, catalog: ownCatalog }) {
      await db.query(
        `insert into dev_data (host, user_name, catalog, own_schema, own_catalog) values ($1, lower($2), $3, $4, $5)
         on conflict (host, user_name, catalog) do update
         set own_schema = excluded.own_schema, own_catalog = excluded.own_catalog, answered_at = now()`,
        [host, userName, catalog, schema ?? null, ownCatalog ?? null],
      );
    },

    async whoseIs(host, catalog, { schema = '', catalog: ownCatalog = '' }) {
      const rows = await db.query<{ user_name: string }>(
        `select user_name from dev_data where host = $1 and catalog = $2
           and lower(coalesce(own_schema, '')) = lower($3) and lower(coalesce(own_catalog, '')) = lower($4) order by user_name`,
        [host, catalog, schema, ownCatalog],
      );
      return rows.map(({ user_name }) => user_name);
    },
  };
}
