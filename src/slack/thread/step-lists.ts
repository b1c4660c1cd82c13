// Closes the lists of steps of turns that are over, in the background: by the process that shows them, or from the rows where that could not.
import type { ConversationRow, Leases, Step, StepRows, TurnRows } from '../../conversation/rows.ts';
import type { Logger } from '../../values/log.ts';
import type { StepsView } from './progress.ts';
import { isForLater } from './refusals.ts';

export interface StepLists {
  /** Closes a list that this process shows; `close` answers false where another try may help. */
  close(conversationId: string, turnId: string, close: () => Promise<boolean>): void;
  /** Closes what is still open of a conversation's turns that are over; false where one of them could not be closed now. */
  closeAll(conversation: ConversationRow): Promise<boolean>;
}

/** `resume` is the view of a list that stands there already. */
export function createStepLists(deps: {
  turns: Pick<TurnRows, 'openLists' | 'listClosed'>;
  steps: Pick<StepRows, 'ofTurn'>;
  leases: Pick<Leases, 'apart'>;
  resume: (turnId: string, conversation: ConversationRow, ts: string) => Pick<StepsView, 'close'>;
  log: Logger;
}): StepLists {
  const { turns, steps, leases, resume, log } = deps;
  /** By conversation; each resolves when its list is closed, or could not be. */
  const closing = new Map<string, Set<Promise<void>>>();

  return {
    close(conversationId, turnId, close) {
      const own = closing.get(conversationId) ?? new Set<Promise<void>>();
      closing.set(conversationId, own);
      // Whoever ends a turn holds its lease, which ends before the list is closed.
      const closed: Promise<void> = leases
        .apart(async () => {
          if (await close()) await turns.listClosed(turnId);
        })
        .catch((error: unknown) => log.warn({ err: error, turn: turnId }, 'list of steps not closed'))
        .finally(() => {
          own.delete(closed);
          if (own.size === 0) closing.delete(conversationId);
        });
      own.add(closed);
    },

    async closeAll(conversation) {
      // What this process shows it closes itself; the rest it does from the rows.
      await Promise.all(closing.get(conversation.id) ?? []);
      let all = true;
      for (const { id, state, progressTs } of await turns.openLists(conversation.id)) {
        const list = (await steps.ofTurn(id)) as readonly Step[];
        try {
          await resume(id, conversation, progressTs).close(list, state);
        } catch (error) {
          log.warn({ err: error, turn: id }, 'list of steps not closed');
          if (isForLater(error)) {
            all = false;
            continue;
          }
        }
        await turns.listClosed(id);
      }
      return all;
    },
  };
}
