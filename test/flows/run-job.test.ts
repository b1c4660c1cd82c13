// A write from a message to the workspace: proposed by a tool, shown as a card, run once by the click of the person it is for; also when the bot is killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, connected, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

let playground: Playground;
let dataDir: string;
let ana: Person;
let ben: Person;
let root: Message;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dab-run-'));
  // Without a CLI: a run needs none.
  const variables = { DATABRICKS_CLI_PATH: '/nowhere/databricks' };
  playground = await startPlayground({ env: environment, page: false, dataDir, variables });
  ana = await connected(playground, 'ana');
  ben = await connected(playground, 'ben');
  await ana.command(CHANNEL, '/dab job 123');
  root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
  await idle();
});
afterAll(async () => {
  await playground?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const idle = () => ana.waitFor(() => thread().length > 2 && !('stop' in buttonsOf(rootOf(ana, '123') ?? root)), STEP_MS);
const thread = () => ana.messages(CHANNEL, root.ts);
const cards = () => thread().filter((message) => textOf(message).includes('Run job '));
const results = () => thread().filter((message) => /^<@U_ANA> (Done: )?Run job/.test(message.text));
const writes = () => playground.databricks.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));
const runs = () => writes().filter(({ path }) => path.endsWith('/jobs/run-now'));

async function propose(words: string): Promise<Message> {
  const before = cards().filter((card) => !results().includes(card)).length;
  ana.say(CHANNEL, words, { thread: root.ts });
  const card = await ana.waitFor(() => {
    const now = cards().filter((one) => !results().includes(one));
    return now.length > before ? now.at(-1) : undefined;
  }, STEP_MS);
  await idle();
  return card;
}
const now = (card: Message) => thread().find(({ ts }) => ts === card.ts) ?? card;
const until = (card: Message, words: string) => ana.waitFor(() => textOf(now(card)).includes(words), STEP_MS);

describe('a proposed run', () => {
  it('is a card with the exact arguments; nothing has reached the workspace, and nobody else can press it', async () => {
    const card = await propose('run job 123 with catalog=main_test');
    expect(textOf(card)).toContain('Run job 123 “Churn”');
    expect(textOf(card)).toContain('"catalog": "main_test"');
    expect(textOf(card)).toContain('As ana@acme.example in ');
    expect(textOf(card)).toMatch(/the offer ends <!date/);
    expect(writes()).toEqual([]);

    const before = ben.ephemerals(CHANNEL).length;
    await ben.click(card, 'write_run');
    const refused = await ben.waitFor(() => ben.ephemerals(CHANNEL).length > before && lastEphemeral(ben), STEP_MS);
    expect(textOf(refused)).toContain('was proposed for ana@acme.example');
    expect(writes()).toEqual([]);

    await ana.click(card, 'write_run');
    await ana.click(card, 'write_run', { stale: true });
    await until(card, 'and done');
    await ana.waitFor(() => results().length === 1, STEP_MS);
    expect(runs()).toHaveLength(1);
    expect(runs()[0]).toMatchObject({ userName: 'ana@acme.example' });
    const [run] = [...playground.databricks.workspace.runs.values()];
    expect(run?.body).toMatchObject({ creator_user_name: 'ana@acme.example' });
    expect(JSON.stringify(run?.body.job_parameters)).toContain('main_test');
    expect(buttonsOf(now(card))).not.toHaveProperty('write_run');
    expect(textOf(now(card))).toContain(`/jobs/123/runs/${run?.runId}`);
  });

  it('is not started by Not now, nor after that, and a job is found by its name', async () => {
    const card = await propose('run job "Churn"');
    await ana.click(card, 'write_not_now');
    await until(card, 'Not done: declined by <@U_ANA>');
    const before = ana.ephemerals(CHANNEL).length;
    await ana.click(card, 'write_run', { stale: true });
    const refused = await ana.waitFor(() => ana.ephemerals(CHANNEL).length > before && lastEphemeral(ana), STEP_MS);
    expect(textOf(refused)).toContain('was declined by');
    expect(runs()).toHaveLength(1);
  });

  it('asked for again, its older card is closed', async () => {
    const first = await propose('run job 123');
    await propose('run job 123');
    await until(first, 'A newer card has replaced this one');
    expect(buttonsOf(now(first))).not.toHaveProperty('write_run');
  });

  it('killed in the middle: it says that the outcome is unknown, and runs nothing again', async () => {
    const card = await propose('run job 123 with catalog=killed');
    const off = playground.databricks.faults.on('POST /api/2.2/jobs/run-now', { afterHandler: true, hang: true });
    await ana.click(card, 'write_run');
    await ana.waitFor(() => runs().length === 2, STEP_MS);
    await playground.restart('SIGKILL');
    off();
    await until(card, 'whether it was done is not known');
    await ana.waitFor(() => results().length === 2, STEP_MS);
    expect(buttonsOf(now(card))).not.toHaveProperty('write_run');
    await ana.click(card, 'write_run', { stale: true });
    await ana.waitFor(() => textOf(lastEphemeral(ana) ?? card).includes('how it ended is not known'), STEP_MS);
    expect(runs()).toHaveLength(2);
    expect(playground.databricks.workspace.runs.size).toBe(2);
  });

  it('an answer that was lost on its way is asked for again, for the same run', async () => {
    const card = await propose('run job 123 with catalog=lost');
    playground.databricks.faults.on('POST /api/2.2/jobs/run-now', { afterHandler: true, close: true, times: 1 });
    await ana.click(card, 'write_run');
    await until(card, 'and done');
    expect(playground.databricks.workspace.runs.size).toBe(3);
    expect(await playground.log()).not.toContain('main_test');
  });
});
