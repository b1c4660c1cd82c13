// Killed in the middle of a turn, the bot goes on from its rows: same thread, one answer, one zip, one card.
import { describe, expect, onTestFinished } from 'vitest';
import { findCli, flow, holdSources } from './stack.ts';
import { CHANNEL, counts, followRoot, ONCE, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow();

describe.skipIf(cli.state !== 'ready')('a restart', () => {
  test('while sources are collected', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.says('Collecting sources');
    await playground.restart('SIGKILL');
    release();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
  });

  test('after a card was posted whose answer was lost', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 204', 'job 204 ');
    await thread.says('Collecting sources');
    // Slack stores the card, its response never comes: the bot must find it again instead of saying it twice.
    onTestFinished(playground.slack.faults.on('chat.postMessage', { afterHandler: true, hang: true, times: 1 }));
    release();
    await ana.waitFor(() => counts(thread).cards === 1, STEP_MS);
    expect(counts(thread).answers).toBe(0);
    await playground.restart('SIGKILL');
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
  });

  test('while a direct message streams: the stream is ended, and its message goes on', async ({ playground, ana }) => {
    const release = holdSources(playground);
    ana.say(ana.dm, 'job 318');
    const thread = await followRoot(ana, 'job 318 ', ana.dm);
    const streaming = () => thread.messages().filter(({ stream }) => stream?.live);
    await ana.waitFor(() => streaming().some((message) => textOf(message).includes('Collecting sources')), STEP_MS);
    await playground.restart('SIGKILL');
    release();
    await thread.card(1);
    await thread.idle();
    await ana.waitFor(() => streaming().length === 0, STEP_MS);
    expect(thread.messages().filter((message) => /Working on it|Done/.test(textOf(message)))).toHaveLength(1);
    expect(JSON.stringify(thread.messages())).not.toContain('Something went wrong');
  });

  test('is not needed when Slack was down: what could not be said is said when it is back, once', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 402', 'job 402 ');
    await thread.says('Collecting sources');
    const up = playground.slack.faults.on('chat.postMessage', { status: 503, times: Number.POSITIVE_INFINITY });
    onTestFinished(up);
    release();
    // It is tried again and again, with growing pauses; each try is refused.
    const refused = () => playground.slack.calls.filter(({ method, outcome }) => method === 'chat.postMessage' && outcome === '503').length;
    await expect.poll(refused, { timeout: STEP_MS }).toBeGreaterThanOrEqual(2);
    expect(counts(thread).answers).toBe(0);
    up();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
  });

  test('is not needed when Claude is overloaded for a while and a sign-in ends early', async ({ playground, ana }) => {
    playground.claude?.faults.next(...Array.from({ length: 4 }, () => ({ kind: 'http', status: 529 }) as const));
    for (const route of ['GET /api/2.2/jobs/get', 'GET /api/2.0/permissions/*'])
      onTestFinished(playground.databricks.faults.on(route, { status: 401, times: 1 }));
    const thread = await startThread(ana, '/dab job 640', 'job 640 ');
    await thread.card(1);
    await thread.says('Claude is overloaded');
    await thread.says('Claude answers again');
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
    expect(JSON.stringify([thread.messages(), ana.ephemerals(CHANNEL)])).not.toContain('onnect again');
  });

  test('that was asked for politely is a drain: what runs on is handed over, and the bot comes back', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 318', 'job 318 ');
    await thread.says('Collecting sources');
    await playground.restart('SIGTERM');
    release();
    await thread.card(1);
    await thread.idle();
    expect(counts(thread)).toEqual(ONCE);
    expect(await playground.log()).not.toContain('something still runs');
    const help = await privately(ana, () => ana.command(CHANNEL, '/dab help'));
    expect(textOf(help)).toContain('connected as ana');
  });
});
