// The room's one factory: the thread that conversations show themselves in, and the doors through which people reach them.

import { acknowledge } from './acknowledge.ts';
import { createBoltApp, createClients, type SlackOptions } from './bolt/app.ts';
import { type Behind, listen } from './listen/listen.ts';
import type { CardRows } from './thread/drawing.ts';
import { createMayRead } from './thread/may-read.ts';
import { createThread } from './thread/thread.ts';

interface SlackDeps extends Omit<SlackOptions, 'acknowledge'>, CardRows, Pick<Behind, 'identities' | 'lookup'> {
  /** Where steps are streamed natively. */
  readonly streamIn: 'dm' | 'all' | 'none';
}

export function createSlack(deps: SlackDeps) {
  const { app, ...bolt } = createBoltApp({ ...deps, acknowledge: (row) => acknowledge(row, deps.host) });
  const { client, create } = createClients(deps);
  const thread = createThread({ ...deps, client, create, cardRows: deps, mayRead: createMayRead(deps) });
  return {
    ...bolt,
    /** Why nothing can be heard or said in Slack; undefined while it can. */
    away: () => bolt.away() ?? thread.held(),
    thread,
    /** Call it once, before `start`. Answers what goes on after somebody has connected. */
    listen: (conversation: Behind['conversation']) =>
      listen(app, { client, create, thread, clock: deps.clock, log: deps.log }, { ...deps, conversation }),
  };
}
