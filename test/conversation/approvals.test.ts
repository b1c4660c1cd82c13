// Approved writes on real rows and the real queue, whose processes die between two of their steps.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createApproval, type ProposalKind } from '../../src/conversation/approvals.ts';
import { createQueue } from '../../src/conversation/queue.ts';
import type { Thread } from '../../src/conversation/thread-port.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { systemClock } from '../../src/values/clock.ts';
import { UpstreamError } from '../../src/values/errors.ts';
import { createMetrics } from '../../src/values/metrics.ts';
import { quiet } from '../storage/open-test-storage.ts';
import { createTestClock } from '../values/test-clock.ts';
import { queuedTest as test } from './queued-test.ts';

const THREAD = {
  ...{ id: 'conversation-1', team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
  subject: { jobId: '123', name: 'Churn' },
};

test('a deployment is looked for in the workspace also where a process died after it was called unknown', async ({ storage }) => {
  const { db } = storage;
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  await rows.conversations.insert(THREAD);
  const proposal = { id: randomUUID(), conversationId: THREAD.id, state: 'running', decidedBy: 'U_ANA' };
  const looked: string[] = [];
  const told: string[] = [];
  const kind: ProposalKind = {
    ...{ why: '', keyOf: async () => proposal.id, interrupted: async () => [proposal], planOffer: async () => undefined },
    ...{ get: async () => ({ ...proposal }), decide: () => expect.fail(), run: () => expect.fail(), abandon: () => expect.fail() },
    // Whose process was killed in the middle of the write.
    leftBehind: async () => {
      proposal.state = 'unknown';
    },
    ended: (_, to) => ({ kind: 'result', to, target: 'dev', version: 1, result: { ok: false, state: 'unknown', jobs: [] } }),
  };
  const thread = {
    ...{ refresh: async () => undefined, atWork: () => undefined },
    deliver: async (id: string) => {
      told.push(id);
      if (told.length === 1) throw new Error('Slack is away: as good as a kill here');
      return '1.2';
    },
  } as Partial<Thread> as Thread;
  const approval = createApproval(
    {
      createQueue: (options) => createQueue(storage, { ...options, name: `${options.name}-${randomUUID()}` }),
      ...{ alone: true, rows, thread, clock: systemClock, log: quiet, metrics: createMetrics() },
      look: async ({ proposalId }) => void looked.push(proposalId),
      identities: { token: () => expect.fail() },
    },
    { deployment: kind, write: { ...kind, interrupted: async () => [] } },
  );
  await approval.start();
  await expect.poll(() => told, { timeout: 50_000 }).toEqual(Array(2).fill(`${proposal.id}/result`));
  expect(looked).toEqual([proposal.id, proposal.id]);
});

test('a press that is told again after a crash is carried out without a word; a second press hears that there was one', async ({
  storage,
}) => {
  const { db } = storage;
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  await rows.conversations.insert({ ...THREAD, id: 'conversation-3', threadTs: '3.1' });
  const decided = { decidedBy: 'U_ANA', decidedClick: 'press-1' };
  const proposal = { id: randomUUID(), conversationId: 'conversation-3', state: 'approved', ...decided };
  const pressed: boolean[] = [];
  const thread = {
    refresh: async (_conversation, isPressed = false) => void pressed.push(isPressed),
    atWork: () => undefined,
  } as Partial<Thread> as Thread;
  const ran: string[] = [];
  const kind: ProposalKind = {
    ...{ why: '', keyOf: async () => proposal.id, interrupted: async () => [], planOffer: async () => undefined },
    ...{ get: async () => ({ ...proposal }), abandon: () => expect.fail(), leftBehind: async () => undefined, ended: () => undefined },
    decide: async () => ({ ok: false, reason: 'It was approved already.' }),
    run: async ({ proposalId }) => {
      ran.push(proposalId);
      proposal.state = 'done';
      return { state: 'done' };
    },
  };
  const approval = createApproval(
    {
      createQueue: (options) => createQueue(storage, { ...options, name: `${options.name}-${randomUUID()}` }),
      ...{ alone: true, rows, thread, clock: systemClock, log: quiet, metrics: createMetrics() },
      ...{ look: () => expect.fail(), identities: { token: async () => 'a-token' } },
    },
    { deployment: kind, write: kind },
  );
  await approval.start();
  const refused: string[] = [];
  const asker = {
    identity: async () => ({ host: 'https://w.example', userName: 'ana@acme.example' }) as never,
    refuse: async (reason: string) => void refused.push(reason),
  };
  const press = (id: string) => approval.decide('approve', { id, proposalId: proposal.id, team: 'T_ACME', user: 'U_ANA' }, asker);
  await press('press-2');
  expect(refused).toEqual(['It was approved already.']);
  await press('press-1');
  await expect.poll(() => ran, { timeout: 50_000 }).toEqual([proposal.id]);
  await press('press-1');
  expect(refused).toHaveLength(1);
  // Its process may have died before the card was drawn.
  expect(pressed.filter(Boolean)).toHaveLength(2);
});

test('a sign-in that can’t be refreshed for a moment is waited for, and what was approved is then carried out', async ({ storage }) => {
  const { db } = storage;
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  await rows.conversations.insert({ ...THREAD, id: 'conversation-2', threadTs: '2.1' });
  const proposal = { id: randomUUID(), conversationId: 'conversation-2', state: 'approved', decidedBy: 'U_ANA' };
  const lines: unknown[] = [];
  const ran = Promise.withResolvers<string>();
  const kind: ProposalKind = {
    ...{ why: '', keyOf: async () => proposal.id, interrupted: async () => [proposal], planOffer: async () => undefined },
    ...{ get: async () => ({ ...proposal }), decide: () => expect.fail(), abandon: () => expect.fail(), leftBehind: () => expect.fail() },
    run: async ({ token }) => {
      ran.resolve(await token());
      return { state: 'done' };
    },
    ended: () => undefined,
  };
  const thread = { refresh: async () => undefined, atWork: (_id: string, line?: string) => lines.push(line) } as Partial<Thread> as Thread;
  let asked = 0;
  const down = new UpstreamError({ service: 'databricks', operation: 'POST token', status: 503, passing: true });
  const clock = createTestClock();
  const approval = createApproval(
    {
      createQueue: (options) => createQueue(storage, { ...options, name: `${options.name}-${randomUUID()}` }),
      ...{ alone: true, rows, thread, clock, log: quiet, metrics: createMetrics(), look: () => expect.fail() },
      identities: { token: async () => (asked++ < 3 ? Promise.reject(down) : 'a-token') },
    },
    { deployment: kind, write: { ...kind, interrupted: async () => [] } },
  );
  await approval.start();
  expect(await clock.turnUntil(ran.promise)).toBe('a-token');
  expect(lines.slice(0, 2)).toEqual(['Databricks gives no token for you. I wait and try again', 'Databricks answers again']);
});

test('what was approved is carried out also where the queue’s table refuses its job once', async ({ storage }) => {
  const { db } = storage;
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  await rows.conversations.insert({ ...THREAD, id: 'conversation-4', threadTs: '4.1' });
  const proposal = { id: randomUUID(), conversationId: 'conversation-4', state: 'open', decidedBy: 'U_ANA' };
  const ran = Promise.withResolvers<string>();
  const kind: ProposalKind = {
    ...{ why: '', keyOf: async () => proposal.id, interrupted: async () => [], planOffer: async () => undefined, ended: () => undefined },
    ...{ get: async () => ({ ...proposal }), abandon: () => expect.fail(), leftBehind: () => expect.fail() },
    async decide() {
      proposal.state = 'approved';
      return { ok: true, proposal };
    },
    async run({ proposalId }) {
      ran.resolve(proposalId);
      return { state: 'done' };
    },
  };
  const refused = new UpstreamError({ service: 'postgres', operation: 'send a job', code: 'P0001', passing: true });
  const sends: string[] = [];
  const approval = createApproval(
    {
      createQueue: (options) => {
        const queue = createQueue(storage, { ...options, name: `${options.name}-${randomUUID()}` });
        return { ...queue, send: (id, ...job) => (sends.push(id) === 1 ? Promise.reject(refused) : queue.send(id, ...job)) };
      },
      ...{ alone: true, rows, clock: systemClock, log: quiet, metrics: createMetrics(), look: () => expect.fail() },
      thread: { refresh: async () => undefined, atWork: () => undefined } as Partial<Thread> as Thread,
      identities: { token: async () => 'a-token' },
    },
    { deployment: kind, write: kind },
  );
  await approval.start();
  const identity = { host: 'https://dbc.test', userName: 'ana@acme.example', userId: '1', displayName: 'Ana' };
  const click = { id: 'press-1', proposalId: proposal.id, team: 'T_ACME', user: 'U_ANA' };
  await approval.decide('approve', click, { identity: async () => identity, refuse: () => expect.fail() });
  expect(await ran.promise).toBe(proposal.id);
  expect(sends).toEqual([proposal.id, proposal.id]);
});

test('what no try could carry out stands neither as approved nor as running, and is told', async ({ storage }) => {
  const { db } = storage;
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  await rows.conversations.insert({ ...THREAD, id: 'conversation-5', threadTs: '5.1' });
  const proposal = { id: randomUUID(), conversationId: 'conversation-5', state: 'approved', decidedBy: 'U_ANA' };
  const told: string[] = [];
  const kind: ProposalKind = {
    ...{ why: '', keyOf: async () => proposal.id, interrupted: async () => [proposal], planOffer: async () => undefined },
    ...{ get: async () => ({ ...proposal }), decide: () => expect.fail() },
    async run() {
      proposal.state = 'running';
      throw new UpstreamError({ service: 'postgres', operation: 'update proposals', code: 'XX000', passing: true });
    },
    // Nothing was begun.
    async leftBehind() {
      if (proposal.state === 'running') proposal.state = 'approved';
    },
    async abandon(_id, problem) {
      told.push(problem);
      proposal.state = 'failed';
      return { state: 'failed' };
    },
    ended: ({ state }, to) =>
      state === 'failed' ? { kind: 'result', to, target: 'dev', version: 1, result: { ok: false, state: 'failed', jobs: [] } } : undefined,
  };
  const thread = {
    ...{ refresh: async () => undefined, atWork: () => undefined },
    deliver: async (id: string) => told.push(id).toString(),
  } as Partial<Thread> as Thread;
  const approval = createApproval(
    {
      createQueue: (options) => createQueue(storage, { ...options, name: `${options.name}-${randomUUID()}`, retries: 1 }),
      ...{ alone: true, rows, thread, clock: systemClock, log: quiet, metrics: createMetrics() },
      ...{ look: () => expect.fail(), identities: { token: async () => 'a-token' } },
    },
    { deployment: kind, write: { ...kind, interrupted: async () => [] } },
  );
  await approval.start();
  await expect.poll(() => told, { timeout: 50_000 }).toEqual(['I tried it several times and could not begin.', `${proposal.id}/ended`]);
});
