// Threads and their turns: starts them, takes replies, stops them, and goes on after a restart.
import { randomUUID } from 'node:crypto';
import type { ConversationRow, ConversationRows, Subject } from '../storage/conversations.ts';
import type { TurnRows } from '../storage/turns.ts';
import type { CreateQueue } from './queue.ts';
import type { RunTurn } from './turn.ts';

/** Turns that run side by side; each conversation has at most one. */
const CONCURRENT_TURNS = 4;
/** A turn that a dying process left is picked up this many times before it counts as failed. */
const TURN_RETRIES = 3;

export interface Conversations {
  /** A new thread about a job; idempotent by `id`. `eventKey` names the Slack event, which may be told more than once. */
  start(input: {
    id: string;
    team: string;
    channel: string;
    threadTs: string;
    private: boolean;
    requester: string;
    subject: Subject;
    eventKey: string;
  }): Promise<void>;
  inThread(channel: string, threadTs: string): Promise<ConversationRow | undefined>;
  get(id: string): Promise<ConversationRow | undefined>;
  /** A person's message in the thread: one more turn, as that person. */
  reply(conversation: ConversationRow, slackUser: string, text: string, eventKey: string): Promise<void>;
  /** Aborts the running turn and drops those that wait; false when there was none. */
  stop(conversationId: string): Promise<boolean>;
  /** Takes up work, first of all what a killed process left. */
  begin(): Promise<void>;
  /** Has a conversation's waiting card caught up with the CLI, in its turn. */
  catchUp(conversationId: string): Promise<void>;
}

export function createConversations(deps: {
  createQueue: CreateQueue;
  /** True when no other process can be working on this database. */
  alone: boolean;
  rows: { conversations: ConversationRows; turns: TurnRows };
  runTurn: RunTurn;
  catchUp: (conversationId: string) => Promise<void>;
}): Conversations {
  const { rows } = deps;
  const running = new Map<string, { conversationId: string; abort: AbortController }>();

  const queue = deps.createQueue<{ turnId?: string; conversationId: string }>({
    name: 'turns',
    retries: TURN_RETRIES,
    concurrency: CONCURRENT_TURNS,
    async work({ turnId, conversationId }) {
      if (turnId === undefined) return deps.catchUp(conversationId);
      const abort = new AbortController();
      running.set(turnId, { conversationId, abort });
      try {
        await deps.runTurn(turnId, abort.signal);
      } finally {
        running.delete(turnId);
      }
    },
  });

  async function addTurn(conversationId: string, slackUser: string, text: string, eventKey: string): Promise<void> {
    const id = randomUUID();
    const isNew = await rows.turns.insert({ id, conversationId, slackUser, text, eventKey });
    if (isNew) await queue.send(id, conversationId, { turnId: id, conversationId });
  }

  return {
    async start(input) {
      await rows.conversations.insert(input);
      await addTurn(input.id, input.requester, `Make a bundle of job ${input.subject.jobId} ("${input.subject.name}").`, input.eventKey);
    },
    inThread: (channel, threadTs) => rows.conversations.inThread(channel, threadTs),
    get: (id) => rows.conversations.get(id),
    reply: (conversation, slackUser, text, eventKey) => addTurn(conversation.id, slackUser, text, eventKey),

    async stop(conversationId) {
      const open = await rows.turns.open(conversationId);
      for (const turn of open) {
        const active = running.get(turn.id);
        if (active === undefined) await rows.turns.finish(turn.id, 'stopped');
        else active.abort.abort();
      }
      return open.length > 0;
    },

    async begin() {
      const left = await rows.turns.unfinished();
      for (const turn of left) await queue.send(turn.id, turn.conversationId, { turnId: turn.id, conversationId: turn.conversationId });
      await queue.start(deps.alone ? left.filter((turn) => turn.state !== 'queued').map((turn) => turn.id) : []);
    },

    catchUp: (conversationId) => queue.send(randomUUID(), conversationId, { conversationId }),
  };
}
