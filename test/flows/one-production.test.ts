// One production per job, over the whole stack and over a team's folder: taken over by the first, continued by the second, told to whoever may not.
import { describe, expect } from 'vitest';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, startThread, type Thread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow({ variables: { DAB_TEAM_FOLDER: '/Workspace/Teams/data' } });

/** A thread of one's own about job 640, and the card of its production. */
async function production(person: Person, says: string): Promise<{ thread: Thread; card: Awaited<ReturnType<Thread['card']>> }> {
  const thread = await startThread(person, '/dab job 640', 'job 640 ', person.dm);
  await thread.card(1);
  await thread.idle();
  thread.say('deploy it to prod');
  const card = await thread.card(1, (one) => textOf(one).includes(says));
  await thread.idle();
  return { thread, card };
}

describe.skipIf(cli.state !== 'ready')('production', () => {
  test('is taken over by the first who deploys it, and continued by the second', async ({ playground, ben, ana, cy }) => {
    const { jobs } = playground.databricks.workspace;
    const schedule = jobs.get('640')?.settings.schedule;
    const first = await production(ben, 'Take over job 640 in prod');
    await ben.click(first.card, 'deploy');
    await first.thread.says(/Version 1 is deployed to \*prod\*/);

    // Nobody is asked whether to make a second bundle: it is the one that is there.
    const refused = await production(cy, 'Can’t be deployed from here yet');
    expect(refused.thread.text()).not.toContain('second bundle');
    expect(textOf(refused.card)).toMatch(/Ask ben@acme\.example or an administrator/);
    expect(buttonsOf(refused.card)).not.toHaveProperty('deploy');

    const second = await production(ana, 'in prod');
    expect(textOf(second.card)).toContain('runs as ben@acme.example as before');
    expect(textOf(second.card)).not.toContain('starts by itself');
    await ana.click(second.card, 'deploy');
    await second.thread.says(/Version 1 is deployed to \*prod\*/);
    const same = [...jobs.values()].filter(({ settings }) => settings.name === 'Returns check');
    expect(same).toMatchObject([{ jobId: '640', runAs: 'ben@acme.example', settings: { schedule } }]);
  });
});
