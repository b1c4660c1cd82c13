// The receiver over real Socket Mode and a real database: stored before acked, worked on once, and gone on with after a kill.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { expect, onTestFinished } from 'vitest';
import { createBoltApp } from '../../../src/slack/bolt/app.ts';
import type { Db } from '../../../src/storage/db/db.ts';
import { createLeases } from '../../../src/storage/db/leases.ts';
import { createInbox } from '../../../src/storage/inbox.ts';
import { type Clock, systemClock } from '../../../src/values/clock.ts';
import { UpstreamError } from '../../../src/values/errors.ts';
import { createMetrics } from '../../../src/values/metrics.ts';
import { eventually, start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { RATES_TABLE, ratesOf } from '../clients.ts';

const test = dbTest(RATES_TABLE, 'inbox');

/** The bot's Slack side on the stand-in: every command and message it works on is noted, and waits for `gate` if there is one. */
async function startBot(db: Db, options: { connect?: boolean; clock?: Clock } = {}) {
  const { slack, clock } = await start();
  const inbox = createInbox(db);
  const bot = createBoltApp({
    botToken: slack.botToken,
    appToken: slack.appToken,
    apiUrl: slack.url,
    rates: ratesOf(db, clock),
    inbox,
    acknowledge: ({ kind }) => (kind === 'slash_commands' ? { text: 'I have it.' } : undefined),
    leases: createLeases(db, { lengthMs: 60_000, clock: systemClock, log: quiet }),
    metrics: createMetrics(),
    clock: options.clock ?? systemClock,
    log: quiet,
  });
  const worked: string[] = [];
  const gate: { wait?: Promise<void>; fails?: Error } = {};
  bot.app.command('/dab', async ({ command }) => {
    worked.push(command.text);
    const { fails } = gate;
    delete gate.fails;
    if (fails !== undefined) throw fails;
    await gate.wait;
  });
  bot.app.message(async ({ message }) => {
    if ('text' in message) worked.push(message.text ?? '');
    await gate.wait;
  });
  onTestFinished(() => bot.stop());
  if (options.connect !== false) await bot.start();
  const rows = () => db.query<{ id: string; state: string }>('select id, state from inbox order by received_at');
  /** Keeps the database busy until the returned function is called. */
  async function holdDatabase(): Promise<() => Promise<void>> {
    const held = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const transaction = db.transaction(async () => {
      taken.resolve();
      await held.promise;
    });
    await taken.promise;
    return async () => {
      held.resolve();
      await transaction;
    };
  }
  return { slack, clock, inbox, bot, worked, gate, rows, holdDatabase, ana: slack.as('ana') };
}

function slashCommand(text: string, userId = 'U_ANA') {
  const [team_id, channel_id, api_app_id] = ['T_ACME', 'C_DATA', 'A_DAB'];
  return {
    command: '/dab',
    text,
    team_id,
    channel_id,
    api_app_id,
    user_id: userId,
    user_name: 'ana',
    token: 't',
    response_url: '',
    trigger_id: '1.1',
  };
}

test('an envelope is stored before it is acknowledged, and acknowledged before it is worked on to the end', async ({ db }) => {
  const { slack, ana, rows, worked, gate, holdDatabase } = await startBot(db);
  const busy = Promise.withResolvers<void>();
  gate.wait = busy.promise;
  const release = await holdDatabase();
  const answer = ana.command('C_DATA', '/dab job 1');
  await eventually(() => slack.socket.sent.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(slack.socket.sent[0]?.acked).toBe(false);
  expect(worked).toEqual([]);
  await release();
  expect((await answer)?.state).toBe('acked');
  // Its words are there before anything was done, and took no call.
  expect(ana.ephemerals('C_DATA').map(({ text }) => text)).toEqual(['I have it.']);
  expect(slack.calls.filter(({ method }) => /^(chat|reactions)/.test(method))).toEqual([]);
  expect(await rows()).toEqual([{ id: slack.socket.sent[0]?.id, state: 'received' }]);
  await eventually(() => worked).toEqual(['job 1']);
  busy.resolve();
  await expect.poll(rows).toEqual([{ id: slack.socket.sent[0]?.id, state: 'done' }]);
});

test('an envelope that comes twice, and an event told again, are acknowledged each time and worked on once', async ({ db }) => {
  const { slack, ana, worked, rows } = await startBot(db);
  slack.socket.duplicate(1);
  expect((await ana.command('C_DATA', '/dab jobs'))?.state).toBe('acked');
  ana.say('C_DATA', 'hello');
  await eventually(() => worked).toEqual(['jobs', 'hello']);
  const event = slack.socket.sent.find((envelope) => envelope.type === 'events_api');
  if (event === undefined) throw new Error('no event was sent');
  // Slack tells an event again under a new envelope: its event_id is what counts.
  slack.socket.resend({ ...event, id: 'another-envelope' });
  ana.say('C_DATA', 'last');
  await eventually(() => worked).toEqual(['jobs', 'hello', 'last']);
  await expect.poll(async () => (await rows()).map((row) => row.state)).toEqual(['done', 'done', 'done']);
});

test('a command in the gap while one socket is recycled is acknowledged by the other', async ({ db }) => {
  const { slack, ana, worked } = await startBot(db);
  expect(slack.socket.sockets()).toBe(2);
  slack.socket.disconnect('refresh_requested');
  expect((await ana.command('C_DATA', '/dab one'))?.state).toBe('acked');
  expect((await ana.command('C_DATA', '/dab two'))?.state).toBe('acked');
  // The recycled socket may be back by now or not; nobody notices.
  await eventually(() => worked).toEqual(['one', 'two']);
});

test('a process that was busy for longer than pings wait hears the next command all the same', async ({ db }) => {
  const { slack, ana, worked } = await startBot(db);
  expect(slack.socket.sockets()).toBe(2);
  // A connection is given up that has answered before: of two that are alike both have, by their second answer.
  let pongs = 0;
  const heard = () => {
    pongs++;
  };
  subscribe('undici:websocket:pong', heard);
  onTestFinished(() => void unsubscribe('undici:websocket:pong', heard));
  await eventually(() => pongs).toBeGreaterThanOrEqual(2);
  // Nothing of the process runs: the library's timers are late, and it believes that nobody answers. Its 5 s are real ones.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_500);
  await eventually(() => slack.socket.sockets()).toBe(1);
  expect((await ana.command('C_DATA', '/dab one'))?.state).toBe('acked');
  await eventually(() => worked).toEqual(['one']);
});

test('what could not be stored is not acknowledged, and is worked on when Slack tells it again', async ({ db }) => {
  const { slack, ana, clock, worked } = await startBot(db);
  await db.query('alter table inbox rename to inbox_away');
  const command = ana.command('C_DATA', '/dab job 1');
  ana.say('C_DATA', 'hello');
  await eventually(() => slack.socket.sent.length).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(slack.socket.sent.map((envelope) => envelope.acked)).toEqual([false, false]);
  expect(worked).toEqual([]);
  await db.query('alter table inbox_away rename to inbox');
  await clock.turn(3001);
  // Nobody tells a command again: the person sees that it failed. The event comes again at once.
  expect((await command)?.state).toBe('timeout');
  await eventually(() => worked).toEqual(['hello']);
});

test('a command whose work or whose row failed for a moment is worked on, and nobody is told', async ({ db }) => {
  const clock = createTestClock();
  const { inbox, ana, worked, gate, rows } = await startBot(db, { clock });
  const passing = new UpstreamError({ service: 'postgres', operation: 'insert into turns', passing: true });
  const { receive } = inbox;
  inbox.receive = async () => {
    inbox.receive = receive;
    throw passing;
  };
  gate.fails = passing;
  expect((await ana.command('C_DATA', '/dab job 1'))?.state).toBe('acked');
  await eventually(() => worked).toEqual(['job 1']);
  await expect.poll(() => db.query('select 1 from leases')).toEqual([]);
  await clock.turn(5001);
  await eventually(() => worked).toEqual(['job 1', 'job 1']);
  await expect.poll(async () => (await rows()).map(({ state }) => state)).toEqual(['done']);
});

test.for([
  ['put off', new WebAPIRateLimitedError(30)],
  ['could not carry out', new WebAPIPlatformError({ ok: false, error: 'internal_error' })],
] as const)('a command that Slack %s is worked on again', async ([, error], { db }) => {
  const clock = createTestClock();
  const { ana, worked, gate, rows } = await startBot(db, { clock });
  gate.fails = error;
  await ana.command('C_DATA', '/dab job 1');
  await eventually(() => worked).toEqual(['job 1']);
  await expect.poll(() => db.query('select 1 from leases')).toEqual([]);
  await clock.turn(5001);
  await eventually(() => worked).toEqual(['job 1', 'job 1']);
  await expect.poll(async () => (await rows()).map(({ state }) => state)).toEqual(['done']);
});

test('an event whose acknowledgement was lost with its socket is worked on all the same, once', async ({ db }) => {
  const { slack, ana, clock, worked, holdDatabase } = await startBot(db);
  const release = await holdDatabase();
  // The stand-in takes sockets in turns, and recycles the first one: the one this event goes to.
  ana.say('C_DATA', 'hello');
  await eventually(() => slack.socket.sent.length).toBe(1);
  slack.socket.disconnect('refresh_requested');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await release();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(slack.socket.sent[0]?.acked).toBe(false);
  await clock.turn(3001);
  await eventually(() => slack.socket.sent.map((envelope) => envelope.acked)).toEqual([false, true]);
  await expect.poll(() => worked, { timeout: 2000 }).toEqual(['hello']);
});

test('a start works on what a killed process left, oldest first, and leaves what is older than half an hour', async ({ db }) => {
  const { inbox, bot, worked, rows } = await startBot(db, { connect: false });
  for (const [id, minutesAgo] of [
    ['late', 31],
    ['first', 29],
    ['second', 5],
    ['third', 1],
  ] as const) {
    await inbox.receive({ id, kind: 'slash_commands', payload: slashCommand(id) });
    await db.query(`update inbox set received_at = now() - interval '${minutesAgo} minutes' where id = $1`, [id]);
  }
  await inbox.finish('third', 'done');
  await bot.start();
  await expect
    .poll(async () => (await rows()).map((row) => `${row.id} ${row.state}`))
    .toEqual(['late received', 'first done', 'second done', 'third done']);
  expect(worked).toEqual(['first', 'second']);
});

test('a command that comes in while a start is under way is worked on once', async ({ db }) => {
  const { slack, ana, bot, worked, gate, clock } = await startBot(db, { connect: false });
  const busy = Promise.withResolvers<void>();
  gate.wait = busy.promise;
  onTestFinished(() => busy.resolve());
  // One socket is there long before the other.
  slack.faults.on('apps.connections.open', { delayMs: 500 });
  const starting = bot.start();
  await eventually(() => slack.socket.sockets()).toBe(1);
  expect((await ana.command('C_DATA', '/dab job 1'))?.state).toBe('acked');
  await eventually(() => clock.waits()).toEqual([500]);
  await clock.turn(500);
  await starting;
  expect(slack.socket.sockets()).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(worked).toEqual(['job 1']);
});

test('stopping waits for what is in hand', async ({ db }) => {
  const { ana, bot, worked, gate, rows } = await startBot(db);
  const busy = Promise.withResolvers<void>();
  gate.wait = busy.promise;
  await ana.command('C_DATA', '/dab job 1');
  await eventually(() => worked).toEqual(['job 1']);
  let stopped = false;
  const stopping = bot.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(stopped).toBe(false);
  busy.resolve();
  await stopping;
  expect((await rows()).map((row) => row.state)).toEqual(['done']);
  expect(bot.away()).toBe('no socket is connected');
});

test('a start waits for a Slack that is away, and not where Slack refuses the token', async ({ db }) => {
  const { slack, bot } = await startBot(db, { connect: false });
  const back = slack.faults.on('auth.test', { status: 503, times: Infinity });
  expect(bot.away()).toBe('it is not connected yet');
  const started = bot.start();
  // After as many tries, seconds apart, as the library makes by itself.
  await eventually(bot.away).toBe('waiting for Slack (slack_webapi_http_error)');
  back();
  await started;
  expect(bot.away()).toBeUndefined();
  const refused = await startBot(db, { connect: false });
  refused.slack.faults.on('auth.test', { error: 'account_inactive' });
  await expect(refused.bot.start()).rejects.toThrow('account_inactive');
});
