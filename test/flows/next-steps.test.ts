// From a deployment to what comes next: run it, put the version before it back, take it to production, destroy it; each by a button of its record.
import { describe, expect } from 'vitest';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { findCli, flow, holdRuns } from './stack.ts';
import { buttonsOf, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const isOpen = (card: Message) => 'deploy' in buttonsOf(card);
const nextOf = (card: Message) => Object.keys(buttonsOf(card)).filter((action) => action.startsWith('next_'));

const test = flow()
  .extend('thread', { scope: 'file' }, ({ ana }) => startThread(ana, '/dab job 123', 'job 123 '))
  .extend('deploy', { scope: 'file' }, ({ ana, thread }) => async (version: number): Promise<Message> => {
    const card = await thread.card(version, isOpen);
    await thread.idle();
    expect(textOf(card)).toMatch(/A run reads `main\.dev_ana\.customers` and writes `main\.dev_ana\./);
    await ana.click(card, 'deploy');
    return thread.shows(card, 'deployed to *dev*');
  })
  /** The record of version 1 in dev. */
  .extend('first', { scope: 'file' }, ({ deploy }) => deploy(1));

describe.skipIf(cli.state !== 'ready')('what comes after a deployment', () => {
  test('is on its record: who approved it, how long it took, links, buttons; no siren', async ({ thread, first }) => {
    expect(textOf(first)).toContain('Approved by <@U_ANA> and deployed to *dev*');
    expect(textOf(first)).toMatch(/As ana@acme\.example · <!date.*> · took \d+ s/);
    expect(textOf(first)).toMatch(/\/jobs\/\d+/);
    expect(textOf(first)).not.toContain(':rotating_light:');
    expect(nextOf(first)).toEqual(['next_run', 'next_production', 'next_destroy']);
    await thread.shows(thread.root, 'Deployed: *dev* v1 by <@U_ANA>');
  });

  test('is a run, followed to its end; of nobody else’s copy', async ({ playground, ana, ben, thread, first }) => {
    const refused = await privately(ben, () => ben.click(first, 'next_run'));
    expect(textOf(refused)).toContain('This is the copy of ana@acme.example in dev');
    expect(playground.databricks.workspace.runs.size).toBe(0);
    const release = holdRuns(playground);
    await ana.click(first, 'next_run');
    const card = await thread.says('Run churn of bundle “churn” as it is deployed to dev');
    await thread.shows(card, 'Approved by <@U_ANA> and started');
    release();
    await thread.shows(card, 'The run succeeded after 20 s');
    await thread.says(/^<@U_ANA> Run churn of bundle “churn” as it is deployed to dev: succeeded after 20 s\./m);
    expect(playground.databricks.workspace.runs.size).toBe(1);
  });

  test('is the version before, planned and shown as any other', async ({ ana, thread, first, deploy }) => {
    thread.say('add a staging target');
    const second = await deploy(2);
    expect(nextOf(second)).toContain('next_previous');
    await ana.waitFor(() => nextOf(thread.now(first)).length === 0, STEP_MS);
    const stale = await privately(ana, () => ana.click(first, 'next_destroy', { stale: true }));
    expect(textOf(stale)).toContain('This is not what is deployed to dev any more');
    await privately(ana, () => ana.click(second, 'next_previous'));
    const again = await thread.card(1, isOpen);
    expect(again.ts).not.toBe(first.ts);
    const record = await deploy(1);
    expect(record.ts).toBe(again.ts);
    await thread.shows(thread.root, 'Deployed: *dev* v1 by <@U_ANA>');
    expect(nextOf(record)).toEqual(['next_run', 'next_production', 'next_previous', 'next_destroy']);
  });

  test('is production, by a plan of the same version', async ({ ana, thread }) => {
    const record = await thread.card(1, (card) => nextOf(card).length > 0);
    const said = await privately(ana, () => ana.click(record, 'next_production'));
    expect(textOf(said)).toContain('I am planning it for production');
    const card = await thread.card(1, (now) => now.ts !== record.ts && isOpen(now));
    expect(buttonsOf(card).deploy?.text?.text).toBe('Deploy to prod');
    await thread.shows(thread.root, 'Version 1 waits for a yes in *prod*');
  });

  test('is no plan of a version that a newer one has replaced: that is said, with a plan of the newer one as the way on', async ({
    ana,
    thread,
  }) => {
    const card = await thread.card(1);
    const before = ana.ephemerals().length;
    await ana.click(card, 'not_now');
    const declined = await thread.card(1, (now) => now.ts === card.ts && 'plan_again' in buttonsOf(now));
    await ana.click(declined, 'plan_again');
    const told = await ana.waitFor(
      () =>
        ana
          .ephemerals()
          .slice(before)
          .find((said) => textOf(said).includes('Version 2 has come since')),
      STEP_MS,
    );
    expect(buttonsOf(told)).toHaveProperty('plan_again');
  });

  test('is its end: named, confirmed, and then gone from the root message', async ({ playground, ana, thread }) => {
    const record = await ana.waitFor(() => thread.messages().find((message) => nextOf(message).includes('next_destroy')), STEP_MS);
    await privately(ana, () => ana.click(record, 'next_destroy'));
    const card = await thread.says('Destroy what bundle “churn” has deployed to dev');
    expect(buttonsOf(card).write_run?.text?.text).toBe('Destroy it');
    const jobs = playground.databricks.workspace.jobs.size;
    await ana.click(card, 'write_run');
    await thread.shows(card, 'and done');
    expect(playground.databricks.workspace.jobs.size).toBe(jobs - 1);
    await ana.waitFor(() => nextOf(thread.now(record)).length === 0 && !textOf(thread.now(thread.root)).includes('Deployed'), STEP_MS);
  });

  test('is another place for what the copy writes, asked in a modal, where nobody has data', async ({ ana }) => {
    const own = await startThread(ana, '/dab job 123 private', 'job 123 ', ana.dm);
    const card = await own.card(1, isOpen);
    await own.idle();
    const answer = async (schema: string) => {
      await ana.click(card, 'where_it_writes');
      const modal = await ana.waitFor((me) => me.modal(), STEP_MS);
      expect(JSON.stringify(modal)).toContain('"initial_value":"dev_ana"');
      await ana.submit({ schema });
    };
    expect(textOf(await privately(ana, () => answer('churn'), ana.dm))).toContain('`churn` is where production has its data');
    expect(textOf(await privately(ana, () => answer('sandbox_42'), ana.dm))).toContain('I have noted that');
    const second = await own.card(2, isOpen);
    expect(textOf(second)).toMatch(/reads `main\.sandbox_42\.customers` and writes `main\.sandbox_42\./);
    // It is the copy's own, whoever it is called after.
    expect(textOf(second)).not.toContain('not as in production');
    expect(own.text()).toContain('with a copy in `dev` that writes to schema `sandbox_42`');
  });
});
