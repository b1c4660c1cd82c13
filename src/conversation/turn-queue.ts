// The turns of all conversations in a durable queue: begins a conversation, takes replies, stops turns, and goes on after a restart.
import { randomUUID } from 'node:crypto';
import type { ConversationRow, SubjectKey } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Asked, AskedSteps } from './asked-steps.ts';
import { type CreateQueue, jobId } from './queue.ts';
import type { RunTurn } from './turn.ts';

/** Turns that run side by side; each conversation has at most one. */
const CONCURRENT_TURNS = 16;
/** Messages of one thread that may wait: each is a turn of Claude's, and costs. */
const MAX_OPEN_TURNS = 5;
/** A turn that a dying process left is picked up this many times before it counts as failed. */
const TURN_RETRIES = 12;

/** How often it is looked for a Stop that was pressed on another process: as a rule it was heard of at once. */
const STOP_LOOK_MS = 3000;

/** Somebody who wants to open a thread waits this long, in steps, for another one who opens the same. */
const OPENING_WAITS_MS = [500, 1000, 2000, 4000];

/** A turn to run, or what was `asked` for by a button; with neither, a waiting card gets its proof and plan. */
interface Job {
  readonly conversationId: string;
  readonly turnId?: string;
  readonly asked?: { readonly id: string; readonly input: Asked };
}

/** A wish for a thread about something in a channel. */
interface Opening {
  readonly channel: string;
  readonly subject: SubjectKey;
  /** Names the wish; of one that is told twice, both are the same. */
  readonly request: string;
}

/** What a message waits for: another one of its thread, whose writer is named, with so many `more`; or a free place, which so many others wait for. */
export type Waits = { readonly of: string; readonly more: number } | { readonly free: number };

export interface TurnQueue {
  /**
   * Calls `open` with the conversations there are about this, newest first, while nobody else opens one; false where somebody else is at it
   * and does not come to an end.
   */
  openAlone(opening: Opening, open: (earlier: readonly ConversationRow[]) => Promise<unknown>): Promise<boolean>;
  /** A new thread about a job or a folder; idempotent by `id`. `eventKey` names the Slack event, which may be told more than once. */
  begin(input: Omit<ConversationRow, 'frozen'> & { eventKey: string }): Promise<void>;
  inThread(channel: string, threadTs: string): Promise<ConversationRow | undefined>;
  /** How many others are before a request whose thread is being opened, where all places are taken; undefined where it begins at once. */
  before(request: string): Promise<number | undefined>;
  /** A person's message in the thread: one more turn, as that person. Answers what it waits for; undefined where it begins at once. */
  reply(conversation: ConversationRow, slackUser: string, text: string, eventKey: string): Promise<Waits | undefined>;
  /** Aborts the running turn and drops those that wait, telling their writers who did it; false when there was none. */
  stop(conversationId: string, by: string): Promise<boolean>;
  /**
   * Has that done which somebody asked for by a button, when no turn of its conversation runs; answers whether one does. A press that is told
   * twice is done once.
   */
  ask(press: string, input: Asked): Promise<boolean>;
  /** Takes up work, first of all what a killed process left. */
  start(): Promise<void>;
  /** Has the conversation's waiting card get its proof and plan, when no turn runs. */
  catchUp(conversationId: string): Promise<void>;
}

