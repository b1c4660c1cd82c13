// Whether a SQL statement surely does nothing but read: decided by its tokens and by the parser, and only where both agree.
import { wordSet } from '../../values/text.ts';
import { BUILTINS } from './builtins.ts';
import { type SqlToken, scanSql } from './scan.ts';

/** `why` says what speaks against it, after "because"; names of the statement stand in it as JSON strings. */
type ReadOnlyVerdict = { readonly reads: true } | { readonly reads: false; readonly why: string };

/** Units; what is longer is nothing that a person reads before they run it. */
const LONGEST = 20_000;
const NAMES = ['SHOW', 'DESCRIBE', 'DESC'];
const QUERIES = ['SELECT', 'WITH', 'VALUES', 'FROM'];
const MODES = ['EXTENDED', 'CODEGEN', 'COST', 'FORMATTED'];
/** What EXPLAIN may be about: it plans these and does not run them. EXECUTE IMMEDIATE and CALL may run while they are planned. */
const EXPLAINED = [...QUERIES, 'INSERT', 'MERGE', 'UPDATE', 'DELETE'];
/** Words of statements that write, which Spark's grammar allows behind WITH and FROM too. A column of such a name can be put in backticks. */
const WRITES = new Set(['INSERT', 'MERGE', 'UPDATE', 'DELETE', 'INTO', 'OVERWRITE', 'TRUNCATE', 'EXECUTE', 'CALL']);
/** Words that may stand before a parenthesis without being called. */
const SYNTAX = wordSet(
  `ALL AND ANTI ANY AS BETWEEN BY CASE CUBE DEC DISTINCT ELSE ESCAPE EXCEPT EXISTS FILTER FOR FROM GROUP HAVING IN INTERSECT INTERVAL IS JOIN
  LATERAL LIKE LIMIT MINUS NOT NUMERIC OF OFFSET ON OR OVER PARTITION PIVOT QUALIFY RECURSIVE REPEATABLE ROLLUP SELECT SETS SOME TABLE
  TABLESAMPLE THEN UNION UNPIVOT USING VALUES VARCHAR WHEN WHERE WITHIN`,
);
/** Roots of a tree that is a query, and of one that EXPLAIN may hold. */
const QUERY_ROOTS = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'values']);
const WRITE_ROOTS = new Set(['insert', 'merge', 'update', 'delete']);
/** Parts of a tree that no query has. */
const WRITING_PART =
  /^(insert|update|delete|merge|copy|create|drop|alter|truncate|command|raw|call|execute|use|set_statement|into|query_transform|grant|revoke|analyze|refresh|cache|uncache|load|kill|export|import|optimize|declare)(_|$)/;

const no = (why: string): ReadOnlyVerdict => ({ reads: false, why });
type Sql = typeof import('@polyglot-sql/sdk');
const DIALECT = 'databricks' as Parameters<Sql['parse']>[1];

/**
 * Whether the text is exactly one statement of an allow-list (a query, SHOW, DESCRIBE, EXPLAIN of a query or of a change) that calls built-in
 * functions only. Whatever is unknown, unparsed or could be read in two ways is not surely reading: functions of people's own too, since a
 * Python function or one that calls http_request reaches outside. What a view does inside is not looked at: its owner answers for that.
 */
export async function readsOnly(text: string): Promise<ReadOnlyVerdict> {
  if (text.length > LONGEST) return no(`it is longer than ${LONGEST} characters`);
  const scan = scanSql(text);
  if (!scan.ok) return no(scan.why);
  const end = scan.tokens.findIndex((token) => isSign(token, ';'));
  if (end >= 0 && end < scan.tokens.length - 1) return no('it is more than one statement');
  const tokens = end < 0 ? scan.tokens : scan.tokens.slice(0, end);
  const first = wordAt(tokens, 0);
  if (first === 'EXPLAIN') return query(text, tokens.slice(MODES.includes(wordAt(tokens, 1)) ? 2 : 1), EXPLAINED);
  if (!NAMES.includes(first)) return query(text, tokens, QUERIES);
  const described = first === 'SHOW' ? 0 : wordAt(tokens, 1) === 'QUERY' ? 2 : QUERIES.includes(wordAt(tokens, 1)) ? 1 : 0;
  if (described > 0) return query(text, tokens.slice(described), QUERIES);
  // These hold names only; there is no expression in them to parse, and none of them changes anything.
  const strange = tokens.find((token) => token.kind === 'sign' && !/[.,=*@-]/.test(token.text));
  return strange === undefined ? callsOf(tokens) : no(`${first} takes names only`);
}

