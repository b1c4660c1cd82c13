// A command takes no model: zip and card are said before Claude is asked, stand without it, and come once whatever fails.
import { expect } from 'vitest';
import { LeaseLostError, UserError } from '../../src/values/errors.ts';
import { call } from '../agent/harness.ts';
import { sampleOf } from '../sample.ts';
import { FAILURES, turnTest as test, usual } from './turn-rig.ts';

const WITHOUT_WORDS = ['t1/archive', 't1/card'];
const SPENT = new UserError({ doing: 'Asking Claude', problem: 'Claude’s work costs too much.', next: 'Write again later.' });
/** What Claude finds: the calls that it did not make itself. */
const WRITTEN = ['user: text of t1', 'assistant: tool_use', 'user: made', 'assistant: tool_use', 'user: valid'];

test('zip and card come before Claude is asked, which finds the calls as its own', async ({ rig }) => {
  await rig.insertCommand('t1');
  await rig.newProcess().run('t1');
  expect(await rig.left()).toMatchObject({
    said: [...WRITTEN, 'assistant: Done: text of t1.'],
    turns: [{ id: 't1', state: 'done', made: true }],
    versions: ['1 t1'],
    told: [...WITHOUT_WORDS, 't1/reply'],
  });
  expect(rig.claude.requests.map(({ status }) => status)).toEqual([200]);
});

test('while Claude is silent zip and card are there; Stop ends the waiting, and what there is to look at is said all the same', async ({
  rig,
}) => {
  rig.claude.faults.next({ kind: 'delay', ms: 3_600_000 });
  await rig.insertCommand('t1');
  const stop = new AbortController();
  const running = rig.newProcess().run('t1', stop.signal);
  await expect.poll(() => rig.delivered, { timeout: 50_000 }).toEqual(WITHOUT_WORDS);
  stop.abort();
  await running;
  const { turns, told, outbox, steps } = await rig.left();
  expect({ turns, told }).toMatchObject({ turns: [{ state: 'done', made: true }], told: [...WITHOUT_WORDS, 't1/reply'] });
  expect(steps).toContainEqual({ turn_id: 't1', id: 'remark', status: 'error' });
  expect(outbox.at(-1)?.text).toMatch(/^Stopped before Claude had looked at it\. [\s\S]*It runs as somebody who has left\./);
});

test('where too much is spent for Claude, zip and card come all the same, with what stands without it', async ({ rig }) => {
  await rig.insertCommand('t1');
  await rig.newProcess(undefined, 0, SPENT).run('t1');
  const { turns, told, outbox } = await rig.left();
  expect({ turns, told }).toMatchObject({ turns: [{ state: 'done', made: true }], told: [...WITHOUT_WORDS, 't1/reply'] });
  expect(outbox.at(-1)?.text).toMatch(/^Claude’s work costs too much\. So this is what I can say without it/);
  expect(rig.claude.requests).toEqual([]);
});

test('a command that was stopped where too much is spent for Claude is said to be stopped, and nothing else', async ({ rig }) => {
  await rig.insertCommand('t1');
  await rig.newProcess(undefined, 0, SPENT).run('t1', AbortSignal.abort());
  const { turns, outbox } = await rig.left();
  expect(turns).toMatchObject([{ state: 'stopped', made: false }]);
  expect(outbox).toMatchObject([{ id: 't1/reply', text: expect.stringMatching(/^Stopped\. Nothing was changed/) }]);
});

test('what another process has taken over is not said to be stopped, and goes on there', async ({ rig }) => {
  rig.claude.faults.next({ kind: 'delay', ms: 3_600_000 });
  await rig.insertCommand('t1');
  const lost = new AbortController();
  const running = rig.newProcess().run('t1', lost.signal);
  await expect.poll(() => rig.delivered, { timeout: 50_000 }).toEqual(WITHOUT_WORDS);
  lost.abort(new LeaseLostError('Another process goes on with this.'));
  await expect(running).rejects.toThrow(LeaseLostError);
  expect((await rig.left()).outbox.map(({ id }) => id)).toEqual(WITHOUT_WORDS);
  await rig.newProcess().run('t1');
  expect(await rig.left()).toMatchObject({ turns: [{ state: 'done' }], versions: ['1 t1'], told: [...WITHOUT_WORDS, 't1/reply'] });
  expect((await rig.left()).outbox.at(-1)?.text).toBe('Done: text of t1.');
});

