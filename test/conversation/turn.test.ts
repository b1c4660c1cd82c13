// A turn on real rows, with the real loop and the stand-in of Claude: what was stopped is not begun, and no failed statement costs anything.
import { expect } from 'vitest';
import { UserError } from '../../src/values/errors.ts';
import { sampleOf } from '../sample.ts';
import { CUT_OFF, FAILURES, THREAD, turnTest as test } from './turn-rig.ts';

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

test('a statement that fails once costs neither the turn nor its thread anything', async ({ rig }) => {
  const twoTurns = async (fails?: Parameters<typeof rig.newProcess>[0]) => {
    await rig.clear();
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

test('where too much is spent Claude is not asked, but what it has begun is brought to its end', async ({ rig, db }) => {
  const refusal = new UserError({ doing: 'Asking Claude', problem: 'too much is spent.', next: 'Write again later.' });
  await rig.insertTurn('t1');
  await rig.newProcess(undefined, 0, refusal).run('t1');
  expect(rig.claude.requests).toEqual([]);
  expect(await rig.left()).toMatchObject({ turns: [{ state: 'failed' }], outbox: [{ id: 't1/reply', text: refusal.message }] });
  await rig.insertTurn('t2');
  // Killed after its first reply.
  await expect(rig.newProcess(undefined, 3).run('t2')).rejects.toBe(CUT_OFF);
  await rig.newProcess(undefined, 0, refusal).run('t2');
  expect((await rig.left()).turns).toMatchObject([{}, { id: 't2', state: 'done' }]);
  // One row a reply, whichever process asked for it.
  const costs = await db.query('select turn_id, team, channel, slack_user, model, dollars > 0 as paid from costs');
  expect(costs).toHaveLength(rig.claude.requests.length);
  expect(new Set(costs.map((row) => JSON.stringify(row))).size).toBe(1);
  expect(costs[0]).toEqual({
    ...{ turn_id: 't2', team: 'T_ACME', channel: 'C_DATA', slack_user: 'U_ANA' },
    ...{ model: 'claude-sonnet-5-5', paid: true },
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
