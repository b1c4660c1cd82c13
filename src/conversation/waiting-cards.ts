// Cards that were made before there was a CLI: they show how far it is, and get their proof and plan when it is there.
import type { CliStatus } from '../deployment/install/locate.ts';
import type { Identities } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import type { Card, Thread } from './thread-port.ts';
import { deliverRelease, preparing, type VersionCards } from './version-cards.ts';

/** How often a card shows how far the CLI is: chat.update allows about one a second for the whole team (facts: slack#rate-limits). */
const CLI_NEWS_MS = 3000;

const REPLACED = { problem: 'A newer version has replaced this one.', next: 'Use the newest card.', replaced: true } as const;
const NOT_LINKED = { problem: 'You are not connected to Databricks any more.', next: 'Reply here, and I will send you a Connect button.' };

export interface WaitingCards {
  /** Shows on the waiting cards how far the CLI is; when it is ready, hands their conversations to `enqueue`, whose job is `catchUp`. */
  watchCli(enqueue: (conversationId: string) => Promise<void>): Promise<void>;
  /** Whether a card still waits although the CLI is ready. */
  isLate(conversation: ConversationRow): Promise<boolean>;
  /** Proves and plans the version whose card waited for the CLI; must not run beside a turn of the conversation. */
  catchUp(conversationId: string): Promise<void>;
}

export function createWaitingCards(deps: {
  rows: Pick<Storage, 'conversations' | 'outbox'>;
  cli: { status(): CliStatus; ready(): Promise<string | undefined> };
  identities: Pick<Identities, 'of' | 'token'>;
  cards: VersionCards;
  thread: Thread;
  clock: Clock;
}): WaitingCards {
  const { rows, cli, identities, thread, clock } = deps;

  async function showNews(conversationId: string): Promise<void> {
    const conversation = await rows.conversations.get(conversationId);
    const row = (await rows.outbox.ofConversation(conversationId, 'card')).at(-1);
    const status = cli.status();
    if (conversation === undefined || row === undefined || status.state !== 'preparing') return;
    await rows.outbox.change(row.id, { ...(row.payload as Card), ...preparing(status) });
    await thread.refresh(conversation);
  }

  /** Made as the person who asked for the bundle: whoever wrote last may not be there any more. */
  async function renew(conversation: ConversationRow, waiting: Card): Promise<Card> {
    const who = { team: conversation.team, user: conversation.requester };
    const identity = await identities.of(who);
    if (identity === undefined) return { ...waiting, plan: NOT_LINKED, proof: NOT_LINKED };
    const { version: number, bundleDigest, target } = waiting;
    const as = { conversation, slackUser: who.user, identity, token: (refused?: string) => identities.token(who, { refused }) };
    return deps.cards.card({ ...as, number, bundleDigest, target });
  }

  return {
    async watchCli(enqueue) {
      let ready = false;
      const done = cli.ready().then(() => {
        ready = true;
      });
      for (;;) {
        await Promise.race([done, clock.sleep(CLI_NEWS_MS)]);
        const waiting = await rows.outbox.conversationsWaiting();
        if (ready) {
          for (const id of waiting) await enqueue(id);
          return;
        }
        for (const id of waiting) await showNews(id);
      }
    },

    async isLate(conversation) {
      return cli.status().state !== 'preparing' && (await rows.outbox.conversationsWaiting()).includes(conversation.id);
    },

    async catchUp(conversationId) {
      const conversation = await rows.conversations.get(conversationId);
      if (conversation === undefined) return;
      const cards = await rows.outbox.ofConversation(conversationId, 'card');
      for (const row of cards) {
        const [waiting, isLast] = [row.payload as Card, row === cards.at(-1)];
        const waits = 'preparing' in waiting.plan;
        const card = !waits ? waiting : isLast ? await renew(conversation, waiting) : { ...waiting, plan: REPLACED, proof: REPLACED };
        if (waits) await rows.outbox.change(row.id, card);
        // Of the last one also where a killed process has only changed it.
        if (isLast) await deliverRelease({ rows, thread }, conversation, { id: row.id, card });
      }
      await thread.refresh(conversation);
    },
  };
}
