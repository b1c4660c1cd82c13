// Many ask at once, and in one thread: each hears at once that it was heard, who waits is told what for, and nobody is lost.
import { describe, expect } from 'vitest';
import type { Playground } from '../../src/playground/start.ts';
import { flow, holdSources, NO_CLI } from './stack.ts';
import { CHANNEL, followThread, isReceipt, rootOf, STEP_MS, startThread, textOf } from './thread.ts';

// Without a CLI on purpose: all of this works without one.
const test = flow({ variables: NO_CLI });

/** Copies of one job, so that each is somebody's own. */
function addJobs({ databricks: { workspace } }: Playground, count: number): string[] {
  const job = workspace.jobs.get('204') ?? expect.fail('the demo workspace has no job 204');
  const ids = Array.from({ length: count }, (_, index) => String(9001 + index));
  for (const jobId of ids) {
    workspace.jobs.set(jobId, { ...job, jobId });
    const grants = workspace.grants.get('/jobs/204');
    if (grants !== undefined) workspace.grants.set(`/jobs/${jobId}`, grants);
  }
  return ids;
}

describe('a busy team', () => {
  test('says to each message of a thread what it waits for, and names what it answers', async ({ playground, ana, ben }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.says('Collecting sources');
    const receipts = () => [...ana.ephemerals(CHANNEL), ...ben.ephemerals(CHANNEL)].filter(({ text }) => isReceipt(text)).map(textOf);
    const first = ana.say(CHANNEL, 'add a staging target', { thread: thread.root.ts });
    await ana.waitFor(() => receipts().some((text) => text.includes('First I finish what <@U_ANA> asked for.')), STEP_MS);
    const second = ben.say(CHANNEL, 'what does this job do?', { thread: thread.root.ts });
    await ben.waitFor(() => receipts().some((text) => text.includes('asked for, and one more message of this thread.')), STEP_MS);
    const eyes = (ts: string) => thread.messages().find((message) => message.ts === ts)?.reactions;
    await ana.waitFor(() => eyes(first.ts) && eyes(second.ts), STEP_MS);
    expect(eyes(first.ts)).toEqual([{ name: 'eyes', users: ['U_DAB'] }]);
    release();
    const answers = await Promise.all([
      thread.says('<@U_ANA>\n>Make a bundle of job 123'),
      thread.says('<@U_ANA>\n>add a staging target'),
      thread.says('<@U_BEN>\n>what does this job do?'),
    ]);
    expect(answers.map(({ ts }) => ts)).toEqual(answers.map(({ ts }) => ts).sort());
    await thread.idle();
  });

  test('loses none of eighteen commands in a channel: each is acknowledged in words, those that wait say what for, and nobody else waits for them', async ({
    playground,
    ana,
    ben,
  }) => {
    const release = holdSources(playground);
    const ids = addJobs(playground, 18);
    const acks = await Promise.all(ids.map((id) => ana.command(CHANNEL, `/dab job ${id}`)));
    // On a busy machine Slack may have given up on one or the other; it is worked on all the same.
    const heard = acks.flatMap((ack, index) =>
      ack?.state === 'acked' ? [[ack.payload.text, `:eyes: On it: a bundle of job ${ids[index]}.`]] : [],
    );
    expect(heard).not.toEqual([]);
    for (const [words, expected] of heard) expect(words).toBe(expected);
    const roots = () => ids.flatMap((id) => rootOf(ana, `job ${id} `) ?? []);
    await ana.waitFor(() => roots().length === ids.length, STEP_MS);
    const waiting = () => roots().filter((root) => textOf(root).includes('Waits until I am done with others that <@U_ANA> asked for'));
    expect(waiting().map((root) => textOf(root).match(/asked for(, as the next one|; before it in the line: 1)/)?.[1])).toEqual(
      expect.arrayContaining([', as the next one', '; before it in the line: 1']),
    );
    // None of hers goes on, and his has begun all the same.
    const beside = await startThread(ben, '/dab job 123', 'job 123 ', ben.dm);
    await beside.says('Collecting sources');
    expect(waiting()).not.toEqual([]);
    release();
    await beside.hasFiles(1);
    for (const root of roots()) await followThread(ana, root).idle();
    expect(waiting()).toEqual([]);
    expect(roots().filter((root) => followThread(ana, root).files().length !== 1)).toEqual([]);
    expect(ana.ephemerals(CHANNEL).map(textOf).join('\n')).not.toContain('went wrong');
  });
});
