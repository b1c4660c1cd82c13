// PROOF.md: what became of every setting, grant and file, what needs eyes first, for whoever reviews the bundle.
import { type Json, stringifyJson } from '../../values/json.ts';
import type { Proof, ProofEntry, ProofVerdict } from './proof.ts';

const SECTIONS: readonly (readonly [ProofVerdict, string])[] = [
  ['lost', 'Lost: the bundle would not make this job'],
  ['edited', 'Changed in the thread'],
  ['decided', 'Decided by the platform or the mode of the target'],
  ['added', 'Added: what the platform would fill in'],
  ['variable', 'Variables or references'],
  ['source', 'Pointing to files in the bundle'],
  ['identical', 'Identical'],
];
/** Longer values are whole in PROOF.json. */
const SHOWN = 300;

/** @param line the whole in one line */
export function renderProofDocument(proof: Proof, line: string): string {
  const { folder, target, judge } = proof;
  const what =
    folder === undefined
      ? 'Every setting of the job'
      : `\`${plain(folder)}\` has no job of its own: every setting that was proposed for it`;
  return [
    folder === undefined ? '# Proof' : '# Check',
    '',
    `${line}.`,
    '',
    `${what} beside what target \`${plain(target)}\` resolves to. Judge: ${plain(judge)}.`,
    '',
    ...unread(proof),
    ...secrets(proof),
    ...warnings(proof),
    ...SECTIONS.flatMap(([verdict, title]) => section(title, ofVerdict(proof, verdict), verdict)),
    ...sources(proof),
  ].join('\n');
}

function ofVerdict({ entries }: Proof, verdict: ProofVerdict): readonly ProofEntry[] {
  return entries.filter((entry) => entry.verdict === verdict);
}

/** One table a task, and one for what belongs to none. */
function section(title: string, entries: readonly ProofEntry[], verdict: ProofVerdict): string[] {
  if (entries.length === 0) return [];
  const groups = new Map<string, { rest: string; entry: ProofEntry }[]>();
  for (const entry of entries) {
    const [group, rest] = groupOf(entry.place);
    groups.set(group, [...(groups.get(group) ?? []), { rest, entry }]);
  }
  const titled = groups.size > 1;
  const tables = [...groups].flatMap(([group, rows]) => [
    ...(group !== '' ? [`### ${group}`, ''] : titled ? ['### The job itself', ''] : []),
    ...table([
      ['Setting', rows.map(({ rest }) => code(rest))],
      [verdict === 'identical' ? 'Value' : 'In the job', rows.map(({ entry }) => value(entry.was))],
      ['In the bundle', rows.map(({ entry }) => (verdict === 'identical' ? '' : value(entry.is)))],
      ['Why', rows.map(({ entry }) => plain(entry.why ?? ''))],
    ]),
    '',
  ]);
  return [`## ${title} (${entries.length})`, '', ...tables];
}

/** Whose a setting is, in words, and what is left of its place: `` Task `load` `` and `notebook_task.notebook_path`. */
function groupOf(place: string): [group: string, rest: string] {
  const [, resource = '', inside = place] = /^([a-z]+\.[^:\s]+): (.*)$/s.exec(place) ?? [];
  const [, label, rest = inside] = /^tasks\[("(?:[^"\\]|\\.)*"|[\w.-]+)\]\.(.*)$/s.exec(inside) ?? [];
  const group = [resource === '' ? [] : code(resource), label === undefined ? [] : `Task ${code(label)}`].flat().join(': ');
  return [group, rest];
}

/** Rows of columns; a column in which nothing stands is left out. */
function table(columns: readonly (readonly [string, readonly string[]])[]): string[] {
  const kept = columns.filter(([, cells]) => cells.some((cell) => cell !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const count = kept[0]?.[1].length ?? 0;
  const rows = Array.from({ length: count }, (_, i) => line(kept.map(([, cells]) => cells[i] ?? '')));
  return [line(kept.map(([name]) => name)), `|${'---|'.repeat(kept.length)}`, ...rows];
}

function unread({ unreadGrants = [] }: Proof): string[] {
  if (unreadGrants.length === 0) return [];
  const names = unreadGrants.map((name) => code(name)).join(', ');
  return [`Not compared: who may do what with ${names}, which could not be read. Ask somebody who manages it.`, ''];
}

function secrets({ secrets: found }: Proof): string[] {
  if (found.length === 0) return [];
  const words = 'Their values are masked in the archive; deploying waits until they are replaced.';
  const where = table([
    ['Where', found.map(({ place }) => code(place))],
    ['What', found.map(({ kind }) => plain(kind))],
  ]);
  return [`## Hard-coded secrets (${found.length})`, '', words, '', ...where, ''];
}

function warnings({ warnings: all }: Proof): string[] {
  return all.length === 0 ? [] : ['## Warnings of the Databricks CLI', '', ...all.map((text) => `- ${plain(text)}`), ''];
}

function sources({ sources: { files, identical, changed, madeUp } }: Proof): string[] {
  if (files === 0) return [];
  if (madeUp) return [`## Sources (${files})`, '', 'Made up: none was read, and each file only says which one it stands for.', ''];
  const rows = table([
    ['In the workspace', changed.map(({ path }) => code(path))],
    ['In the bundle', changed.map(({ file }) => code(file))],
    ['What', changed.map(({ why }) => plain(why))],
  ]);
  const all = files === 1 ? 'The file is' : `All ${files} files are`;
  const words = `${changed.length === 0 ? all : `${identical} of ${files} files are`} as read, byte for byte.`;
  return [`## Sources (${files})`, '', words, ...(changed.length === 0 ? [] : ['', ...rows]), ''];
}

/** A value as it stands in JSON. */
function value(json: Json | undefined): string {
  if (json === undefined) return '';
  const text = stringifyJson(json);
  return text.length > SHOWN ? `${code(text.slice(0, SHOWN))} … (${text.length} characters, whole in PROOF.json)` : code(text);
}

/** Foreign text as code in a cell: on one line, with nothing in it that ends the code or the cell. */
function code(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') || line.trim() === '' ? ' ' : '';
  return `${fence}${pad}${line.replaceAll('|', '\\|')}${pad}${fence}`;
}

/** Text of ours, or of the CLI, on one line, with nothing in it that ends a cell or begins markup. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[`|<]/g, '\\$&');
}
