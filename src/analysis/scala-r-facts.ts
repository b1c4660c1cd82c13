// Scala and R, which have no parser here: the calls of Databricks that are plain enough for a pattern, with literal arguments only.
import { lineCounter } from '../values/text.ts';
import { addPath, addTableName, addWidget, type Facts, linesDown, type Widget } from './source/facts.ts';
import { rest, spend } from './source/stretches.ts';
import type { SqlReader } from './sql/read.ts';

const TEXT = `\\s*(?:\\w+\\s*=\\s*)?s?(?:"""([\\s\\S]{1,20000}?)"""|"((?:[^"\\\\\\n]|\\\\.){1,4000})"|'((?:[^'\\\\\\n]|\\\\.){1,4000})')`;
const call = (name: string) => new RegExp(`(?<![\\w])(?:${name})\\s{0,20}\\(${TEXT}`, 'g');
const callOfTwo = (name: string) => new RegExp(`(?<![\\w])(?:${name})\\s{0,20}\\(${TEXT}\\s*,${TEXT}`, 'g');
/** SparkR names the frame first. */
const frameAnd = (name: string) => new RegExp(`(?<![\\w])(?:${name})\\s{0,20}\\([\\w.\\s]{1,100},${TEXT}`, 'g');

const ONE: readonly { readonly pattern: RegExp; readonly add: (facts: Facts, text: string, sql: SqlReader | undefined) => unknown }[] = [
  {
    pattern: call('(?:spark|read|readStream|SparkR)[\\w.\\s("\')]{0,200}?\\.table(?:ToDF)?|tableToDF'),
    add: (facts, text) => addTableName(facts, text, 'read'),
  },
  { pattern: call('(?:saveAsTable|insertInto|toTable|writeTo)'), add: (facts, text) => addTableName(facts, text, 'written') },
  { pattern: frameAnd('(?:saveAsTable|insertInto)'), add: (facts, text) => addTableName(facts, text, 'written') },
  {
    pattern: frameAnd('(?:write\\.(?:df|parquet|json|orc|text|csv|csv2)|write_csv|saveRDS)'),
    add: (facts, text) => addPath(facts, storagePath(text), 'written'),
  },
  { pattern: call('fs[.$](?:put|rm)'), add: (facts, text) => addPath(facts, text, 'written') },
  { pattern: call('DeltaTable\\.forName'), add: (facts, text) => addTableName(facts, text, 'read') },
  { pattern: call('(?:spark\\.sql|SparkR::sql|sqlContext\\.sql|sql)'), add: (facts, text, sql) => sql?.(text, facts) },
  { pattern: call('createOrReplaceTempView'), add: (facts, text) => facts.temporary.add(text.toLowerCase()) },
  { pattern: call('spark\\.conf\\.set'), add: (facts, text) => facts.sparkConf.add(text) },
  { pattern: call('widgets[.$]get(?:Argument)?'), add: (facts, name) => addWidget(facts, { name, kind: 'read' }) },
  { pattern: call('getArgument'), add: (facts, name) => addWidget(facts, { name, kind: 'read' }) },
];

/** Units of work: a call that is found, and the characters that a pattern is through with in one. */
const UNITS_A_CALL = 5;
const UNITS_OF_TEXT = 50;

/** How far before a call what it belongs to is looked for. */
const LONGEST_CHAIN = 400;

/** Whether the call is one of a writer's: what it belongs to stands before it, in lines that go on with a dot. */
function isWriters(before: string): boolean {
  const chain = before.slice(before.lastIndexOf('write') + 1);
  return chain.length < before.length && chain.split('\n').every((line, i) => i === 0 || /^\s*(?:\.|$)/.test(line));
}

/** Adds what the calls in a Scala or R cell name. */
export async function readByPattern(
  { text, line }: { text: string; line: number },
  facts: Facts,
  sql: SqlReader | undefined,
): Promise<void> {
  const code = text.replace(/^[ \t]*(?:\/\/|#).*$/gm, '');
  for (const { pattern, add } of ONE) {
    const lineAt = lineCounter(code);
    spend(code.length / UNITS_OF_TEXT);
    for (const match of code.matchAll(pattern)) {
      facts.lineOf = (word) => line + lineAt(match.index) - 1 + linesDown(match[0], word);
      await add(facts, firstOf(match.slice(1)), sql);
      spend(UNITS_A_CALL);
      await rest();
    }
  }
  for (const match of code.matchAll(callOfTwo('widgets[.$](?:text|dropdown|combobox|multiselect)'))) {
    const kind = /text|dropdown|combobox|multiselect/.exec(match[0])?.[0] as Widget['kind'];
    addWidget(facts, { name: firstOf(match.slice(1, 4)), kind, default: firstOf(match.slice(4)) });
  }
  const writerAt = lineCounter(code);
  for (const match of code.matchAll(call('save|start|parquet|csv|json|orc|text'))) {
    if (!isWriters(code.slice(Math.max(0, match.index - LONGEST_CHAIN), match.index))) continue;
    facts.lineOf = (word) => line + writerAt(match.index) - 1 + linesDown(match[0], word);
    addPath(facts, firstOf(match.slice(1)), 'written');
  }
  const optionAt = lineCounter(code);
  for (const match of code.matchAll(callOfTwo('(?:option|fs[.$](?:cp|mv))'))) {
    const [first, path] = [firstOf(match.slice(1, 4)), firstOf(match.slice(4))];
    const keepsState = first === 'checkpointLocation' || first === 'cloudFiles.schemaLocation';
    if (match[0].startsWith('option') && !keepsState) continue;
    facts.lineOf = (word) => line + optionAt(match.index) - 1 + linesDown(match[0], word);
    addPath(facts, path, 'written');
  }
  for (const match of code.matchAll(callOfTwo('secrets[.$]get')))
    facts.secretReferences.add(`${firstOf(match.slice(1, 4))}/${firstOf(match.slice(4))}`);
  if (/\b(?:readStream|writeStream)\b/.test(code)) facts.signs.add('streams');
  if (/\bnotebook[.$]exit\b/.test(code)) facts.exits = true;
  if (/\bnotebook[.$]run\b/.test(code)) facts.signs.add('runs notebooks');
  if (/\bdef\s+\w+\s*\(|<-\s*function\s*\(/.test(code)) facts.signs.add('defines functions');
}

function firstOf(groups: readonly (string | undefined)[]): string {
  return groups.find((group) => group !== undefined) ?? '';
}

/** Local files are no storage: R writes many another. */
function storagePath(path: string): string | undefined {
  return /^(?:\/(?:Volumes|dbfs|mnt|Workspace)\/|[a-z0-9]+:\/)/.test(path) ? path : undefined;
}
