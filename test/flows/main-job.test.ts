// The main job on the whole real stack: command → link → thread → zip → edit → version 2 → approve → the CLI deploys → the job equals its bundle.
import { unzipSync } from 'fflate';
import { describe, expect } from 'vitest';
import { checkDeployed } from '../../src/playground/check-deployed.ts';
import { connectAs } from '../../src/playground/connect.ts';
import { asReadme, quotedInReadme, typedInReadme } from '../docs/transcript.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, CHANNEL, followRoot, privately, rootOf, STEP_MS, textOf } from './thread.ts';

const cli = await findCli();
const isOpen = (card: Parameters<typeof buttonsOf>[0]) => 'deploy' in buttonsOf(card);

// Nothing is prepared and nobody is linked: this is how anybody begins.
const test = flow({ fromNothing: true })
  .extend('ana', { scope: 'file' }, ({ playground }) => playground.slack.as('ana'))
  .extend('ben', { scope: 'file' }, ({ playground }) => playground.slack.as('ben'))
  .extend('thread', { scope: 'file' }, ({ ana }) => followRoot(ana, 'job 123 '))
  // Cards as they were when they came, with their buttons; and all that the thread said when the first one was there.
  .extend('first', { scope: 'file' }, ({ thread }) => thread.card(1, isOpen))
  .extend('early', { scope: 'file' }, ({ thread, first }) => [thread.text(), textOf(first)].join('\n'))
  .extend('second', { scope: 'file' }, async ({ thread }) => {
    thread.say('add a staging target');
    return thread.card(2, isOpen);
  });

