// A turn on real rows, with the real loop and the stand-in of Claude: what was stopped is not begun, and no failed statement costs anything.
import { expect } from 'vitest';
import { createAgent } from '../../src/agent/agent.ts';
import type { Tools } from '../../src/agent/tools.ts';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import type { Thread } from '../../src/conversation/thread-port.ts';
import { createTurnRunner } from '../../src/conversation/turn.ts';
import type { Say } from '../../src/playground/claude/conversation/talk.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import type { Db } from '../../src/storage/db/db.ts';
import { createMessageRows } from '../../src/storage/model-messages.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { createStepRows } from '../../src/storage/turn-steps.ts';
import { createTurnRows } from '../../src/storage/turns.ts';
import { UpstreamError } from '../../src/values/errors.ts';
import { createMetrics } from '../../src/values/metrics.ts';
import { call, startClaude } from '../agent/harness.ts';
import { sampleOf } from '../sample.ts';
import { dbTest } from '../storage/db-test.ts';
import { quiet } from '../storage/open-test-storage.ts';

const HOST = 'https://dbc.test';
const ANA = { host: HOST, userName: 'ana@acme.example', userId: '1', displayName: 'Ana' };
const THREAD = {
  ...{ id: 'conversation-1', team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
  subject: { jobId: '123', name: 'Churn' },
};
const FILES = [{ path: 'databricks.yml', bytes: new TextEncoder().encode('bundle: {name: churn}\n') }];
const MADE: Bundle = {
  ...{
    name: 'churn',
    files: FILES,
    resources: [],
    variables: [],
    targets: ['dev'],
    adoption: {},
    sources: [],
    secrets: [],
    diagnostics: [],
  },
  digest: digestFiles(FILES),
};

const TABLES = ['outbox', 'steps', 'versions', 'messages', 'turns', 'conversations', 'bundles', 'blobs', 'definitions'];
const test = dbTest(...TABLES).extend('rig', ({ db }) => createRig(db));

const CUT_OFF = new UpstreamError({ service: 'postgres', operation: 'select', passing: true });

/** How a statement that changes rows fails: the server refuses it, or nobody hears that it was carried out. */
const FAILURES = ['refused', 'unheard'] as const;

/** A database whose nth change fails, once. */
function failingOnce(db: Db, fails: { at: number; how: (typeof FAILURES)[number] }, seen: string[]): Db {
  const change = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    seen.push(name);
    const isIt = seen.length === fails.at;
    const done = isIt && fails.how === 'refused' ? undefined : await work();
    if (isIt)
      throw new UpstreamError({ service: 'postgres', operation: name, code: fails.how === 'refused' ? 'P0001' : undefined, passing: true });
    return done as T;
  };
  return {
    query: (text, params) =>
      /^\s*select\b/i.test(text) ? db.query(text, params) : change(text.trim().slice(0, 40), () => db.query<never>(text, params)),
    transaction: (work) => change('transaction', () => db.transaction(work)),
  };
}

