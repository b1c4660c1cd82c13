// Socket Mode on the wire: any one socket, held and retried events, duplicates, disconnects, refused tickets; through the real client.
import { SocketModeClient } from '@slack/socket-mode';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SlackStandIn } from '../../../src/playground/slack/stand-in.ts';
import { client, eventually, QUIET, start } from './start.ts';

interface Arrival {
  socket: number;
  id: string;
  retry: number | undefined;
  reason: string | undefined;
  ack: () => Promise<void>;
}

/** Sockets of one app; nothing is acked unless `ack` says so. A closed one comes back after `pingTimeout` ms (facts: slack#socket-mode). */
async function listen(slack: SlackStandIn, count: number, ack: boolean, pingTimeout = 5_000) {
  const arrivals: Arrival[] = [];
  let hellos = 0;
  await Promise.all(
    Array.from({ length: count }, async (_, socket) => {
      const one = new SocketModeClient({
        appToken: slack.appToken,
        logger: QUIET,
        clientPingTimeout: pingTimeout,
        clientOptions: { slackApiUrl: slack.url },
      });
      one.on('connected', () => {
        hellos += 1;
      });
      one.on('slack_event', (event: { envelope_id: string; retry_num?: number; retry_reason?: string; ack: () => Promise<void> }) => {
        arrivals.push({ socket, id: event.envelope_id, retry: event.retry_num, reason: event.retry_reason, ack: event.ack });
        if (ack) event.ack().catch(() => {});
      });
      await one.start();
      onTestFinished(() => one.disconnect());
    }),
  );
  /** How often a socket was open at its own end too: stopped before that, the client rejects with nothing (facts: slack#socket-mode). */
  return { arrivals, hellos: () => hellos };
}

test('each payload goes to one socket only, a duplicate under the same envelope id', async () => {
  const { slack } = await start();
  const { arrivals } = await listen(slack, 2, true);
  const ana = slack.as('ana');
  for (let i = 0; i < 4; i++) ana.say('C_DATA', `${i}`);
  await eventually(() => arrivals.length).toBe(4);
  expect(new Set(arrivals.map((arrival) => arrival.socket)).size).toBe(2);
  slack.socket.duplicate(1);
  ana.say('C_DATA', 'twice');
  await eventually(() => arrivals.length).toBe(6);
  expect(arrivals[4]?.id).toBe(arrivals[5]?.id);
  const [first] = slack.socket.sent;
  if (first === undefined) throw new Error('nothing sent');
  slack.socket.resend(first);
  await eventually(() => arrivals[6]?.id).toBe(first.id);
  expect(slack.socket.sent.every((envelope) => envelope.acked)).toBe(true);
});

test('an event that is not acked is retried at once, after 1 and after 5 minutes', async () => {
  const { slack, clock } = await start();
  const { arrivals } = await listen(slack, 1, false);
  slack.as('ana').say('C_DATA', 'hear me');
  await eventually(() => arrivals.length).toBe(1);
  for (const [wait, count] of [
    [0, 2],
    [60_000, 3],
    [300_000, 4],
  ] as const) {
    await clock.turn(3001);
    await clock.turn(wait);
    await eventually(() => arrivals.length).toBe(count);
  }
  await clock.turn(3001);
  await clock.turn(600_000);
  expect(arrivals.map((arrival) => [arrival.retry, arrival.reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
    [3, 'timeout'],
  ]);
});

test('events wait while no socket is open; commands do not', async () => {
  const { slack } = await start();
  const ana = slack.as('ana');
  ana.say('C_DATA', 'held');
  expect((await ana.command('C_DATA', '/dab lost'))?.state).toBe('no_socket');
  const { arrivals } = await listen(slack, 1, true);
  await eventually(() => arrivals.map((arrival) => arrival.retry)).toEqual([1]);
});

test('after a disconnect the other socket gets everything, and the first comes back', async () => {
  const { slack } = await start();
  const { arrivals, hellos } = await listen(slack, 2, true, 500);
  slack.socket.disconnect('refresh_requested');
  expect(slack.socket.sockets()).toBe(1);
  slack.as('ana').say('C_DATA', 'in the gap');
  await eventually(() => arrivals.map((arrival) => arrival.socket).length).toBe(1);
  await eventually(hellos).toBe(3);
  expect(slack.socket.sockets()).toBe(2);
  slack.socket.cut();
  await eventually(hellos).toBe(5);
  expect(slack.socket.sockets()).toBe(2);
});

test('a command does not go to a socket that its client has just closed', async () => {
  const { slack } = await start();
  const open = async (hear: (socket: WebSocket, text: string) => void) => {
    const { url = '' } = await client(slack, slack.appToken).apps.connections.open();
    const socket = new WebSocket(url);
    onTestFinished(() => socket.terminate());
    await new Promise((resolve) => socket.once('message', resolve));
    socket.on('message', (data) => hear(socket, String(data)));
    return socket;
  };
  const closed = await open(() => undefined);
  await open((socket, text) => socket.send(JSON.stringify({ envelope_id: JSON.parse(text).envelope_id })));
  closed.close();
  const commands = [1, 2].map((n) => slack.as('ana').command('C_DATA', `/dab job ${n}`));
  expect((await Promise.all(commands)).map((delivery) => delivery?.state)).toEqual(['acked', 'acked']);
});

test('a ticket opens one socket; the eleventh is sent away', async () => {
  const { slack } = await start();
  const open = async (): Promise<{ url: string; socket: WebSocket; first: Promise<{ type: string; reason?: string }> }> => {
    const { url = '' } = await client(slack, slack.appToken).apps.connections.open();
    const socket = new WebSocket(url);
    const first = new Promise<{ type: string; reason?: string }>((resolve) =>
      socket.once('message', (data) => resolve(JSON.parse(String(data)))),
    );
    return { url, socket, first };
  };
  const sockets = [];
  for (let i = 0; i < 10; i++) {
    const next = await open();
    expect((await next.first).type).toBe('hello');
    sockets.push(next);
  }
  const again = new WebSocket(sockets[0]?.url ?? '');
  expect(await new Promise((resolve) => again.once('error', (error) => resolve(error.message)))).toContain('403');
  const eleventh = await open();
  expect(await eleventh.first).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  for (const { socket } of [...sockets, eleventh]) socket.terminate();
});
