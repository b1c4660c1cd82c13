// Statements of SQL that settings hold: which tables they name, and where in their text.
import type { StatementTables } from '../bundle/model/bundle.ts';
import type { Analyze } from './analyze.ts';
import { LIMITS } from './source/limits.ts';
import { isChange } from './table-places.ts';

const STATEMENT =
  /^\s*(?:insert\s+(?:into|overwrite)|merge\s+into|copy\s+into|create\s+(?:or\s+replace\s+)?(?:table|view|materialized|streaming)|delete\s+from|truncate\s+table|drop\s+(?:table|view)|alter\s+table|update\s+\S+\s+set|optimize\s+\S+\.|with\s+\w+\s+as\s*\(|select\s[\s\S]*?\sfrom)\s?/i;

export function isStatement(text: string): boolean {
  return STATEMENT.test(text);
}

interface TableInText {
  readonly changes: boolean;
  /** As far as they are said; what is computed stands as `{name}`. */
  readonly parts: readonly string[];
}

export async function tablesInText(text: string, analyze: Analyze): Promise<TableInText[]> {
  const { named } = await analyze({ path: 'setting.sql', kind: 'file', bytes: Buffer.from(text) });
  return named.map((table) => ({ changes: isChange(table), parts: table.parts }));
}

/** Quoted text and comments, or a name of three parts, of which each may stand in backticks. */
const PIECE =
  /'(?:[^'\\]|\\[\s\S])*(?:'|\\?$)|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|--[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*$)|(?<![\w.`-])(`?)(\w[\w-]{0,254})\1\.(`?)(\w[\w-]{0,254})\3\.(`?)(\w[\w-]{0,254})\5(?![\w`])/g;

interface NameInText {
  readonly parts: readonly [catalog: string, schema: string, name: string];
  /** Where these begin in the text. */
  readonly catalogAt: number;
  readonly schemaAt: number;
}

/** Names of three parts outside of quotes and comments. A column's name may have its table's in front. */
function namesIn(text: string): NameInText[] {
  return [...text.matchAll(PIECE)].flatMap(({ index, 1: quote = '', 2: catalog, 3: second = '', 4: schema, 6: name }) => {
    if (catalog === undefined || schema === undefined || name === undefined) return [];
    const catalogAt = index + quote.length;
    return [{ parts: [catalog, schema, name], catalogAt, schemaAt: catalogAt + catalog.length + quote.length + 1 + second.length }];
  });
}

/**
 * A statement with the names of its tables, where each of these stands in it with its catalog and schema and no other name does, so that they
 * can be changed there; undefined otherwise.
 */
export async function placesInText(text: string, analyze: Analyze): Promise<StatementTables | undefined> {
  if (text.length > LIMITS.sqlStatement || !isStatement(text)) return undefined;
  const names = namesIn(text);
  if (names.length === 0) return undefined;
  const tables = new Map<string, boolean>();
  for (const { changes, parts } of await tablesInText(text, analyze)) {
    const name = parts.join('.');
    tables.set(name, changes || tables.get(name) === true);
  }
  const found = names.flatMap((one) => {
    const changes = tables.get(one.parts.join('.'));
    return changes === undefined ? [] : [{ ...one, changes }];
  });
  const where = new Set(found.map(({ parts }) => parts.join('.')));
  const areAllFound = [...tables.keys()].every((name) => where.has(name));
  return areAllFound && found.length === names.length ? { text, tables: found } : undefined;
}
