// Writes from a message to the workspace: asked for in the thread, shown as a card, run once by the click of the person they are for.
import { describe, expect, onTestFinished } from 'vitest';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { findCli, flow, holdRuns } from './stack.ts';
import { buttonsOf, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const FOLDER = '/Workspace/Shared/review/churn';

const test = flow()
  .extend('thread', { scope: 'file' }, async ({ ana }) => {
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.card(1);
    await thread.idle();
    return thread;
  })
  .extend('requests', { scope: 'file' }, ({ playground }) => {
    const all = () => playground.databricks.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'));
    return {
      all,
      runs: () => all().filter(({ path }) => path.endsWith('/jobs/run-now')),
      statements: () => all().filter(({ path }) => path.endsWith('/sql/statements')),
    };
  })
  .extend('cards', { scope: 'file' }, ({ ana, ben, thread }) => ({
    /** Says something; the new card whose title holds `title`. */
    async propose(words: string, title: string): Promise<Message> {
      const before = new Set(thread.messages().map(({ ts }) => ts));
      const isNew = (one: Message) => !before.has(one.ts) && ['write_run', 'deploy'].some((id) => id in buttonsOf(one));
      thread.say(words);
      const card = await ana.waitFor(() => thread.messages().find((one) => isNew(one) && textOf(one).includes(title)), STEP_MS);
      await thread.idle();
      return thread.now(card);
    },
    /** Somebody else's click is refused with words; the person's own runs it, and a second one does nothing. */
    async refuseBenThenClick(card: Message): Promise<void> {
      const refused = await privately(ben, () => ben.click(card, 'write_run'));
      expect(textOf(refused)).toContain('was proposed for ana@acme.example');
      await ana.click(card, 'write_run');
      await ana.click(card, 'write_run', { stale: true });
    },
  }));

describe.skipIf(cli.state !== 'ready')('a proposed run', () => {
  const results = (messages: Message[]) => messages.filter(({ text }) => /^<@U_ANA> (Done: )?Run job/.test(text));

  test('is a card with the exact arguments; nothing has reached the workspace, and nobody else can press it', async ({
    playground,
    ana,
    ben,
    thread,
    requests,
    cards,
  }) => {
    const before = requests.all().length;
    const card = await cards.propose('run job 123 with catalog=main_test', 'Run job ');
    expect(textOf(card)).toContain('Run job 123 “Churn”');
    expect(textOf(card)).toContain('"catalog": "main_test"');
    expect(textOf(card)).toContain('As ana@acme.example in ');
    expect(textOf(card)).toMatch(/the offer ends <!date/);
    expect(requests.all()).toHaveLength(before);

    const refused = await privately(ben, () => ben.click(card, 'write_run'));
    expect(textOf(refused)).toContain('was proposed for ana@acme.example');
    expect(requests.all()).toHaveLength(before);

    const release = holdRuns(playground);
    await ana.click(card, 'write_run');
    await ana.click(card, 'write_run', { stale: true });
    await thread.shows(card, 'Approved by <@U_ANA> and started');
    expect(results(thread.messages())).toEqual([]);
    release();
    const done = await thread.shows(card, 'The run succeeded after 20 s');
    await ana.waitFor(() => results(thread.messages()).length === 1, STEP_MS);
    expect(requests.runs()).toMatchObject([{ userName: 'ana@acme.example' }]);
    const [run] = [...playground.databricks.workspace.runs.values()];
    expect(run?.body).toMatchObject({ creator_user_name: 'ana@acme.example' });
    expect(JSON.stringify(run?.body.job_parameters)).toContain('main_test');
    expect(buttonsOf(done)).not.toHaveProperty('write_run');
    expect(textOf(done)).toContain(`/jobs/123/runs/${run?.runId}`);
  });

  test('is not started by Not now, nor after that, and a job is found by its name', async ({ ana, thread, requests, cards }) => {
    const card = await cards.propose('run job "Churn"', 'Run job ');
    await ana.click(card, 'write_not_now');
    await thread.shows(card, 'Not done: declined by <@U_ANA>');
    const refused = await privately(ana, () => ana.click(card, 'write_run', { stale: true }));
    expect(textOf(refused)).toContain('was declined by');
    expect(requests.runs()).toHaveLength(1);
  });

  test('asked for again, its older card is closed', async ({ thread, cards }) => {
    const first = await cards.propose('run job 123', 'Run job ');
    await cards.propose('run job 123', 'Run job ');
    expect(buttonsOf(await thread.shows(first, 'A newer card has replaced this one'))).not.toHaveProperty('write_run');
  });

  test('killed in the middle: the run that had begun is found and followed, and none is started again', async ({
    playground,
    ana,
    thread,
    requests,
    cards,
  }) => {
    const card = await cards.propose('run job 123 with catalog=killed', 'Run job ');
    const off = playground.databricks.faults.on('POST /api/2.2/jobs/run-now', { afterHandler: true, hang: true });
    onTestFinished(off);
    await ana.click(card, 'write_run');
    await expect.poll(requests.runs, { timeout: STEP_MS }).toHaveLength(2);
    await playground.restart('SIGKILL');
    off();
    const ended = await thread.shows(card, 'The run succeeded');
    await ana.waitFor(() => results(thread.messages()).length === 2, STEP_MS);
    expect(buttonsOf(ended)).not.toHaveProperty('write_run');
    // Asked for again with the same token, which answers the same run.
    expect(requests.runs()).toHaveLength(3);
    expect(playground.databricks.workspace.runs.size).toBe(2);
  });

  test('an answer that was lost on its way is asked for again, for the same run', async ({ playground, ana, thread, cards }) => {
    const card = await cards.propose('run job 123 with catalog=lost', 'Run job ');
    onTestFinished(playground.databricks.faults.on('POST /api/2.2/jobs/run-now', { afterHandler: true, close: true, times: 1 }));
    await ana.click(card, 'write_run');
    await thread.shows(card, 'The run succeeded');
    expect(playground.databricks.workspace.runs.size).toBe(3);
    expect(await playground.log()).not.toContain('main_test');
  });

  test('is followed to its end by a bot that was restarted meanwhile, which says once why it failed', async ({
    playground,
    ana,
    thread,
    requests,
    cards,
  }) => {
    const card = await cards.propose('run job 123 with catalog=fail', 'Run job ');
    const before = { results: results(thread.messages()).length, runs: requests.runs().length };
    const release = holdRuns(playground);
    await ana.click(card, 'write_run');
    await thread.shows(card, 'and started');
    await playground.restart('SIGKILL');
    release();
    const failed = await thread.shows(card, 'The run failed. It took 20 s.');
    await ana.waitFor(() => results(thread.messages()).length === before.results + 1, STEP_MS);
    const said = results(thread.messages()).at(-1) ?? failed;
    for (const message of [said, failed]) {
      expect(textOf(message)).toContain("ValueError: ingest_events can't read its table");
      expect(textOf(message)).toMatch(/\/jobs\/123\/runs\/\d+/);
    }
    expect(requests.runs()).toHaveLength(before.runs + 1);
  });
});

describe.skipIf(cli.state !== 'ready')('writes of a bundle and of SQL', () => {
  test('an upload puts exactly the shown version into the folder', async ({ playground, thread, cards }) => {
    const card = await cards.propose(`upload it to ${FOLDER}`, 'Upload bundle “churn”');
    expect(textOf(card)).toContain(FOLDER);
    expect(buttonsOf(card).write_run?.text?.text).toBe('Upload it');
    const below = () => playground.databricks.workspace.files.paths().filter((path) => path.includes('/review/churn/'));
    expect(below()).toEqual([]);
    await cards.refuseBenThenClick(card);
    await thread.shows(card, 'and done');
    expect(below().map((path) => path.split('/review/churn/')[1])).toEqual(
      expect.arrayContaining(['databricks.yml', 'resources/churn.job.yml', 'README.md']),
    );
    await thread.says('<@U_ANA> Done: Upload bundle');
  });

  test('SQL that reads is answered in the thread; SQL that may write is a card, red where it deletes', async ({
    thread,
    requests,
    cards,
  }) => {
    thread.say('run this sql: select country from main.sales.orders limit 2');
    expect(textOf(await thread.says('It only reads'))).toContain('Austria');
    await thread.idle();
    expect(requests.statements()).toHaveLength(1);

    const card = await cards.propose("run this sql: delete from main.sales.orders where country = 'Chile'", 'Execute SQL on warehouse');
    expect(textOf(card)).toContain("delete from main.sales.orders where country = 'Chile'");
    expect(textOf(card)).toContain(':rotating_light:');
    expect(requests.statements()).toHaveLength(1);
    await cards.refuseBenThenClick(card);
    await thread.shows(card, 'and done');
    expect(requests.statements().slice(1)).toMatchObject([{ userName: 'ana@acme.example' }]);
  });

  test('a statement that fails says why, in Databricks’ words as data', async ({ ana, thread, cards }) => {
    const card = await cards.propose('run this sql: drop table no_such_table', 'Execute SQL on warehouse');
    await ana.click(card, 'write_run');
    expect(textOf(await thread.shows(card, 'TABLE_OR_VIEW_NOT_FOUND'))).toContain(':x: Approved by <@U_ANA>');
  });

  test('tests come as a new version with diff, zip and proof', async ({ thread }) => {
    thread.say('add tests');
    const card = await thread.card(2);
    await thread.idle();
    expect(textOf(card)).toContain(':white_check_mark:');
    expect(thread.text()).toContain('python -m pytest tests');
    expect(thread.text()).toContain('tests/test_bundle.py');
    expect(thread.files().map(({ name }) => name)).toContain('churn-v2.zip');
  });

  test('files of the workspace come along as a new version', async ({ thread }) => {
    thread.say('bring /Users/ana@acme.example/quality into the bundle');
    await thread.card(3);
    await thread.idle();
    expect(thread.text()).toContain('Added (3)');
  });

  test('a deploy to another target is a card with its own plan', async ({ playground, ana, thread, cards }) => {
    const card = await cards.propose('deploy it to prod', 'Take over job 123 in prod');
    expect(textOf(card)).not.toContain(':rotating_light:');
    await ana.click(card, 'deploy');
    await thread.shows(card, 'deployed to *prod*');
    const names = [...playground.databricks.workspace.jobs.values()].map(({ settings }) => settings.name);
    expect(names.filter((name) => name === 'Churn')).toHaveLength(1);
  });

  test('a run of what is deployed starts that job, once', async ({ thread, requests, cards }) => {
    const before = requests.runs().length;
    const card = await cards.propose('run the bundle in prod', 'Run churn of bundle “churn” as it is deployed to prod');
    expect(requests.runs()).toHaveLength(before);
    await cards.refuseBenThenClick(card);
    await thread.shows(card, 'The run succeeded after 20 s');
    expect(requests.runs().slice(before)).toMatchObject([{ userName: 'ana@acme.example' }]);
  });

  test('a destroy names what it deletes, and deletes that and nothing else', async ({ playground, ana, thread, cards }) => {
    const copy = await ana.waitFor(() => thread.messages().find((one) => buttonsOf(one).deploy?.text?.text === 'Deploy to dev'), STEP_MS);
    await ana.click(copy, 'deploy');
    await thread.shows(copy, 'deployed to *dev*');
    const jobs = () => [...playground.databricks.workspace.jobs.keys()];
    const before = jobs();
    const card = await cards.propose('destroy it in dev', 'Destroy what bundle “churn” has deployed to dev');
    expect(textOf(card)).toContain(':rotating_light:');
    expect(textOf(card)).toMatch(/jobs\.churn|job churn/);
    expect(buttonsOf(card).write_run?.text?.text).toBe('Destroy it');
    expect(jobs()).toEqual(before);
    await cards.refuseBenThenClick(card);
    await thread.shows(card, 'and done');
    expect(before.length - jobs().length).toBe(1);
    expect(playground.databricks.workspace.jobs.has('123')).toBe(true);
    // Nothing is left to destroy, and that is said instead of a card.
    thread.say('destroy it in dev');
    await thread.says('Nothing of this bundle is deployed to dev');
    await thread.idle();
    // Nor is there a card that would delete what was taken over.
    thread.say('destroy it in prod');
    await thread.says('is the original job 123');
    expect(playground.databricks.workspace.jobs.has('123')).toBe(true);
  });
});
