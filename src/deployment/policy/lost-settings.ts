// What is said of settings that the CLI at hand would leave out: refused for production, a warning for one's own copy.
import type { LostSetting } from '../../bundle/proof/lost-settings.ts';
import { code, counted, listed } from './phrases.ts';
import { type Refusal, refusal } from './refusals.ts';
import type { Finding } from './release-diff.ts';

/** A deployment for production that would make another job than was shown. `cliVersion` is that of the CLI at hand. */
export function losesSettings(lost: readonly LostSetting[], cliVersion: string): Refusal | undefined {
  if (lost.length === 0) return undefined;
  const problem = `Databricks CLI ${cliVersion}, which I deploy with, would leave out ${counted(lost.length, 'setting')} of this bundle: ${fields(lost)}.`;
  const known = lost.filter(({ newer }) => newer !== undefined);
  const others = lost.filter(({ newer }) => newer === undefined);
  const takeOut = 'ask me to take out what can’t be said, or leave the job as it is';
  const knows = `Databricks CLI ${known[0]?.newer} knows ${others.length === 0 ? 'them' : fields(known)}`;
  if (others.length === 0) return refusal('loses', problem, `${knows}: have whoever runs me install it, then press Plan again.`);
  if (known.length === 0) return refusal('loses', problem, `No bundle can say them yet: ${takeOut}.`);
  return refusal('loses', problem, `${knows}; no bundle can say ${fields(others)} yet: ${takeOut}.`);
}

/** The same of a development copy, which may be made all the same. */
export function lostInCopy(lost: readonly LostSetting[], cliVersion: string): Finding[] {
  if (lost.length === 0) return [];
  const text = `Leaves out ${counted(lost.length, 'setting')} that Databricks CLI ${cliVersion} does not know: ${fields(lost)}.`;
  return [{ rule: 'lost', weight: 'warning', text }];
}

function fields(lost: readonly LostSetting[]): string {
  return listed([...new Set(lost.map(({ field }) => code(field)))], 5);
}
