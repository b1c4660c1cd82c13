// A fresh plan of a conversation's newest version, as whoever asks for it, on a card of its own.
import type { Identities } from '../identity/identities.ts';
import type { Storage } from '../storage/storage.ts';
import type { Card, Thread } from './thread-port.ts';
import { deliverRelease, type VersionCards } from './version-cards.ts';

export interface PlanAgain {
  readonly conversationId: string;
  readonly version: number;
  /** Left out: the one that every card offers. */
  readonly target?: string;
  readonly team: string;
  readonly slackUser: string;
}

/** Plans and says it; does nothing where a newer version has come. `id` names the card, so that a second try says nothing twice. */
export function createPlanAgain(deps: {
  rows: Pick<Storage, 'conversations' | 'outbox'>;
  identities: Pick<Identities, 'of' | 'token'>;
  cards: VersionCards;
  thread: Thread;
}): (id: string, asked: PlanAgain) => Promise<void> {
  const { rows, identities, thread } = deps;
  return async (id, { conversationId, version, target, team, slackUser }) => {
    const conversation = await rows.conversations.get(conversationId);
    const newest = (await rows.conversations.versions(conversationId)).at(-1);
    const who = { team, user: slackUser };
    const identity = await identities.of(who);
    if (conversation === undefined || newest?.number !== version || identity === undefined) return;
    const messageId = `${id}/card`;
    if ((await rows.outbox.get(messageId)) === undefined) {
      const { bundleDigest } = newest;
      const as = { conversation, slackUser, identity, token: () => identities.token(who) };
      const payload = await deps.cards.card({ ...as, number: version, bundleDigest, target });
      await rows.outbox.add({ id: messageId, conversationId, kind: 'card', payload });
    }
    const card = (await rows.outbox.get(messageId))?.payload as Card;
    await thread.deliver(messageId, conversation, card);
    await deliverRelease({ rows, thread }, conversation, { id: messageId, card });
    await thread.refresh(conversation);
  };
}
