// The conversation's port to its thread: steps, stored messages, and root message and cards as the rows say.
import type { WebClient } from '@slack/web-api';
import { archive } from '../../bundle/edit/archive.ts';
import type { ConversationRow, Outbox } from '../../conversation/rows.ts';
import type { Thread, ThreadMessage } from '../../conversation/thread.ts';
import type { Versions } from '../../conversation/versions.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { WriteProposal } from '../../deployment/approval/write-result.ts';
import type { Logger } from '../../values/log.ts';
import type { Pace } from '../bolt/rate-limits.ts';
import { type Anchor, renderAnchor } from '../views/anchor.ts';
import { renderCard } from '../views/card.ts';
import { renderReply } from '../views/reply.ts';
import { renderResult } from '../views/result.ts';
import { escapeText } from '../views/text.ts';
import { renderWriteCard, renderWriteResult } from '../views/write-card.ts';
import type { Poster } from './poster.ts';
import { createProgress } from './progress.ts';
import { createPostedSteps } from './steps-as-message.ts';
import { createStreamedSteps } from './steps-as-stream.ts';

/** Messages whose content is remembered; forgetting costs one needless chat.update each. */
const REMEMBERED = 5000;

export interface ThreadDeps {
  readonly client: WebClient;
  /** Never retries: it starts streams. */
  readonly create: WebClient;
  readonly poster: Poster;
  readonly outbox: Outbox;
  readonly versions: () => Pick<Versions, 'contents'>;
  readonly proposal: (id: string) => Promise<DeploymentProposal | undefined>;
  readonly write: (id: string) => Promise<WriteProposal | undefined>;
  /** What each running write is at. */
  readonly deploying: ReadonlyMap<string, string>;
  readonly pace: Pace;
  /** Where steps are streamed natively; elsewhere a posted message is kept current (facts: slack#posting-or-streaming). */
  readonly streamIn: 'dm' | 'all' | 'none';
  readonly stop: (conversationId: string, by: string) => Promise<unknown>;
  readonly log: Logger;
}

export interface SlackThread extends Thread {
  /** Posts the root message, before there is a conversation; once for an id. Returns its ts. */
  anchor(channel: string, anchor: Anchor): Promise<string>;
}

export function createThread(deps: ThreadDeps): SlackThread {
  const { client, poster, outbox, pace, log } = deps;
  /** What each message shows now, so that nothing is drawn twice. */
  const drawn = new Map<string, string>();
  /** By conversation: the last redraw asked for. */
  const redrawing = new Map<string, Promise<void>>();

  async function redraw(channel: string, ts: string, message: { text: string; blocks: object[] }): Promise<void> {
    if (drawn.get(ts) === JSON.stringify(message)) return;
    await pace.turn('chat.update', 'urgent');
    await client.chat.update({ channel, ts, ...message } as Parameters<WebClient['chat']['update']>[0]);
    remember(ts, message);
  }

  function remember(ts: string, message: object): void {
    if (drawn.size >= REMEMBERED) drawn.clear();
    drawn.set(ts, JSON.stringify(message));
  }

  async function cardMessage(card: Extract<ThreadMessage, { kind: 'card' }>, conversation: ConversationRow) {
    const { name } = (await deps.versions().contents(card.bundleDigest, card.as)).bundle;
    const proposal = 'proposalId' in card.plan ? await deps.proposal(card.plan.proposalId) : undefined;
    return renderCard(card, name, proposal, conversation.id, proposal && deps.deploying.get(proposal.id));
  }

  async function writeCard({ proposalId }: Extract<ThreadMessage, { kind: 'write' }>) {
    return renderWriteCard(await stored(proposalId), deps.deploying.get(proposalId));
  }

  async function stored(proposalId: string): Promise<WriteProposal> {
    const proposal = await deps.write(proposalId);
    if (proposal === undefined) throw new Error(`write ${proposalId} is not stored`);
    return proposal;
  }

  async function zip({ bundleDigest, version, as }: Extract<ThreadMessage, { kind: 'archive' }>) {
    const { bundle, report } = await deps.versions().contents(bundleDigest, as);
    const { name, files, secrets } = bundle;
    const masked =
      secrets.length === 0 ? '' : `, ${secrets.length === 1 ? 'a hard-coded secret' : `${secrets.length} hard-coded secrets`} masked`;
    return {
      name: `${name}-v${version}.zip`,
      bytes: archive(bundle, report),
      comment: `*${escapeText(name)}* · version ${version} · ${files.length + report.length} files${report.length > 0 ? ', with the proof in PROOF.md' : ''}${masked}`,
    };
  }

  return {
    async anchor(channel, anchor) {
      const message = renderAnchor(anchor, true);
      const ts = await poster.post(`${anchor.id}/anchor`, { channel }, message);
      remember(ts, message);
      return ts;
    },

    progress({ turnId, conversation, to, resumeTs, shown }) {
      const place = { channel: conversation.channel, threadTs: conversation.threadTs };
      const direct = conversation.channel.startsWith('D');
      const streams = resumeTs === undefined && (deps.streamIn === 'all' || (deps.streamIn === 'dm' && direct));
      const posted = (ts?: string) => createPostedSteps({ client, poster }, place, `${turnId}/steps`, ts);
      const view = streams ? createStreamedSteps(deps.create, { ...place, user: to, team: conversation.team, direct }) : posted(resumeTs);
      return createProgress({
        view,
        fallback: streams ? posted : undefined,
        pace,
        shown,
        stopped: () => void deps.stop(conversation.id, to),
        log,
      });
    },

    async deliver(id, conversation, message) {
      const place = { channel: conversation.channel, threadTs: conversation.threadTs };
      switch (message.kind) {
        case 'reply':
          return poster.post(id, place, renderReply(message));
        case 'result':
          return poster.post(id, place, renderResult(message));
        case 'archive':
          return poster.upload(id, place, await zip(message));
        case 'write_result':
          return poster.post(id, place, renderWriteResult(message.to, await stored(message.proposalId)));
        case 'write':
        case 'card': {
          const card = message.kind === 'card' ? await cardMessage(message, conversation) : await writeCard(message);
          const ts = await poster.post(id, place, card);
          remember(ts, card);
          return ts;
        }
      }
    },

    // One after the other: an older drawing must not land on a newer one.
    refresh(conversation, running) {
      const next = (redrawing.get(conversation.id) ?? Promise.resolve()).then(() => redrawAll(conversation, running));
      redrawing.set(conversation.id, next);
      return next.finally(() => redrawing.get(conversation.id) === next && redrawing.delete(conversation.id));
    },
  };

  async function redrawAll(conversation: ConversationRow, running: boolean | undefined): Promise<void> {
    try {
      if (running !== undefined) await redraw(conversation.channel, conversation.threadTs, renderAnchor(conversation, running));
      for (const row of await outbox.ofConversation(conversation.id, 'card')) {
        const message = row.payload as Extract<ThreadMessage, { kind: 'card' }>;
        if (row.ts !== undefined) await redraw(conversation.channel, row.ts, await cardMessage(message, conversation));
      }
      for (const row of await outbox.ofConversation(conversation.id, 'write')) {
        const message = row.payload as Extract<ThreadMessage, { kind: 'write' }>;
        if (row.ts !== undefined) await redraw(conversation.channel, row.ts, await writeCard(message));
      }
    } catch (error) {
      // What the rows say is right all the same; the next change draws it.
      log.warn({ err: error, conversation: conversation.id }, 'thread not redrawn');
    }
  }
}
