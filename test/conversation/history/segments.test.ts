// A thread is never unusable and never too long: its history begins anew, over real rows, the real loop and the stand-in of Claude.
import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { createAgent, type Outcome } from '../../../src/agent/agent.ts';
import type { Step, Tools } from '../../../src/agent/tools.ts';
import { askAgent } from '../../../src/conversation/ask-agent.ts';
import type { Say } from '../../../src/playground/claude/conversation/talk.ts';
import { createBundleStore } from '../../../src/storage/bundles/bundles.ts';
import { createCalledSecrets } from '../../../src/storage/called-secrets.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import type { Db } from '../../../src/storage/db/db.ts';
import { createMessageRows } from '../../../src/storage/model-messages.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { createCostRows } from '../../../src/storage/usage/costs.ts';
import { LeaseLostError } from '../../../src/values/errors.ts';
import { createMetrics } from '../../../src/values/metrics.ts';
import { createVault } from '../../../src/values/vault.ts';
import { call, startClaude } from '../../agent/harness.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const CONVERSATION = 'conversation-1';
const MADE = createHash('sha256').update('made').digest('hex');
const LOOK = { name: 'look', description: 'looks', input_schema: { type: 'object' } } as const;
/** Characters of messages that any first call of a turn stays below, whatever its thread has been through. */
const MOST_CHARACTERS = 210_000;

const test = dbTest('costs', 'called_secrets', 'segments', 'messages', 'turns', 'conversations').extend('rig', ({ db }) => createRig(db));

async function createRig(db: Db) {
  const conversations = createConversationRows(db);
  const turns = createTurnRows(db);
  const messages = createMessageRows(db);
  await conversations.insert({
    ...{ id: CONVERSATION, team: 'T', channel: 'C', threadTs: '1.1', private: false, requester: 'U_ANA' },
    subject: { jobId: '123', name: 'Churn' },
  });
  const called = createCalledSecrets(db, createVault({ keyId: 'k', key: new Uint8Array(32) }), () => undefined);
  const claude = await startClaude({
    script: ({ rounds, text }): Say => ({
      text: rounds.length === 0 ? 'I look.' : `Done: ${text}.`,
      calls: rounds.length === 0 ? [call('look')] : [],
    }),
  });
  /** What happens while the tool works. */
  const look = { during: () => {} };
  const tools: Tools & { close(): Promise<void> } = {
    list: async () => [LOOK],
    call: async (_, { signal }) => {
      look.during();
      signal.throwIfAborted();
      return { text: 'y'.repeat(20_000), isError: false, bundleDigest: MADE };
    },
    close: async () => undefined,
  };
  let count = 0;
  const steps: Step[] = [];
  const insertTurn = async (text: string) => {
    const id = `turn-${++count}`;
    await turns.insert({ id, conversationId: CONVERSATION, slackUser: 'U_ANA', text, eventKey: id });
    return id;
  };
  return {
    claude,
    messages,
    conversations,
    called,
    steps,
    look,
    insertTurn,
    /** One turn as it runs: `model` as it is configured then. */
    async turn(text: string, model = 'claude-sonnet-5-5', signal?: AbortSignal): Promise<Outcome> {
      const id = await insertTurn(text);
      return this.goOn(id, model, signal);
    },
    async goOn(id: string, model = 'claude-sonnet-5-5', signal = new AbortController().signal): Promise<Outcome> {
      const agent = createAgent({ client: { baseURL: claude.url, apiKey: async () => claude.apiKey }, log: quiet });
      const bundles = createBundleStore(db);
      const rows = { conversations, turns, messages, costs: createCostRows(db), bundlesIn: () => bundles, called };
      const limits = { spending: async () => ({ refusal: undefined, told: async () => undefined }) };
      const writes = { assign: async () => undefined, ofTurn: async () => [] };
      const [turn, conversation] = [await turns.get(id), await conversations.get(CONVERSATION)];
      if (turn === undefined || conversation === undefined) throw new Error('no such turn');
      return askAgent(
        {
          agent,
          model,
          rows,
          writes,
          limits,
          metrics: createMetrics(),
          claudeKey: () => async () => claude.apiKey,
          toolsFor: async () => tools,
        },
        {
          ...{ turn, conversation, before: undefined, token: async () => 'token', signal },
          identity: { host: 'https://dbc.test', userName: 'ana@acme.example', userId: '1', displayName: 'Ana' },
          onStep: (step) => steps.push(step),
        },
      );
    },
    /** Turns as an earlier release kept them, with results of 6 kB. */
    async seed(turnsBefore: number): Promise<void> {
      await db.query(
        `insert into turns (id, conversation_id, slack_user, text, event_key)
         select 'seed-' || n, $1, 'U_ANA', 'ask ' || n, 'seed-' || n from generate_series(1, $2::int4) n`,
        [CONVERSATION, turnsBefore],
      );
      await db.query(
        `insert into messages (conversation_id, seq, turn_id, role, content)
         select $1, 4 * (n - 1) + part, 'seed-' || n, case when part % 2 = 1 then 'user' else 'assistant' end, json_build_array(case part
           when 1 then json_build_object('type', 'text', 'text', 'ask ' || n)
           when 2 then json_build_object('type', 'tool_use', 'id', 'c' || n, 'name', 'look', 'input', json_build_object())
           when 3 then json_build_object('type', 'tool_result', 'tool_use_id', 'c' || n, 'content', repeat('x', 6000))
           else json_build_object('type', 'text', 'text', 'answer ' || n) end)
         from generate_series(1, $2::int4) n, generate_series(1, 4) part`,
        [CONVERSATION, turnsBefore],
      );
    },
    sent: () => claude.requests.map(({ body }) => JSON.parse(body) as { model: string; messages: { role: string; content: unknown }[] }),
    refused: () => claude.requests.filter(({ status }) => status !== 200).length,
    segments: async () => (await db.query('select reason from segments order by number')).map(({ reason }) => reason),
  };
}

