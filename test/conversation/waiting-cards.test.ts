// Cards that waited for the CLI: renewed when it comes, however late, and also where a process was killed over it.
import { expect } from 'vitest';
import type { Card, Thread } from '../../src/conversation/thread-port.ts';
import { createWaitingCards } from '../../src/conversation/waiting-cards.ts';
import type { CliStatus } from '../../src/deployment/install/locate.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { systemClock } from '../../src/values/clock.ts';
import { UpstreamError } from '../../src/values/errors.ts';
import { dbTest } from '../storage/db-test.ts';
import { createTestClock } from '../values/test-clock.ts';

const test = dbTest('outbox', 'conversations');

test('its file is said by whoever takes the work up again', async ({ db }) => {
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  const subject = { jobId: '123', name: 'Churn' };
  await rows.conversations.insert({ id: 'c1', team: 'T', channel: 'C', threadTs: '1.1', private: false, requester: 'U_ANA', subject });
  const as = { host: 'https://acme.test', userName: 'ana@acme.example' };
  const card = { kind: 'card', version: 1, bundleDigest: 'd', as, proof: { line: 'ok', ok: true }, plan: { proposalId: 'p1' } };
  await rows.outbox.add({ id: 't1/card', conversationId: 'c1', kind: 'card', payload: card });
  const said: string[] = [];
  const thread: Pick<Thread, 'deliver' | 'refresh'> = {
    deliver: async (id) => said.push(id).toString(),
    refresh: async () => {},
  };
  const never = () => expect.fail('nothing is planned again');
  const { catchUp } = createWaitingCards({
    rows,
    thread: thread as Thread,
    cli: { status: never, ready: never, onChange: never },
    identities: { of: never, token: never },
    cards: { card: never },
    clock: systemClock,
  });
  await catchUp('c1');
  expect(said).toEqual(['t1/card/release']);
  expect(await rows.outbox.get('t1/card/release')).toMatchObject({ payload: { kind: 'release', version: 1, proposalId: 'p1' } });
});

test('where there was no CLI the newest cards get their plan when one is found, and nothing is looked at again before', async ({ db }) => {
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  const subject = { jobId: '123', name: 'Churn' };
  await rows.conversations.insert({ id: 'c1', team: 'T', channel: 'C', threadTs: '1.1', private: false, requester: 'U_ANA', subject });
  const as = { host: 'https://acme.test', userName: 'ana@acme.example' };
  const none = { problem: 'There is no Databricks CLI here.', next: 'Get one.' };
  const card = (version: number, target?: string): Card => ({
    ...{ kind: 'card', version, bundleDigest: `d${version}`, as, proof: none, plan: { ...none, noCli: true } },
    ...(target === undefined ? {} : { target }),
  });
  const made = { 't1/card': card(1), 't2/card': card(2), 't2/card/prod': card(2, 'prod') };
  for (const [id, payload] of Object.entries(made)) await rows.outbox.add({ id, conversationId: 'c1', kind: 'card', payload });

  let status: CliStatus = { state: 'unavailable', ...none };
  let tell: ((status: CliStatus) => void) | undefined;
  const said: string[] = [];
  const identity = { ...as, displayName: 'Ana' };
  const waiting = createWaitingCards({
    rows,
    thread: { deliver: async (id: string) => said.push(id).toString(), refresh: async () => {} } as Partial<Thread> as Thread,
    cli: {
      status: () => status,
      ready: async () => undefined,
      onChange(listener) {
        tell = listener;
        return () => true;
      },
    },
    identities: { of: async () => identity as never, token: async () => 'token' },
    cards: {
      async card({ number, target }) {
        return { ...card(number, target), proof: { line: 'ok', ok: true }, plan: { proposalId: `${number} ${target}` } };
      },
    },
    clock: systemClock,
  });
  const conversation = await rows.conversations.get('c1');
  const enqueued: string[] = [];
  const watching = waiting.watchCli(async (id) => void enqueued.push(id));
  await expect.poll(() => tell, { timeout: 30_000 }).toBeDefined();
  expect(conversation && (await waiting.isLate(conversation))).toBe(false);
  await waiting.catchUp('c1');
  expect((await rows.outbox.get('t2/card'))?.payload).toEqual(made['t2/card']);

  status = { state: 'ready', path: '/bin/databricks', version: '1.9.0' };
  tell?.(status);
  await watching;
  expect(enqueued).toEqual(['c1']);
  await waiting.catchUp('c1');
  const plans = (await rows.outbox.ofConversation('c1', 'card')).map(({ payload }) => (payload as Card).plan);
  expect(plans).toEqual([expect.objectContaining({ replaced: true }), { proposalId: '2 undefined' }, { proposalId: '2 prod' }]);
  expect(said).toEqual(['t2/card/release', 't2/card/prod/release']);
  expect(await rows.outbox.conversationsWaiting(['preparing', 'noCli'])).toEqual([]);
});

test('cards get their plan also where the database refused for a moment to have them queued', async ({ db }) => {
  const rows = { conversations: createConversationRows(db), outbox: createOutbox(db) };
  const subject = { jobId: '123', name: 'Churn' };
  await rows.conversations.insert({ id: 'c1', team: 'T', channel: 'C', threadTs: '1.1', private: false, requester: 'U_ANA', subject });
  const plan = { problem: 'The CLI is being prepared.', next: '', preparing: 'building' };
  await rows.outbox.add({ id: 't1/card', conversationId: 'c1', kind: 'card', payload: { kind: 'card', version: 1, plan } });
  const never = () => expect.fail();
  const clock = createTestClock();
  const { watchCli } = createWaitingCards({
    ...{ rows, clock, thread: {} as Thread, identities: { of: never, token: never }, cards: { card: never } },
    cli: { status: () => ({ state: 'ready', path: '/bin/databricks', version: '1.9.0' }), ready: async () => undefined, onChange: never },
  });
  const refused = new UpstreamError({ service: 'postgres', operation: 'send a job', code: 'P0001', passing: true });
  const asked: string[] = [];
  await clock.turnUntil(watchCli((id) => (asked.push(id) === 1 ? Promise.reject(refused) : Promise.resolve())));
  expect(asked).toEqual(['c1', 'c1']);
});
