// The main job on the whole real stack: command → link → thread → zip → edit → version 2 → approve → the CLI deploys → the job equals its bundle.
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { checkDeployed } from '../../src/playground/check-deployed.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { asReadme, quotedInReadme, typedInReadme } from '../docs/transcript.ts';
import { buttonsOf, CHANNEL, cardOf, findCli, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();
if (cli.state !== 'ready')
  console.warn(`*** No Databricks CLI: the main flow is skipped. ${'problem' in cli ? `${cli.problem} ${cli.next}` : ''}`);

describe.skipIf(cli.state !== 'ready')('the main job', () => {
  let playground: Playground;
  let ana: Person;
  let ben: Person;
  let root: Message;
  let first: Message;
  let second: Message;
  /** The thread as it was when the first card stood there with its buttons. */
  let early: string[];

  beforeAll(async () => {
    playground = await startPlayground({ env: environment, page: false });
    ana = playground.slack.as('ana');
    ben = playground.slack.as('ben');
  });
  afterAll(() => playground?.close());

  const thread = (person: Person = ana) => person.messages(root.channel, root.ts);
  const zips = () => thread().flatMap((message) => message.files ?? []);

  it('asks an unlinked person to connect, only them, and goes on by itself after the confirm', async () => {
    await ana.command(CHANNEL, '/dab job 123');
    const connect = await ana.waitFor(() => lastEphemeral(ana), STEP_MS);
    expect(textOf(connect)).toContain('connect your account first');
    expect(ben.ephemerals(CHANNEL)).toEqual([]);
    expect(rootOf(ana, '123')).toBeUndefined();

    const { url = '' } = buttonsOf(connect).connect ?? {};
    const page = await connectAs(playground.databricks, url, 'ana@acme.example');
    expect(page).toContain('ana@acme.example');
    expect(page).toContain('Ana Ruiz');
    root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
    expect(root.text).toMatch(/^<@U_ANA> asked for a bundle of job 123 · Churn/);
    expect(buttonsOf(root)).toHaveProperty('stop');
  });

  it('shows the steps, the answer, the zip, the proof line and the plan', async () => {
    first = await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    early = thread().map(textOf);
    const steps = thread().find((message) => textOf(message).includes('Reading job 123'));
    for (const step of ['Collecting sources', 'Generating', 'Validating', 'Comparing']) expect(textOf(steps ?? first)).toContain(step);
    const card = textOf(first);
    expect(card).toMatch(/\d+ settings: \d+ identical/);
    expect(card).toContain('0 dropped');
    expect(card).toMatch(/Plan for dev:\* 1 to create/);
    expect(Object.keys(buttonsOf(first))).toEqual(expect.arrayContaining(['deploy', 'not_now', 'show_proof']));

    await ana.waitFor(() => zips().length === 1, STEP_MS);
    const files = unzipSync(ana.download(zips()[0]?.id ?? ''));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['databricks.yml', 'resources/churn.job.yml', 'PROOF.md']));
    expect(Object.keys(files).filter((path) => path.startsWith('src/')).length).toBeGreaterThan(2);
    const reply = thread().find((message) => message.text.startsWith('<@U_ANA>') && message.ts !== root.ts);
    expect(textOf(reply ?? first)).toMatch(/5 sources.*\n[\s\S]*variables/);
  });

  it('opens the whole proof', async () => {
    await ana.click(first, 'show_proof');
    const modal = await ana.waitFor(() => ana.modal(), STEP_MS);
    expect(JSON.stringify(modal)).toContain('identical');
    await ana.closeModal();
  });

  it('takes a reply as a change: diff, version 2, a new card; the old one is closed', async () => {
    ana.say(CHANNEL, 'add a staging target', { thread: root.ts });
    second = await ana.waitFor(() => cardOf(ana, root, 2), STEP_MS);
    expect(Object.keys(buttonsOf(second))).toContain('deploy');
    const reply = thread()
      .filter((message) => message.text.startsWith('<@U_ANA>'))
      .at(-1);
    expect(textOf(reply ?? second)).toMatch(/^\+ +staging:/m);
    await ana.waitFor(() => zips().length === 2, STEP_MS);
    const files = unzipSync(ana.download(zips()[1]?.id ?? ''));
    expect(new TextDecoder().decode(files['databricks.yml'])).toContain('staging:');
    await ana.waitFor(() => !('deploy' in buttonsOf(cardOf(ana, root, 1) ?? first)), STEP_MS);
  });

  it('refuses a reply and a click of somebody who is not linked, with a Connect button only they see', async () => {
    ben.say(CHANNEL, 'run it on serverless', { thread: root.ts });
    const asked = await ben.waitFor(() => lastEphemeral(ben), STEP_MS);
    expect(buttonsOf(asked)).toHaveProperty('connect');
    const before = ben.ephemerals(CHANNEL).length;
    await ben.click(second, 'deploy');
    const refused = await ben.waitFor(() => ben.ephemerals(CHANNEL).length > before && lastEphemeral(ben), STEP_MS);
    expect(textOf(refused)).toContain('this click did nothing');
    expect(playground.databricks.requests.some((request) => request.path.includes('jobs/create'))).toBe(false);
  });

  it('refuses a click on the old card, with the reason', async () => {
    const before = ana.ephemerals(CHANNEL).length;
    await ana.click(first, 'deploy', { stale: true });
    const refused = await ana.waitFor(() => ana.ephemerals(CHANNEL).length > before && lastEphemeral(ana), STEP_MS);
    expect(textOf(refused)).toContain('Version 2 has replaced version 1');
  });

  it('takes Not now for an answer, and plans the same version again when asked', async () => {
    await ana.click(second, 'not_now');
    const declined = await ana.waitFor(() => {
      const card = cardOf(ana, root, 2);
      return card && 'plan_again' in buttonsOf(card) ? card : undefined;
    }, STEP_MS);
    expect(textOf(declined)).toContain('declined by <@U_ANA>');
    await ana.click(declined, 'plan_again');
    second = await ana.waitFor(() => {
      const card = cardOf(ana, root, 2);
      return card && card.ts !== declined.ts && 'deploy' in buttonsOf(card) ? card : undefined;
    }, STEP_MS);
  });

  it('deploys exactly what was shown, once', async () => {
    await ana.click(second, 'deploy');
    const before = ana.ephemerals(CHANNEL).length;
    await ana.click(second, 'deploy', { stale: true });
    const refused = await ana.waitFor(() => ana.ephemerals(CHANNEL).length > before && lastEphemeral(ana), STEP_MS);
    expect(textOf(refused)).toContain('approved');
    const card = await ana.waitFor(() => {
      const now = cardOf(ana, root, 2);
      return now && textOf(now).includes('deployed to') ? now : undefined;
    }, STEP_MS);
    expect(textOf(card)).toContain('<@U_ANA>');
    expect(buttonsOf(card)).not.toHaveProperty('deploy');
    const jobId = /\/jobs\/(\d+)/.exec(textOf(card))?.[1] ?? '';
    const creates = playground.databricks.requests.filter((request) => request.path.includes('jobs/create'));
    expect(creates).toHaveLength(1);
    const wrong = await checkDeployed({
      cli: cli.state === 'ready' ? cli.path : '',
      zip: ana.download(zips().at(-1)?.id ?? ''),
      target: 'dev',
      host: playground.databricks.url,
      token: playground.databricks.tokenFor('ana@acme.example'),
      jobId,
    });
    expect(wrong).toEqual([]);
    const page = await fetch(`${playground.databricks.url}/jobs/${jobId}`);
    expect(await page.text()).toContain('Churn');
  });

  it('writes nothing of a token to its log', async () => {
    const log = await playground.log();
    expect(log).toContain('DAB Bot is ready');
    for (const secret of [playground.slack.botToken, playground.slack.appToken, playground.claude?.apiKey ?? '-'])
      expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Bearer (?!\[secret\])/);
    expect(log.split('\n').filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('is the conversation that README shows', () => {
    expect(typedInReadme()).toEqual(['/dab job 123', 'add a staging target']);
    const files = thread().flatMap((message) => (message.files ?? []).map(({ name }) => name));
    const said = asReadme([root.text, ...early, ...thread().map(textOf), ...files].join('\n'));
    const quoted = quotedInReadme();
    expect(quoted.length).toBeGreaterThan(15);
    expect(quoted.filter((piece) => !said.includes(piece))).toEqual([]);
  });
});
