// Says each stored message in the best form that Slack takes: what passes is waited out, and what is refused for good holds up nothing that comes after it.
import type { WebClient } from '@slack/web-api';
import type { Outbox } from '../../conversation/rows.ts';
import type { Clock } from '../../values/clock.ts';
import { isPassingStatement, LeaseLostError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { counted } from '../../values/text.ts';
import { jittered } from './poster.ts';
import { type Trouble, troubleOf } from './refusals.ts';

/** Pauses grow from the first to the second while it is not known whether it passes. Our choice. */
const PAUSE_MS = 1000;
const PAUSE_MAX_MS = 30_000;
/** So often a form is tried before it is asked whether the trouble is its own: a little more than half a minute. */
const TRIES = 6;
/** How often it is tried whether somebody has seen to the bot's token. */
const HELD_MS = 15_000;
const OURS = 'something went wrong on my side, and I have logged it';

/** One form of a stored message. */
export interface Form {
  /** The stored message's, and the one that marks this form of it in Slack. */
  readonly of: string;
  readonly id: string;
  /** In its thread, or in direct messages with whom it is for. */
  readonly place: 'thread' | 'direct';
  /** Why it can't be said as meant, as a clause; undefined where it is said so. */
  readonly why: string | undefined;
  /** Its words are refused as well: only that there is something, and how to find it in the log. */
  readonly givenUp?: true;
}

type Say = (form: Form) => Promise<string>;

export interface Delivery {
  /** Resolves when the message is said in some form, or can't be said in any. Rejects only where the same work may be begun anew. */
  deliver(id: string, say: Say): Promise<void>;
  /** Why everything waits to be said; undefined while nothing does. */
  held(): string | undefined;
}

/** `client` is asked whether Slack is there. */
export function createDelivery(deps: { client: WebClient; outbox: Outbox; clock: Clock; log: Logger }): Delivery {
  const { client, outbox, clock, log } = deps;
  /** By form: what is the matter with the app. */
  const held = new Map<string, string>();

  const isThere = () =>
    client.auth.test().then(
      () => true,
      () => false,
    );

  /** Waits out what passes; answers what will not, and undefined where it is worth another try. */
  async function outlast(
    error: unknown,
    { id, why }: Form,
    seen: { unsure: number; away: boolean },
  ): Promise<Extract<Trouble, { why: string }> | undefined> {
    if (error instanceof LeaseLostError || isPassingStatement(error)) throw error;
    const isLast = why !== undefined;
    const trouble = troubleOf(error);
    if (trouble === undefined) {
      if (isLast) throw error;
      log.error({ err: error, message: id }, 'message not made');
      return { kind: 'message', why: OURS };
    }
    if (trouble.kind === 'place' || trouble.kind === 'message') return trouble;
    if (trouble.kind === 'app') {
      if (!held.has(id)) log.error({ err: error, message: id }, 'nothing can be said in Slack before its token is seen to');
      held.set(id, trouble.why);
      await clock.sleep(jittered(HELD_MS));
      return undefined;
    }
    held.delete(id);
    if (trouble.kind === 'put off') {
      await clock.sleep(jittered(trouble.ms));
      return undefined;
    }
    // As long as Slack itself is away, it is not the message; nor is it when Slack has only just come back.
    seen.unsure += 1;
    if (seen.unsure >= TRIES) {
      const wasAway = seen.away;
      seen.away = !(await isThere());
      if (!seen.away && !wasAway) {
        if (isLast) throw error;
        return trouble;
      }
    }
    await clock.sleep(jittered(Math.min(PAUSE_MS * 2 ** (seen.unsure - 1), PAUSE_MAX_MS)));
    return undefined;
  }

  async function tryOn(form: Form, say: Say): Promise<{ readonly ts: string } | Extract<Trouble, { why: string }>> {
    const seen = { unsure: 0, away: false };
    try {
      for (;;) {
        const end = await say(form).then(
          (ts) => ({ ts }),
          (error: unknown) => outlast(error, form, seen),
        );
        if (end !== undefined) return end;
      }
    } finally {
      held.delete(form.id);
    }
  }

  return {
    async deliver(of, say) {
      if ((await outbox.get(of))?.state === 'sent') return;
      for (let form: Form = { of, id: of, place: 'thread', why: undefined }; ; ) {
        const end = await tryOn(form, say);
        if ('ts' in end) {
          if (form.place === 'direct') await outbox.leave(of);
          else if (form.id !== of) await outbox.sent(of, end.ts);
          return;
        }
        log.warn({ message: of, place: form.place, why: end.why }, 'message not taken in this form');
        if (end.kind === 'place' && form.place === 'thread') form = { ...form, id: `${of}/direct`, place: 'direct' };
        else if (form.why === undefined) form = { ...form, id: `${form.id}/words`, why: end.why };
        else if (form.givenUp === undefined) form = { ...form, id: `${form.id}/none`, givenUp: true };
        else {
          log.error({ message: of, why: end.why }, 'message given up: Slack takes it in no form');
          return outbox.leave(of);
        }
      }
    },

    held() {
      const [why] = held.values();
      return why === undefined ? undefined : `${counted(held.size, 'message')} can’t be said: ${why}`;
    },
  };
}
