// Cards that were made before there was a CLI: they show how far it is, and get their proof and plan when it is there.
import type { CliLocator } from '../deployment/install/locate.ts';
import type { Identities } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import { isPassingStatement } from '../values/errors.ts';
import type { Card, Thread } from './thread-port.ts';
import { deliverRelease, type VersionCards, withoutCli } from './version-cards.ts';

/** How often a card shows how far the CLI is: chat.update allows about one a second for the whole team (facts: slack#rate-limits). */
const CLI_NEWS_MS = 3000;

const REPLACED = { problem: 'A newer card has replaced this one.', next: 'Use the newest card.', replaced: true } as const;
const NOT_LINKED = { problem: 'You are not connected to Databricks any more.', next: 'Reply here, and I will send you a Connect button.' };

export interface WaitingCards {
  /** Shows on the waiting cards how far the CLI is; when it is ready, however late, hands their conversations to `enqueue`, whose job is `catchUp`. */
  watchCli(enqueue: (conversationId: string) => Promise<void>): Promise<void>;
  /** Whether a card still waits although the CLI is ready. */
  isLate(conversation: ConversationRow): Promise<boolean>;
  /** Proves and plans the version whose card waited for the CLI; must not run beside a turn of the conversation. */
  catchUp(conversationId: string): Promise<void>;
}

export function createWaitingCards(deps: {
  rows: Pick<Storage, 'conversations' | 'outbox'>;
  cli: Pick<CliLocator, 'status' | 'ready' | 'onChange'>;
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
    await rows.outbox.change(row.id, { ...(row.payload as Card), ...withoutCli(status) });
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

  /** Tries on where the database refuses a statement for a moment: nobody else would begin to watch again. */
  async function untilStored(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isPassingStatement(error)) throw error;
        await clock.sleep(CLI_NEWS_MS);
      }
    }
  }

  /** What keeps a card waiting that can be renewed now: without a CLI only that it is no longer on its way. */
  const over = () => (cli.status().state === 'ready' ? ['preparing', 'noCli'] : ['preparing']);

  return {
    async watchCli(enqueue) {
      const enqueueAll = () =>
        untilStored(async () => {
          for (const id of await rows.outbox.conversationsWaiting(over())) await enqueue(id);
        });
      const showAll = () =>
        untilStored(async () => {
          for (const id of await rows.outbox.conversationsWaiting(['preparing'])) await showNews(id);
        });
      let settled = false;
      const done = cli.ready().then(() => {
        settled = true;
      });
      for (;;) {
        await Promise.race([done, clock.sleep(CLI_NEWS_MS)]);
        if (settled) break;
        await showAll();
      }
      const found = readyAfterAll(cli);
      await enqueueAll();
      if (await found) await enqueueAll();
    },

    async isLate(conversation) {
      return cli.status().state !== 'preparing' && (await rows.outbox.conversationsWaiting(over())).includes(conversation.id);
    },

    async catchUp(conversationId) {
      const conversation = await rows.conversations.get(conversationId);
      if (conversation === undefined) return;
      const cards = await rows.outbox.ofConversation(conversationId, 'card');
      const newest = newestOf(cards.map(({ payload }) => payload as Card));
      for (const row of cards) {
        const [waiting, isNewest] = [row.payload as Card, newest.includes(row.payload as Card)];
        const waits = 'preparing' in waiting.plan || ('noCli' in waiting.plan && cli.status().state === 'ready');
        const card = !waits ? waiting : isNewest ? await renew(conversation, waiting) : { ...waiting, plan: REPLACED, proof: REPLACED };
        if (waits) await rows.outbox.change(row.id, card);
        // Also where a killed process has only changed it.
        if (isNewest) await deliverRelease({ rows, thread }, conversation, { id: row.id, card });
      }
      await thread.refresh(conversation);
    },
  };
}

/** Of the newest version, the last card of each target: only these can be pressed. */
function newestOf(cards: readonly Card[]): readonly Card[] {
  const version = cards.at(-1)?.version;
  return cards.filter((card) => card.version === version && card === cards.findLast(({ target }) => target === card.target));
}

/** true when a CLI is found that was not to be had; false at once where there is one. */
function readyAfterAll(cli: Pick<CliLocator, 'status' | 'onChange'>): Promise<boolean> {
  return new Promise((resolve) => {
    if (cli.status().state === 'ready') return resolve(false);
    const stop = cli.onChange(({ state }) => {
      if (state !== 'ready') return;
      stop();
      resolve(true);
    });
  });
}
