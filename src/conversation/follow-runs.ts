// Watches the runs that people have started, and hands each end to whoever tells it.

import type { WriteProposal, WriteResult } from '../deployment/approval/write-result.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Identities } from '../identity/identities.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';

/** How often it is looked whether a look is due; how far apart those of one run are is its own. */
const TICK_MS = 2000;

export interface RunEnd {
  readonly proposalId: string;
  readonly team: string;
  readonly user: string;
  readonly result: WriteResult;
}

/** Goes on as long as the process. `tell` may be told of one end more than once. */
export function createRunWatch(deps: {
  follower: Deployment['follower'];
  rows: Pick<Storage, 'conversations'>;
  identities: Pick<Identities, 'token'>;
  tell: (end: RunEnd) => Promise<void>;
  clock: Clock;
  log: Logger;
}): () => Promise<never> {
  const { follower, rows, identities, clock, log } = deps;

  async function lookAt(proposal: WriteProposal): Promise<void> {
    const { id, conversationId, decidedBy } = proposal;
    const conversation = conversationId === undefined ? undefined : await rows.conversations.get(conversationId);
    if (conversation === undefined || decidedBy === undefined) return;
    const who = { team: conversation.team, user: decidedBy };
    const result = await follower.look(proposal, (refused) => identities.token(who, { refused }));
    if (result !== undefined) await deps.tell({ ...who, proposalId: id, result });
  }

  return async () => {
    for (;;) {
      await clock.sleep(TICK_MS);
      // What goes wrong now is looked at again when it is due.
      const quietly = (error: unknown) => log.warn({ err: error }, 'a run was not looked at');
      const due = await follower.due().catch((error: unknown) => {
        quietly(error);
        return [];
      });
      await Promise.all(due.map((proposal) => lookAt(proposal).catch(quietly)));
    }
  };
}
