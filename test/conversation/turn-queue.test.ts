// Threads and their turns on real rows and the real queue: a repeated event is one turn, and each knows what it waits for.
import { expect } from 'vitest';
import { jobId } from '../../src/conversation/queue.ts';
import { FIRST, THREAD, turnTest as test } from './turn-queue-rig.ts';

test('an event that is told twice makes one conversation and one turn', async ({
  begun: { queue, conversation, gate, log, turns, soon },
}) => {
  await queue.begin(THREAD);
  await Promise.all([1, 2, 3].map(() => queue.reply(conversation, 'U_BEN', 'add staging', 'C_DATA:1.2')));
  await queue.reply(conversation, 'U_BEN', 'add staging', 'C_DATA:1.3');
  gate.open.resolve();
  await soon([`start ${FIRST}`, `done ${FIRST}`, ...Array(2).fill(['start add staging', 'done add staging']).flat()]);
  expect(await turns()).toEqual([`done ${FIRST}`, 'done add staging', 'done add staging']);
  expect(log).toHaveLength(6);
});

test('a message is told what it waits for in its thread', async ({ begun: { queue, conversation, gate, soon } }) => {
  await soon([`start ${FIRST}`]);
  expect(await queue.reply(conversation, 'U_BEN', 'one', 'C_DATA:1.2')).toEqual({ of: 'U_ANA', more: 0 });
  expect(await queue.reply(conversation, 'U_ANA', 'two', 'C_DATA:1.3')).toEqual({ of: 'U_ANA', more: 1 });
  // Told again it waits for the same.
  expect(await queue.reply(conversation, 'U_BEN', 'one', 'C_DATA:1.2')).toMatchObject({ of: 'U_ANA' });
  gate.open.resolve();
  const over = (texts: string[]) => soon(texts.flatMap((text) => [`start ${text}`, `done ${text}`]));
  await over([FIRST, 'one', 'two']);
  expect(await queue.reply(conversation, 'U_BEN', 'three', 'C_DATA:1.4')).toBeUndefined();
  await over([FIRST, 'one', 'two', 'three']);
});

/** A thread of somebody's own. */
const threadOf = (requester: string, index: number) => {
  const name = `${requester}-${index}`;
  return { ...THREAD, id: name, threadTs: name, requester };
};

test('where all places are taken, a request and a message are told how many are before them', async ({
  rig: { rows, storage, newProcess },
}) => {
  // Nobody works on them: the process was never started.
  const queue = newProcess();
  const toBen = () => queue.before('U_BEN', '');
  for (const person of ['A', 'B', 'C']) await queue.begin(threadOf(person, 1));
  expect(await toBen()).toBeUndefined();
  await queue.begin(threadOf('D', 1));
  expect(await toBen()).toEqual({ free: 0 });
  await queue.begin(threadOf('E', 1));
  expect(await toBen()).toEqual({ free: 1 });
  // More of one thread take no place of their own, and more of one person come after the first ones of all.
  await queue.reply(threadOf('A', 1), 'A', 'one', 'C_DATA:1.99');
  await queue.begin(threadOf('E', 2));
  expect(await toBen()).toEqual({ free: 1 });
  // Who opens a thread is before those that open one after it.
  expect(await rows.conversations.claimOpening('C_DATA', { jobId: '1' }, 'first')).toBe(true);
  expect(await rows.conversations.claimOpening('C_DATA', { jobId: '2' }, 'second')).toBe(true);
  expect([await queue.before('U_BEN', 'first'), await queue.before('U_BEN', 'second')]).toEqual([{ free: 1 }, { free: 2 }]);
  await rows.conversations.insert({ ...THREAD, id: 'quiet', threadTs: '2.1' });
  expect(await queue.reply({ ...THREAD, id: 'quiet', threadTs: '2.1' }, 'U_BEN', 'hello', 'C_DATA:2.2')).toEqual({ free: 1 });
  // Another process at work has places of its own.
  for (const owner of ['a', 'b']) await storage.db.query("insert into leases values ($1, $1, 1, now() + interval '1 minute')", [owner]);
  expect(await toBen()).toBeUndefined();
});

