// Watches what people have started and no process has in hand, runs and deployments that nobody saw end, and hands each on to whoever tells it.

import type { DeploymentProposal } from '../deployment/approval/deployment-proposal.ts';
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

/** Goes on as long as the process. `tell` may be told of one end more than once; `look` has it looked for how a deployment ended. */
export function createRunWatch(deps: {
  follower: Deployment['follower'];
  unseen: Deployment['unseen'];
  rows: Pick<Storage, 'conversations'>;
  identities: Pick<Identities, 'token'>;
  tell: (end: RunEnd) => Promise<void>;
  look: (proposal: { proposalId: string; conversationId: string; team: string; user: string }) => Promise<unknown>;
  clock: Clock;
  log: Logger;
}): () => Promise<never> {
  const { follower, unseen, rows, identities, clock, log } = deps;

  async function whose({ conversationId, decidedBy }: Pick<WriteProposal, 'conversationId' | 'decidedBy'>) {
    const conversation = conversationId === undefined ? undefined : await rows.conversations.get(conversationId);
    return conversation === undefined || decidedBy === undefined ? undefined : { team: conversation.team, user: decidedBy };
  }

  async function lookAt(proposal: WriteProposal): Promise<void> {
    const { id } = proposal;
    const who = await whose(proposal);
    if (who === undefined) return;
    const result = await follower.look(proposal, (refused) => identities.token(who, { refused }));
    if (result !== undefined) await deps.tell({ ...who, proposalId: id, result });
  }

  async function lookFor(proposal: DeploymentProposal): Promise<void> {
    const { id: proposalId, conversationId } = proposal;
    const who = await whose(proposal);
    if (who !== undefined) await deps.look({ ...who, proposalId, conversationId });
  }

  // What goes wrong now is looked at again when it is due.
  const quietly = (error: unknown) => log.warn({ err: error }, 'what was started was not looked at');
  async function each<P>(due: Promise<P[]>, look: (proposal: P) => Promise<void>): Promise<void> {
    await Promise.all((await due).map((proposal) => look(proposal).catch(quietly)));
  }

  return async () => {
    for (;;) {
      await clock.sleep(TICK_MS);
      await Promise.all([each(follower.due(), lookAt).catch(quietly), each(unseen.due(), lookFor).catch(quietly)]);
    }
  };
}
