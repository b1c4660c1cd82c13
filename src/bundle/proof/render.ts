// The proof in one line for the thread, and as files: PROOF.md for people, PROOF.json for programs.
import type { Json } from '../../values/json.ts';
import { stringifyJson } from '../../values/json.ts';
import type { BundleFile } from '../model/bundle.ts';
import { renderProofDocument } from './document.ts';
import { holds, type Proof } from './proof.ts';

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
  const { files, identical, changed, madeUp } = proof.sources;
  const wrong = changed.filter(({ told }) => !told).length;
  const kept =
    files === 0
      ? ''
      : madeUp
        ? `; ${files} ${files === 1 ? 'file' : 'files'} made up`
        : `; ${identical === files ? files : `${identical} of ${files}`} ${files === 1 ? 'file' : 'files'} byte for byte`;
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
  const sound = proof.folder === undefined ? `Nothing lost${some}` : 'Checked, nothing lost';
  const verdict = holds(proof) ? `${sound}: ${compared}` : `${lost.join(' and ')} ${isLost}, of ${compared}`;
  return `${verdict}${edited}${unread.length === 0 ? '' : '; not compared: who may do what'}`;
}

/** PROOF.json: the same for programs; keys in one order, int64 to the digit. */
function renderProofJson(proof: Proof): string {
  const entries = proof.entries.map(
    ({ place, verdict, was, is, why, standing }): Json => ({
      place,
      verdict,
      ...(was === undefined ? {} : { was }),
      ...(is === undefined ? {} : { is }),
      ...(why === undefined ? {} : { why }),
      ...(standing === undefined ? {} : { standing }),
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
  return [file('PROOF.json', renderProofJson(proof)), file('PROOF.md', renderProofDocument(proof, proofLine(proof)))];
}
