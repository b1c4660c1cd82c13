// Schemas of their own that copies write to: looked for before anybody is told to make them.
import { isCatalog, isOfData, nameOf } from '../bundle/data/names.ts';
import type { Bundle, Diagnostic } from '../bundle/model/bundle.ts';
import { makeSchema } from '../bundle/model/text.ts';
import { shortName } from '../bundle/proof/resolve-offline.ts';
import { configurationOf, environmentOf } from '../bundle/yaml/describe-tree.ts';
import { UpstreamError, UserError } from '../values/errors.ts';
import { objectOf } from '../values/json.ts';

/** Catalogs that Unity Catalog does not keep (facts: databricks#schemas-of-unity-catalog). */
const OUTSIDE = /^(?:hive_metastore|spark_catalog)\./i;

/** Schemas of a copy that are asked for: each is a request; our choice. */
const MOST_ASKED = 10;

export interface LooksForSchemas {
  readonly userName: string;
  /** Undefined where it can't be told. */
  readonly isSchemaThere: (name: string) => Promise<boolean | undefined>;
}

/** `makes`: the schemas that the code makes itself, as far as it says which. */
export async function schemasToMake(
  bundle: Pick<Bundle, 'files' | 'targets' | 'variables'>,
  makes: readonly string[],
  { userName, isSchemaThere }: LooksForSchemas,
): Promise<Diagnostic[]> {
  // Code that makes a schema by a parameter makes that of each copy.
  if (makes.some((name) => /\{[^{}]*\}$/.test(name))) return [];
  const copies = bundle.targets.filter((target) => environmentOf(bundle, target) === 'development');
  const told = copies.map(async (target): Promise<Diagnostic[]> => {
    const schemas = schemasIn(bundle, target, shortName(userName)).slice(0, MOST_ASKED);
    const found = await Promise.all(schemas.map(async (schema) => ({ schema, isThere: await isSchemaThere(schema).catch(unlessBug) })));
    return found.flatMap(({ schema, isThere }) =>
      isThere === true ? [] : [{ level: 'note', place: `target ${target}`, message: messageOf(schema, isThere) }],
    );
  });
  return (await Promise.all(told)).flat();
}

/** With their catalogs, as far as these are said; where they are not, nobody can look. */
function schemasIn({ files, variables }: Pick<Bundle, 'files' | 'variables'>, target: string, shortName: string): string[] {
  const parts = configurationOf(files).map(({ value }) => objectOf(objectOf(objectOf(value.targets)[target]).variables));
  const given = new Map(parts.flatMap((part) => Object.entries(part).map(([name, value]) => [name, nameOf(String(value), shortName)])));
  const moved = [...given].flatMap(([name, value]) => (isCatalog(name) ? [value] : []));
  const all = variables.flatMap(({ name, value }) => (isCatalog(name) ? [value] : []));
  // Where a copy has a catalog of its own, others are those that it reads from.
  const catalogs = new Set(moved.length > 0 ? moved : all);
  const before = catalogs.size === 1 ? `${[...catalogs][0]}.` : '';
  const own = [...given].flatMap(([name, value]) => (isOfData(name) && !isCatalog(name) ? [value] : []));
  const schemas = own.map((value) => (value.includes('.') ? value : `${before}${value}`));
  return [...new Set(schemas)].filter((name) => name.includes('.') && !OUTSIDE.test(name));
}

/** What can't be asked now keeps no bundle back. */
function unlessBug(error: unknown): undefined {
  if (!(error instanceof UserError || error instanceof UpstreamError)) throw error;
}

function messageOf(schema: string, isThere: false | undefined): string {
  if (isThere === undefined) return `where there is no schema \`${schema}\` yet, make it before a run: ${makeSchema(schema)}`;
  return `there is no schema \`${schema}\` yet; make it before a run: ${makeSchema(schema)}`;
}
