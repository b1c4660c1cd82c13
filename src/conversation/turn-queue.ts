// The turns of all conversations in a durable queue: begins a conversation, takes replies, stops turns, and goes on after a restart.
import { randomUUID } from 'node:crypto';
import type { ConversationRow, SubjectKey } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import type { Clock } from '../values/clock.ts';
import { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Asked, AskedSteps } from './asked-steps.ts';
import { type CreateQueue, jobId } from './queue.ts';
import type { RunTurn } from './turn.ts';

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

/** Turns that are worked on side by side: in each process, and of one person in all of them. Each conversation has at most one. */
export interface Places {
  readonly turns: number;
  readonly ofOnePerson: number;
}

/** What it waits for that is to begin: a free place, or the end of another turn of the same person; so many others wait for the same. */
export type InLine = { readonly free: number } | { readonly own: number };

/** What a message waits for: another one of its thread, whose writer is named, with so many `more`; or its place in the line. */
export type Waits = { readonly of: string; readonly more: number } | InLine;

/** Cards that wait for the CLI are nobody's turn, and are not all made at once either. */
const CARDS = 'cards';

export interface TurnQueue {
  /**
   * Calls `open` with the conversations there are about this, newest first, while nobody else opens one; false where somebody else is at it
   * and does not come to an end.
   */
  openAlone(opening: Opening, open: (earlier: readonly ConversationRow[]) => Promise<unknown>): Promise<boolean>;
  /** A new thread about a job or a folder; idempotent by `id`. */
  begin(input: Omit<ConversationRow, 'frozen'>): Promise<void>;
  inThread(channel: string, threadTs: string): Promise<ConversationRow | undefined>;
  /** What a person's request waits for whose thread is being opened; undefined where it begins at once. */
  before(slackUser: string, request: string): Promise<InLine | undefined>;
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
  places: Places;
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
  const { rows, places } = deps;
  /** By turn. */
  const running = new Map<string, AbortController>();

  const queue = deps.createQueue<Job>({
    name: 'turns',
    retries: TURN_RETRIES,
    concurrency: places.turns,
    ofOneGroup: places.ofOnePerson,
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

  /** Whoever asks for much comes after those who ask for little, as far as it was asked for before. */
  async function sendTurn(job: string, { id, conversationId, slackUser }: TurnRow): Promise<void> {
    const before = await rows.turns.othersOf(id);
    await queue.send(job, conversationId, { turnId: id, conversationId }, { group: slackUser, before });
  }

  async function addTurn(conversationId: string, slackUser: string, text: string, eventKey: string): Promise<void> {
    const id = jobId(eventKey);
    await rows.turns.insert({ id, conversationId, slackUser, text, eventKey });
    // Also where it was told before: whoever was told may have died between the two. The queue takes it once.
    const turn = await rows.turns.get(id);
    if (turn?.state === 'queued' || turn?.state === 'running') await sendTurn(id, turn);
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
    const waiting = open.flatMap(({ id, state }) => (state === 'queued' ? [id] : []));
    if (waiting.length > 0) tellStopped(conversationId, waiting);
    return open.length > 0;
  }

  /** Has what was stopped before it began say so at once: until a place is free for it, others may work for minutes. */
  function tellStopped(conversationId: string, waiting: readonly string[]): void {
    const tell = async (lost: AbortSignal) => {
      // One that has begun meanwhile, and whose process died with it, is over too.
      const signal = AbortSignal.any([lost, AbortSignal.abort()]);
      for (const id of waiting) await deps.runTurn(id, { signal, stop: () => undefined });
    };
    // What fails here, their jobs say.
    void queue
      .beside(conversationId, tell)
      .catch((error: unknown) => deps.log.warn({ err: error, conversationId }, 'A Stop was not told at once'));
  }

  /** Of other processes it is known whether they are at work, not whether they have a place: then it begins sooner than said. */
  async function before(slackUser: string, request: string): Promise<InLine | undefined> {
    const { own, before: all, processes } = await rows.turns.before(slackUser, request);
    if (own >= places.ofOnePerson) return { own: own - places.ofOnePerson };
    const waiting = all - places.turns * Math.max(1, processes);
    return waiting < 0 ? undefined : { free: waiting };
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
      await addTurn(input.id, input.requester, wish, input.id);
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
      const line = first === undefined ? await before(slackUser, '') : undefined;
      await addTurn(conversation.id, slackUser, text, eventKey);
      if (first !== undefined) return { of: first.slackUser, more: waiting.length - 1 };
      return line;
    },

    stop,

    async ask(press, input) {
      const id = jobId(press);
      const { conversationId } = input;
      const open = await rows.turns.open(conversationId);
      // A press comes before the messages of whoever pressed: it takes a moment, and is looked at.
      await queue.send(id, conversationId, { conversationId, asked: { id, input } }, { group: input.slackUser });
      return open.length > 0;
    },

    async start() {
      const left = await rows.turns.unfinished();
      for (const turn of left) {
        // A turn that is over may have something left to say. Its own job may have been given up, so it gets a new one.
        const job = turn.state === 'queued' || turn.state === 'running' ? turn.id : randomUUID();
        await sendTurn(job, turn);
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

    catchUp: (conversationId) => queue.send(randomUUID(), conversationId, { conversationId }, { group: CARDS }),
  };
}