/** `tokens` are those of the query alone; the text may begin before them. */
async function query(text: string, tokens: readonly SqlToken[], firsts: readonly string[]): Promise<ReadOnlyVerdict> {
  const start = tokens.findIndex((token) => !isSign(token, '('));
  const first = wordAt(tokens, start);
  if (!firsts.includes(first) || (start > 0 && !QUERIES.includes(first)))
    return no(first === '' ? 'it begins with no word that is known' : `${first} is not one of the statements that only read`);
  const isChange = !QUERIES.includes(first);
  const write = isChange ? undefined : tokens.find((token) => token.kind === 'word' && WRITES.has(token.text));
  if (write !== undefined) return no(`${write.text} stands in it`);
  if (tokens.some((token, i) => token.text === 'USING' && tokens[i + 1]?.kind === 'string')) return no('it runs a script');
  const calls = callsOf(tokens);
  if (!calls.reads) return calls;
  const sql = await import('@polyglot-sql/sdk');
  const parsed = parse(sql, text.slice(tokens[0]?.at));
  if (parsed === undefined || parsed.length !== 1) return no('the parser does not know it as one statement');
  const root = Object.keys(parsed[0] ?? {});
  const roots = isChange ? WRITE_ROOTS : QUERY_ROOTS;
  if (root.length !== 1 || !roots.has(root[0] ?? '')) return no('the parser does not know it as a query');
  return partsOf(isChange ? Object.values(parsed[0] ?? {}) : parsed);
}

/** Every name before a parenthesis must be syntax or a built-in function, and belong to nobody's schema. */
function callsOf(tokens: readonly SqlToken[]): ReadOnlyVerdict {
  for (const [i, token] of tokens.entries()) {
    if (!isSign(tokens[i + 1], '(') || token.kind === 'number') continue;
    const before = tokens[i - 1];
    if (token.kind === 'sign') {
      // `f()(1)` and `a[0](1)` call what an expression answers.
      if (token.text === ')' || token.text === ']') return no('it calls something that has no name');
      continue;
    }
    // `VALUES (1) AS t(a)` and `WITH t(a) AS` name columns.
    if (before?.kind === 'word' && ['AS', 'WITH', 'RECURSIVE'].includes(before.text)) continue;
    const known = token.kind === 'word' && (SYNTAX.has(token.text) || BUILTINS.has(token.text.toLowerCase()));
    if (!known || isSign(before, '.')) return no(`it calls ${JSON.stringify(token.text.slice(0, 100))}, which may do more than read`);
  }
  return { reads: true };
}

function parse(sql: Sql, text: string): Record<string, unknown>[] | undefined {
  try {
    const parsed = sql.parse(text, DIALECT);
    return parsed.success && Array.isArray(parsed.ast) ? parsed.ast : undefined;
  } catch {
    // The parser gave up on it; that is an answer too.
    return undefined;
  }
}

/** Whether no part of a tree writes or calls what is not built in. */
function partsOf(node: unknown): ReadOnlyVerdict {
  if (Array.isArray(node)) return node.map(partsOf).find(({ reads }) => !reads) ?? { reads: true };
  if (typeof node !== 'object' || node === null) return { reads: true };
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null) continue;
    if (WRITING_PART.test(key)) return no(`the parser finds ${key.replaceAll('_', ' ').trim()} in it`);
    if (key === 'function' && 'name' in value && !BUILTINS.has(String(value.name).toLowerCase()))
      return no(`it calls ${JSON.stringify(String(value.name).slice(0, 100))}, which may do more than read`);
    const inside = partsOf(value);
    if (!inside.reads) return inside;
  }
  return { reads: true };
}

function wordAt(tokens: readonly SqlToken[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

function isSign(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}
