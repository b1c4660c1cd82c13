// Shows somebody without words that their message was seen, at once, while the rate for that lasts: an answer takes longer.
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Clock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { createRateLimits } from './rate-limits.ts';

/** Puts :eyes: to a message; nobody waits for it, and nothing depends on it. */
export type Eyes = (channel: string, ts: string) => void;

/** `create` is a client that keeps no other call waiting when one is put off (facts: slack#web-api-clients). */
export function createEyes({ create, clock, log }: { create: WebClient; clock: Clock; log: Logger }): Eyes {
  const limits = createRateLimits(clock);
  let may = true;

  return (channel, timestamp) => {
    if (!may || !limits.take('reactions.add')) return;
    create.reactions.add({ channel, timestamp, name: 'eyes' }).catch((error: unknown) => {
      const code = error instanceof WebAPIPlatformError ? error.data.error : undefined;
      // An app that was installed before it asked for this: what is said later has to do.
      if (code === 'missing_scope') may = false;
      // Told again, it has them.
      if (code !== 'already_reacted') log.info({ err: error, channel }, 'message not marked as seen');
    });
  };
}
