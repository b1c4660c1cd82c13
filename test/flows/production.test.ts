// Production over the whole stack: an original taken over, another way chosen for it, and a second person who continues it or is told why not.
import { describe, expect } from 'vitest';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { objectOf } from '../../src/values/json.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, CHANNEL, followRoot, privately, startThread, textOf } from './thread.ts';

const cli = await findCli();
const offers = (target: string) => (card: Message) => buttonsOf(card).deploy?.text?.text === `Deploy to ${target}`;
const TEAM = '/Workspace/Teams/data';

const atHome = flow()
  .extend('thread', { scope: 'file' }, ({ ana }) => startThread(ana, '/dab job 123', 'job 123 '))
  // Begun while nothing is in production, with a place of its own in mind.
  .extend('bens', { scope: 'file' }, ({ ben }) => {
    ben.say(ben.dm, 'job 123');
    return followRoot(ben, 'job 123 ', ben.dm);
  });

describe.skipIf(cli.state !== 'ready')('production in the home of whoever begins it', () => {
  atHome('takes the original over, or stands beside it: each way is a version of its own', async ({ ana, thread }) => {
    await thread.card(1, offers('dev'));
    await thread.idle();
    thread.say('deploy it to prod');
    const first = await thread.card(1, offers('prod'));
    expect(textOf(first)).toMatch(/Take over job 123 in prod/);
    expect(textOf(first)).toContain('The original, job 123, is taken over');
    expect(Object.keys(buttonsOf(first))).toEqual(expect.arrayContaining(['next_replace', 'next_beside']));
    await privately(ana, () => ana.click(first, 'next_beside'));
    const beside = await thread.card(2, offers('prod'));
    expect(textOf(beside)).toContain('The original, job 123, runs on; the copy beside it is paused');
    expect(textOf(beside)).toMatch(/calls the original, and not the copy/);
    await privately(ana, () => ana.click(beside, 'next_bind'));
    expect(textOf(await thread.card(3, offers('prod')))).toMatch(/Take over job 123 in prod/);
  });

  atHome('is then the original itself: its id and who it runs as stay', async ({ playground, ana, thread, bens }) => {
    await bens.card(1, offers('dev'));
    const { jobs } = playground.databricks.workspace;
    const before = { count: jobs.size, runAs: jobs.get('123')?.runAs };
    const card = await thread.card(3, offers('prod'));
    await ana.click(card, 'deploy');
    await thread.shows(card, 'deployed to *prod*');
    const { settings, runAs } = jobs.get('123') ?? {};
    expect({ count: jobs.size, runAs }).toEqual(before);
    const path = objectOf(objectOf(settings).deployment).metadata_file_path;
    expect(path).toMatch(/^\/Workspace\/Users\/ana@acme\.example\/\.bundle\/\w+\/prod\/state\/metadata\.json$/);
  });

  atHome('is nobody else’s to deploy: a second person is told whose it is, before any button', async ({ ben, thread }) => {
    ben.say(CHANNEL, 'deploy it to prod', { thread: thread.root.ts });
    const card = await thread.card(3, (now) => textOf(now).includes('in the home of ana@acme.example'));
    expect(buttonsOf(card)).not.toHaveProperty('deploy');
    expect(textOf(card)).toContain('Ask ana@acme.example to deploy it');
  });

  atHome('begun meanwhile is what another thread continues: one press makes the version for it', async ({ ben, bens }) => {
    bens.say('deploy it to prod');
    const card = await bens.card(1, (now) => textOf(now).includes('would make a second production'));
    await privately(ben, () => ben.click(card, 'plan_again'), ben.dm);
    await bens.says('This is version 1 with `prod` where it already lies');
    expect(textOf(await bens.card(2, (now) => textOf(now).includes('in the home of ana@acme.example')))).not.toContain('second production');
  });

  atHome('may have a target more, whose card and button are like the others', async ({ playground, ana, thread }) => {
    await thread.idle();
    thread.say('add a staging target');
    await thread.card(4, offers('dev'));
    await thread.idle();
    thread.say('deploy it to staging');
    const card = await thread.card(4, offers('staging'));
    expect(textOf(card)).toContain('in staging');
    expect(textOf(card)).toContain('The original, job 123, runs on; the copy beside it is paused');
    expect(Object.keys(buttonsOf(card)).filter((name) => name.startsWith('next_'))).toEqual([]);
    await ana.click(card, 'deploy');
    await thread.shows(card, 'deployed to *staging*');
    const copies = [...playground.databricks.workspace.jobs.values()].filter(({ settings }) =>
      JSON.stringify(settings.deployment)?.includes('/staging/state/'),
    );
    expect(copies.map(({ settings }) => settings.schedule)).toMatchObject([{ pause_status: 'PAUSED' }]);
  });
});

