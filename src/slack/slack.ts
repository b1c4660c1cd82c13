// The room's one factory: the thread that conversations show themselves in, and the doors through which people reach them.

import type { CallRates, Redraws, StepRows } from '../conversation/rows.ts';
import { acknowledge } from './acknowledge.ts';
import { createBoltApp, createClients, type SlackOptions } from './bolt/app.ts';
import { createRateLimits } from './bolt/rate-limits.ts';
import { type Behind, listen } from './listen/listen.ts';
import type { CardRows } from './thread/drawing.ts';
import { createMayRead } from './thread/may-read.ts';
import { createThread } from './thread/thread.ts';

interface SlackDeps extends Omit<SlackOptions, 'acknowledge' | 'rates'>, CardRows, Pick<Behind, 'identities' | 'lookup'> {
  readonly callRates: CallRates;
  readonly redraws: Redraws;
  readonly steps: StepRows;
  /** Where steps are streamed natively. */
  readonly streamIn: 'dm' | 'all' | 'none';
}

export function createSlack(deps: SlackDeps) {
  const rates = createRateLimits(deps);
  const { app, ...bolt } = createBoltApp({ ...deps, rates, acknowledge: (row) => acknowledge(row, deps.host) });
  const { client, create } = createClients({ ...deps, rates });
  const thread = createThread({ ...deps, client, create, rates, cardRows: deps, mayRead: createMayRead(deps) });
  return {
    ...bolt,
    async start() {
      await bolt.start();
      thread.start();
    },
    stop: () => Promise.all([bolt.stop(), thread.stop()]),
    /** Why nothing can be heard or said in Slack; undefined while it can. */
    away: () => bolt.away() ?? thread.held(),
    thread,
    /** Call it once, before `start`. Answers what goes on after somebody has connected. */
    listen: (conversation: Behind['conversation']) =>
      listen(app, { client, create, rates, thread, log: deps.log }, { ...deps, conversation }),
  };
}