test('of one person so many are worked on; more wait for those, and not for a place', async ({ rig: { newProcess, log, gate } }) => {
  const queue = newProcess();
  for (const index of [1, 2]) await queue.begin(threadOf('U_ANA', index));
  expect(await queue.before('U_ANA', '')).toEqual({ own: 0 });
  await queue.begin({ ...threadOf('U_ANA', 3), subject: { jobId: '3', name: 'third' } });
  expect(await queue.before('U_ANA', '')).toEqual({ own: 1 });
  expect(await queue.before('U_BEN', '')).toBeUndefined();
  await queue.begin({ ...threadOf('U_BEN', 1), subject: { jobId: '4', name: 'of Ben' } });
  await queue.start();
  await expect.poll(() => log.length, { timeout: 50_000 }).toBe(3);
  expect(log).toContain('start Make a bundle of job 4 ("of Ben").');
  expect(log).not.toContain('start Make a bundle of job 3 ("third").');
  gate.open.resolve();
  await expect.poll(() => log, { timeout: 50_000 }).toContain('done Make a bundle of job 3 ("third").');
  expect(log).toHaveLength(8);
});

test('whoever asked for less comes first where all places are taken', async ({ rig: { newProcess, log, gate } }) => {
  const queue = newProcess(true, { places: { turns: 1, ofOnePerson: 1 } });
  const named = (requester: string, index: number) => ({
    ...threadOf(requester, index),
    subject: { folder: `/${requester}/${index}`, name: 'x' },
  });
  for (const index of [1, 2, 3]) await queue.begin(named('U_ANA', index));
  await queue.begin(named('U_BEN', 1));
  await queue.begin(named('U_BEN', 2));
  gate.open.resolve();
  await queue.start();
  const begun = () => log.flatMap((line) => line.match(/^start .*"\/(.*)"/)?.[1] ?? []);
  await expect.poll(begun, { timeout: 50_000 }).toEqual(['U_ANA/1', 'U_BEN/1', 'U_ANA/2', 'U_BEN/2', 'U_ANA/3']);
});

test('catching up and planning again wait for their turn among the turns of their thread', async ({
  begun: { queue, conversation, gate, soon },
}) => {
  await soon([`start ${FIRST}`]);
  await queue.catchUp(conversation.id);
  const again = { kind: 'again', conversationId: conversation.id, version: 1, team: 'T_ACME', slackUser: 'U_BEN' } as const;
  await queue.ask('envelope-2', again);
  // Told once more after a kill.
  await queue.ask('envelope-2', again);
  await queue.reply(conversation, 'U_ANA', 'one', 'C_DATA:1.2');
  gate.open.resolve();
  await soon([`start ${FIRST}`, `done ${FIRST}`, `catch up ${conversation.id}`, 'asked for again', 'start one', 'done one']);
});

test('a turn whose row was written but never queued is taken up when its event is told again', async ({
  begun: { queue, conversation, rows, gate, soon },
}) => {
  const turn = { conversationId: conversation.id, slackUser: 'U_BEN', text: 'add staging', eventKey: 'C_DATA:1.2' };
  await rows.turns.insert({ id: jobId(turn.eventKey), ...turn });
  // As many as may wait.
  for (const ts of ['1.3', '1.4', '1.5']) await queue.reply(conversation, 'U_BEN', ts, `C_DATA:${ts}`);
  await queue.reply(conversation, 'U_BEN', turn.text, turn.eventKey);
  gate.open.resolve();
  await soon([FIRST, '1.3', '1.4', '1.5', turn.text].flatMap((text) => [`start ${text}`, `done ${text}`]));
});

test('a turn whose row was written but never queued is taken up by the next start', async ({ rig: { rows, gate, newProcess, soon } }) => {
  await rows.conversations.insert(THREAD);
  const id = '8a0f6f0e-6f4f-4d2b-9c2c-0d7e1c5b7a11';
  await rows.turns.insert({ id, conversationId: THREAD.id, slackUser: 'U_ANA', text: 'add staging', eventKey: 'C_DATA:1.2' });
  gate.open.resolve();
  await newProcess().start();
  await soon(['start add staging', 'done add staging']);
});
