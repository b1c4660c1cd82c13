// The room's one factory: the thread that conversations show themselves in, and the doors through which people reach them.
import { createBoltApp, createClients, type SlackOptions } from './bolt/app.ts';
import { type Behind, listen } from './listen/listen.ts';
import type { CardRows } from './thread/drawing.ts';
import { createThread } from './thread/thread.ts';

interface SlackDeps extends SlackOptions, CardRows {
  /** Where steps are streamed natively. */
  readonly streamIn: 'dm' | 'all' | 'none';
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
