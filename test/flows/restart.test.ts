// Killed in the middle of a turn, the bot goes on from its rows: same thread, one answer, one zip, one card.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, cardOf, connected, findCli, rootOf, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();

describe.skipIf(cli.state !== 'ready')('a restart', () => {
  let playground: Playground;
  let dataDir: string;
  let ana: Person;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dab-restart-'));
    playground = await startPlayground({ env: environment, page: false, dataDir });
    ana = await connected(playground, 'ana');
  });
  afterAll(async () => {
    await playground?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const said = (jobId: string) => {
    const root = rootOf(ana, jobId);
    const thread = root === undefined ? [] : ana.messages(CHANNEL, root.ts);
    return {
      answers: thread.filter((message) => message.text.startsWith('<@U_ANA>') && message.ts !== root?.ts).length,
      zips: thread.flatMap((message) => message.files ?? []).length,
      cards: thread.filter((message) => textOf(message).includes('· version 1*')).length,
      steps: thread.filter((message) => textOf(message).includes('Collecting sources')).length,
    };
  };
  const ONCE = { answers: 1, zips: 1, cards: 1, steps: 1 };

  it('while sources are collected', async () => {
    const off = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 15_000 });
    await ana.command(CHANNEL, '/dab job 123');
    const root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
    await ana.waitFor(() => said('123').steps === 1, STEP_MS);
    await playground.restart('SIGKILL');
    off();
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, '123') ?? root)), STEP_MS);
    expect(said('123')).toEqual(ONCE);
  });

  it('after a message was posted whose answer was lost', async () => {
    // Slack stores the answer, its response never comes: the bot must find it again instead of saying it twice.
    const slow = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 1500 });
    await ana.command(CHANNEL, '/dab job 204');
    const root = await ana.waitFor(() => rootOf(ana, '204'), STEP_MS);
    await ana.waitFor(() => said('204').steps === 1, STEP_MS);
    const lost = playground.slack.faults.on('chat.postMessage', { afterHandler: true, hang: true, times: 1 });
    await ana.waitFor(() => said('204').answers === 1, STEP_MS);
    expect(said('204').cards).toBe(0);
    await playground.restart('SIGKILL');
    slow();
    lost();
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, '204') ?? root)), STEP_MS);
    expect(said('204')).toEqual(ONCE);
  });

  it('while a direct message streams: the stream is ended, and its message goes on', async () => {
    const off = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 15_000 });
    ana.say(ana.dm, 'job 318');
    const root = await ana.waitFor(() => rootOf(ana, '318', ana.dm), STEP_MS);
    const thread = () => ana.messages(ana.dm, root.ts);
    await ana.waitFor(() => thread().some((message) => message.stream?.live && textOf(message).includes('Collecting sources')), STEP_MS);
    await playground.restart('SIGKILL');
    off();
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await ana.waitFor(() => thread().every((message) => message.stream?.live !== true), STEP_MS);
    expect(thread().filter((message) => /Working on it|Done/.test(textOf(message)))).toHaveLength(1);
    expect(JSON.stringify(thread())).not.toContain('Something went wrong');
  });

  it('what could not be said while Slack was down is said when it is back, once', async () => {
    const slow = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 1500 });
    await ana.command(CHANNEL, '/dab job 402');
    const root = await ana.waitFor(() => rootOf(ana, '402'), STEP_MS);
    await ana.waitFor(() => said('402').steps === 1, STEP_MS);
    const down = playground.slack.faults.on('chat.postMessage', { status: 503, times: Number.POSITIVE_INFINITY });
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(said('402').answers).toBe(0);
    down();
    slow();
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, '402') ?? root)), STEP_MS);
    expect(said('402')).toEqual(ONCE);
  });

  it('asked to end politely, it drains and comes back', async () => {
    await playground.restart('SIGTERM');
    await ana.command(CHANNEL, '/dab help');
    await ana.waitFor(() => ana.ephemerals(CHANNEL).some((message) => textOf(message).includes('connected as ana')), STEP_MS);
  });
});
