// The card of a version: its proof in a line, what a deployment would change, and the buttons; drawn from rows, so that it always says what is so now.
import type { KnownBlock } from '@slack/types';
import type { NextSteps } from '../../conversation/story/next-steps.ts';
import type { Card, PlanOffer } from '../../conversation/thread-port.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import { headlineOf } from '../../deployment/policy/headline.ts';
import { doomedBy } from '../../deployment/policy/rules-of-loss.ts';
import { button, confirmed, context, MARKS, type Message, section } from './blocks.ts';
import { deployedBlocks, ownDataButton, whereButton } from './deployed-card.ts';
import { LIMITS } from './limits.ts';
import { originalBlocks } from './original-choice.ts';
import { clip, escapeText, oneLine, slackDate } from './slack-text.ts';

/** What a card says of a release besides its headline; the rest is counted. */
const FINDINGS = 5;
/** Of one of them, in characters. */
const LONGEST_FINDING = 400;

interface Shown {
  /** The bundle's. */
  readonly name: string;
  readonly conversationId: string;
  readonly proposal: DeploymentProposal | undefined;
  /** What a running deployment is at. */
  readonly doing?: string | undefined;
  /** What one does next with what is deployed. */
  readonly next?: NextSteps | undefined;
}

export function renderVersionCard(card: Card, shown: Shown): Message {
  const { name, proposal } = shown;
  const { version, target } = card;
  const planAgain = planAgainButton({ conversationId: shown.conversationId, version, target });
  const title = `${name} · version ${card.version}`;
  const blocks: KnownBlock[] = [section(`*${escapeText(clip(title, LIMITS.headerText))}*`)];
  if (proposal !== undefined) blocks.push(...releaseBlocks(proposal));
  blocks.push(...proofBlocks(card, shown.conversationId));
  if (proposal !== undefined) blocks.push(...stateBlocks(proposal, planAgain, shown));
  else if ('problem' in card.plan) blocks.push(...noPlanBlocks(card.plan, card, planAgain));
  const text = proposal === undefined ? title : `${title}: ${STATE_WORDS[proposal.state]}`;
  return { text: clip(escapeText(text), LIMITS.sectionText), blocks };
}

const STATE_WORDS: Record<DeploymentProposal['state'], string> = {
  open: 'ready to deploy',
  declined: 'not deployed',
  superseded: 'replaced by a newer version',
  approved: 'approved',
  running: 'deploying',
  done: 'deployed',
  failed: 'deployment failed',
  unknown: 'outcome of the deployment unknown',
};

function proofBlocks(card: Card, conversationId: string): KnownBlock[] {
  if ('problem' in card.proof) {
    // Where proof and plan lack the same thing, it is said once.
    const said = 'problem' in card.plan && card.plan.problem === card.proof.problem;
    return said ? [] : [section(`:warning: *No proof yet.* ${escapeText(card.proof.problem)} ${escapeText(card.proof.next)}`)];
  }
  const mark = card.proof.ok ? ':white_check_mark:' : ':x:';
  return [
    {
      ...section(`${mark} ${escapeText(card.proof.line)}`),
      accessory: button('Show the proof', 'show_proof', JSON.stringify({ conversationId, digest: card.bundleDigest, ...card.as })),
    },
  ];
}

/** What happens, then what a person should see of it, the heaviest first; the rest is counted. */
function releaseBlocks({ id, state, release }: DeploymentProposal): KnownBlock[] {
  // A row from before there were releases: what it says is how it ended.
  if (release === undefined) return [];
  // A card that is over is a record: nobody needs to be alarmed any more.
  const findings = ['open', 'approved', 'running'].includes(state) ? release.findings : [];
  const lines = findings.slice(0, FINDINGS).map(({ weight, text }) => `${MARKS[weight]} ${escapeText(clip(text, LONGEST_FINDING))}`);
  const left = findings.slice(FINDINGS);
  const dangers = left.filter(({ weight }) => weight === 'danger').length;
  const grave = dangers === 0 ? '' : dangers === left.length ? ', as grave' : `, ${dangers} of them as grave`;
  if (left.length > 0) lines.push(`_and ${left.length} more${grave}: press Show changes_`);
  const headline = {
    ...section(`*${oneLine(escapeText(clip(headlineOf(release), LONGEST_FINDING)))}*`),
    accessory: button('Show changes', 'show_changes', id),
  };
  return lines.length === 0 ? [headline] : [headline, section(lines.join('\n'))];
}

