// A card that waited for the CLI, where a process was killed between its change and the file that follows it.
import { expect } from 'vitest';
import type { Thread } from '../../src/conversation/thread-port.ts';
import { createWaitingCards } from '../../src/conversation/waiting-cards.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { systemClock } from '../../src/values/clock.ts';
import { dbTest } from '../storage/db-test.ts';

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
    cli: { status: never, ready: never },
    identities: { of: never, token: never },
    cards: { card: never },
    clock: systemClock,
  });
  await catchUp('c1');
  expect(said).toEqual(['t1/card/release']);
  expect(await rows.outbox.get('t1/card/release')).toMatchObject({ payload: { kind: 'release', version: 1, proposalId: 'p1' } });
});
