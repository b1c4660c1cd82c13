// Draws conversations in the background: what is asked for is stored, the newest state wins, and whatever a process leaves another one draws.
import type { ConversationRow, Leases, Redraws } from '../../conversation/rows.ts';
import type { Clock } from '../../values/clock.ts';
import { onceMore } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';

/** How often it is looked for what a process has left, or could not draw. Our choice. */
const LOOK_MS = 15_000;
/** At the end nobody waits longer for what is being drawn. */
const STOP_MS = 2000;

/** How a drawing waits for its turns. */
export interface Haste {
  /** Aborted when somebody waits for it. */
  readonly hurry: AbortSignal;
  /** Aborted when the process ends: the rest is left. */
  readonly over: AbortSignal;
}

export interface Reconciler {
  /** Resolves as soon as it is noted. `pressed`: somebody looks at it, so it does not take turns with what others draw. */
  refresh(conversation: Pick<ConversationRow, 'id'>, pressed?: boolean): Promise<void>;
  /** Draws what was left, now and from time to time. */
  start(): void;
  stop(): Promise<void>;
}

/** `draw` answers false where it could not draw all, and may at another time. */
export function createReconciler(deps: {
  redraws: Redraws;
  leases: Leases;
  draw: (conversationId: string, haste: Haste) => Promise<boolean>;
  clock: Clock;
  log: Logger;
}): Reconciler {
  const { redraws, leases, draw, clock, log } = deps;
  const over = new AbortController();
  /** By conversation: what is drawn, and whether it was asked for again since that began. */
  const underway = new Map<string, { readonly hurry: AbortController; done: Promise<void>; again: boolean }>();
  let stopLooking = () => {};

  async function drawAll(id: string, hurry: AbortSignal): Promise<void> {
    for (let asked = await redraws.asked(id); asked !== undefined && !over.signal.aborted; asked = await redraws.asked(id)) {
      if (!(await draw(id, { hurry, over: over.signal }))) return;
      await redraws.drawn(id, asked);
    }
  }

  function begin(id: string, pressed: boolean): void {
    if (over.signal.aborted) return;
    const own = underway.get(id) ?? { hurry: new AbortController(), done: Promise.resolve(), again: false };
    if (pressed) own.hurry.abort();
    if (underway.has(id)) {
      own.again = true;
      return;
    }
    underway.set(id, own);
    // Whoever asks may hold a lease, which ends before the drawing does.
    own.done = leases
      .apart(() => leases.hold(redraws.keyOf(id), () => drawAll(id, own.hurry.signal)))
      .catch((error: unknown) => log.warn({ err: error, conversation: id }, 'conversation not drawn'))
      .finally(() => {
        underway.delete(id);
        // It may have come after the last look.
        if (own.again) begin(id, false);
      });
  }

  async function look(): Promise<void> {
    for (const id of await redraws.left()) begin(id, false);
  }

  return {
    async refresh({ id }, pressed = false) {
      try {
        await onceMore(() => redraws.ask(id));
      } catch (error) {
        // What the rows say is right all the same; the next change draws it.
        return log.warn({ err: error, conversation: id }, 'drawing not asked for');
      }
      begin(id, pressed);
    },

    start() {
      // One look at a time: while the database is away it waits there.
      let isLooking = false;
      const again = () => {
        if (isLooking) return;
        isLooking = true;
        look()
          .catch((error: unknown) => log.warn({ err: error }, 'left drawings not looked for'))
          .finally(() => {
            isLooking = false;
          });
      };
      stopLooking = clock.every(LOOK_MS, again);
      again();
    },

    async stop() {
      stopLooking();
      over.abort();
      const all = Promise.all([...underway.values()].map(({ done }) => done));
      await Promise.race([all, clock.sleep(STOP_MS)]);
    },
  };
}
