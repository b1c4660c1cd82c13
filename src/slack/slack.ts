// The room's one factory: the thread that conversations show themselves in, and the doors through which people reach them.
import type { Inbox, Outbox } from '../conversation/rows.ts';
import type { Clock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import type { Metrics } from '../values/metrics.ts';
import { createBoltApp, createClients } from './bolt/app.ts';
import { type Behind, listen } from './listen/listen.ts';
import type { CardRows } from './thread/drawing.ts';
import { createThread } from './thread/thread.ts';

interface SlackDeps extends CardRows {
  readonly botToken: string;
  readonly appToken: string;
  /** Where the Web API is, when it isn't Slack's own. */
  readonly apiUrl: string | undefined;
  /** Where steps are streamed natively. */
  readonly streamIn: 'dm' | 'all' | 'none';
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createSlack(deps: SlackDeps) {
  const { app, ...bolt } = createBoltApp(deps);
  const { client, create } = createClients(deps);
  const thread = createThread({ ...deps, client, create, cardRows: deps });
  return {
    ...bolt,
    thread,
    /** Call it once, before `start`. Answers what goes on after somebody has connected. */
    listen: (behind: Behind) => listen(app, { client, thread, log: deps.log }, behind),
  };
}
