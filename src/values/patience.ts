// Waits out passing trouble of a far side for a minute or two, visibly; where nobody would see it, for a moment only.
import type { Clock } from './clock.ts';
import { UpstreamError, UserError } from './errors.ts';

/** Told when a wait has become long enough to be seen, and how it ended. */
export type OnWait = (title: string, status: 'in_progress' | 'complete' | 'error') => void;

/** A token of a sign-in; asked with the one that the far side has `refused`, another one where there is one. */
export type TokenSource = (refused?: string) => Promise<string>;

/** Pauses before each further try; most trouble is gone after the first. */
const PAUSES_MS = [300, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 20_000, 20_000];
/** All pauses together; our choice: people see why, and a queue has room for it. */
const PATIENCE_MS = 90_000;
/** The same for trouble that is likely to stay. */
const OWN_ERROR_MS = 10_000;
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

/** To be refused is to be answered, with a status or in words already. */
function isAnswer(error: unknown): boolean {
  return error instanceof UserError || (error instanceof UpstreamError && error.failure.status !== undefined);
}

/** A server that answers with an error (5xx). A 500 is as often about the one thing that was asked for, and stays. */
export function serverTrouble(of: string, status: number): Trouble {
  return { title: `${of} answers with an error (${status}).`, ...(status === 500 ? { mostMs: OWN_ERROR_MS } : {}) };
}

/** A sign-in that can't be refreshed for now. */
export function tokenTrouble(error: unknown): Trouble | undefined {
  const isIt = error instanceof UpstreamError && error.failure.service === 'databricks' && error.failure.passing === true;
  return isIt ? { title: 'Databricks gives no token for you.' } : undefined;
}

/** What one person waits for: work side by side shares its patience, and is shown as one wait. Without `onWait` there is one quick second try. */
export function createPatience({ of, clock, onWait }: { of: string; clock: Clock; onWait?: OnWait | undefined }) {
  /** Of all pauses that are over; those side by side count once. */
  let pausedMs = 0;
  let pausing = 0;
  let since = 0;
  const shown = new Set<Wait>();
  const pausedSoFar = () => pausedMs + (pausing === 0 ? 0 : clock.now() - since);

  async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (pausing === 0) since = clock.now();
    pausing += 1;
    try {
      await clock.sleep(ms, signal);
    } finally {
      if (pausing === 1) pausedMs = pausedSoFar();
      pausing -= 1;
    }
  }

  const patience = {
    begin(): Wait {
      let tries = 0;
      const wait: Wait = {
        async again({ title, mostMs = PATIENCE_MS }, signal) {
          const ms = PAUSES_MS[tries] ?? Number.POSITIVE_INFINITY;
          if (tries > 0 && (onWait === undefined || pausedSoFar() + ms > mostMs)) return false;
          if (tries >= QUIET_TRIES && !shown.has(wait)) {
            if (shown.size === 0) onWait?.(`${title} I wait and try again`, 'in_progress');
            shown.add(wait);
          }
          tries += 1;
          await pause(ms, signal);
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

    /** Does work again, as long as `troubleOf` knows its error as one that may pass, until it is done or there were enough tries. */
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
            isAnswered = trouble === undefined && isAnswer(error);
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
