// On the card of a first production deployment: what becomes of the original by this version, and buttons for what else could.
import type { KnownBlock } from '@slack/types';
import type { Release } from '../../deployment/policy/release-diff.ts';
import { button, context } from './blocks.ts';

type Original = NonNullable<Release['original']>;

const NOW: Record<Original['way'], string> = {
  bind: 'is taken over, with the history of its runs',
  beside: 'runs on; the copy beside it is paused',
  replace: 'is paused by the same click; the copy runs in its place',
  copy: 'runs on beside the copy',
};
const OTHERWISE: Record<Original['way'], string> = {
  bind: 'Take it over',
  beside: 'Copy beside it, paused',
  replace: 'Copy, and pause the original',
  copy: 'Copy beside it',
};

/** Nothing where there is no original. Each button makes a new version. */
export function originalBlocks(original: Release['original'], proposalId: string): KnownBlock[] {
  if (original === undefined) return [];
  const buttons = original.ways.map((way) => button(OTHERWISE[way], `next_${way}`, proposalId));
  const said = context(`The original, job ${original.id}, ${NOW[original.way]}.`);
  return buttons.length === 0 ? [said] : [said, { type: 'actions', block_id: 'original', elements: buttons }];
}
