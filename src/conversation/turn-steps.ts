// The steps of a running turn: each goes to its row first and to the screen second, in order.
import type { Step } from '../agent/tools.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import type { Logger } from '../values/log.ts';
import type { Ending, Thread } from './thread-port.ts';

const FIRST_STEP = { id: 'begin', title: 'Reading the message' } as const;

interface TurnSteps {
  readonly onStep: (step: Step) => void;
  /** What has been done, in the words of the steps that are complete. */
  done(): Promise<string[]>;
  /** Leaves the list to another process. */
  leave(): void;
  /** Has the list closed, when all that came before is stored. */
  end(ending: Ending): Promise<void>;
}

export function openSteps(
  deps: { rows: Pick<Storage, 'turns' | 'steps'>; thread: Pick<Thread, 'progress'>; log: Logger },
  turn: TurnRow,
  conversation: ConversationRow,
  stop: (by: string) => void,
): TurnSteps {
  const { turns, steps } = deps.rows;
  const progress = deps.thread.progress({
    turnId: turn.id,
    conversation,
    to: turn.slackUser,
    resumeTs: turn.progressTs,
    shown: (ts) => turns.setProgress(turn.id, ts),
    stopped: () => stop(turn.slackUser),
  });
  let tail = Promise.resolve();
  let begun = false;
  const show = (step: Step) => {
    tail = tail
      // Once more: a list that lacks a step is not worth a turn.
      .then(() => steps.save(turn.id, step).catch(() => steps.save(turn.id, step)))
      .then(() => progress.step(step))
      .catch((error: unknown) => deps.log.error({ err: error }, 'step not shown'));
  };
  const onStep = (step: Step) => {
    if (!begun) show({ ...FIRST_STEP, status: 'complete' });
    begun = true;
    show(step);
  };
  // What a killed process had shown stays on the list.
  if (turn.progressTs !== undefined) {
    tail = tail.then(async () => {
      for (const step of await steps.ofTurn(turn.id)) progress.step(step as Step);
    });
  }
  // At once: until the model calls its first tool there would be nothing to see.
  show({ ...FIRST_STEP, status: 'in_progress' });
  return {
    onStep,
    leave: progress.leave,
    end: (ending) => tail.then(() => progress.end(ending)),
    async done() {
      await tail;
      const all = await steps.ofTurn(turn.id);
      return all.flatMap(({ id, status, title }) => (status === 'complete' && id !== FIRST_STEP.id ? title : []));
    },
  };
}
