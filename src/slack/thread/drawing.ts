// Root message and cards as the rows say they are now: drawn from rows, and drawn again when something has changed.
import type { WebClient } from '@slack/web-api';
import type { BundleFile } from '../../bundle/model/bundle.ts';
import type { CalledRows, ConversationRow } from '../../conversation/rows.ts';
import { bundleOf, type VersionStores } from '../../conversation/stored-versions.ts';
import { nextStepsOf } from '../../conversation/story/next-steps.ts';
import { readStatus, type StatusRows } from '../../conversation/story/status.ts';
import type { Card, Thread, ThreadMessage } from '../../conversation/thread-port.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { WriteProposal } from '../../deployment/approval/write-result.ts';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { slackError } from '../bolt/passing.ts';
import type { RateLimits } from '../bolt/rate-limits.ts';
import type { Message } from '../views/blocks.ts';
import { renderDrawnInWords } from '../views/lesser-forms.ts';
import { renderRootMessage } from '../views/root-message.ts';
import { renderVersionCard } from '../views/version-card.ts';
import { renderWriteCard } from '../views/write-card.ts';
import { digestOf } from './poster.ts';
import type { Haste } from './reconciler.ts';
import { isForLater, troubleOf } from './refusals.ts';
import type { StepLists } from './step-lists.ts';

/** Whoever took longer from the rows to Slack looks at the rows again: another process may have drawn meanwhile what they say now. Our choice. */
const SLOW_MS = 1000;

/** What root message and cards are drawn from; it is read whenever one is drawn. */
export interface CardRows extends VersionStores, StatusRows, CalledRows {
  /** The workspace's, for links. */
  readonly host: string;
  readonly proposal: (id: string) => Promise<DeploymentProposal | undefined>;
  readonly write: (id: string) => Promise<WriteProposal | undefined>;
  /** The file that says all of what a planned deployment would change. */
  readonly report: (proposalId: string) => Promise<BundleFile | undefined>;
}

/** A message of ours as its row says it. */
interface Drawn {
  readonly id: string;
  readonly ts: string;
  readonly shown?: string | undefined;
}

export interface Drawing extends Pick<Thread, 'atWork'> {
  /** Draws a conversation as its rows say it is; false where not all could be drawn, and may be at another time. */
  draw(conversationId: string, haste: Haste): Promise<boolean>;
  /** The card of a version or of a write. */
  card(message: Extract<ThreadMessage, { kind: 'card' | 'write' }>, conversation: ConversationRow): Promise<Message>;
}

/** `create` waits for nothing: a turn to draw is waited for here. */
export function createDrawing(deps: {
  create: WebClient;
  cardRows: CardRows;
  lists: Pick<StepLists, 'closeAll'>;
  rates: RateLimits;
  clock: Clock;
  log: Logger;
}): Drawing {
  const { create, cardRows, lists, rates, clock, log } = deps;
  const { outbox, host } = cardRows;
  /** By proposal: what each running write is at. */
  const doing = new Map<string, string>();

  /** False where the process ends before it may be drawn. */
  async function turnToDraw({ hurry, over }: Haste): Promise<boolean> {
    if (!hurry.aborted && (await rates.turn('chat.update', AbortSignal.any([hurry, over])))) return true;
    if (!over.aborted) await rates.wait('chat.update');
    return !over.aborted;
  }

  /** Draws a message until it shows what the rows say: what each process draws is noted in them, for all. */
  async function redraw(at: Drawn, channel: string, render: () => Promise<Message>, haste: Haste): Promise<boolean> {
    for (let { shown } = at, slow = true; slow; ) {
      if (shown === digestOf(await render())) return true;
      if (!(await turnToDraw(haste))) return false;
      const since = clock.now();
      // Only now: what has changed while it waited goes along.
      const message = await render();
      const now = digestOf(message);
      // Whoever dies or stands still here leaves it unknown.
      await outbox.shows(at.id, undefined);
      await create.chat.update({ channel, ts: at.ts, ...message }).catch(async (error: unknown) => {
        // Somebody has deleted it, perhaps leaving a tombstone: asking at each change would only use up the rate of the others.
        if (['message_not_found', 'cant_update_message'].includes(slackError(error) ?? '')) return;
        const trouble = troubleOf(error);
        if (trouble?.kind !== 'message') throw error;
        log.warn({ err: error, message: at.id }, 'message drawn in words: Slack does not take its blocks');
        await rates.wait('chat.update');
        await create.chat.update({ channel, ts: at.ts, text: renderDrawnInWords(message, trouble.why) });
      });
      await outbox.shows(at.id, now);
      shown = now;
      slow = clock.now() - since > SLOW_MS;
    }
    return true;
  }

  async function versionCard(card: Card, conversationId: string): Promise<Message> {
    // Without the proof, which is long and in no card: a thread may have many.
    const bundle = await bundleOf(cardRows, conversationId, card);
    const proposal = 'proposalId' in card.plan ? await cardRows.proposal(card.plan.proposalId) : undefined;
    const next = proposal === undefined ? undefined : await nextStepsOf(cardRows, proposal, bundle);
    return renderVersionCard(card, { name: bundle.name, conversationId, proposal, doing: proposal && doing.get(proposal.id), next });
  }

  const card: Drawing['card'] = async (message, conversation) =>
    message.kind === 'card'
      ? versionCard(message, conversation.id)
      : renderWriteCard(await requireWrite(cardRows, message.proposalId), doing.get(message.proposalId));

  /** What the rows say is right also where it can't be drawn; the next change draws it. A message that is gone keeps back no other. */
  async function drawMessages(conversation: ConversationRow, haste: Haste): Promise<boolean> {
    const { id, channel, threadTs } = conversation;
    let all = true;
    const drawOne = async (at: Drawn, render: () => Promise<Message>) => {
      const done = await redraw(at, channel, render, haste).catch((error: unknown) => {
        log.warn({ err: error, conversation: id, ts: at.ts }, 'message not redrawn');
        return !isForLater(error);
      });
      all &&= done;
    };
    const root = async () => renderRootMessage(conversation, await readStatus(cardRows, id, new Date(clock.now())), host);
    const anchor = anchorOf(conversation);
    await drawOne({ id: anchor, ts: threadTs, shown: (await outbox.get(anchor))?.shown }, root);
    // The newest first: people look at it, and where many are drawn each takes its turn.
    for (const row of [...(await outbox.ofConversation(id, 'card')), ...(await outbox.ofConversation(id, 'write'))].reverse()) {
      const { ts } = row;
      if (ts !== undefined) await drawOne({ ...row, ts }, () => card(row.payload as Parameters<Drawing['card']>[0], conversation));
    }
    return all;
  }

  return {
    card,

    async draw(id, haste) {
      const conversation = await cardRows.conversations.get(id);
      if (conversation === undefined) return true;
      const closed = await lists.closeAll(conversation);
      return (await drawMessages(conversation, haste)) && closed;
    },

    atWork(proposalId, line) {
      if (line === undefined) doing.delete(proposalId);
      else doing.set(proposalId, line);
    },
  };
}

/** The row of a conversation's root message. */
export function anchorOf({ id }: { readonly id: string }): string {
  return `${id}/anchor`;
}

export async function requireWrite({ write }: Pick<CardRows, 'write'>, proposalId: string): Promise<WriteProposal> {
  const proposal = await write(proposalId);
  if (proposal === undefined) throw new Error(`write ${proposalId} is not stored`);
  return proposal;
}