export function createTurnQueue(deps: {
  createQueue: CreateQueue;
  /** True when no other process can be working on this database. */
  alone: boolean;
  rows: Pick<Storage, 'conversations' | 'turns' | 'hearStops'>;
  clock: Clock;
  runTurn: RunTurn;
  log: Logger;
  giveUpTurn: (turnId: string) => Promise<void>;
  asked: Pick<AskedSteps, 'work' | 'giveUp'>;
  catchUp: (conversationId: string) => Promise<void>;
}): TurnQueue {
  const { rows } = deps;
  /** By turn. */
  const running = new Map<string, AbortController>();

  const queue = deps.createQueue<Job>({
    name: 'turns',
    retries: TURN_RETRIES,
    concurrency: CONCURRENT_TURNS,
    async work({ turnId, conversationId, asked }, lost) {
      if (asked !== undefined) return deps.asked.work(asked.id, asked.input);
      if (turnId === undefined) return deps.catchUp(conversationId);
      const abort = new AbortController();
      running.set(turnId, abort);
      try {
        // Perhaps while a process died with it.
        await abortStopped();
        const stopQuietly = (by: string) =>
          void stop(conversationId, by).catch((error: unknown) => deps.log.warn({ err: error, turn: turnId }, 'Stop was not stored'));
        await deps.runTurn(turnId, { signal: AbortSignal.any([abort.signal, lost]), stop: stopQuietly });
      } finally {
        running.delete(turnId);
      }
    },
    giveUp: async ({ turnId, asked }) => {
      if (asked !== undefined) await deps.asked.giveUp(asked.input);
      if (turnId !== undefined) await deps.giveUpTurn(turnId);
    },
  });

  async function addTurn(conversationId: string, slackUser: string, text: string, eventKey: string): Promise<void> {
    const id = jobId(eventKey);
    await rows.turns.insert({ id, conversationId, slackUser, text, eventKey });
    // Also where it was told before: whoever was told may have died between the two. The queue takes it once.
    const turn = await rows.turns.get(id);
    if (turn?.state === 'queued' || turn?.state === 'running') await queue.send(id, conversationId, { turnId: id, conversationId });
  }

  /** Aborts what somebody has stopped on another process. */
  async function abortStopped(): Promise<void> {
    if (running.size === 0) return;
    for (const id of await rows.turns.stopped([...running.keys()])) running.get(id)?.abort();
  }

  async function stop(conversationId: string, by: string): Promise<boolean> {
    const open = await rows.turns.open(conversationId);
    for (const { id } of open) {
      await rows.turns.stop(id, by);
      running.get(id)?.abort();
    }
    return open.length > 0;
  }

  /** Of other processes it is known whether they are at work, not whether they have a place: then it begins sooner than said. */
  async function before(request: string): Promise<number | undefined> {
    const { before: all, processes } = await rows.turns.before(request);
    const places = CONCURRENT_TURNS * Math.max(1, processes);
    return all < places ? undefined : all - places;
  }

  return {
    before,

    async openAlone({ channel, subject, request }, open) {
      for (const wait of [...OPENING_WAITS_MS, 0]) {
        if (await rows.conversations.claimOpening(channel, subject, request)) {
          try {
            await open(await rows.conversations.about(channel, subject, request));
          } finally {
            await rows.conversations.releaseOpening(request);
          }
          return true;
        }
        await deps.clock.sleep(wait);
      }
      return false;
    },

    async begin(input) {
      await rows.conversations.insert(input);
      const { subject } = input;
      const wish =
        'jobId' in subject
          ? `Make a bundle of job ${subject.jobId} ("${subject.name}").`
          : `Make a bundle of the workspace folder ${JSON.stringify(subject.folder)}.`;
      await addTurn(input.id, input.requester, wish, input.eventKey);
    },
    inThread: (channel, threadTs) => rows.conversations.inThread(channel, threadTs),
    async reply(conversation, slackUser, text, eventKey) {
      // Told again, it is one of them itself.
      const waiting = (await rows.turns.open(conversation.id)).filter(({ id }) => id !== jobId(eventKey));
      if (waiting.length >= MAX_OPEN_TURNS) {
        throw new UserError({
          doing: 'Taking your message',
          problem: `${waiting.length} messages in this thread are still waiting for me.`,
          next: 'Write again when I have answered them, or press Stop.',
        });
      }
      const [first] = waiting;
      const free = first === undefined ? await before('') : undefined;
      await addTurn(conversation.id, slackUser, text, eventKey);
      if (first !== undefined) return { of: first.slackUser, more: waiting.length - 1 };
      return free === undefined ? undefined : { free };
    },

    stop,

    async ask(press, input) {
      const id = jobId(press);
      const { conversationId } = input;
      const open = await rows.turns.open(conversationId);
      await queue.send(id, conversationId, { conversationId, asked: { id, input } });
      return open.length > 0;
    },

    async start() {
      const left = await rows.turns.unfinished();
      for (const turn of left) {
        // A turn that is over may have something left to say. Its own job may have been given up, so it gets a new one.
        const job = turn.state === 'queued' || turn.state === 'running' ? turn.id : randomUUID();
        await queue.send(job, turn.conversationId, { turnId: turn.id, conversationId: turn.conversationId });
      }
      const quietly = (error: unknown) => deps.log.warn({ err: error }, 'Stop was not looked for');
      // One at a time: while the database is away it waits there, and no others pile up behind it.
      let isLooking = false;
      const look = () => {
        if (isLooking) return;
        isLooking = true;
        void abortStopped()
          .catch(quietly)
          .finally(() => {
            isLooking = false;
          });
      };
      await rows.hearStops({ heard: (turnId) => running.get(turnId)?.abort(), missed: look });
      if (!deps.alone) deps.clock.every(STOP_LOOK_MS, look);
      await queue.start(deps.alone ? left.filter((turn) => turn.state !== 'queued').map((turn) => turn.id) : []);
    },

    catchUp: (conversationId) => queue.send(randomUUID(), conversationId, { conversationId }),
  };
}
