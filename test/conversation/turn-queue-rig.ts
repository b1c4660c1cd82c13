// What the tests of turns share: real rows, the real queue, and a turn that works until it is stopped or let go.
import { randomUUID } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { createQueue } from '../../src/conversation/queue.ts';
import type { RunTurn } from '../../src/conversation/turn.ts';
import { createTurnQueue } from '../../src/conversation/turn-queue.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import type { Ears } from '../../src/storage/db/listen.ts';
import type { QueuedDatabase } from '../../src/storage/db/open.ts';
import { createTurnRows, STOPS } from '../../src/storage/turns.ts';
import { systemClock } from '../../src/values/clock.ts';
import { quiet } from '../storage/open-test-storage.ts';
import { queuedTest } from './queued-test.ts';

export const THREAD = {
  ...{ id: 'conversation-1', team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
  subject: { jobId: '123', name: 'Churn' },
};

/** Tests with a `rig` each, over a database that their file shares. */
export const turnTest = queuedTest
  .extend('rig', async ({ storage }) => {
    for (const table of ['outbox', 'turns', 'conversations', 'openings', 'leases']) await storage.db.query(`delete from ${table}`);
    return createRig(storage);
  })
  // With a thread whose first turn is queued.
  .extend('begun', async ({ rig }) => {
    const queue = rig.newProcess();
    await queue.start();
    await queue.begin(THREAD);
    const conversation = (await queue.inThread('C_DATA', '1.1')) ?? expect.fail('no conversation in the thread');
    return { ...rig, queue, conversation };
  });

function createRig(storage: Parameters<typeof createQueue>[0] & QueuedDatabase) {
  const { db } = storage;
  const hearStops = (ears: Ears) => storage.listen(STOPS, ears);
  const rows = { conversations: createConversationRows(db), turns: createTurnRows(db), hearStops };
  // Workers of earlier tests still look into their own queues.
  const own = randomUUID();
  /** Texts of the turns that were worked on, and how they ended. */
  const log: string[] = [];
  const gate = { open: Promise.withResolvers<void>() };
  onTestFinished(() => gate.open.resolve());
  // Stands where the agent's turn does: keeps its row as a turn does, works until it is aborted or let go.
  const runTurn: RunTurn = async (turnId, { signal }) => {
    const turn = await rows.turns.get(turnId);
    if (turn === undefined || (turn.state !== 'queued' && turn.state !== 'running')) return;
    if (!(await rows.turns.start(turnId))) {
      await rows.turns.finish(turnId, 'stopped');
      return void log.push(`not begun ${turn.text}`);
    }
    log.push(`start ${turn.text}`);
    const aborted = new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
    await Promise.race([gate.open.promise, aborted]);
    await rows.turns.finish(turnId, signal.aborted ? 'stopped' : 'done');
    log.push(`${signal.aborted ? 'stopped' : 'done'} ${turn.text}`);
  };
  const newProcess = (alone = true, otherwise: Partial<Parameters<typeof createTurnQueue>[0]> = {}) =>
    createTurnQueue({
      createQueue: (options) => createQueue(storage, { ...options, name: `${options.name}-${own}` }),
      places: { turns: 4, ofOnePerson: 2 },
      alone,
      rows,
      clock: systemClock,
      runTurn,
      log: quiet,
      giveUpTurn: async (turnId) => void log.push(`give up ${(await rows.turns.get(turnId))?.text}`),
      asked: {
        work: async (_id, asked) => void log.push(`asked for ${asked.kind}`),
        giveUp: async ({ kind }) => void log.push(`give up ${kind}`),
      },
      catchUp: async (id) => void log.push(`catch up ${id}`),
      ...otherwise,
    });
  const turns = async () =>
    (await db.query<{ text: string; state: string }>('select text, state from turns order by created_at')).map(
      ({ state, text }) => `${state} ${text}`,
    );
  return {
    storage,
    rows,
    log,
    gate,
    newProcess,
    turns,
    soon: (lines: string[]) => expect.poll(() => log, { timeout: 50_000 }).toEqual(lines),
  };
}

/** What a thread's first turn is asked. */
export const FIRST = 'Make a bundle of job 123 ("Churn").';
