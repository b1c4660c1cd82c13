// SQL that the parser gives no tree for (OPTIMIZE, streaming tables, widgets, dialect it does not know), read by its keywords.
import { wordSet } from '../../values/text.ts';
import { addMadeSchema, addTable, addVolume, addWidget, type TableUse, type Widget } from '../source/facts.ts';
import type { SqlSink } from './tree.ts';

export interface SqlParserToken {
  /** The tokenizer's type; `STRING` and `QUOTED_IDENTIFIER` come without their quotes. */
  readonly type: string;
  readonly text: string;
}

/** Commands that change tables and bring no rows. */
const MAINTENANCE = wordSet('OPTIMIZE VACUUM RESTORE ANALYZE REFRESH MSCK REPAIR ALTER DROP TRUNCATE REORG FSCK CONVERT UNDROP');
const REFRESHES = wordSet('ANALYZE REFRESH MSCK REPAIR FSCK');
const FILLER = wordSet('TABLE VIEW STREAMING LIVE MATERIALIZED IF NOT EXISTS ONLY OVERWRITE OR TEMPORARY TEMP PRIVATE EXTERNAL TO DELTA');

/** Adds the tables that stand behind FROM, JOIN, INTO, TABLE and the like. */
export function readTokens(tokens: readonly SqlParserToken[], sink: SqlSink): void {
  const upper = tokens.map((token) => (token.type === 'STRING' || token.type === 'QUOTED_IDENTIFIER' ? '' : token.text.toUpperCase()));
  if (upper[0] === 'CREATE' && upper[1] === 'WIDGET') {
    readWidget(tokens, upper, sink);
    return;
  }
  if (upper[0] === 'CREATE' && (upper[1] === 'SCHEMA' || upper[1] === 'DATABASE')) {
    addMadeSchema(sink.facts, partsAt(tokens, upper, skipFiller(upper, 2)).map(sink.name));
    return;
  }
  const volume = upper.slice(0, 3).indexOf('VOLUME');
  if (volume > 0 && /^(?:CREATE|DROP|ALTER)$/.test(upper[0] ?? '')) {
    addVolume(sink.facts, partsAt(tokens, upper, skipFiller(upper, volume + 1)).map(sink.name), upper[0] === 'CREATE');
    return;
  }
  if (upper[0] === 'DESCRIBE' || upper[0] === 'SHOW' || upper[0] === 'GRANT' || upper[0] === 'REVOKE' || upper[0] === 'REMOVE') return;
  const ctes = new Set(
    tokens.flatMap((token, index) => (upper[index + 1] === 'AS' && upper[index + 2] === '(' ? [token.text.toLowerCase()] : [])),
  );
  const isMaintenance = MAINTENANCE.has(upper[0] ?? '');
  const isPipeline = upper[0] === 'CREATE' && upper.slice(1, 6).some((token) => token === 'LIVE' || token === 'STREAMING');
  if (isPipeline || upper[0] === 'APPLY') sink.facts.signs.add('pipeline');
  let isTargetKnown = false;
  for (let index = 0; index < tokens.length; index++) {
    const use = useOf(upper, index, isTargetKnown, isMaintenance);
    if (use === undefined) continue;
    const at = skipFiller(upper, index + 1);
    const parts = partsAt(tokens, upper, at);
    const called = upper[at + parts.length * 2 - 1] === '(';
    if (use !== 'read') isTargetKnown = true;
    if (called && use === 'read') readCall(tokens, at, parts, sink);
    else if (parts.length > 0 && !(use === 'read' && parts.length === 1 && ctes.has(parts[0]?.toLowerCase() ?? '')))
      addTable(sink.facts, parts.map(sink.name), use);
  }
}

function useOf(upper: readonly string[], index: number, isTargetKnown: boolean, isMaintenance: boolean): TableUse | undefined {
  const token = upper[index];
  if (index === 0 && isMaintenance) return REFRESHES.has(token ?? '') ? 'refreshed' : 'maintained';
  if (token === 'FROM' && index === 1 && upper[0] === 'DELETE') return 'written';
  if (token === 'FROM' || token === 'JOIN' || (token === 'USING' && upper.includes('MERGE'))) return 'read';
  if (token === 'INTO' || (token === 'UPDATE' && index === 0) || (token === 'OVERWRITE' && upper[index - 1] === 'INSERT')) return 'written';
  if ((token === 'TABLE' || token === 'VIEW') && !isTargetKnown && !isMaintenance && (upper[0] === 'CREATE' || upper[0] === 'REPLACE'))
    return 'written';
  return undefined;
}

function skipFiller(upper: readonly string[], from: number): number {
  let at = from;
  // `LIVE.raw` is a name; `LIVE TABLE` is none.
  while (FILLER.has(upper[at] ?? '') && upper[at + 1] !== '.') at++;
  return at;
}

function partsAt(tokens: readonly SqlParserToken[], upper: readonly string[], from: number): string[] {
  const parts: string[] = [];
  for (let at = from; at < tokens.length && parts.length < 4; at += 2) {
    const token = tokens[at];
    if (token === undefined || token.type === 'STRING' || (token.type !== 'QUOTED_IDENTIFIER' && !/^\w+$/.test(token.text))) break;
    if (parts.length === 0 && upper[at] === 'SELECT') break;
    parts.push(token.text);
    if (upper[at + 1] !== '.') break;
  }
  return parts;
}

/** `FROM STREAM(live.a)`, `FROM STREAM read_files('…')`, `FROM read_files('…')`. */
function readCall(tokens: readonly SqlParserToken[], at: number, parts: readonly string[], sink: SqlSink): void {
  const open = at + parts.length * 2;
  const inside = tokens[open];
  if (/^stream$/i.test(parts[0] ?? '')) {
    sink.facts.signs.add('streams');
    const upper = tokens.map((token) => token.text.toUpperCase());
    const table = partsAt(tokens, upper, open);
    if (table.length > 0 && upper[open + table.length * 2 - 1] !== '(') addTable(sink.facts, table.map(sink.name), 'read');
    else if (table.length > 0) readCall(tokens, open, table, sink);
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

function readWidget(tokens: readonly SqlParserToken[], upper: readonly string[], sink: SqlSink): void {
  const kind = WIDGETS[upper[2] ?? ''];
  const name = tokens[3]?.text;
  if (kind === undefined || name === undefined) return;
  const standard = tokens[upper.indexOf('DEFAULT') + 1];
  const choices = upper.indexOf('CHOICES');
  const written = choices < 0 ? [] : tokens.slice(choices).filter((token) => token.type === 'STRING');
  addWidget(sink.facts, {
    name: sink.name(name),
    kind,
    default: upper.includes('DEFAULT') && standard?.type === 'STRING' ? sink.name(standard.text) : undefined,
    choices: written.length === 0 ? undefined : written.map((token) => sink.name(token.text)),
  });
}
