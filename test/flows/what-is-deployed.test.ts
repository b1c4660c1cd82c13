// What lies in the workspace counts, over the whole stack: an edit made there by hand, a deployment that ended halfway, and what would be deleted.
import { describe, expect } from 'vitest';
import type { Playground } from '../../src/playground/start.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const FILES = '/Users/ana@acme.example/.bundle/churn/dev/files';
const STATE = '/Users/ana@acme.example/.bundle/churn/dev/state/resources.json';
const ID = '11111111-2222-3333-4444-555555555555';
const NOTEBOOK = 'src/01_ingest_events';
const JOB = 'resources/churn.job.yml';

function textAt({ databricks: { workspace } }: Playground, path: string): string {
  return Buffer.from(workspace.files.get(`${FILES}/${path}`)?.read() ?? '').toString();
}

function editByHand({ databricks: { workspace } }: Playground, path: string, more: string): void {
  const entry = workspace.files.get(`${FILES}/${path}`);
  if (entry?.type !== 'NOTEBOOK') throw new Error(`${path} is not deployed`);
  const text = `${Buffer.from(entry.read())}${more}`;
  workspace.files.put(`${FILES}/${path}`, {
    type: 'NOTEBOOK',
    language: entry.language,
    format: entry.format,
    read: () => Buffer.from(text),
  });
}

/** Writes a value out in the deployed configuration, where a variable stood. */
function writeOut(playground: Playground, path: string, name: string, value: string): void {
  const text = textAt(playground, path);
  const written = text.replaceAll(`\${var.${name}}`, () => value);
  if (written === text) throw new Error(`${path} does not use ${name}`);
  playground.databricks.workspace.files.put(`${FILES}/${path}`, { type: 'FILE', read: () => Buffer.from(written) });
}

/** A pipeline that an earlier version of the bundle has deployed, as its record tells. */
function plantPipeline({ databricks: { workspace } }: Playground): void {
  const spec = { id: ID, name: '[dev ana] Old', continuous: false };
  workspace.pipelines.set(ID, { pipeline_id: ID, name: spec.name, spec, creator_user_name: 'ana@acme.example' });
  const entry = workspace.files.get(STATE);
  if (entry === undefined) throw new Error('nothing is deployed');
  const state = JSON.parse(Buffer.from(entry.read()).toString());
  state.state['resources.pipelines.old'] = { __id__: ID, state: { name: spec.name } };
  workspace.files.put(STATE, { type: 'FILE', read: () => Buffer.from(JSON.stringify(state)) });
}

const test = flow().extend('thread', { scope: 'file' }, async ({ ana }) => {
  const thread = await startThread(ana, '/dab job 123', 'job 123 ');
  const card = await thread.card(1, (one) => 'deploy' in buttonsOf(one));
  await thread.idle();
  await ana.click(card, 'deploy');
  await thread.says(/Version 1 is deployed/);
  return thread;
});

describe.skipIf(cli.state !== 'ready')('what is deployed', () => {
  test('that somebody edited is shown before it is overwritten, and can be taken into the bundle', async ({ playground, ana, thread }) => {
    editByHand(playground, NOTEBOOK, '\n# by hand\ndbutils.fs.rm("/Volumes/main/churn/exports", True)\n');
    writeOut(playground, JOB, 'catalog', 'main');
    thread.say('rename the job to Churn 2');
    const card = await thread.card(2, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(card)).toMatch(/were edited in the workspace since the last deployment/);
    expect(textOf(card)).toContain(':rotating_light:');
    await thread.idle();

    await ana.click(card, 'next_edits');
    const taken = await thread.card(3, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(taken)).not.toContain('edited in the workspace');
    expect(thread.text()).toContain(`This is version 2 with what was edited in dev: \`${JOB}\`, \`${NOTEBOOK}.py\``);
    expect(thread.text()).toContain('# by hand');
    // What that left without a use has gone.
    expect(thread.text()).toMatch(/-\s+description: Job parameter catalog/);
    // What the edit changes of production is named, and the agent can be asked by a button to mend it.
    expect(textOf(taken)).toMatch(
      /changes 1 path of production: `\/Volumes\/main\/churn\/exports` \(`src\/01_ingest_events\.py`, line \d+\)/,
    );
    const said = await privately(ana, () => ana.click(taken, 'next_own_data'));
    expect(textOf(said)).toContain('as if you had written here');
    await thread.says(/<@U_ANA> .*I did nothing: I don't understand this message/);
    await thread.idle();
    await ana.click(taken, 'deploy');
    await thread.says(/Version 3 is deployed/);
    expect(textAt(playground, NOTEBOOK)).toContain('# by hand');
  });

  test('halfway is told truly, and put back', async ({ playground, ana, thread }) => {
    const before = textAt(playground, NOTEBOOK);
    thread.say('rename the job to Churn 4');
    const card = await thread.card(4, (one) => 'deploy' in buttonsOf(one));
    await thread.idle();
    const off = playground.databricks.faults.on('POST /api/2.2/jobs/reset', { status: 403, message: 'ana may not manage this job' });
    await ana.click(card, 'deploy');
    await thread.says(/Version 4 was only partly deployed/);
    const halfway = await thread.shows(card, 'and it ended halfway');
    expect(textOf(halfway)).toMatch(/dev now has a mix: .*is new/);
    off();

    await ana.click(halfway, 'next_previous');
    const back = await thread.card(3, (one) => 'deploy' in buttonsOf(one));
    await ana.click(back, 'deploy');
    await ana.waitFor(() => thread.messages().filter((one) => /Version 3 is deployed/.test(textOf(one))).length === 2, STEP_MS);
    expect(textAt(playground, NOTEBOOK)).toBe(before);
  });

  test('and is no part of the bundle any more is deleted only where the target’s name was typed', async ({
    playground,
    ana,
    dee,
    thread,
  }) => {
    const { pipelines } = playground.databricks.workspace;
    plantPipeline(playground);
    thread.say('rename the job to Churn 5');
    const card = await thread.card(5, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(card)).toContain('Deletes pipeline `old`');
    await thread.idle();

    // A press elsewhere that carries this plan is told nothing of it.
    const forged = { ...dee.say('C_PARTNER', 'hello'), blocks: card.blocks ?? [] };
    const elsewhere = await privately(dee, () => dee.click(forged, 'deploy', { stale: true }), 'C_PARTNER');
    expect(textOf(elsewhere)).toContain('runs as the person it was planned for');
    expect(dee.modal()).toBeNull();

    await ana.click(card, 'deploy');
    const modal = await ana.waitFor((me) => me.modal(), STEP_MS);
    expect(JSON.stringify(modal)).toContain('Type dev to go on');
    expect(JSON.stringify(modal)).toContain('Deletes pipeline');
    const refused = await privately(ana, () => ana.submit({ typed: 'prod' }));
    expect(textOf(refused)).toContain('nothing was started');
    expect(pipelines.has(ID)).toBe(true);

    await ana.click(card, 'deploy');
    await ana.waitFor((me) => me.modal(), STEP_MS);
    await ana.submit({ typed: 'dev' });
    await thread.says(/Version 5 is deployed/);
    expect(pipelines.has(ID)).toBe(false);
  });
});