const sizeOf = (value: unknown) => JSON.stringify(value).length;

test('a thread of 200 turns: each call stays below its bound, and within a segment each history begins with the one before', async ({
  rig,
}) => {
  await rig.seed(200);
  for (let n = 201; n <= 212; n++) expect(await rig.turn(`ask ${n}`)).toMatchObject({ kind: 'done', text: `Done: ask ${n}.` });
  expect(rig.refused()).toBe(0);
  expect(await rig.segments()).toEqual(['size', 'size']);
  const sent = rig.sent().map(({ messages }) => messages);
  expect(Math.max(...sent.map(sizeOf))).toBeLessThan(MOST_CHARACTERS);
  const [first = []] = sent;
  expect(sizeOf(first)).toBeLessThan(20_000);
  expect(JSON.stringify(first)).toContain('(154 earlier messages are left out.)');
  expect(JSON.stringify(first)).toContain('answer 200');
  // But for the mark of the cache, which is on the last block only.
  const plain = sent.map((messages) => JSON.stringify(messages).replaceAll(',"cache_control":{"type":"ephemeral"}', '').slice(0, -1));
  const begun = plain.filter((text, index) => index === 0 || !text.startsWith(plain[index - 1] ?? ''));
  expect(begun).toHaveLength(2);
});

test('a changed history, as a release or a hand may leave it: the turn goes on from a summary, once', async ({ rig, db }) => {
  await rig.turn('one');
  await rig.turn('two');
  await db.query(`update messages set content = '[{"type":"text","text":"changed"}]'::json where seq = 1`);
  expect(await rig.turn('three')).toMatchObject({ kind: 'done', text: 'Done: three.' });
  expect(rig.refused()).toBe(1);
  expect(rig.steps.filter(({ id }) => id === 'segment')).toHaveLength(1);
  expect(await rig.turn('four')).toMatchObject({ kind: 'done', text: 'Done: four.' });
  expect(rig.refused()).toBe(1);
  expect(await rig.segments()).toEqual(['history']);
});

test('in the middle of a turn: it says how far it came, and with which bundle', async ({ rig }) => {
  await rig.turn('one');
  rig.claude.faults.next({ kind: 'delay', ms: 0 }, { kind: 'http', status: 400 });
  expect(await rig.turn('two')).toMatchObject({ kind: 'done', text: 'Done: two.' });
  const texts = JSON.stringify(rig.sent().at(-2)?.messages.at(-1));
  expect(texts).toContain('got as far as: look.');
  expect(texts).toContain(`Current bundle: ${MADE} (made for this message so far)`);
  expect(
    rig
      .sent()
      .at(-2)
      ?.messages.map(({ role }) => role),
  ).toEqual(['user', 'assistant', 'user']);
});

test('what a new segment can’t help is said at once, and no segment begins', async ({ rig }) => {
  rig.claude.faults.next({ kind: 'http', status: 400 });
  expect(await rig.turn('one')).toMatchObject({ kind: 'failed' });
  rig.claude.faults.next({ kind: 'http', status: 404 });
  expect(await rig.turn('two')).toMatchObject({ kind: 'failed' });
  expect(await rig.segments()).toEqual([]);
  expect(await rig.turn('three')).toMatchObject({ kind: 'done' });
});

