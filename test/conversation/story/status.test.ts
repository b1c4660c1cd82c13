// Where a conversation stands, read from real rows at each point of its life.
import { test as base, expect } from 'vitest';
import { nextStepsOf } from '../../../src/conversation/story/next-steps.ts';
import { readStatus } from '../../../src/conversation/story/status.ts';
import { deploymentProposalOf } from '../../../src/deployment/approval/deployment-proposal.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import type { Db } from '../../../src/storage/db/db.ts';
import { createProposalRows } from '../../../src/storage/deployment-proposals.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { createWriteRows } from '../../../src/storage/write-proposals.ts';
import { bundleOf } from '../../deployment/rig.ts';
import { openTestStorage } from '../../storage/open-test-storage.ts';

const NOW = new Date();
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

const test = base
  .extend('storage', { scope: 'file' }, async ({}, { onCleanup }) => {
    const storage = await openTestStorage();
    onCleanup(() => storage.close());
    return storage;
  })
  .extend('life', async ({ storage: { db } }) => {
    for (const table of ['outbox', 'writes', 'proposals', 'versions', 'turns', 'conversations']) await db.query(`delete from ${table}`);
    for (const digest of ['d', 'e'])
      await db.query(`insert into bundles (digest, files, meta) values ($1, '[]', '{"name": "churn"}') on conflict do nothing`, [digest]);
    return createLife(db);
  });

/** A conversation, and what happens to it. */
async function createLife(db: Db) {
  const conversations = createConversationRows(db);
  const turns = createTurnRows(db);
  const outbox = createOutbox(db);
  const proposals = createProposalRows(db);
  const writes = createWriteRows(db);
  const story = { proposalsOf: proposals.ofConversation, proposalsBeside: proposals.besideConversation, destroyedOf: writes.destroyedOf };
  for (const [id, channel] of Object.entries({ c1: 'C', c2: 'D' }))
    await conversations.insert({
      ...{ id, team: 'T', channel, threadTs: '1.1', private: false, requester: 'U_ANA' },
      subject: { jobId: '123', name: 'Churn' },
    });
  const begin = async (id: string) => {
    await turns.insert({ id, conversationId: 'c1', slackUser: 'U_ANA', text: 'x', eventKey: id });
    await turns.start(id);
  };
  return {
    turns,
    outbox,
    begin,
    /** A turn that has made a version with an offer. */
    async version(number: number, target = 'dev'): Promise<string> {
      await begin(`t${number}`);
      await conversations.addVersion('c1', { turnId: `t${number}` }, 'd');
      await turns.finish(`t${number}`, 'done');
      await db.query('update turns set finished_at = $2 where id = $1', [`t${number}`, minutes(number - 100)]);
      return this.offer(number, target);
    },
    async offer(number: number, target: string, { conversationId, bundleDigest } = { conversationId: 'c1', bundleDigest: 'd' }) {
      const id = `p${number}-${target}-${Math.random()}`;
      await proposals.insert({
        ...{ id, conversationId, version: number, bundleDigest, target, host: 'https://h.test', userName: 'ana' },
        ...{
          slackUser: 'U_ANA',
          plan: '{}',
          planDigest: '',
          release: '{}',
          rootPath: `/Workspace/${target}`,
          subject: 'job 123',
          environment: 'development' as const,
          cliVersion: '1',
          expiresAt: minutes(60),
        },
      });
      return id;
    },
    decide: (id: string, to: 'approved' | 'declined', at: Date) => proposals.decide(id, to, { slackUser: 'U_BEN', userName: 'ana', at }),
    end: (id: string, state: 'done' | 'failed' | 'unknown', result: object = {}) => proposals.finish(id, state, result),
    async deployed(number: number, target: string, at: Date, of?: { conversationId: string; bundleDigest: string }): Promise<string> {
      const id = await this.offer(number, target, of);
      await this.decide(id, 'approved', at);
      await this.end(id, 'done', { ok: true, state: 'done', jobs: [] });
      return id;
    },
    async destroyed(target: string, at: Date): Promise<void> {
      const id = `w-${target}`;
      const write = { kind: 'destroy_bundle', subject: 's', arguments: JSON.stringify({ target }), digest: '' };
      await writes.insert({ id, host: 'https://h.test', userName: 'ana', ...write, expiresAt: minutes(60) });
      await db.query(`update writes set conversation_id = 'c1', state = 'done', decided_at = $2 where id = $1`, [id, at]);
    },
    status: (now = NOW) => readStatus({ conversations, turns, outbox, ...story }, 'c1', now),
    next: async (id: string) => {
      const row = (await proposals.get(id)) ?? expect.fail('no such proposal');
      return nextStepsOf(story, deploymentProposalOf(row), bundleOf());
    },
  };
}

