// A copy that stands beside its original with its schedules paused: a proof must not call that a loss.
import type { Adoption } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';

/** Why a value differs in a target that stands beside the original, if that is the reason; the original may not say it. */
export function pausedBeside(was: Leaf | undefined, is: Leaf | undefined, adoption: Adoption | undefined): string | undefined {
  if (adoption !== 'beside' || is === undefined) return undefined;
  const isPause = /^(schedule|trigger|continuous|triggers\[\d+\])\.pause_status$/.test(is.place) && is.value === 'PAUSED';
  return isPause || (is.place === 'continuous' && was?.value === true && is.value === false)
    ? 'the copy is paused, so that it does not run beside the original'
    : undefined;
}
