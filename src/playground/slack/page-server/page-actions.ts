// What the page asks for, read strictly and passed on to what a person can do.
import { z } from 'zod';
import type { Streams } from '../methods/streams.ts';
import { CannotDo, type Interactions } from '../people/interactions.ts';
import type { Typing } from '../people/typing.ts';
import type { Dict } from '../protocol/refusal.ts';
import type { Changes } from '../team/changes.ts';
import type { StandInUser, State } from '../team/state.ts';

const who = z.string();
const MESSAGE = z.object({ as: who, channel: z.string(), threadTs: z.string().optional(), text: z.string() });
const ACTION = z.object({
  as: who,
  channel: z.string().default(''),
  messageTs: z.string().default(''),
  ephemeralId: z.string().optional(),
  viewId: z.string().optional(),
  blockId: z.string().optional(),
  actionId: z.string(),
  value: z.string().optional(),
});
const VALUES = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const MODAL = z.object({ as: who, viewId: z.string(), values: VALUES.optional(), close: z.literal(true).optional() });
const STOP = z.object({ as: who, channel: z.string(), threadTs: z.string() });
const HOME = z.object({ as: who, tab: z.enum(['home', 'messages']) });

export interface PageActions {
  /** Carries one POST out. Clicks and commands go on in the background: what they bring comes over the event stream. @throws CannotDo */
  act(path: string, body: Dict): Promise<void>;
}

interface PageActionDeps {
  readonly state: State;
  readonly changes: Changes;
  readonly interactions: Interactions;
  readonly typing: Typing;
  readonly streams: Streams;
}

export function createPageActions({ state, changes, interactions, typing, streams }: PageActionDeps): PageActions {
  function read<T>(schema: z.ZodType<T>, body: Dict): T {
    const parsed = schema.safeParse(body);
    if (!parsed.success) throw new CannotDo(z.prettifyError(parsed.error));
    return parsed.data;
  }

  function userOf(id: string): StandInUser {
    const user = state.users.get(id);
    if (user === undefined) throw new CannotDo('There is no such person.');
    return user;
  }

  const acts: Readonly<Record<string, (body: Dict) => Promise<void>>> = {
    async '/page/message'(body) {
      const { as, channel, threadTs, text } = read(MESSAGE, body);
      const user = userOf(as);
      if (!text.startsWith('/')) return void typing.say(user, channel, text, threadTs);
      await settled(typing.command(user, channel, text, threadTs), user);
    },
    async '/page/action'(body) {
      const { as, ephemeralId, viewId, ...rest } = read(ACTION, body);
      const place = { ...(ephemeralId === undefined ? {} : { ephemeralId }), ...(viewId !== undefined && viewId !== '' ? { viewId } : {}) };
      const user = userOf(as);
      await settled(interactions.click(user, { ...rest, ...place }), user);
    },
    async '/page/modal'(body) {
      const { as, viewId, values, close } = read(MODAL, body);
      if (close === true) await interactions.close(userOf(as), viewId);
      else await interactions.submit(userOf(as), viewId, values ?? {});
    },
    async '/page/stop'(body) {
      const { as, channel, threadTs } = read(STOP, body);
      streams.stop(channel, threadTs, userOf(as).id);
    },
    async '/page/home'(body) {
      const { as, tab } = read(HOME, body);
      typing.home(userOf(as), tab);
    },
  };

  /** Answers at once unless it is refused at once: the app may take its three seconds. */
  async function settled(work: Promise<unknown>, user: StandInUser): Promise<void> {
    const refused = work.then(
      () => undefined,
      (error: unknown) => error,
    );
    const first = await Promise.race([refused, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
    if (first !== undefined) throw first;
    void refused.then((error) => {
      if (error instanceof Error) changes.emit({ kind: 'toast', user: user.id, text: error.message });
    });
  }

  return {
    async act(path, body) {
      const act = acts[path];
      if (act === undefined) throw new CannotDo('There is no such action.');
      await act(body);
    },
  };
}