test('works while a turn is not over, or has something still to say', async ({ life }) => {
  await life.begin('t1');
  expect((await life.status()).now).toEqual({ kind: 'working' });
  await life.outbox.add({ id: 't1/reply', conversationId: 'c1', turnId: 't1', kind: 'reply', payload: { text: 'Reading it: no.' } });
  await life.turns.finish('t1', 'failed');
  expect((await life.status()).now).toEqual({ kind: 'working' });
  await life.outbox.sent('t1/reply', '1.2');
  expect((await life.status()).now).toEqual({ kind: 'failed', why: 'Reading it: no.' });
});

test('waits for a yes until the offer ends, is declined or taken', async ({ life }) => {
  const id = await life.version(1);
  expect((await life.status()).now).toEqual({ kind: 'waits', offers: [{ version: 1, target: 'dev' }] });
  expect((await life.status(minutes(61))).now).toEqual({ kind: 'ready', version: 1 });
  await life.decide(id, 'approved', NOW);
  expect(await life.status()).toEqual({ now: { kind: 'deploying', version: 1, target: 'dev', by: 'U_BEN' }, deployed: [] });
  await life.end(id, 'unknown');
  expect((await life.status()).now).toEqual({ kind: 'not deployed', version: 1, target: 'dev', how: 'unknown', why: '' });
  await life.decide(await life.version(2), 'declined', NOW);
  expect((await life.status()).now).toEqual({ kind: 'ready', version: 2 });
});

test('names the latest of each target, and by whom; what was destroyed since is gone', async ({ life }) => {
  await life.version(1);
  await life.deployed(1, 'dev', minutes(-9));
  await life.deployed(1, 'prod', minutes(-8));
  await life.deployed(2, 'dev', minutes(-7));
  const dev = { target: 'dev', version: 2, by: 'U_BEN' };
  const prod = { ...dev, target: 'prod', version: 1 };
  expect(await life.status()).toEqual({ now: { kind: 'quiet' }, deployed: [dev, prod] });
  await life.destroyed('dev', minutes(-6));
  expect((await life.status()).deployed).toEqual([prod]);
});

test('knows what another thread has deployed to the same place, and does not take it for a version of its own', async ({ life }) => {
  await life.version(1);
  const first = await life.deployed(1, 'prod', minutes(-9));
  expect(await life.next(first)).toMatchObject({ destroy: true });
  const other = { conversationId: 'c2', bundleDigest: 'e' };
  await life.deployed(1, 'prod', minutes(-8), other);
  expect((await life.status()).deployed).toEqual([]);
  expect(await life.next(first)).toBeUndefined();
  const second = await life.deployed(2, 'prod', minutes(-7));
  expect((await life.status()).deployed).toEqual([{ target: 'prod', version: 2, by: 'U_BEN' }]);
  expect(await life.next(second)).not.toHaveProperty('previous');
  const third = await life.deployed(3, 'prod', minutes(-6), { conversationId: 'c1', bundleDigest: 'e' });
  expect(await life.next(third)).toMatchObject({ previous: { version: 2, bundleDigest: 'd' } });
});

test('counts nothing as deployed where a later deployment ended halfway', async ({ life }) => {
  await life.version(1);
  await life.deployed(1, 'dev', minutes(-9));
  const id = await life.version(2);
  await life.decide(id, 'approved', minutes(-8));
  await life.end(id, 'failed', { ending: 'mix', problem: 'dev now has a mix.' });
  const now = { kind: 'not deployed', version: 2, target: 'dev', how: 'half', why: 'dev now has a mix.' };
  expect(await life.status()).toEqual({ now, deployed: [] });
});

test('says what came last: a message that failed, or a deployment after it', async ({ life }) => {
  const id = await life.version(1);
  await life.begin('t9');
  await life.turns.finish('t9', 'stopped');
  expect((await life.status()).now).toEqual({ kind: 'stopped' });
  // By the database's clock: the turn ended now.
  const later = new Date(Date.now() + 60_000);
  await life.decide(id, 'approved', later);
  await life.end(id, 'failed');
  expect((await life.status()).now).toEqual({ kind: 'not deployed', version: 1, target: 'dev', how: 'none', why: '' });
});
