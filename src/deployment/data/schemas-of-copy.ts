// Which schemas a run of a development copy needs that nobody has made yet.
import { makeSchema } from '../../bundle/model/text.ts';
import { listed } from '../policy/phrases.ts';
import type { Named } from './named.ts';

/** Whether there is a schema, by catalog and name; undefined where nobody can tell. */
export type IsSchemaThere = (name: string) => Promise<boolean | undefined>;

/** Schemas that are asked for: each is a request. */
const MOST_ASKED = 10;
/** Catalogs that Unity Catalog does not keep (facts: databricks#schemas-of-unity-catalog). */
const OUTSIDE = /^(?:hive_metastore|spark_catalog)\./i;

/** The schemas of a copy's own that no code of it makes: those that surely are not there, and those of which it can't be told. */
export async function schemasToMake(tables: readonly Named[], made: ReadonlySet<string>, isThere: IsSchemaThere) {
  const schemaOf = (name: string) => name.slice(0, name.lastIndexOf('.'));
  const own = tables.flatMap(({ name, changes, instead = name }) =>
    changes && schemaOf(name) !== schemaOf(instead) ? [schemaOf(name)] : [],
  );
  const isMade = (schema: string) => [schema, schema.slice(schema.lastIndexOf('.') + 1)].some((one) => made.has(one.toLowerCase()));
  const schemas = [...new Set(own)].sort().filter((schema) => !isMade(schema));
  const found = await Promise.all(
    schemas.map((schema, i) => (i < MOST_ASKED && schema.includes('.') && !OUTSIDE.test(schema) ? isThere(schema) : undefined)),
  );
  return { missing: schemas.filter((_, i) => found[i] === false), unknown: schemas.filter((_, i) => found[i] === undefined) };
}

export function statements(schemas: readonly string[]): string {
  return listed(schemas.map(makeSchema));
}
