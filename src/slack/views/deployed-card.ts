// What the card of a version says once it is deployed: a record of it, and the buttons for what one does next.
import type { KnownBlock } from '@slack/types';
import type { NextSteps } from '../../conversation/story/next-steps.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import { SHARED_DATA, toConfirm } from '../../deployment/policy/release-diff.ts';
import { button, confirmed, context, section } from './blocks.ts';
import { resultLinks } from './deployment-result.ts';
import { clip, durationWords, escapeText, oneLine, slackDate } from './slack-text.ts';

/** Without `next` it is not what is deployed there any more. */
export function deployedBlocks(proposal: DeploymentProposal, next: NextSteps | undefined): KnownBlock[] {
  const { decidedBy, decidedAt, target, userName, result } = proposal;
  const by = decidedBy === undefined ? '' : ` by <@${decidedBy}>`;
  const facts = [
    `As ${escapeText(clip(userName, 200))}`,
    ...(decidedAt === undefined ? [] : [slackDate(decidedAt)]),
    ...(result?.ms === undefined ? [] : [`took ${durationWords(result.ms)}`]),
  ];
  return [
    section(`:rocket: Approved${by} and deployed to *${escapeText(clip(target, 200))}*.`),
    context(facts.join(' · ')),
    // Deployed, but not all could be read of it.
    ...(result?.problem === undefined ? [] : [section(`:warning: ${escapeText(clip(`${result.problem} ${result.next ?? ''}`, 1500))}`)]),
    ...(result === undefined ? [] : resultLinks(result)),
    ...(next === undefined ? [] : nextButtons(proposal, next)),
  ];
}

function nextButtons(proposal: DeploymentProposal, next: NextSteps): KnownBlock[] {
  const { id } = proposal;
  const elements = [
    ...(next.run === undefined ? [] : [runButton(proposal, next.run.name)]),
    ...ownDataButton(proposal),
    ...(next.production === undefined ? [] : [button(`Deploy to ${next.production}`, 'next_production', id)]),
    ...(next.previous === undefined ? [] : [button('Put the previous version back', 'next_previous', id)]),
    ...(next.destroy ? [button('Destroy', 'next_destroy', id)] : []),
  ];
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: 'next', elements }];
}

/** Where a run of a development copy would change what production has: has the agent change the code. It costs a turn, so it asks first. */
export function ownDataButton({ id, release }: Pick<DeploymentProposal, 'id' | 'release'>) {
  if (!release?.findings.some(({ rule }) => rule === SHARED_DATA)) return [];
  const text =
    'I make parameters of the names and paths that the code has written down, as a new version: production keeps them as they are.';
  return [confirmed(button('Give the copy its own data', 'next_own_data', id), 'Change the code?', text, 'Change it')];
}

/** Where a development copy can write elsewhere: opens the question. */
export function whereButton({ id, release }: Pick<DeploymentProposal, 'id' | 'release'>) {
  return release?.ownData === undefined ? [] : [button('Change where it writes', 'where_it_writes', id)];
}

/** Its confirmation is the yes: the run starts after it. */
function runButton({ id, target, release }: Pick<DeploymentProposal, 'id' | 'target' | 'release'>, name: string) {
  const shared = release && toConfirm(release.findings);
  const what = `It runs ${oneLine(escapeText(clip(name, shared === undefined ? 150 : 40)))} with its own parameters, as you.`;
  const text = shared === undefined ? what : `${what} ${escapeText(clip(shared, 180))}`;
  return confirmed(
    button(`Run in ${target}`, 'next_run', id, ...(shared === undefined ? [] : ['danger' as const])),
    `Run it in ${target}?`,
    text,
    'Run it',
  );
}
