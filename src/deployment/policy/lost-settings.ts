// What is said of settings that a deployment would lose: refused for production, a warning for one's own copy.
import { cliWithAge } from '../../bundle/currency/age.ts';
import type { LostSetting } from '../../bundle/proof/lost-settings.ts';
import type { Proof } from '../../bundle/proof/proof.ts';
import { code, counted, listed, settingWords } from './phrases.ts';
import { type Refusal, refusal } from './refusals.ts';
import type { Finding } from './release-diff.ts';

/** A deployment for production that would make another job than was shown. `cliVersion` is that of the CLI at hand. */
export function losesSettings(lost: readonly LostSetting[], cliVersion: string): Refusal | undefined {
  if (lost.length === 0) return undefined;
  const known = lost.filter(({ newer }) => newer !== undefined);
  const problem = `I deploy with ${judge(known, cliVersion)}, which would leave out ${counted(lost.length, 'setting')} of this bundle: ${fields(lost)}.`;
  const others = lost.filter(({ newer }) => newer === undefined);
  const takeOut = 'ask me to take out what can’t be said, or leave the job as it is';
  const knows = `Databricks CLI ${known[0]?.newer} knows ${others.length === 0 ? 'them' : fields(known)}`;
  if (others.length === 0) return refusal('loses', problem, `${knows}: have whoever runs me install it, then press Plan again.`);
  if (known.length === 0) return refusal('loses', problem, `No bundle can say them yet: ${takeOut}.`);
  return refusal('loses', problem, `${knows}; no bundle can say ${fields(others)} yet: ${takeOut}.`);
}

/** A production deployment that would make another job than the original, for reasons that no CLI has and nobody asked for. */
export function makesAnotherJob({ entries, sources }: Proof): Refusal | undefined {
  const settings = entries
    .filter(({ verdict, standing }) => verdict === 'lost' && standing === undefined)
    .map(({ place }) => settingWords(place));
  const files = sources.changed.filter(({ told }) => !told).map(({ file }) => code(file));
  if (settings.length + files.length === 0) return undefined;
  const counts = [
    ...(settings.length === 0 ? [] : [counted(settings.length, 'setting')]),
    ...(files.length === 0 ? [] : [counted(files.length, 'file')]),
  ];
  return refusal(
    'loses',
    `The bundle would not make the same job: ${listed([...new Set([...settings, ...files])])} (${counts.join(' and ')}).`,
    'Look at the proof, then ask me to correct the bundle; for production it must lose nothing that nobody asked for.',
  );
}

/** What a development copy would lack for its CLI, which may be made all the same. */
export function lostInCopy(lost: readonly LostSetting[], cliVersion: string): Finding[] {
  if (lost.length === 0) return [];
  const text = `Leaves out ${counted(lost.length, 'setting')} that ${judge(lost, cliVersion, ',')} does not know: ${fields(lost)}.`;
  return [{ rule: 'lost', weight: 'warning', text }];
}

/** The CLI at hand, with its age where that is why it leaves something out. */
function judge(lost: readonly LostSetting[], cliVersion: string, after = ''): string {
  const named = `Databricks CLI ${cliVersion}`;
  const aged = lost.some(({ newer }) => newer !== undefined) ? cliWithAge(cliVersion) : named;
  return aged === named ? named : `${aged}${after}`;
}

function fields(lost: readonly LostSetting[]): string {
  return listed([...new Set(lost.map(({ field }) => code(field)))], 5);
}
