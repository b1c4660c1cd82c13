// Cards of what a turn has proposed: a deployment is planned first, every other write waits for its click as it is.
import type { Writes } from '../deployment/proposal.ts';
import type { ConversationRow, ConversationRows } from '../storage/conversations.ts';
import type { Outbox } from '../storage/outbox.ts';
import type { TurnRow } from '../storage/turns.ts';
import type { ThreadMessage } from './thread.ts';

/** `offered` already has its card in this turn; `sayCard` plans a version into a target and puts its card into the outbox, once. */
export async function sayWrites(
  deps: { rows: { conversations: ConversationRows; outbox: Outbox }; writes: Pick<Writes, 'ofTurn'> },
  turn: TurnRow,
  conversation: ConversationRow,
  cards: {
    offered: { bundleDigest: string; target: string } | undefined;
    sayCard: (card: { number: number; bundleDigest: string; target: string }) => Promise<void>;
  },
): Promise<void> {
  const versions = await deps.rows.conversations.versions(conversation.id);
  for (const { id, write, state } of await deps.writes.ofTurn(turn.id)) {
    const version = write.kind === 'deploy_bundle' ? versions.findLast(({ bundleDigest }) => bundleDigest === write.bundle) : undefined;
    if (write.kind === 'deploy_bundle' && version !== undefined) {
      const shown = cards.offered?.bundleDigest === write.bundle && cards.offered.target === write.target;
      const { number, bundleDigest } = version;
      if (!shown && state === 'open') await cards.sayCard({ number, bundleDigest, target: write.target });
    } else {
      const payload: ThreadMessage = { kind: 'write', proposalId: id };
      await deps.rows.outbox.add({
        id: `${turn.id}/write/${id}`,
        conversationId: conversation.id,
        turnId: turn.id,
        kind: 'write',
        payload,
      });
    }
  }
}
