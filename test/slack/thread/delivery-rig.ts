// A thread with all that it says and the rows behind it, on the stand-in of Slack.
import { expect } from 'vitest';
import type { ThreadMessage } from '../../../src/conversation/thread-port.ts';
import type { Fault } from '../../../src/playground/slack/methods/faults.ts';
import type { CardRows } from '../../../src/slack/thread/drawing.ts';
import { createThread } from '../../../src/slack/thread/thread.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import { createLeases } from '../../../src/storage/db/leases.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { createRedraws } from '../../../src/storage/slack/redraws.ts';
import { createStepRows } from '../../../src/storage/turn-steps.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { clientsFor, RATES_TABLE } from '../clients.ts';
import { card, proposal, writeProposal, writesOf } from '../views/fixtures.ts';

export const CHANNEL = 'C_DATA';
const AS = { host: 'https://acme.test', userName: 'ana@acme.example' };
const BUNDLE = { name: 'churn', files: [{ path: 'databricks.yml', bytes: new TextEncoder().encode('bundle: {}\n') }], secrets: [] };
export const AFTER = { kind: 'reply', to: 'U_ANA', text: 'What comes after it.' } as const satisfies ThreadMessage;

export const MESSAGES = {
  reply: { kind: 'reply', to: 'U_ANA', text: 'I made **it** for <!channel>.' },
  result: { kind: 'result', to: 'U_ANA', target: 'dev', version: 2, result: { ok: true, state: 'done', jobs: [] } },
  archive: { kind: 'archive', to: 'U_ANA', version: 2, bundleDigest: 'd', as: AS },
  release: { kind: 'release', version: 2, proposalId: 'p1' },
  write: { kind: 'write', proposalId: 'w1' },
  write_result: { kind: 'write_result', to: 'U_ANA', proposalId: 'w1' },
  card: card('short', { plan: { problem: 'There is no plan.', next: 'Wait.' } }),
} satisfies Record<ThreadMessage['kind'], ThreadMessage>;

/** What stands in direct messages, where its thread is gone. */
export const ELSEWHERE: Record<ThreadMessage['kind'], string> = {
  reply: 'I made **it**',
  result: 'Version 2 is deployed',
  archive: 'From <',
  release: 'From <',
  write: 'Begin a new thread with `/dab`',
  write_result: 'Done: Run job',
  card: 'Begin a new thread with `/dab`',
};
export const isFile = (kind: string) => kind === 'archive' || kind === 'release';
export const methodOf = (kind: string) => (isFile(kind) ? 'files.completeUploadExternal' : 'chat.postMessage');

export const test = dbTest(RATES_TABLE, 'redraws', 'leases', 'outbox', 'steps', 'turns', 'conversations').extend('rig', async ({ db }) => {
  const { slack, web, clock } = await start();
  const { client, create, rates } = clientsFor(slack, db, clock);
  const [outbox, turns, conversations] = [createOutbox(db), createTurnRows(db), createConversationRows(db)];
  const [steps, redraws] = [createStepRows(db), createRedraws(db)];
  const nothing = async () => [];
  const write = writeProposal(writesOf('short')[0] ?? expect.fail(), 'done', 'short');
  const cardRows = {
    ...{ outbox, turns, steps, conversations, host: AS.host, proposalsOf: nothing, proposalsBeside: nothing, destroyedOf: nothing },
    ...{ called: { of: nothing }, proofs: { load: async () => undefined }, bundlesIn: () => ({ load: async () => ({ bundle: BUNDLE }) }) },
    proposal: async () => proposal('open', 'short'),
    write: async () => ({ ...write, result: { state: 'done' } }),
    report: async () => ({ path: 'RELEASE-dev.md', bytes: new TextEncoder().encode('all of it\n') }),
  } as unknown as CardRows & { steps: typeof steps };
  /** As after a restart: the same rows, nothing in memory. */
  const newThread = (rows: Partial<CardRows> = {}) =>
    createThread({
      client,
      create,
      rates,
      redraws,
      leases: createLeases(db, { lengthMs: 60_000, clock: systemClock, log: quiet }),
      cardRows: { ...cardRows, ...rows },
      mayRead: async () => undefined,
      streamIn: 'none',
      clock,
      log: quiet,
    });
  const threadTs = (await web.chat.postMessage({ channel: CHANNEL, text: 'root' })).ts ?? '';
  const about = { team: 'T_ACME', channel: CHANNEL, threadTs, private: false, requester: 'U_ANA' };
  await conversations.insert({ id: 'c', ...about, subject: { jobId: '1', name: 'Churn' } });
  const conversation = (await conversations.get('c')) ?? expect.fail();
  const store = (id: string, message: ThreadMessage) => outbox.add({ id, conversationId: 'c', kind: message.kind, payload: message });
  /** Stores these and says them in their order, as a turn does. */
  async function sayAll(messages: readonly ThreadMessage[], thread = newThread()) {
    for (const [index, message] of messages.entries()) await store(`m${index}`, message);
    await clock.turnUntil(
      (async () => {
        for (const [index, message] of messages.entries()) await thread.deliver(`m${index}`, conversation, message);
      })(),
    );
  }
  /** Until nothing is left to be drawn. */
  async function drawAll(thread: ReturnType<typeof newThread>): Promise<void> {
    thread.start();
    await thread.refresh(conversation);
    while ((await redraws.asked('c')) !== undefined) await clock.sleep(1000);
    await thread.stop();
  }
  const refuse = (kind: string, fault: Fault) => slack.faults.on(methodOf(kind), fault);
  const ana = slack.as('ana');
  const inThread = () => slack.messages(CHANNEL, threadTs).filter((message) => message.ts !== threadTs);
  const openly = () => slack.messages(CHANNEL).filter((message) => message.threadTs === undefined && message.ts !== threadTs);
  const direct = () => ana.messages(ana.dm);
  const calls = (method: string) => slack.calls.filter((call) => call.method === method && call.args.text !== 'root').length;
  const states = async () => (await db.query('select id, state from outbox where conversation_id is not null order by seq')) as unknown[];
  return {
    ...{ slack, web, clock, db, rates, outbox, turns, steps, redraws, newThread, drawAll, store, sayAll, refuse },
    ...{ conversation, threadTs, inThread, openly, direct, calls, states },
  };
});

export const SENT = [
  { id: 'm0', state: 'sent' },
  { id: 'm1', state: 'sent' },
];
