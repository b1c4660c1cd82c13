// SQL that has no tree (OPTIMIZE, streaming tables, widgets, dialect the parser does not know): read by its words, after the tokenizer.
import { addTable, addWidget, type Widget } from '../source/facts.ts';
import type { SqlSink } from './tree.ts';

export interface SqlParserToken {
  /** The tokenizer's type; `STRING` and `QUOTED_IDENTIFIER` come without their quotes. */
  readonly type: string;
  readonly text: string;
}

type Use = 'read' | 'written' | 'maintained';

/** Commands that change tables and bring no rows. */
const MAINTENANCE = new Set([
  'OPTIMIZE',
  'VACUUM',
  'RESTORE',
  'ANALYZE',
  'REFRESH',
  'MSCK',
  'REPAIR',
  'ALTER',
  'DROP',
  'TRUNCATE',
  'REORG',
  'FSCK',
  'CONVERT',
  'UNDROP',
]);
const FILLER = new Set([
  'TABLE',
  'VIEW',
  'STREAMING',
  'LIVE',
  'MATERIALIZED',
  'IF',
  'NOT',
  'EXISTS',
  'ONLY',
  'OVERWRITE',
  'OR',
  'TEMPORARY',
  'TEMP',
  'PRIVATE',
  'EXTERNAL',
  'TO',
  'DELTA',
]);

/** Adds the tables that stand behind FROM, JOIN, INTO, TABLE and the like. */
export function readTokens(words: readonly SqlParserToken[], sink: SqlSink): void {
  const upper = words.map((word) => (word.type === 'STRING' || word.type === 'QUOTED_IDENTIFIER' ? '' : word.text.toUpperCase()));
  if (upper[0] === 'CREATE' && upper[1] === 'WIDGET') {
    readWidget(words, upper, sink);
    return;
  }
  if (upper[0] === 'DESCRIBE' || upper[0] === 'SHOW' || upper[0] === 'GRANT' || upper[0] === 'REVOKE' || upper[0] === 'REMOVE') return;
  const ctes = new Set(
    words.flatMap((word, index) => (upper[index + 1] === 'AS' && upper[index + 2] === '(' ? [word.text.toLowerCase()] : [])),
  );
  const isMaintenance = MAINTENANCE.has(upper[0] ?? '');
  if (isMaintenance) sink.facts.signs.add('optimizes tables');
  const isPipeline = upper[0] === 'CREATE' && upper.slice(1, 6).some((word) => word === 'LIVE' || word === 'STREAMING');
  if (isPipeline || upper[0] === 'APPLY') sink.facts.signs.add('pipeline');
  let isTargetKnown = false;
  for (let index = 0; index < words.length; index++) {
    const use = useOf(upper, index, isTargetKnown, isMaintenance);
    if (use === undefined) continue;
    const at = skipFiller(upper, index + 1);
    const parts = partsAt(words, upper, at);
    const called = upper[at + parts.length * 2 - 1] === '(';
    if (use !== 'read') isTargetKnown = true;
    if (called && use === 'read') readCall(words, at, parts, sink);
    else if (parts.length > 0 && !(use === 'read' && parts.length === 1 && ctes.has(parts[0]?.toLowerCase() ?? '')))
      addTable(sink.facts, parts.map(sink.name), use);
  }
}

function useOf(upper: readonly string[], index: number, isTargetKnown: boolean, isMaintenance: boolean): Use | undefined {
  const word = upper[index];
  if (index === 0 && isMaintenance) return 'maintained';
  if (word === 'FROM' && index === 1 && upper[0] === 'DELETE') return 'written';
  if (word === 'FROM' || word === 'JOIN' || (word === 'USING' && upper.includes('MERGE'))) return 'read';
  if (word === 'INTO' || (word === 'UPDATE' && index === 0) || (word === 'OVERWRITE' && upper[index - 1] === 'INSERT')) return 'written';
  if ((word === 'TABLE' || word === 'VIEW') && !isTargetKnown && !isMaintenance && (upper[0] === 'CREATE' || upper[0] === 'REPLACE'))
    return 'written';
  return undefined;
}

function skipFiller(upper: readonly string[], from: number): number {
  let at = from;
  // `LIVE.raw` is a name; `LIVE TABLE` is none.
  while (FILLER.has(upper[at] ?? '') && upper[at + 1] !== '.') at++;
  return at;
}

function partsAt(words: readonly SqlParserToken[], upper: readonly string[], from: number): string[] {
  const parts: string[] = [];
  for (let at = from; at < words.length && parts.length < 4; at += 2) {
    const word = words[at];
    if (word === undefined || word.type === 'STRING' || (word.type !== 'QUOTED_IDENTIFIER' && !/^\w+$/.test(word.text))) break;
    if (parts.length === 0 && upper[at] === 'SELECT') break;
    parts.push(word.text);
    if (upper[at + 1] !== '.') break;
  }
  return parts;
}

/** `FROM STREAM(live.a)`, `FROM STREAM read_files('…')`, `FROM read_files('…')`. */
function readCall(words: readonly SqlParserToken[], at: number, parts: readonly string[], sink: SqlSink): void {
  const open = at + parts.length * 2;
  const inside = words[open];
  if (/^stream$/i.test(parts[0] ?? '')) {
    sink.facts.signs.add('streams');
    const upper = words.map((word) => word.text.toUpperCase());
    const table = partsAt(words, upper, open);
    if (table.length > 0 && upper[open + table.length * 2 - 1] !== '(') addTable(sink.facts, table.map(sink.name), 'read');
    else if (table.length > 0) readCall(words, open, table, sink);
  } else if (/^(?:read_files|cloud_files)$/i.test(parts[0] ?? '') && inside?.type === 'STRING') {
    sink.facts.pathsRead.add(sink.name(inside.text));
    sink.facts.signs.add('reads files');
  }
}

const WIDGETS: Readonly<Record<string, Widget['kind']>> = {
  TEXT: 'text',
  DROPDOWN: 'dropdown',
  COMBOBOX: 'combobox',
  MULTISELECT: 'multiselect',
};

function readWidget(words: readonly SqlParserToken[], upper: readonly string[], sink: SqlSink): void {
  const kind = WIDGETS[upper[2] ?? ''];
  const name = words[3]?.text;
  if (kind === undefined || name === undefined) return;
  const standard = words[upper.indexOf('DEFAULT') + 1];
  const choices = upper.indexOf('CHOICES');
  const written = choices < 0 ? [] : words.slice(choices).filter((word) => word.type === 'STRING');
  addWidget(sink.facts, {
    name: sink.name(name),
    kind,
    default: upper.includes('DEFAULT') && standard?.type === 'STRING' ? sink.name(standard.text) : undefined,
    choices: written.length === 0 ? undefined : written.map((word) => sink.name(word.text)),
  });
}