describe.skipIf(cli.state !== 'ready')('the main job', () => {
  test('asks an unlinked person to connect, only them, and goes on by itself after the confirm', async ({ playground, ana, ben }) => {
    const connect = await privately(ana, () => ana.command(CHANNEL, '/dab job 123'));
    expect(textOf(connect)).toContain('connect your account first');
    expect(ben.ephemerals(CHANNEL)).toEqual([]);
    expect(rootOf(ana, 'job 123 ')).toBeUndefined();

    const { url = '' } = buttonsOf(connect).connect ?? {};
    const page = await connectAs(playground.databricks, url, 'ana@acme.example');
    expect(page).toContain('ana@acme.example');
    expect(page).toContain('Ana Ruiz');
    const { root } = await followRoot(ana, 'job 123 ');
    expect(root.text).toMatch(/^<@U_ANA> asked for a bundle of job 123 · Churn/);
    expect(buttonsOf(root)).toHaveProperty('stop');
    expect(textOf(root)).toContain(`<${playground.databricks.url}/jobs/123|job 123 · Churn>`);
    expect(textOf(root)).toContain('Working on it');
  });

  test('shows the steps, the answer, the zip, the proof line and the plan', async ({ ana, thread, first, early }) => {
    for (const step of ['Reading job 123', 'Collecting sources', 'Generating', 'Validating', 'Comparing']) expect(early).toContain(step);
    expect(textOf(first)).toMatch(/Nothing lost: \d+ settings, \d+ files/);
    expect(textOf(first)).toContain('*Create your own paused copy of Churn in dev. Nothing that exists changes.*');
    // An own paused copy is nothing to be alarmed by.
    expect(textOf(first)).not.toMatch(/:rotating_light:|:warning:/);
    expect(buttonsOf(first).deploy?.style).toBe('primary');
    expect(Object.keys(buttonsOf(first))).toEqual(expect.arrayContaining(['deploy', 'not_now', 'show_proof']));
    await thread.shows(thread.root, 'Version 1 waits for a yes in *dev*');

    await thread.hasFiles(1);
    const files = unzipSync(ana.download(thread.files()[0]?.id ?? ''));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['churn/databricks.yml', 'churn/resources/churn.job.yml', 'churn/PROOF.md']));
    expect(Object.keys(files).filter((path) => path.startsWith('churn/src/')).length).toBeGreaterThan(2);
    // Claude is asked when all that is there.
    await thread.idle();
    const reply = thread.messages().find(({ text, ts }) => text.startsWith('<@U_ANA>') && ts !== thread.root.ts);
    expect(textOf(reply ?? first)).toMatch(/5 sources.*\n[\s\S]*variables/);
    expect(reply?.ts).toBe(thread.messages().at(-1)?.ts);
  });

  test('opens the whole proof', async ({ ana, first }) => {
    await ana.click(first, 'show_proof');
    await ana.waitFor(() => JSON.stringify(ana.modal()).includes(':white_check_mark: identical'), STEP_MS);
    await ana.closeModal();
  });

  test('opens what would change', async ({ ana, first }) => {
    await ana.click(first, 'show_changes');
    await ana.waitFor(() => JSON.stringify(ana.modal()).includes('schedule.pause_status'), STEP_MS);
    expect(JSON.stringify(ana.modal())).toContain('Create your own paused copy of Churn in dev.');
    await ana.closeModal();
  });

  test('takes a reply as a change: diff, version 2, a new card; the old one is closed', async ({ ana, thread, first, second }) => {
    const reply = thread.messages().findLast(({ text }) => text.startsWith('<@U_ANA>'));
    expect(textOf(reply ?? second)).toMatch(/^\+ +staging:/m);
    await thread.hasFiles(2);
    const files = unzipSync(ana.download(thread.files()[1]?.id ?? ''));
    expect(new TextDecoder().decode(files['churn/databricks.yml'])).toContain('staging:');
    await ana.waitFor(() => !isOpen(thread.now(first)), STEP_MS);
  });

  test('refuses a reply and a click of somebody who is not linked, with a Connect button only they see', async ({
    playground,
    ben,
    thread,
    second,
  }) => {
    const asked = await privately(ben, async () => ben.say(CHANNEL, 'run it on serverless', { thread: thread.root.ts }));
    expect(buttonsOf(asked)).toHaveProperty('connect');
    const refused = await privately(ben, () => ben.click(second, 'deploy'));
    expect(textOf(refused)).toContain('this click did nothing');
    expect(playground.databricks.requests.some((request) => request.path.includes('jobs/create'))).toBe(false);
  });

  test('refuses a click on the old card, with the reason', async ({ ana, first }) => {
    const refused = await privately(ana, () => ana.click(first, 'deploy', { stale: true }));
    expect(textOf(refused)).toContain('Version 2 has replaced version 1');
  });

  test('takes Not now for an answer, and plans the same version again when asked', async ({ ana, thread, second }) => {
    await ana.click(second, 'not_now');
    const declined = await thread.card(2, (card) => 'plan_again' in buttonsOf(card));
    expect(textOf(declined)).toContain('declined by <@U_ANA>');
    await thread.shows(thread.root, 'Version 2 is ready');
    await ana.click(declined, 'plan_again');
    const again = await thread.card(2, isOpen);
    expect(again.ts).not.toBe(declined.ts);
  });

  test('deploys exactly what was shown, once', async ({ playground, ana, thread }) => {
    const shown = await thread.card(2, isOpen);
    await ana.click(shown, 'deploy');
    const refused = await privately(ana, () => ana.click(shown, 'deploy', { stale: true }));
    expect(textOf(refused)).toContain('approved');
    const card = await thread.card(2, (now) => textOf(now).includes('deployed to'));
    expect(textOf(card)).toContain('<@U_ANA>');
    await thread.shows(thread.root, 'Deployed: *dev* v2 by <@U_ANA>');
    expect(buttonsOf(card)).not.toHaveProperty('deploy');
    const jobId = /\/jobs\/(\d+)/.exec(textOf(card))?.[1] ?? '';
    const creates = playground.databricks.requests.filter((request) => request.path.includes('jobs/create'));
    expect(creates).toHaveLength(1);
    const wrong = await checkDeployed({
      cli: cli.state === 'ready' ? cli.path : '',
      zip: ana.download(thread.files().at(-1)?.id ?? ''),
      target: 'dev',
      host: playground.databricks.url,
      token: playground.databricks.tokenFor('ana@acme.example'),
      jobId,
    });
    expect(wrong).toEqual([]);
    const page = await fetch(`${playground.databricks.url}/jobs/${jobId}`);
    expect(await page.text()).toContain('Churn');
  });

  test('writes nothing of a token to its log', async ({ playground }) => {
    const log = await playground.log();
    expect(log).toContain('DAB Bot is ready');
    for (const secret of [playground.slack.botToken, playground.slack.appToken, playground.claude?.apiKey ?? '-'])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Bearer (?!\[secret\])/);
    expect(log.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test('is the conversation that README shows', ({ thread, early }) => {
    expect(typedInReadme()).toEqual(['/dab job 123', 'add a staging target']);
    const said = asReadme([early, thread.text(), ...thread.files().map(({ name }) => name)].join('\n'));
    const quoted = quotedInReadme();
    expect(quoted.length).toBeGreaterThan(12);
    expect(quoted.filter((piece) => !said.includes(piece))).toEqual([]);
  });
});
