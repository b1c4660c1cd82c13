// What lies in the workspace counts, over the whole stack: an edit made there by hand, and a deployment that ended halfway.
import { describe, expect } from 'vitest';
import type { Playground } from '../../src/playground/start.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const FILES = '/Users/ana@acme.example/.bundle/churn/dev/files';
const NOTEBOOK = 'src/01_ingest_events';

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

const test = flow().extend('thread', { scope: 'file' }, async ({ ana }) => {
  const thread = await startThread(ana, '/dab job 123', 'job 123 ');
  const card = await thread.card(1, (one) => 'deploy' in buttonsOf(one));
  await thread.idle();
  await ana.click(card, 'deploy');
  await thread.says(/Version 1 is deployed/);
  return thread;
});

describe.skipIf(cli.state !== 'ready')('deployed files', () => {
  test('that somebody edited are shown before they are overwritten, and can be taken into the bundle', async ({
    playground,
    ana,
    thread,
  }) => {
    editByHand(playground, NOTEBOOK, '\n# by hand\n');
    thread.say('rename the job to Churn 2');
    const card = await thread.card(2, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(card)).toContain('was edited in the workspace since the last deployment');
    expect(textOf(card)).toContain(':rotating_light:');
    await thread.idle();

    await ana.click(card, 'next_edits');
    const taken = await thread.card(3, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(taken)).not.toContain('edited in the workspace');
    expect(thread.text()).toContain(`This is version 2 with what was edited in dev: \`${NOTEBOOK}.py\``);
    expect(thread.text()).toContain('# by hand');
    await ana.click(taken, 'deploy');
    await thread.says(/Version 3 is deployed/);
    expect(textAt(playground, NOTEBOOK)).toContain('# by hand');
  });

  test('of a deployment that ended halfway are told truly, and put back', async ({ playground, ana, thread }) => {
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
});