async function createRig(stored: Db) {
  const claude = await startClaude({
    script: ({ rounds, text }): Say => ({
      text: rounds.length === 0 ? 'I make it.' : `Done: ${text}.`,
      calls: rounds.length === 0 ? [call('make')] : [],
    }),
  });
  const delivered: string[] = [];
  const thread = {
    refresh: async () => undefined,
    progress: ({ shown }) => {
      void shown('1.2').catch(() => undefined);
      return { step: () => undefined, leave: () => undefined, end: async () => undefined };
    },
  } as Partial<Thread> as Thread;

  /** A process on the database, whose nth change fails; so many calls of tools find no database that answers. */
  function newProcess(fails: Parameters<typeof failingOnce>[1] = { at: 0, how: 'refused' }, unanswered = 0) {
    const seen: string[] = [];
    /** What the queue has heard. */
    const failures: unknown[] = [];
    let calls = 0;
    const db = failingOnce(stored, fails, seen);
    const bundles = createBundleStore(db);
    const outbox = createOutbox(db);
    const rows = {
      ...{ conversations: createConversationRows(db), turns: createTurnRows(db), messages: createMessageRows(db) },
      ...{ outbox, steps: createStepRows(db), bundlesIn: () => bundles },
      called: { of: async () => [], keep: () => expect.fail() },
    };
    const make = async () => {
      const definitionId = await bundles.saveDefinition(HOST, { jobId: '123', settings: { name: 'Churn' } });
      return { text: 'made', isError: false, bundleDigest: await bundles.save(MADE, { definitionId }) };
    };
    const tools: Tools & { close(): Promise<void> } = {
      list: async () => [{ name: 'make', description: 'makes', input_schema: { type: 'object' } }],
      // As the server of tools does.
      call: () => (calls++ < unanswered ? Promise.reject(CUT_OFF) : make().catch(make)),
      close: async () => undefined,
    };
    const runner = createTurnRunner({
      ...{ rows, model: 'claude-sonnet-5-5', metrics: createMetrics(), log: quiet },
      agent: createAgent({ client: { baseURL: claude.url, apiKey: async () => claude.apiKey }, log: quiet }),
      claudeKey: () => async () => claude.apiKey,
      toolsFor: async () => tools,
      writes: { assign: async () => undefined, ofTurn: async () => [] },
      identities: { of: async () => ANA, token: async () => 'token' },
      waiting: { isLate: async () => false, catchUp: () => expect.fail() },
      cards: {
        card: async ({ number: version, bundleDigest }) => ({
          ...{ kind: 'card', version, bundleDigest, as: ANA, proof: { problem: 'none', next: '' }, plan: { problem: 'none', next: '' } },
        }),
      },
      thread: {
        ...thread,
        deliver: async (id) => {
          await outbox.sending(id);
          delivered.push(id);
          await outbox.sent(id, '1.3');
          return '1.3';
        },
      },
    });
    /** As the queue does: tried again until it resolves. */
    async function run(id: string): Promise<void> {
      const control = { signal: new AbortController().signal, stop: () => undefined };
      for (let tries = 1; ; tries++) {
        try {
          return await runner.run(id, control);
        } catch (error) {
          failures.push(error);
          if (tries === 3) throw error;
        }
      }
    }
    return { rows, seen, failures, run, giveUp: runner.giveUp };
  }

  const { rows } = newProcess();
  await rows.conversations.insert(THREAD);
  return {
    ...{ claude, rows, newProcess, delivered },
    async insertTurn(id: string) {
      await rows.turns.insert({ id, conversationId: THREAD.id, slackUser: 'U_ANA', text: `text of ${id}`, eventKey: id });
    },
    /** What is left of all turns, in the database and in the thread. */
    async left() {
      const said = (await rows.messages.ofConversation(THREAD.id)).map(({ role, content }) => {
        const blocks = content as { type: string; text?: string; content?: string; is_error?: boolean }[];
        return `${role}: ${blocks.flatMap(({ type, text, content: result, is_error }) => (type === 'thinking' ? [] : [text ?? result ?? type, ...(is_error ? ['error'] : [])])).join(' ')}`;
      });
      return {
        said,
        turns: (await stored.query('select id, state, bundle_digest is not null as made from turns order by id')) as unknown[],
        versions: (await rows.conversations.versions(THREAD.id)).map(({ number, turnId }) => `${number} ${turnId}`),
        outbox: await stored.query("select id, state, payload->>'text' as text from outbox order by seq"),
        told: [...new Set(delivered)],
        steps: (await stored.query('select turn_id, id, status from steps order by turn_id, seq')) as unknown[],
      };
    },
  };
}

test('what was stopped before it began is not begun, and is told so', async ({ rig }) => {
  await rig.insertTurn('t1');
  await rig.rows.turns.stop('t1', 'U_BEN');
  await rig.newProcess().run('t1');
  expect(await rig.left()).toMatchObject({
    said: [],
    turns: [{ id: 't1', state: 'stopped' }],
    outbox: [{ id: 't1/reply', state: 'sent', text: 'Stopped by <@U_BEN> before I began with this. Write it again to go on.' }],
  });
  expect(rig.claude.requests).toEqual([]);
});

