// One thread per job and channel: whoever asks again is led to the one there is, or begins another; two at the same moment open one; nothing gets out of one that is deleted.
import { describe, expect } from 'vitest';
import { client } from '../playground/slack/start.ts';
import { flow, holdSources, NO_CLI } from './stack.ts';
import { buttonsOf, CHANNEL, followRoot, privately, STEP_MS, startThread, textOf } from './thread.ts';

// Without a CLI on purpose: all of this works without one.
const test = flow({ variables: NO_CLI });

describe('a second /dab for the same job', () => {
  test('of two people at the same moment one opens the thread, and the other is led to it', async ({ playground, ana, ben }) => {
    const release = holdSources(playground);
    const roots = () => ana.messages(CHANNEL).filter(({ text, threadTs }) => threadTs === undefined && text.includes('job 123 '));
    const asked = () => [ana, ben].flatMap((person) => person.ephemerals(CHANNEL).filter((said) => 'start_anew' in buttonsOf(said)));
    await Promise.all([ana.command(CHANNEL, '/dab job 123'), ben.command(CHANNEL, '/dab job 123')]);
    await ana.waitFor(() => asked().length === 1 && roots().length === 1, STEP_MS);
    expect(textOf(asked()[0] ?? expect.fail())).toContain('There is a thread about job 123 here already');
    expect(buttonsOf(asked()[0] ?? expect.fail()).go_on_there?.url).toContain(`/archives/${CHANNEL}/p${roots()[0]?.ts.replace('.', '')}`);
    release();
    await (await followRoot(ana, 'job 123 ')).hasFiles(1);
    expect(roots()).toHaveLength(1);
  });

  test('asks, and begins another one when told so: once, however often it is pressed', async ({ ana, ben }) => {
    const first = await startThread(ben, '/dab job 204', 'job 204 ');
    await first.hasFiles(1);
    const roots = () => ana.messages(CHANNEL).filter(({ text, threadTs }) => threadTs === undefined && text.includes('job 204 '));
    const asked = await privately(ana, () => ana.command(CHANNEL, '/dab job 204'));
    expect(textOf(asked)).toContain('There is a thread about job 204 here already');
    expect(roots()).toHaveLength(1);
    await ana.click(asked, 'start_anew');
    await ana.waitFor(() => roots().length === 2, STEP_MS);
    const again = await privately(ana, () => ana.click(asked, 'start_anew', { stale: true }));
    expect(textOf(again)).toContain('There is a thread about job 204 here already');
    expect(buttonsOf(again).go_on_there?.url).toContain(roots().at(-1)?.ts.replace('.', ''));
    expect(roots()).toHaveLength(2);
    expect(roots().at(-1)?.text).toContain('<@U_ANA>');
  });

  test('goes on at once where the thread has been deleted, in another channel, and for another job', async ({ playground, ana }) => {
    const [root] = ana.messages(CHANNEL).filter(({ text, threadTs }) => threadTs === undefined && text.includes('job 123 '));
    await client(playground.slack, playground.slack.botToken).chat.delete({ channel: CHANNEL, ts: root?.ts ?? '' });
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    expect(thread.root.ts).not.toBe(root?.ts);
    await thread.hasFiles(1);
    ana.say(ana.dm, 'job 123');
    await (await followRoot(ana, 'job 123 ', ana.dm)).hasFiles(1);
  });

  test('goes on at once where the first one made nothing', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const failed = await startThread(ana, '/dab job 402', 'job 402 ');
    await failed.says('Collecting sources');
    await ana.click(failed.root, 'stop');
    await failed.idle();
    expect(textOf(await failed.shows(failed.root, 'Stopped'))).toContain('job 402');
    release();
    await ana.command(CHANNEL, '/dab job 402');
    const roots = () => ana.messages(CHANNEL).filter(({ text, threadTs }) => threadTs === undefined && text.includes('job 402 '));
    await ana.waitFor(() => roots().length === 2, STEP_MS);
  });

  test('asks in a direct message and after a mention, too', async ({ ana }) => {
    const said = await privately(ana, async () => ana.say(ana.dm, 'job 123'), ana.dm);
    expect(textOf(said)).toContain('There is a thread about job 123 here already');
    const mentioned = await privately(ana, async () => ana.say(CHANNEL, '@DAB Bot job 123'));
    expect(textOf(mentioned)).toContain('There is a thread about job 123 here already');
  });
});

test('a thread that is deleted while I work on it is answered in direct messages, and not in the open channel', async ({
  playground,
  ana,
}) => {
  const release = holdSources(playground);
  const thread = await startThread(ana, '/dab job 318', 'job 318 ');
  await thread.says('Collecting sources');
  const web = client(playground.slack, playground.slack.botToken);
  for (const { ts } of thread.messages().toReversed()) await web.chat.delete({ channel: CHANNEL, ts });
  const openly = () =>
    ana
      .messages(CHANNEL)
      .filter(({ threadTs }) => threadTs === undefined)
      .map(({ ts }) => ts);
  const before = openly();
  release();
  const directly = () => ana.messages(ana.dm).filter((message) => textOf(message).includes('job 318'));
  // The answer, the zip and what stands for the card, one after the other.
  await ana.waitFor(() => directly().length === 3, STEP_MS);
  expect(directly().some((message) => textOf(message).includes('Begin a new thread'))).toBe(true);
  expect(directly().flatMap(({ files }) => files ?? [])).toHaveLength(1);
  expect(openly()).toEqual(before);
});
