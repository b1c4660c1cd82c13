// The proof in words: one line for the thread, the whole of it as PROOF.md.
import type { Json } from '../../values/json.ts';
import { stringifyJson } from '../../values/json.ts';
import type { BundleFile } from '../model/bundle.ts';
import { holds, type Proof, type ProofEntry, type ProofVerdict } from './proof.ts';

const SECTIONS: readonly (readonly [ProofVerdict, string])[] = [
  ['lost', 'Lost: the bundle would not make this job'],
  ['edited', 'Changed in the thread'],
  ['decided', 'Decided by the platform or the mode of the target'],
  ['added', 'Added: what the platform would fill in'],
  ['variable', 'Variables or references'],
  ['source', 'Pointing to files in the bundle'],
  ['identical', 'Identical'],
];

/** The settings that the definition has, or that the bundle makes of it; what the platform would fill in anyway is none. */
function settingsIn({ entries, counts }: Proof): number {
  return entries.length - counts.added;
}

/** One line: "57 settings: 52 identical, 3 point to files in the bundle, 2 variables or references, 0 lost; 3 files byte for byte". */
export function proofLine(proof: Proof): string {
  const { counts } = proof;
  const total = settingsIn(proof);
  const some = (count: number, words: string) => (count > 0 ? [`${count} ${words}`] : []);
  const parts = [
    `${counts.identical} identical`,
    ...some(counts.source, `${counts.source === 1 ? 'points' : 'point'} to files in the bundle`),
    ...some(counts.variable, counts.variable === 1 ? 'variable or reference' : 'variables or references'),
    ...some(counts.decided, 'decided by platform or mode'),
    ...some(counts.edited, 'changed in the thread'),
    ...some(counts.added, 'added'),
    `${counts.lost} lost`,
  ];
  const { files, identical, changed } = proof.sources;
  const wrong = changed.filter(({ told }) => !told).length;
  const kept =
    files === 0 ? '' : `; ${identical === files ? files : `${identical} of ${files}`} ${files === 1 ? 'file' : 'files'} byte for byte`;
  const alarm = wrong === 0 ? '' : `, ${wrong} ${wrong === 1 ? 'file differs' : 'files differ'}`;
  return `${total} ${total === 1 ? 'setting' : 'settings'}: ${parts.join(', ')}${kept}${alarm}`;
}

/** The same for who has five seconds: "Nothing lost: 81 settings, 7 files", or how much is not as it was. */
export function shortProofLine(proof: Proof): string {
  const { counts, sources } = proof;
  const wrong = sources.changed.filter(({ told }) => !told).length;
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  const compared = [counted(settingsIn(proof), 'setting'), ...(sources.files === 0 ? [] : [counted(sources.files, 'file')])].join(', ');
  const edited = counts.edited > 0 ? `; ${counts.edited} changed in this thread` : '';
  const lost = [...(counts.lost > 0 ? [counted(counts.lost, 'setting')] : []), ...(wrong > 0 ? [counted(wrong, 'file')] : [])];
  const isLost = counts.lost + wrong === 1 ? 'is lost or not as it was' : 'are lost or not as they were';
  const { unreadGrants: unread = [] } = proof;
  const some = unread.length === 0 ? '' : ' of what could be read';
  const verdict = holds(proof) ? `Nothing lost${some}: ${compared}` : `${lost.join(' and ')} ${isLost}, of ${compared}`;
  return `${verdict}${edited}${unread.length === 0 ? '' : '; not compared: who may do what'}`;
}

/** Foreign text in a table cell: on one line, nothing of it read as Markdown. */
function cell(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = stringifyJson(value)
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu, ' ')
    .slice(0, 300);
  return text.replace(/([\\`*_{}[\]<>#|])/g, '\\$1');
}

/** A place or path on one line, with nothing in it that ends a cell. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[`|<]/g, '\\$&');
}

function row(entry: ProofEntry): string {
  return `| ${plain(entry.place)} | ${cell(entry.was)} | ${cell(entry.is)} | ${entry.why ?? ''} |`;
}

/** PROOF.md: all entries by verdict, what needs eyes first. */
function renderProof(proof: Proof): string {
  const sections = SECTIONS.flatMap(([verdict, title]) => {
    const entries = proof.entries.filter((entry) => entry.verdict === verdict);
    if (entries.length === 0) return [];
    return [
      `## ${title} (${entries.length})`,
      '',
      '| Setting | In the job | In the bundle | Why |',
      '|---|---|---|---|',
      ...entries.map(row),
      '',
    ];
  });
  const warnings =
    proof.warnings.length === 0
      ? []
      : ['## Warnings of the Databricks CLI', '', ...proof.warnings.map((text) => `- ${text.replace(/[\r\n]+/g, ' ')}`), ''];
  const intro = `Every setting of the job beside what target \`${proof.target}\` resolves to. Judge: ${plain(proof.judge)}.`;
  return [
    '# Proof',
    '',
    `${proofLine(proof)}.`,
    '',
    intro,
    '',
    ...unread(proof),
    ...secrets(proof),
    ...warnings,
    ...sections,
    ...sources(proof),
  ].join('\n');
}

function unread({ unreadGrants = [] }: Proof): string[] {
  if (unreadGrants.length === 0) return [];
  const names = unreadGrants.map((name) => `\`${plain(name)}\``).join(', ');
  return [`Not compared: who may do what with ${names}, which could not be read. Ask somebody who manages it.`, ''];
}

function secrets({ secrets: found }: Proof): string[] {
  if (found.length === 0) return [];
  const rows = found.map(({ place, kind }) => `| ${plain(place)} | ${plain(kind)} |`);
  const words = 'Their values are masked in the archive; deploying waits until they are replaced.';
  return [`## Hard-coded secrets (${found.length})`, '', words, '', '| Where | What |', '|---|---|', ...rows, ''];
}

function sources({ sources: { files, identical, changed } }: Proof): string[] {
  if (files === 0) return [];
  const rows = changed.map(({ path, file, why }) => `| ${plain(path)} | ${plain(file)} | ${why} |`);
  const table = rows.length === 0 ? [] : ['', '| In the workspace | In the bundle | What |', '|---|---|---|', ...rows];
  return [`## Sources (${files})`, '', `${identical} of ${files} files are what the workspace gave, byte for byte.`, ...table, ''];
}

/** PROOF.json: the same for programs; keys in one order, int64 to the digit. */
function renderProofJson(proof: Proof): string {
  const entries = proof.entries.map(
    ({ place, verdict, was, is, why }): Json => ({
      place,
      verdict,
      ...(was === undefined ? {} : { was }),
      ...(is === undefined ? {} : { is }),
      ...(why === undefined ? {} : { why }),
    }),
  );
  const whole: Json = {
    target: proof.target,
    judge: proof.judge,
    summary: proofLine(proof),
    counts: { ...proof.counts },
    sources: { ...proof.sources, changed: proof.sources.changed.map((one) => ({ ...one })) },
    secrets: proof.secrets.map((one) => ({ ...one })),
    warnings: [...proof.warnings],
  };
  const head = stringifyJson(whole).slice(0, -1);
  return `${head},"entries":[\n${entries.map(stringifyJson).join(',\n')}\n]}\n`;
}

/** The proof as files of the archive. */
export function proofFiles(proof: Proof): BundleFile[] {
  const file = (path: string, text: string): BundleFile => ({ path, bytes: new TextEncoder().encode(text) });
  return [file('PROOF.json', renderProofJson(proof)), file('PROOF.md', renderProof(proof))];
}
