// What the proof says of a git_source whose files were brought into the bundle: each of its settings is dropped on purpose.
import type { BroughtFrom } from '../model/bundle.ts';
import { leavesOf } from '../model/leaves.ts';
import type { ProofEntry } from './proof.ts';

export function broughtEntries({ gitSource }: BroughtFrom): (ProofEntry & { readonly verdict: 'dropped' })[] {
  const why = 'the files are in the bundle now';
  return [...leavesOf({ git_source: gitSource }).values()].map(({ place, value }) => ({ place, verdict: 'dropped', was: value, why }));
}
