// What goes wrong in the queue's background work, in the log: not at each look of each worker, which a server that is away ends in the same.
import type { PgBoss } from 'pg-boss';
import { type Clock, systemClock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';

/** Until the same is said again. Our choice. */
const AGAIN_MS = 60_000;

/** Has it logged: what nobody listens for would end the process. */
export function logTrouble(boss: Pick<PgBoss, 'on'>, log: Logger, clock: Pick<Clock, 'now'> = systemClock): void {
  const said = new Map<string, number>();
  boss.on('error', (error: Error & { readonly code?: unknown }) => {
    // Workers write their own names behind it.
    const reason = error.message.replace(/ \(Queue: .*$/s, '');
    const now = clock.now();
    for (const [one, at] of said) if (now - at >= AGAIN_MS) said.delete(one);
    const what = `${error.code} ${reason}`;
    if (said.has(what)) return;
    said.set(what, now);
    log.error({ reason, failure: error.code }, 'The job queue had an error');
  });
  boss.on('warning', (warning) => log.warn({ reason: warning.message }, 'The job queue warns'));
}