function stateBlocks(proposal: DeploymentProposal, planAgain: ReturnType<typeof button>, { name, doing, next }: Shown): KnownBlock[] {
  const again = { type: 'actions' as const, block_id: 'again', elements: [planAgain] };
  const { target } = proposal;
  const by = proposal.decidedBy === undefined ? '' : ` by <@${proposal.decidedBy}>`;
  switch (proposal.state) {
    case 'open':
      if (proposal.outdated !== undefined) return [section(`:warning: ${proposal.outdated.problem} ${proposal.outdated.next}`), again];
      return [
        {
          type: 'actions',
          block_id: 'approve',
          elements: [
            deployButton(proposal, name),
            ...(isEditedThere(proposal) ? [button('Take the edits into the bundle', 'next_edits', proposal.id)] : []),
            ...ownDataButton(proposal),
            ...whereButton(proposal),
            button('Not now', 'not_now', proposal.id),
          ],
        },
        ...originalBlocks(proposal.release?.original, proposal.id),
        context(
          `Deploys as ${escapeText(proposal.userName)} exactly what this card shows. The offer ends ${slackDate(proposal.expiresAt)}.`,
        ),
      ];
    case 'declined':
      return [context(`Not deployed: declined${by}. Reply here to change the bundle.`), again];
    case 'superseded':
      return [context('A newer card has replaced this one: use that.')];
    case 'approved':
    case 'running':
      return [
        section(`:hourglass_flowing_sand: Approved${by}. Deploying to ${escapeText(target)}…`),
        ...(doing === undefined ? [] : [context(escapeText(clip(doing, 300)))]),
      ];
    case 'done':
      return deployedBlocks(proposal, next);
    case 'failed':
    case 'unknown': {
      const { problem = 'The deployment did not end well.', next: what = 'Press Plan again.' } = proposal.result ?? {};
      const how =
        proposal.state === 'unknown' ? 'but I do not know how it ended' : isMix(proposal) ? 'and it ended halfway' : 'but not deployed';
      const look = proposal.state === 'unknown' ? [button('Look again', 'next_look', proposal.id)] : [];
      const back = next?.previous === undefined ? [] : [button('Put the previous version back', 'next_previous', proposal.id)];
      return [
        section(`:x: Approved${by}, ${how}: ${escapeText(problem)} ${escapeText(what)}`),
        { ...again, elements: [...look, ...again.elements, ...back] },
      ];
    }
  }
}

/** Part of it is there, and the rest is as before. */
function isMix({ result }: DeploymentProposal): boolean {
  return result?.ending === 'mix';
}

/** Somebody has edited deployed files, and a deployment would overwrite that. */
function isEditedThere({ release }: DeploymentProposal): boolean {
  return release?.files.some(({ byHand, change }) => byHand && change === 'changed') === true;
}

function deployButton(proposal: DeploymentProposal, name: string) {
  const { target, release } = proposal;
  const dangerous = release?.findings.some(({ weight }) => weight === 'danger') === true;
  const deploy = button(`Deploy to ${target}`, 'deploy', proposal.id, dangerous ? 'danger' : 'primary');
  const what = release === undefined ? '' : `: ${headlineOf(release)}`;
  // A modal asks for a typed word.
  if (doomedBy(release).length > 0) return deploy;
  const lost = release?.findings.find(({ rule }) => rule === 'lost');
  const loss = lost === undefined ? '' : `${lost.text} `;
  const text = escapeText(clip(`${loss}${name}, version ${proposal.version}, as ${proposal.userName}${what}`, 250));
  return confirmed(deploy, `Deploy to ${target}?`, text, 'Deploy');
}

function noPlanBlocks(
  plan: Extract<Card['plan'], { problem: string }>,
  { bundleDigest, target }: Card,
  planAgain: ReturnType<typeof button>,
): KnownBlock[] {
  if (plan.replaced) return [context(`${escapeText(plan.problem)} ${escapeText(plan.next)}`)];
  const words = section(
    `${plan.preparing === undefined ? ':warning: *Can’t be deployed from here yet.* ' : ':hourglass_flowing_sand: '}${escapeText(plan.problem)} ${escapeText(plan.next)}`,
  );
  const deploy = target === undefined ? 'Deploy' : `Deploy to ${target}`;
  const label = plan.preparing === undefined ? `${deploy} (not available)` : `${deploy} · CLI: ${plan.preparing}`;
  const buttons = [button(label, 'deploy_unavailable', bundleDigest), ...(plan.preparing === undefined ? [planAgain] : [])];
  return [words, { type: 'actions', block_id: 'approve', elements: buttons }];
}

/** A fresh plan of this version, as whoever presses it. */
export function planAgainButton({ conversationId, version, target }: PlanOffer) {
  return button('Plan again', 'plan_again', JSON.stringify({ conversationId, version, target }));
}