test('an answer names what it answers where other messages stand between', async ({ rig, db }) => {
  const process = rig.newProcess();
  const about = async () =>
    (await db.query("select id, payload->>'about' as about from outbox where kind = 'reply' order by seq")).map(({ id, about: of }) => [
      id,
      of,
    ]);
  await rig.insertTurn('t1');
  await process.run('t1');
  expect(await about()).toEqual([['t1/reply', null]]);
  await rig.insertTurn('t2');
  await rig.insertTurn('t3');
  await process.run('t2');
  await process.run('t3');
  await rig.insertTurn('t4');
  await process.run('t4');
  expect(await about()).toEqual([
    ['t1/reply', null],
    ['t2/reply', 'text of t2'],
    ['t3/reply', 'text of t3'],
    ['t4/reply', null],
  ]);
});

test('a statement that fails once costs neither the turn nor its thread anything', async ({ rig, db }) => {
  const twoTurns = async (fails?: Parameters<typeof rig.newProcess>[0]) => {
    for (const table of TABLES.filter((name) => name !== 'conversations')) await db.query(`delete from ${table}`);
    rig.delivered.length = 0;
    const process = rig.newProcess(fails);
    for (const turn of ['t1', 't2']) {
      await rig.insertTurn(turn);
      await process.run(turn);
    }
    return { left: await rig.left(), seen: process.seen };
  };
  const { left, seen } = await twoTurns();
  expect(left).toMatchObject({
    turns: [
      { id: 't1', state: 'done', made: true },
      { id: 't2', state: 'done', made: true },
    ],
    versions: ['1 t1'],
    told: ['t1/reply', 't1/archive', 't1/card', 't2/reply'],
  });
  const cases = seen.flatMap((_, index) => FAILURES.map((how) => ({ at: index + 1, how })));
  for (const fails of sampleOf(cases, 6)) {
    const now = await twoTurns(fails);
    expect(now.left, `${fails.how}: ${now.seen[fails.at - 1]}`).toEqual(left);
  }
});

test('a call that the database kept from an answer is made again with its turn, and Claude hears nothing of it', async ({ rig }) => {
  await rig.insertTurn('t1');
  const process = rig.newProcess(undefined, 1);
  await process.run('t1');
  expect(process.failures).toEqual([CUT_OFF]);
  const { said, turns, versions, told } = await rig.left();
  expect(said).toEqual(['user: text of t1', 'assistant: I make it. tool_use', 'user: made', 'assistant: Done: text of t1.']);
  expect({ turns, versions, told }).toMatchObject({
    turns: [{ id: 't1', state: 'done', made: true }],
    versions: ['1 t1'],
    told: ['t1/reply', 't1/archive', 't1/card'],
  });
});

test('a turn that is given up says so, also where its answer is stored already', async ({ rig }) => {
  await rig.insertTurn('t1');
  await rig.rows.turns.start('t1');
  const answer = { kind: 'reply', to: 'U_ANA', text: 'I made it.' };
  await rig.rows.outbox.add({ id: 't1/reply', conversationId: THREAD.id, turnId: 't1', kind: 'reply', payload: answer });
  await rig.newProcess().giveUp('t1');
  expect(await rig.left()).toMatchObject({ turns: [{ id: 't1', state: 'failed' }], told: ['t1/reply', 't1/given-up'] });
  expect((await rig.left()).outbox).toMatchObject([{ state: 'sent' }, { state: 'sent', text: expect.stringContaining('(turn t1)') }]);
});

test('of a turn that is over, what no try could say is left out, told of, and holds up nothing', async ({ rig }) => {
  await rig.insertTurn('t1');
  await rig.rows.turns.finish('t1', 'done');
  for (const kind of ['archive', 'card'])
    await rig.rows.outbox.add({ id: `t1/${kind}`, conversationId: THREAD.id, turnId: 't1', kind, payload: { kind } });
  await rig.newProcess().giveUp('t1');
  const { told, outbox } = await rig.left();
  expect(told).toEqual(['t1/card', 't1/given-up']);
  expect(outbox).toMatchObject([
    { state: 'sent' },
    { state: 'sent' },
    { state: 'sent', text: expect.stringContaining('the zip is missing') },
  ]);
  await rig.newProcess().giveUp('t1');
  expect(await rig.left()).toMatchObject({ told, outbox });
});