test('where Claude is out of reach, it is said what stands without it, and the next message goes on from there', async ({ rig }) => {
  rig.claude.faults.next({ kind: 'http', status: 403 });
  await rig.insertCommand('t1');
  const process = rig.newProcess();
  await process.run('t1');
  const { said, turns, outbox } = await rig.left();
  expect({ said, turns }).toMatchObject({ said: WRITTEN, turns: [{ state: 'done', made: true }] });
  expect(outbox.at(-1)?.text).toBe(
    [
      'Claude did not accept our credentials. So this is what I can say without it; zip and card are complete.',
      'The bundle `churn` holds 1 task, 0 sources, the targets `dev`.',
      'Please look at:\n- `tasks[load]`: It runs as somebody who has left.',
      'Ask me here what to look at, and Claude goes on from this.',
    ].join('\n\n'),
  );
  rig.talk.script = ({ text }) => ({ text: `Look at ${text}.`, calls: [] });
  await rig.insertTurn('t2');
  await process.run('t2');
  expect((await rig.left()).said.slice(WRITTEN.length)).toEqual([
    expect.stringMatching(/^user: text of t2 Current bundle: /),
    'assistant: Look at text of t2.',
  ]);
});

test('where Claude is out of reach and no bundle came of it, the tool’s own words stand', async ({ rig }) => {
  const words = {
    owned: 'Not generated: it is owned.\nOwning bundle: "etl"\nNext: tell the person.',
    gone: 'Reading job 123: there is none.',
  };
  for (const [id, text] of Object.entries(words)) {
    rig.claude.faults.next({ kind: 'http', status: 403 });
    rig.refuse({ text, isError: id === 'gone' });
    await rig.insertCommand(id);
    await rig.newProcess().run(id);
    const [reply] = (await rig.left()).outbox;
    expect(reply?.text).toContain('Claude did not accept our credentials.');
    expect(reply?.text).toContain(id === 'gone' ? `I made no bundle. ${text}` : 'already owns job 123. ');
    if (id === 'owned') expect(reply?.text).toMatch(/\n- Owning bundle: "etl"\n/);
    expect((await rig.left()).turns).toMatchObject([{ id, state: 'done', made: false }]);
    await rig.clear();
  }
});

test('another bundle that Claude makes of a command is not taken: nobody has asked for it', async ({ rig }) => {
  rig.talk.script = (turn) => (turn.rounds.length === 2 ? { calls: [call('make_other')] } : usual(turn));
  await rig.insertCommand('t1');
  await rig.newProcess().run('t1');
  const { said, versions, told } = await rig.left();
  expect(said.slice(WRITTEN.length)).toEqual([
    'assistant: tool_use',
    expect.stringMatching(/^user: Not taken: .* error$/),
    'assistant: Done: text of t1.',
  ]);
  expect({ versions, told }).toEqual({ versions: ['1 t1'], told: [...WITHOUT_WORDS, 't1/reply'] });
});

test('a statement that fails once costs a command nothing, and nothing comes twice', async ({ rig }) => {
  const command = async (fails?: Parameters<typeof rig.newProcess>[0]) => {
    await rig.clear();
    const process = rig.newProcess(fails);
    await rig.insertCommand('t1');
    await process.run('t1');
    return { left: await rig.left(), seen: process.seen };
  };
  const { left, seen } = await command();
  const cases = seen.flatMap((_, index) => FAILURES.map((how) => ({ at: index + 1, how })));
  for (const fails of sampleOf(cases, 6)) {
    const now = await command(fails);
    expect(now.left, `${fails.how}: ${now.seen[fails.at - 1]}`).toEqual(left);
  }
});
