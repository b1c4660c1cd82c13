// The conversation's port to its thread: the root message, steps, stored messages, and cards that stay current.
import type { WebClient } from '@slack/web-api';
import type { ConversationRow, Leases, Redraws, StepRows } from '../../conversation/rows.ts';
import type { Thread } from '../../conversation/thread-port.ts';
import type { InLine } from '../../conversation/turn-queue.ts';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { slackError } from '../bolt/passing.ts';
import type { RateLimits } from '../bolt/rate-limits.ts';
import { renderRefusal } from '../views/answers.ts';
import { type RootMessage, renderRootMessage } from '../views/root-message.ts';
import { splitReply } from '../views/split-reply.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { anchorOf, type CardRows, createDrawing } from './drawing.ts';
import { createFiles, type Files } from './files.ts';
import { createForms } from './forms.ts';
import type { MayRead } from './may-read.ts';
import { createPoster } from './poster.ts';
import { createProgress } from './progress.ts';
import { createReconciler, type Reconciler } from './reconciler.ts';
import { troubleOf } from './refusals.ts';
import { createStepLists } from './step-lists.ts';
import { createPostedSteps } from './steps-as-message.ts';
import { createStreamedSteps } from './steps-as-stream.ts';
import { createWhoReads, type WhoReads } from './who-reads.ts';

export interface SlackThread extends Thread, Pick<Files, 'handOver'>, Pick<Delivery, 'held'>, Pick<Reconciler, 'start' | 'stop'> {
  readonly whoReads: WhoReads;
  readonly mayRead: MayRead;
  /** Posts the root message, before there is a conversation; once for an id. `waits`: what it waits for. Returns its ts. */
  anchor(channel: string, root: RootMessage, waits: InLine | undefined): Promise<string>;
  /** The address of a conversation's thread; undefined where its root message has been deleted, or is where we are no longer. */
  address(conversation: Pick<ConversationRow, 'channel' | 'threadTs'>): Promise<string | undefined>;
}

/** A root message is not there for us any more. */
const GONE = new Set(['thread_not_found', 'message_not_found', 'not_in_channel', 'channel_not_found']);

export function createThread(deps: {
  client: WebClient;
  /** Never retries: it posts messages and starts streams, when those have waited for their rate. */
  create: WebClient;
  rates: RateLimits;
  cardRows: CardRows & { readonly steps: StepRows };
  redraws: Redraws;
  leases: Leases;
  mayRead: MayRead;
  /** Where steps are streamed natively; elsewhere a posted message is kept current (facts: slack#posting-or-streaming). */
  streamIn: 'dm' | 'all' | 'none';
  clock: Clock;
  log: Logger;
}): SlackThread {
  const { client, create, rates, cardRows, mayRead, streamIn, clock, log } = deps;
  const poster = createPoster({ create, read: client, rates, outbox: cardRows.outbox, clock, log });
  const whoReads = createWhoReads({ client, clock, log });
  const files = createFiles({ client, poster, cardRows, whoReads, mayRead, log });
  const postedSteps = (turnId: string, { channel, threadTs }: ConversationRow, ts?: string) =>
    createPostedSteps({ client, create, poster }, { channel, threadTs }, `${turnId}/steps`, ts);
  const lists = createStepLists({ ...cardRows, leases: deps.leases, resume: postedSteps, log });
  const drawing = createDrawing({ create, cardRows, lists, rates, clock, log });
  const reconciler = createReconciler({ ...deps, draw: drawing.draw });
  const sayForm = createForms({ client, poster, files, drawing, cardRows });
  const delivery = createDelivery({ client, outbox: cardRows.outbox, clock, log });

  return {
    ...reconciler,
    atWork: drawing.atWork,
    handOver: files.handOver,
    held: delivery.held,
    whoReads,
    mayRead,

    async anchor(channel, root, waits) {
      const now = waits === undefined ? { kind: 'working' as const } : { kind: 'queued' as const, waits };
      const message = renderRootMessage(root, { now, deployed: [] }, cardRows.host);
      return poster.post(anchorOf(root), { channel }, message).catch((error: unknown) => {
        if (troubleOf(error)?.kind !== 'message') throw error;
        log.warn({ err: error, channel }, 'root message said in words: Slack does not take its blocks');
        return poster.post(anchorOf(root), { channel }, { text: message.text, blocks: [] });
      });
    },

    async address({ channel, threadTs: ts }) {
      try {
        const { messages = [] } = await client.conversations.replies({ channel, ts, limit: 1 });
        const root: { ts?: string; subtype?: string } | undefined = messages[0];
        // A deleted message with replies leaves a tombstone in its place (facts: slack#deleted-messages).
        if (root?.ts !== ts || root.subtype === 'tombstone') return undefined;
        return (await client.chat.getPermalink({ channel, message_ts: ts })).permalink;
      } catch (error) {
        if (GONE.has(slackError(error) ?? '')) return undefined;
        throw error;
      }
    },

    async whisper({ channel, threadTs: thread_ts }, user, words, again) {
      // Ephemeral: said as well as it can be, and not kept.
      await client.chat
        .postEphemeral({ channel, user, thread_ts, ...renderRefusal(words, again) })
        .catch((error: unknown) => log.warn({ err: error }, 'not whispered'));
    },

    progress({ turnId, conversation, to, resumeTs, shown, stopped }) {
      const where = { channel: conversation.channel, threadTs: conversation.threadTs };
      const direct = conversation.channel.startsWith('D');
      const streams = resumeTs === undefined && (streamIn === 'all' || (streamIn === 'dm' && direct));
      const posted = (ts?: string) => postedSteps(turnId, conversation, ts);
      const view = streams
        ? createStreamedSteps({ create, rates, clock }, { ...where, user: to, team: conversation.team, direct })
        : posted(resumeTs);
      const { end, ...progress } = createProgress({ view, fallback: streams ? posted : undefined, rates, shown, stopped, clock, log });
      // The answer does not wait until the list is closed.
      return { ...progress, end: (how) => lists.close(conversation.id, turnId, () => end(how)) };
    },

    async deliver(id, conversation, message) {
      const parts = message.kind === 'reply' ? splitReply(message) : [message];
      // The stored message is said when its last part is.
      for (const [index, part] of parts.entries()) {
        const of = index === parts.length - 1 ? id : `${id}/${index + 1}`;
        await delivery.deliver(of, (form) => sayForm(part, conversation, form));
      }
    },
  };
}
