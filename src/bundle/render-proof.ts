// The proof in words: one line for the thread, the whole of it as PROOF.md.
import type { Json } from './json.ts';
import { stringifyJson } from './json.ts';
import type { Proof, ProofEntry, Verdict } from './proof.ts';

const SECTIONS: readonly (readonly [Verdict, string])[] = [
  ['different', 'Different: the bundle would not make this job'],
  ['edited', 'Changed in the thread'],
  ['dropped', 'Left out on purpose'],
  ['variable', 'Turned into variables or references'],
  ['source', 'Pointing to files in the bundle'],
  ['identical', 'Identical'],
];

/** One line: "57 settings: 52 identical, 3 point to files in the bundle, 2 turned into variables, 0 dropped". */
export function proofLine(proof: Proof): string {
  const { counts } = proof;
  const total = proof.entries.length;
  const parts = [
    `${counts.identical} identical`,
    ...(counts.source > 0 ? [`${counts.source} ${counts.source === 1 ? 'points' : 'point'} to files in the bundle`] : []),
    ...(counts.variable > 0 ? [`${counts.variable} turned into variables`] : []),
    `${counts.dropped} dropped`,
    ...(counts.edited > 0 ? [`${counts.edited} changed in the thread`] : []),
    ...(counts.different > 0 ? [`${counts.different} different`] : []),
  ];
  return `${total} ${total === 1 ? 'setting' : 'settings'}: ${parts.join(', ')}`;
}

/** Foreign text in a table cell: on one line, nothing of it read as Markdown. */
function cell(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = stringifyJson(value)
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu, ' ')
    .slice(0, 300);
  return text.replace(/([\\`*_{}[\]<>#|])/g, '\\$1');
}

function row(entry: ProofEntry): string {
  const place = entry.place.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[`|]/g, '\\$&');
  return `| ${place} | ${cell(entry.was)} | ${cell(entry.is)} | ${entry.why ?? ''} |`;
}

/** PROOF.md: all entries by verdict, what needs eyes first. */
export function renderProof(proof: Proof): string {
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
  const intro = `Every setting of the job beside what target \`${proof.target}\` resolves to (\`databricks bundle validate -o json\`).`;
  return ['# Proof', '', `${proofLine(proof)}.`, '', intro, '', ...warnings, ...sections].join('\n');
}
