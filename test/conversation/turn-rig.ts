// What tests of turns share: real rows, the real loop and the stand-in of Claude, tools that make a bundle, and a database whose nth change fails.
import { expect } from 'vitest';
import { createAgent } from '../../src/agent/agent.ts';
import type { ToolResult, Tools } from '../../src/agent/tools.ts';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import type { Thread } from '../../src/conversation/thread-port.ts';
import { createTurnRunner } from '../../src/conversation/turn.ts';
import type { Say } from '../../src/playground/claude/conversation/talk.ts';
import type { Turn } from '../../src/playground/claude/conversation/turn.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createConversationRows } from '../../src/storage/conversations.ts';
import type { Db } from '../../src/storage/db/db.ts';
import { createMessageRows } from '../../src/storage/model-messages.ts';
import { createOutbox } from '../../src/storage/outbox.ts';
import { createStepRows } from '../../src/storage/turn-steps.ts';
import { createTurnRows } from '../../src/storage/turns.ts';
import { createCostRows } from '../../src/storage/usage/costs.ts';
import { UpstreamError, type UserError } from '../../src/values/errors.ts';
import { createMetrics } from '../../src/values/metrics.ts';
import { call, startClaude } from '../agent/harness.ts';
import { dbTest } from '../storage/db-test.ts';
import { quiet } from '../storage/open-test-storage.ts';

const HOST = 'https://dbc.test';
const ANA = { host: HOST, userName: 'ana@acme.example', userId: '1', displayName: 'Ana' };
export const THREAD = {
  ...{ id: 'conversation-1', team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
  subject: { jobId: '123', name: 'Churn' },
};
const bundleCalled = (name: string): Bundle => {
  const files = [{ path: 'databricks.yml', bytes: new TextEncoder().encode(`bundle: {name: ${name}}\n`) }];
  return { ...EMPTY, name, files, digest: digestFiles(files) };
};
const EMPTY = {
  ...{
    resources: [],
    variables: [],
    targets: ['dev'],
    adoption: {},
    sources: [],
    secrets: [],
    diagnostics: [{ level: 'warning', place: 'tasks[load]', message: 'It runs as somebody who has left.' }],
  },
} as const satisfies Partial<Bundle>;

const TABLES = ['costs', 'outbox', 'steps', 'versions', 'messages', 'turns', 'conversations', 'bundles', 'blobs', 'definitions'];
export const turnTest = dbTest(...TABLES).extend('rig', ({ db }) => createRig(db));

export const CUT_OFF = new UpstreamError({ service: 'postgres', operation: 'select', passing: true });

/** How a statement that changes rows fails: the server refuses it, or nobody hears that it was carried out. */
export const FAILURES = ['refused', 'unheard'] as const;

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

const TOOLS = ['make', 'make_other', 'generate_bundle_from_job', 'validate_bundle'];

/** What Claude does with a message: it makes a bundle where none is made yet. */
export const usual = ({ rounds, text }: Turn): Say => ({
  text: rounds.length === 0 ? 'I make it.' : `Done: ${text}.`,
  calls: rounds.length === 0 ? [call('make')] : [],
});

async function createRig(stored: Db) {
  const talk = { script: usual };
  const claude = await startClaude({ script: (turn) => talk.script(turn) });
  const delivered: string[] = [];
  /** What tools answer that make no bundle. */
  let noBundle: ToolResult | undefined;
  const thread = {
    refresh: async () => undefined,
    progress: ({ shown }) => {
      void shown('1.2').catch(() => undefined);
      return { step: () => undefined, leave: () => undefined, end: async () => undefined };
    },
  } as Partial<Thread> as Thread;

  /** A process on the database, whose nth change fails; so many calls of tools find no database that answers; too much is spent. */
  function newProcess(fails: Parameters<typeof failingOnce>[1] = { at: 0, how: 'refused' }, unanswered = 0, refusal?: UserError) {
    const seen: string[] = [];
    /** What the queue has heard. */
    const failures: unknown[] = [];
    let calls = 0;
    const db = failingOnce(stored, fails, seen);
    const bundles = createBundleStore(db);
    const outbox = createOutbox(db);
    const rows = {
      ...{ conversations: createConversationRows(db), turns: createTurnRows(db), messages: createMessageRows(db) },
      ...{ outbox, steps: createStepRows(db), costs: createCostRows(db), bundlesIn: () => bundles },
      called: { of: async () => [], keep: () => expect.fail() },
    };
    const make = async (name: string) => {
      if (name === 'validate_bundle') return { text: 'valid', isError: false };
      if (noBundle !== undefined) return noBundle;
      const settings = { name: 'Churn', tasks: [{ task_key: 'load' }] };
      const definitionId = await bundles.saveDefinition(HOST, { jobId: '123', settings });
      const bundle = bundleCalled(name === 'make_other' ? 'other' : 'churn');
      return { text: 'made', isError: false, bundleDigest: await bundles.save(bundle, { definitionId }) };
    };
    const tools: Tools & { close(): Promise<void> } = {
      list: async () => TOOLS.map((name) => ({ name, description: 'makes', input_schema: { type: 'object' } })),
      // As the server of tools does.
      call: ({ name }) => (calls++ < unanswered ? Promise.reject(CUT_OFF) : make(name).catch(() => make(name))),
      close: async () => undefined,
    };
    const runner = createTurnRunner({
      ...{ rows, model: 'claude-sonnet-5-5', metrics: createMetrics(), log: quiet },
      agent: createAgent({ client: { baseURL: claude.url, apiKey: async () => claude.apiKey }, log: quiet }),
      claudeKey: () => async () => claude.apiKey,
      toolsFor: async () => tools,
      writes: { assign: async () => undefined, ofTurn: async () => [] },
      limits: { spending: async () => ({ refusal, told: async () => undefined }) },
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
    async function run(id: string, signal = new AbortController().signal): Promise<void> {
      const control = { signal, stop: () => undefined };
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
    ...{ claude, talk, rows, newProcess, delivered },
    async insertTurn(id: string, eventKey = id) {
      await rows.turns.insert({ id, conversationId: THREAD.id, slackUser: 'U_ANA', text: `text of ${id}`, eventKey });
    },
    refuse(answer: ToolResult) {
      noBundle = answer;
    },
    async clear() {
      for (const table of TABLES.filter((name) => name !== 'conversations')) await stored.query(`delete from ${table}`);
      delivered.length = 0;
    },
    /** The command that begins a thread. */
    async insertCommand(id: string) {
      await this.insertTurn(id, THREAD.id);
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
