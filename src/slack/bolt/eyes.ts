// Shows somebody without words that their message was seen, at once, while the rate for that lasts: an answer takes longer.
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../../values/log.ts';
import { slackError } from './passing.ts';
import type { RateLimits } from './rate-limits.ts';

/** Puts :eyes: to a message; nobody waits for it, and nothing depends on it. */
export type Eyes = (channel: string, ts: string) => void;

/** `create` is a client whose calls wait for nothing: what can't be done at once is left. */
export function createEyes({ create, rates, log }: { create: WebClient; rates: RateLimits; log: Logger }): Eyes {
  let may = true;

  return (channel, timestamp) => {
    const mark = async () => {
      if (may && (await rates.take('reactions.add', 0))) await create.reactions.add({ channel, timestamp, name: 'eyes' });
    };
    mark().catch((error: unknown) => {
      const code = slackError(error);
      // An app that was installed before it asked for this: what is said later has to do.
      if (code === 'missing_scope') may = false;
      // Told again, it has them.
      if (code !== 'already_reacted') log.info({ err: error, channel }, 'message not marked as seen');
    });
  };
}