test('another model, or another prompt, begins with the next turn; one that has begun goes on with its own', async ({ rig }) => {
  await rig.conversations.freeze(CONVERSATION, { model: 'claude-old', system: 'Another prompt.', tools: [LOOK] });
  const begun = await rig.insertTurn('one');
  await rig.messages.append(CONVERSATION, begun, { role: 'user', content: [{ type: 'text', text: 'one' }] });
  expect(await rig.goOn(begun, 'claude-old')).toMatchObject({ kind: 'done' });
  expect(JSON.stringify(rig.sent().at(-1))).toContain('Another prompt.');
  expect(await rig.turn('two', 'claude-old')).toMatchObject({ kind: 'done' });
  expect(JSON.stringify(rig.sent().at(-1))).not.toContain('Another prompt.');
  expect(await rig.turn('three', 'claude-new')).toMatchObject({ kind: 'done' });
  expect(rig.sent().at(-1)?.model).toBe('claude-new');
  expect(await rig.segments()).toEqual(['prompt', 'prompt']);
  expect(rig.refused()).toBe(0);
});

test('a model that ended while a turn had begun with it: the turn goes on with the one of now', async ({ rig }) => {
  await rig.turn('one', 'claude-old');
  const begun = await rig.insertTurn('two');
  await rig.messages.append(CONVERSATION, begun, { role: 'user', content: [{ type: 'text', text: 'two' }] });
  rig.claude.faults.next({ kind: 'http', status: 404 });
  expect(await rig.goOn(begun, 'claude-new')).toMatchObject({ kind: 'done', text: 'Done: two.' });
  expect(
    rig
      .sent()
      .map(({ model }) => model)
      .slice(-3),
  ).toEqual(['claude-old', 'claude-new', 'claude-new']);
});

test('what was called a secret afterwards is not told by half where a text is cut', async ({ rig }) => {
  // Its beginning stands before the end of a line of what happened before, and before the end of a text that is told whole.
  for (const before of [150, ...Array.from({ length: 6 }, () => 1990)]) await rig.turn(`${'x'.repeat(before)}hunter2-and-more-of-it`);
  await rig.called.keep(CONVERSATION, [{ name: 'password', value: 'hunter2-and-more-of-it' }]);
  await rig.turn('last', 'claude-new');
  expect(await rig.segments()).toEqual(['prompt']);
  const told = JSON.stringify(rig.sent().at(-2)?.messages);
  expect(told).toContain('x<secret ');
  expect(told).not.toContain('hunter2');
});

/** Refuses the inserts into `table` that are `which`; what it answers ends that. */
async function refuse(db: Db, table: string, which: string): Promise<() => Promise<unknown>> {
  await db.query(`create function refuse() returns trigger language plpgsql as $$
    begin if ${which} then raise exception 'refused'; end if; return new; end $$`);
  await db.query(`create trigger refuse before insert on ${table} for each row execute function refuse()`);
  return () => db.query('drop function refuse cascade');
}

describe('an insert that fails once: the turn fails, and is taken up again', () => {
  test.for([
    ['the message', 'messages', "new.role = 'user'"],
    ['a reply with a call', 'messages', "new.content::text like '%tool_use%'"],
    ['a result', 'messages', "new.content::text like '%tool_result%'"],
    ['the answer', 'messages', "new.content::text like '%Done%'"],
    ['a segment', 'segments', 'true'],
    ['the message after a segment', 'messages', "new.turn_id = 'turn-2'"],
  ] as const)('%s', async ([what, table, which], { rig, db }) => {
    const model = what.includes('segment') ? 'claude-new' : 'claude-sonnet-5-5';
    await rig.turn('one');
    const again = await refuse(db, table, which);
    await expect(rig.turn('two', model)).rejects.toThrow();
    await again();
    expect(await rig.goOn('turn-2', model)).toMatchObject({ kind: 'done', text: 'Done: two.' });
    expect(await rig.turn('three', model)).toMatchObject({ kind: 'done', text: 'Done: three.' });
    expect(rig.refused()).toBe(0);
    expect(await rig.segments()).toEqual(what.includes('segment') ? ['prompt'] : []);
  });
});

test('a turn that ended between a call and its result: those after it go on', async ({ rig, db }) => {
  await rig.turn('one');
  const again = await refuse(db, 'messages', "new.content::text like '%tool_result%'");
  await expect(rig.turn('two')).rejects.toThrow();
  await again();
  for (const text of ['three', 'four']) expect(await rig.turn(text)).toMatchObject({ kind: 'done', text: `Done: ${text}.` });
  expect(rig.refused()).toBe(0);
  expect(await rig.segments()).toEqual([]);
});

test('a turn that is handed over in the middle of a call: nothing says that somebody stopped it', async ({ rig }) => {
  const handed = new AbortController();
  rig.look.during = () => handed.abort(new LeaseLostError('Another process goes on with this job.'));
  await expect(rig.turn('one', 'claude-sonnet-5-5', handed.signal)).rejects.toThrow(LeaseLostError);
  rig.look.during = () => undefined;
  expect(await rig.goOn('turn-1')).toMatchObject({ kind: 'done', text: 'Done: one.' });
  expect(JSON.stringify(rig.sent())).not.toContain('pressed Stop');
});
