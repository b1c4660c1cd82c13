// Writes of a bundle and of SQL through Slack: asked for in the thread, shown as a card, run once by the click of the person they are for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, cardOf, connected, findCli, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();
const FOLDER = '/Workspace/Shared/review/churn';

describe.skipIf(cli.state !== 'ready')('writes other than a first deployment', () => {
  let playground: Playground;
  let dataDir: string;
  let ana: Person;
  let ben: Person;
  let root: Message;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'dab-writes-'));
    playground = await startPlayground({ env: environment, page: false, dataDir });
    ana = await connected(playground, 'ana');
    ben = await connected(playground, 'ben');
    await ana.command(CHANNEL, '/dab job 123');
    root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await idle();
  });
  afterAll(async () => {
    await playground?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const idle = () => ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, '123') ?? root)), STEP_MS);
  const thread = () => ana.messages(CHANNEL, root.ts);
  const now = (card: Message) => thread().find(({ ts }) => ts === card.ts) ?? card;
  const until = (card: Message, words: string) => ana.waitFor(() => textOf(now(card)).includes(words), STEP_MS);
  const posts = (path: string) => playground.databricks.requests.filter((one) => one.method === 'POST' && one.path === path);

  /** Says something; the new card whose title holds `title`. */
  async function propose(words: string, title: string): Promise<Message> {
    const before = new Set(thread().map(({ ts }) => ts));
    ana.say(CHANNEL, words, { thread: root.ts });
    const card = await ana.waitFor(
      () =>
        thread().find(
          (one) => !before.has(one.ts) && ['write_run', 'deploy'].some((id) => id in buttonsOf(one)) && textOf(one).includes(title),
        ),
      STEP_MS,
    );
    await idle();
    return now(card);
  }
  /** Somebody else's click is refused with words; the person's own runs it, and a second one does nothing. */
  async function refuseBenThenClick(card: Message): Promise<void> {
    const before = ben.ephemerals(CHANNEL).length;
    await ben.click(card, 'write_run');
    const refused = await ben.waitFor(() => ben.ephemerals(CHANNEL).length > before && lastEphemeral(ben), STEP_MS);
    expect(textOf(refused)).toContain('was proposed for ana@acme.example');
    await ana.click(card, 'write_run');
    await ana.click(card, 'write_run', { stale: true });
  }

  it('an upload puts exactly the shown version into the folder', async () => {
    const card = await propose(`upload it to ${FOLDER}`, 'Upload bundle “churn”');
    expect(textOf(card)).toContain(FOLDER);
    expect(buttonsOf(card).write_run?.text?.text).toBe('Upload it');
    const below = () => playground.databricks.workspace.files.paths().filter((path) => path.includes('/review/churn/'));
    expect(below()).toEqual([]);
    await refuseBenThenClick(card);
    await until(card, 'and done');
    expect(below().map((path) => path.split('/review/churn/')[1])).toEqual(
      expect.arrayContaining(['databricks.yml', 'resources/churn.job.yml', 'README.md']),
    );
    await ana.waitFor(() => thread().some((one) => one.text.startsWith('<@U_ANA> Done: Upload bundle')), STEP_MS);
  });

  it('SQL that reads is answered in the thread; SQL that may write is a card, red where it deletes', async () => {
    const before = posts('/api/2.0/sql/statements').length;
    ana.say(CHANNEL, 'run this sql: select country from main.sales.orders limit 2', { thread: root.ts });
    await ana.waitFor(() => thread().some((one) => textOf(one).includes('It only reads') && textOf(one).includes('Austria')), STEP_MS);
    await idle();
    expect(posts('/api/2.0/sql/statements').length - before).toBe(1);

    const card = await propose("run this sql: delete from main.sales.orders where country = 'Chile'", 'Execute SQL on warehouse');
    expect(textOf(card)).toContain("delete from main.sales.orders where country = 'Chile'");
    expect(textOf(card)).toContain(':rotating_light:');
    expect(posts('/api/2.0/sql/statements').length - before).toBe(1);
    await refuseBenThenClick(card);
    await until(card, 'and done');
    expect(posts('/api/2.0/sql/statements').slice(before + 1)).toMatchObject([{ userName: 'ana@acme.example' }]);
  });

  it('a statement that fails says why, in Databricks’ words as data', async () => {
    const card = await propose('run this sql: drop table no_such_table', 'Execute SQL on warehouse');
    await ana.click(card, 'write_run');
    await until(card, 'TABLE_OR_VIEW_NOT_FOUND');
    expect(textOf(now(card))).toContain(':x: Approved by <@U_ANA>');
  });

  it('tests come as a new version with diff, zip and proof', async () => {
    ana.say(CHANNEL, 'add tests', { thread: root.ts });
    const card = await ana.waitFor(() => cardOf(ana, root, 2), STEP_MS);
    await idle();
    expect(textOf(card)).toContain(':white_check_mark:');
    const said = thread().map(textOf).join('\n');
    expect(said).toContain('python -m pytest tests');
    expect(said).toContain('tests/test_bundle.py');
    expect(
      thread()
        .flatMap(({ files }) => files ?? [])
        .map(({ name }) => name),
    ).toContain('churn-v2.zip');
  });

  it('files of the workspace come along as a new version', async () => {
    ana.say(CHANNEL, 'bring /Users/ana@acme.example/quality into the bundle', { thread: root.ts });
    await ana.waitFor(() => cardOf(ana, root, 3), STEP_MS);
    await idle();
    expect(thread().map(textOf).join('\n')).toContain('Added (3)');
  });

  it('a deploy to another target is a card with its own plan', async () => {
    const card = await propose('deploy it to prod', 'Plan for prod');
    expect(textOf(card)).toContain('2 to create');
    await ana.click(card, 'deploy');
    await until(card, 'deployed to *prod*');
    const names = [...playground.databricks.workspace.jobs.values()].map(({ settings }) => settings.name);
    expect(names.filter((name) => name === 'Churn')).toHaveLength(2);
  });

  it('a run of what is deployed starts that job, once', async () => {
    const card = await propose('run the bundle in prod', 'Run churn of bundle “churn” as it is deployed to prod');
    expect(posts('/api/2.2/jobs/run-now')).toEqual([]);
    await refuseBenThenClick(card);
    await until(card, 'and done');
    expect(posts('/api/2.2/jobs/run-now')).toMatchObject([{ userName: 'ana@acme.example' }]);
  });

  it('a destroy names what it deletes, and deletes that and nothing else', async () => {
    const jobs = () => [...playground.databricks.workspace.jobs.keys()];
    const before = jobs();
    const card = await propose('destroy it in prod', 'Destroy what bundle “churn” has deployed to prod');
    expect(textOf(card)).toContain(':rotating_light:');
    expect(textOf(card)).toMatch(/jobs\.churn|job churn/);
    expect(buttonsOf(card).write_run?.text?.text).toBe('Destroy it');
    expect(jobs()).toEqual(before);
    await refuseBenThenClick(card);
    await until(card, 'and done');
    expect(before.length - jobs().length).toBe(1);
    expect(playground.databricks.workspace.jobs.has('123')).toBe(true);
    // Nothing is left to destroy, and that is said instead of a card.
    ana.say(CHANNEL, 'destroy it in prod', { thread: root.ts });
    await ana.waitFor(() => thread().some((one) => textOf(one).includes('Nothing of this bundle is deployed to prod')), STEP_MS);
  });
});
