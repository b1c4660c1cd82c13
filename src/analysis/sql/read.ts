// SQL by a parser of Databricks' dialect, loaded when needed: what statements read, write, set and ask for (facts: libraries#parsers-of-sources).
import { z } from 'zod';
import { asHole, countLines, type Facts, linesDown } from '../source/facts.ts';
import { LIMITS } from '../source/limits.ts';
import { rest, spend } from '../source/stretches.ts';
import { readTokens, type SqlParserToken } from './keywords.ts';
import { readStatement } from './tree.ts';

type Sql = typeof import('@polyglot-sql/sdk');

let loading: Promise<Sql> | undefined;
/** What the parser takes for a character. */
const UNITS_A_CHARACTER = 2;
const DIALECT = 'databricks' as Parameters<Sql['parse']>[1];

/** Loads the parser; until then `readSql` can't be called. */
export async function loadSql(): Promise<SqlReader> {
  loading ??= import('@polyglot-sql/sdk');
  const sql = await loading;
  let left: number = LIMITS.sqlTotal;
  return async (text, facts, line) => {
    const piece = text.slice(0, Math.min(left, LIMITS.sqlLength));
    left -= piece.length;
    if (piece.trim() !== '') await readSql(sql, piece, facts, line);
  };
}

/**
 * Adds what one piece of SQL does to the facts. `line`: it stands in a cell or file of its own from there on, so that its parameters are the
 * source's.
 * Takes a limited amount for each time it was loaded; what comes behind is left out. Never throws for what it reads.
 */
export type SqlReader = (text: string, facts: Facts, line?: number) => Promise<void>;

async function readSql(sql: Sql, text: string, facts: Facts, line: number | undefined): Promise<void> {
  const isCell = line !== undefined;
  const holes = fillHoles(joinIdentifiers(text));
  const sink = { facts, isCell, name: holes.restore, unparsed: (piece: string) => readTokens(tokensOf(sql, piece), sink) };
  if (isCell) for (const name of holes.names) sink.facts.widgets.set(name, sink.facts.widgets.get(name) ?? { name, kind: 'read' });
  // Not in one go: to the parser a VACUUM is everything behind it.
  let from = line ?? 0;
  for (const statement of splitStatements(holes.text)) {
    const first = from;
    if (isCell) facts.lineOf = (word) => first + linesDown(statement, word);
    from += countLines(statement);
    if (statement.trim() === '') continue;
    spend(statement.length * UNITS_A_CHARACTER);
    await rest();
    const isPlain = statement.length <= LIMITS.sqlStatement && depthOf(statement) <= LIMITS.sqlDepth;
    const parsed = isPlain ? sql.parse(statement, DIALECT) : undefined;
    if (parsed?.success && !isCommand(parsed.ast)) readStatement(parsed.ast, sink);
    else sink.unparsed(statement.slice(0, LIMITS.sqlStatement));
  }
}

/** How many brackets are open at once, those in quotes included. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  for (const char of text) {
    if (char === '(' || char === '[' || char === '{') most = Math.max(most, ++depth);
    else if (depth > 0 && (char === ')' || char === ']' || char === '}')) depth--;
  }
  return most;
}

/** The parser keeps the text of what it does not know, but not the backticks in it. */
function isCommand(tree: unknown): boolean {
  const [only, ...rest] = Array.isArray(tree) ? tree : [];
  return rest.length === 0 && typeof only === 'object' && only !== null && 'command' in only;
}

/** The package's types say `tokenType`; its tokens say `token_type`. */
const Tokens = z.array(z.object({ token_type: z.string(), text: z.string() }));

function tokensOf(sql: Sql, text: string): SqlParserToken[] {
  const tokens = Tokens.safeParse(sql.tokenize(text, DIALECT).tokens);
  return tokens.success ? tokens.data.map(({ token_type, text }) => ({ type: token_type, text })) : [];
}

const HOLE = /\$?\{\{?[^{}'"\n]{0,80}\}?\}|\$[A-Za-z_]\w*/g;

const IDENTIFIER = /\bIDENTIFIER\s{0,20}\(\s{0,20}(?:concat\s{0,5}\(([^()]{1,400})\)\s{0,20}|([^()]{1,400}))\)/gi;
/** A literal, a parameter or a hole. */
const NAME_PART = /^(?:'([\w.]*)'|:([A-Za-z_]\w*)|(\$?\{\{?[^{}'"\n]{0,80}\}?\}))$/;

/** The parser knows no `IDENTIFIER(:catalog || '.sales.orders')`: as a name it is `{catalog}.sales.orders`. */
function joinIdentifiers(text: string): string {
  return text.replace(IDENTIFIER, (whole, listed?: string, joined?: string) => {
    const parts = (listed === undefined ? (joined ?? '').split('||') : listed.split(',')).map((part) => NAME_PART.exec(part.trim()));
    const name = parts.map((part) => part && (part[1] ?? (part[2] === undefined ? asHole(part[3] ?? '') : `{${part[2]}}`)));
    return name.includes(null) ? whole : name.join('') + whole.replace(/[^\n]+/g, '');
  });
}

/** Puts names that parse in the place of `${x}`, `$x`, `{x}` and `{{x}}`, and gives what puts them back. */
function fillHoles(text: string): { text: string; names: string[]; restore: (name: string) => string } {
  const holes: string[] = [];
  const filled = text.replace(HOLE, (hole) => `dabhole${holes.push(hole) - 1}x`);
  const names = holes.map((hole) => hole.replace(/[${}\s]/g, '')).filter((name) => /^[A-Za-z_]\w*$/.test(name));
  return { text: filled, names, restore: (name) => name.replace(/dabhole(\d+)x/g, (_, index: string) => holes[Number(index)] ?? '') };
}

/** Splits at semicolons that stand in no quotes and no comment. */
function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let quote = '';
  const skipTo = (end: string, from: number) => {
    const index = text.indexOf(end, from);
    return index < 0 ? text.length : index + end.length - 1;
  };
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (quote === '' && char === '-' && text[index + 1] === '-') index = skipTo('\n', index);
    else if (quote === '' && char === '/' && text[index + 1] === '*') index = skipTo('*/', index + 2);
    else if (char === '\\') index++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"' || char === '`') quote = char;
    else if (char === ';') {
      statements.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...statements, text.slice(start)];
}
