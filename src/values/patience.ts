// Waits out passing trouble of a far side for a minute or two, visibly; where nobody would see it, for a moment only.
import type { Clock } from './clock.ts';

/** Told when a wait has become long enough to be seen, and how it ended. */
export type OnWait = (title: string, status: 'in_progress' | 'complete' | 'error') => void;

/** A token of a sign-in; asked with the one that the far side has `refused`, another one where there is one. */
export type TokenSource = (refused?: string) => Promise<string>;

/** Pauses before each further try; most trouble is gone after the first. */
const PAUSES_MS = [300, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 20_000, 20_000];
/** All pauses together; our choice: people see why, and a queue has room for it. */
const PATIENCE_MS = 90_000;
/** Tries before it is shown. */
const QUIET_TRIES = 2;

/** What may pass: a sentence, and the patience for trouble that is likely to stay. */
export interface Trouble {
  readonly title: string;
  readonly mostMs?: number | undefined;
}

/** One piece of work that may be tried again. */
interface Wait {
  /** Pauses before the next try; false when there were enough. Rejects with the signal's reason. */
  again(trouble: Trouble, signal?: AbortSignal): Promise<boolean>;
  /** The work has ended. */
  over(isAnswered: boolean): void;
}

/** What one person waits for: work side by side shares its patience, and is shown as one wait. Without `onWait` there is one quick second try. */
export function createPatience({ of, clock, onWait }: { of: string; clock: Clock; onWait?: OnWait | undefined }) {
  /** Of all waits so far; those side by side count once. */
  let waitedMs = 0;
  const shown = new Set<Wait>();
  const patience = {
    begin(): Wait {
      let tries = 0;
      let ownMs: number | undefined;
      const wait: Wait = {
        async again({ title, mostMs = PATIENCE_MS }, signal) {
          const pause = PAUSES_MS[tries] ?? Number.POSITIVE_INFINITY;
          const inAll = (ownMs ?? waitedMs) + pause;
          if (tries > 0 && (onWait === undefined || inAll > mostMs)) return false;
          ownMs = inAll;
          waitedMs = Math.max(waitedMs, inAll);
          if (tries >= QUIET_TRIES && !shown.has(wait)) {
            if (shown.size === 0) onWait?.(`${title} I wait and try again`, 'in_progress');
            shown.add(wait);
          }
          tries += 1;
          await clock.sleep(pause, signal);
          return true;
        },
        over(isAnswered) {
          if (!shown.delete(wait) || shown.size > 0) return;
          if (isAnswered) onWait?.(`${of} answers again`, 'complete');
          else onWait?.(`${of} did not answer`, 'error');
        },
      };
      return wait;
    },

    /** Does work again, whose errors are those of `troubleOf`, until it is done or there were enough tries. */
    async tryOn<T>(work: () => Promise<T>, troubleOf: (error: unknown) => Trouble | undefined, signal?: AbortSignal): Promise<T> {
      const wait = patience.begin();
      let isAnswered = false;
      try {
        for (;;) {
          try {
            const result = await work();
            isAnswered = true;
            return result;
          } catch (error) {
            const trouble = troubleOf(error);
            if (trouble === undefined || !(await wait.again(trouble, signal))) throw error;
          }
        }
      } finally {
        wait.over(isAnswered);
      }
    },
  };
  return patience;
}
