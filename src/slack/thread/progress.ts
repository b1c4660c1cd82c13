// Keeps a turn's list of steps current in its thread: one call in flight, paced, and never left open.
import type { Step } from '../../conversation/rows.ts';
import type { Ending, Progress } from '../../conversation/thread-port.ts';
import type { Clock } from '../../values/clock.ts';
import { LeaseLostError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { slackError } from '../bolt/passing.ts';
import type { LimitedMethod, RateLimits } from '../bolt/rate-limits.ts';
import { isForLater } from './refusals.ts';

/** One way of showing steps: Slack's stream, or a posted message. */
export interface StepsView {
  /** The method of which a call is booked before `update`. */
  readonly updates: LimitedMethod;
  /** Shows the first steps; returns the ts of the message. */
  open(steps: readonly Step[]): Promise<string>;
  /** Returns a ts when it had to go on in a new message. */
  update(steps: readonly Step[]): Promise<string | undefined>;
  close(steps: readonly Step[], ending: Ending): Promise<void>;
}

/** Between two updates of one thread; with N of them each takes its turn, about every N × 1.4 s (facts: slack#rate-limits). */
const FLUSH_MS = 3000;
/** The thread is gone for us: nothing to fall back to. */
const HOPELESS = new Set([
  'not_in_channel',
  'channel_not_found',
  'thread_not_found',
  'is_archived',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'missing_scope',
]);

export function createProgress(options: {
  /** The first view, and what takes over when Slack refuses it. */
  view: StepsView;
  fallback: ((ts: string | undefined) => StepsView) | undefined;
  rates: RateLimits;
  /** Notes which message shows the steps, before each time that it is drawn anew. Rejects where it is no longer ours to draw. */
  shown: (ts: string) => Promise<void>;
  /** Somebody pressed Slack's own Stop on the stream. */
  stopped: () => void;
  clock: Clock;
  log: Logger;
}): Omit<Progress, 'end'> & {
  /** Answers false where the list could not be closed, and another try may help. */
  end(how: Ending): Promise<boolean>;
} {
  const { rates, clock, log } = options;
  const steps = new Map<string, Step>();
  let view = options.view;
  let fallback = options.fallback;
  let ts: string | undefined;
  let dirty = false;
  const over = new AbortController();
  let running: Promise<void> | undefined;

  async function flush(): Promise<void> {
    if (ts === undefined) {
      dirty = false;
      ts = await view.open([...steps.values()]);
      await options.shown(ts);
      return;
    }
    // The end shows itself, and does not wait behind mere progress.
    if (!(await rates.turn(view.updates, over.signal))) return;
    // Rejects where another process has the turn by now: what this one knows of it is old.
    await options.shown(ts);
    // Only now: what has happened while waiting goes along.
    dirty = false;
    const next = await view.update([...steps.values()]);
    if (typeof next === 'string') {
      ts = next;
      await options.shown(next);
    }
  }

  /**
   * Runs a call; when Slack refuses this kind of view, the next one takes over with everything so far. False where it failed and may succeed at
   * another time.
   */
  async function guarded(call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) {
        over.abort();
        return true;
      }
      const code = slackError(error);
      if (code === 'stopped_by_user') options.stopped();
      if (code === undefined || HOPELESS.has(code) || fallback === undefined) {
        log.warn({ err: error }, 'steps not shown');
        return !isForLater(error);
      }
      log.info({ code }, 'steps go on in a posted message');
      view = fallback(ts);
      fallback = undefined;
      return guarded(call);
    }
  }

  async function loop(): Promise<void> {
    while (!over.signal.aborted) {
      // What could not be shown is tried again, also when no other step comes for long.
      if (dirty && !(await guarded(flush))) dirty = true;
      // The end wakes it, also when it came during the call.
      await clock.sleep(FLUSH_MS, over.signal).catch(() => undefined);
    }
  }

  return {
    step(step) {
      steps.set(step.id, step);
      dirty = true;
      running ??= loop();
    },
    leave: () => over.abort(),
    async end(how) {
      over.abort();
      await running;
      if (steps.size === 0) return true;
      if (ts === undefined) await guarded(flush);
      return guarded(() => view.close([...steps.values()], how));
    },
  };
}