const inTeam = flow({ variables: { DAB_TEAM_FOLDER: TEAM } }).extend('thread', { scope: 'file' }, ({ cy }) =>
  startThread(cy, '/dab job 640', 'job 640 '),
);

describe.skipIf(cli.state !== 'ready')('production in the team’s folder', () => {
  inTeam('runs as somebody whom a colleague may not set: they are told who may', async ({ cy, thread }) => {
    await thread.card(1, offers('dev'));
    await thread.idle();
    thread.say('deploy it to prod');
    const card = await thread.card(1, (now) => textOf(now).includes('runs as ben@acme.example'));
    expect(buttonsOf(card)).not.toHaveProperty('deploy');
    expect(textOf(card)).toContain('only ben@acme.example or an administrator');
    expect(cy.messages(CHANNEL).length).toBeGreaterThan(0);
  });

  inTeam(
    'is begun by that person, and continued by the colleague: one place, one job, the same identity',
    async ({ playground, ben, cy, thread }) => {
      const { jobs } = playground.databricks.workspace;
      await thread.idle();
      ben.say(CHANNEL, 'deploy it to prod', { thread: thread.root.ts });
      const first = await thread.card(1, offers('prod'));
      expect(textOf(first)).toMatch(/Take over job 640 in prod.*runs as ben@acme\.example as before/);
      await ben.click(first, 'deploy');
      await thread.shows(first, 'deployed to *prod*');
      const count = jobs.size;
      await thread.idle();
      cy.say(CHANNEL, 'add a staging target', { thread: thread.root.ts });
      await thread.card(2, offers('dev'));
      await thread.idle();
      cy.say(CHANNEL, 'deploy it to prod', { thread: thread.root.ts });
      await thread.idle();
      const second = await thread.card(2, offers('prod'));
      await cy.click(second, 'deploy');
      await thread.shows(second, 'deployed to *prod*');
      expect([jobs.size, jobs.get('640')?.runAs]).toEqual([count, 'ben@acme.example']);
      expect(
        playground.databricks.workspace.files.paths().filter((path) => /\.bundle\/\w+\/prod\/state\/resources\.json$/.test(path)),
      ).toEqual(expect.arrayContaining([expect.stringMatching(/^\/Teams\/data\/\.bundle\/returns_check\/prod\//)]));
    },
  );

  inTeam('is gone on with in another thread too: nobody is asked whether to make a second bundle', async ({ playground, ana }) => {
    const job = () => playground.databricks.workspace.jobs.get('640');
    const { schedule } = job()?.settings ?? {};
    const own = await startThread(ana, '/dab job 640', 'job 640 ', ana.dm);
    await own.card(1, offers('dev'));
    expect(own.text()).not.toContain('second bundle');
    await own.idle();
    own.say('deploy it to prod');
    const card = await own.card(1, offers('prod'));
    expect(textOf(card)).toContain('runs as ben@acme.example as before');
    // Only its permissions change, which is no reason to say that it stops.
    expect(textOf(card)).not.toContain('starts by itself');
    await own.idle();
    await ana.click(card, 'deploy');
    await own.shows(card, 'deployed to *prod*');
    expect(job()).toMatchObject({ runAs: 'ben@acme.example', settings: { schedule } });
  });
});
