// Stop, on real rows and the real queue: whoever hears of it, what runs is aborted, what waits is dropped, and both are told.
import { expect } from 'vitest';
import { createLogger } from '../../src/values/log.ts';
import { createTestClock } from '../values/test-clock.ts';
import { FIRST, THREAD, turnTest as test } from './turn-queue-rig.ts';

test('stopping aborts the turn that runs and drops those that wait; the next message starts anew', async ({
  begun: { queue, conversation, turns, soon },
}) => {
  await soon([`start ${FIRST}`]);
  await queue.reply(conversation, 'U_ANA', 'one', 'C_DATA:1.2');
  await queue.reply(conversation, 'U_BEN', 'two', 'C_DATA:1.3');
  expect(await queue.stop(conversation.id, 'U_BEN')).toBe(true);
  await queue.reply(conversation, 'U_ANA', 'three', 'C_DATA:1.4');
  await soon([`start ${FIRST}`, `stopped ${FIRST}`, 'not begun one', 'not begun two', 'start three']);
  expect(await turns()).toEqual([`stopped ${FIRST}`, 'stopped one', 'stopped two', 'running three']);
});

test('a turn that waits for a free place is told at once that it was stopped', async ({ rig: { newProcess, rows, log, soon, turns } }) => {
  // It takes up no job: as one does whose places are all taken.
  const queue = newProcess();
  await queue.begin(THREAD);
  await queue.reply(THREAD, 'U_ANA', 'one', 'C_DATA:1.2');
  expect(await queue.stop(THREAD.id, 'U_BEN')).toBe(true);
  await soon([`not begun ${FIRST}`, 'not begun one']);
  expect(await turns()).toEqual([`stopped ${FIRST}`, 'stopped one']);
  // Their jobs find that all is said.
  await queue.start();
  await queue.reply(THREAD, 'U_ANA', 'two', 'C_DATA:1.3');
  await soon([`not begun ${FIRST}`, 'not begun one', 'start two']);
  expect(log).toHaveLength(3);
  expect(await rows.turns.open(THREAD.id)).toMatchObject([{ text: 'two' }]);
});

test('a Stop that another process hears of is obeyed by the one at work', async ({ rig }) => {
  const [working, other] = [rig.newProcess(false), rig.newProcess(false)];
  await working.start();
  await working.begin(THREAD);
  await rig.soon([`start ${FIRST}`]);
  // It has no turn in hand itself: it was never started.
  expect(await other.stop(THREAD.id, 'U_BEN')).toBe(true);
  await rig.soon([`start ${FIRST}`, `stopped ${FIRST}`]);
});

test('a turn that was stopped while its process died is not gone on with', async ({ rig: { rows, newProcess, soon } }) => {
  await rows.conversations.insert(THREAD);
  const id = '8a0f6f0e-6f4f-4d2b-9c2c-0d7e1c5b7a12';
  await rows.turns.insert({ id, conversationId: THREAD.id, slackUser: 'U_ANA', text: 'add staging', eventKey: 'C_DATA:1.2' });
  await rows.turns.start(id);
  expect(await newProcess().stop(THREAD.id, 'U_BEN')).toBe(true);
  await newProcess().start();
  await soon(['start add staging', 'stopped add staging']);
});

test('a Stop on the list of steps that can’t be stored is logged, and ends neither the turn nor its process', async ({ rig }) => {
  const { rows, newProcess, log, soon } = rig;
  const lines: string[] = [];
  const queue = newProcess(true, {
    rows: { ...rows, turns: { ...rows.turns, open: () => Promise.reject(new Error('refused by a test')) } },
    log: createLogger({ level: 'warn', destination: { write: (line) => void lines.push(JSON.parse(line).msg) } }),
    async runTurn(turnId, { stop }) {
      stop('U_BEN');
      await expect.poll(() => lines, { timeout: 50_000 }).toEqual(['Stop was not stored']);
      await rows.turns.finish(turnId, 'done');
      log.push('done all the same');
    },
  });
  await queue.start();
  await queue.begin(THREAD);
  await soon(['done all the same']);
});

test('while a look for Stop waits for the database, no other one begins', async ({ rig }) => {
  const { rows, newProcess, gate, soon } = rig;
  const answer = Promise.withResolvers<string[]>();
  let asked = 0;
  const stopped = async (ids: readonly string[]) => {
    asked += 1;
    return asked === 1 ? rows.turns.stopped(ids) : answer.promise;
  };
  const clock = createTestClock();
  const queue = newProcess(false, { rows: { ...rows, turns: { ...rows.turns, stopped } }, clock });
  await queue.start();
  await queue.begin(THREAD);
  await soon([`start ${FIRST}`]);
  await clock.turn(60_000);
  expect(asked).toBe(2);
  answer.resolve([]);
  await clock.turn(10_000);
  expect(asked).toBeGreaterThan(2);
  gate.open.resolve();
  await soon([`start ${FIRST}`, `done ${FIRST}`]);
});

test('where nothing runs there is nothing to stop', async ({ begun: { queue, conversation, gate, soon } }) => {
  gate.open.resolve();
  await soon([`start ${FIRST}`, `done ${FIRST}`]);
  expect(await queue.stop(conversation.id, 'U_BEN')).toBe(false);
  expect(await queue.stop('no such conversation', 'U_BEN')).toBe(false);
});
