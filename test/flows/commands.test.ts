// Every other thing people type or press: help, lists, ids that are wrong, links, private, Stop, guests, channels without the bot.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, connected, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

let playground: Playground;
let ana: Person;

beforeAll(async () => {
  // Without a CLI on purpose: all of this works without one.
  playground = await startPlayground({ env: environment, page: false, variables: { DATABRICKS_CLI_PATH: '/nowhere/databricks' } });
  ana = await connected(playground, 'ana');
});
afterAll(() => playground?.close());

/** The answer that only this person sees. */
async function ask(line: string, person = ana, channel = CHANNEL) {
  const before = person.ephemerals(channel).length;
  await person.command(channel, line);
  return person.waitFor(() => (person.ephemerals(channel).length > before ? lastEphemeral(person, channel) : undefined), STEP_MS);
}

describe('commands', () => {
  it('/dab help says what there is and who I am linked as', async () => {
    const help = textOf(await ask('/dab help'));
    expect(help).toContain('/dab job 123');
    expect(help).toContain('connected as ana@acme.example');
  });

  it('/dab jobs churn finds jobs, each with a button that makes its bundle', async () => {
    const answer = await ask('/dab jobs churn');
    expect(textOf(answer)).toContain('*Churn* · 123');
    expect(buttonsOf(answer).make_bundle?.value).toBe('123');
    expect(textOf(await ask('/dab jobs no-such-job-anywhere'))).toContain('You can see no job whose name holds “no-such-job-anywhere”');
  });

  it.each([
    ['/dab job', 'Which job?'],
    ['/dab job churn', 'is not a job id'],
    ['/dab job 99999', '99999'],
    ['/dab job https://elsewhere.example/jobs/1', 'I work with'],
    ['/dab frobnicate', '/dab help'],
  ])('%s gets a useful answer and leaves nothing in the channel', async (line, words) => {
    const before = ana.messages(CHANNEL).length;
    expect(textOf(await ask(line))).toContain(words);
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  it('a job that does not exist is named, with what to do next', async () => {
    const answer = textOf(await ask('/dab job 99999'));
    expect(answer).toContain('99999');
    expect(answer).toMatch(/does not exist|no job/i);
    expect(answer).toContain('/dab jobs');
  });

  it('in a channel without the bot it says how to invite it', async () => {
    expect(textOf(await ask('/dab job 123', ana, 'C_RANDOM'))).toContain('/invite');
  });

  it('a guest is told why not', async () => {
    const gus = playground.slack.as('gus');
    expect(textOf(await ask('/dab job 123', gus))).toContain('Guests of this Slack team');
  });

  it('somebody whose Databricks account has another e-mail is not linked', async () => {
    const ben = playground.slack.as('ben');
    const connect = await ask('/dab job 123', ben);
    const page = await connectAs(playground.databricks, buttonsOf(connect).connect?.url ?? '', 'ana@acme.example').catch(String);
    expect(page).toMatch(/ben@acme\.example|different|not the same/i);
    expect(textOf(await ask('/dab help', ben))).toContain('not connected');
  });

  it('a pasted link works; without a CLI all but proof and deploy is there, and the card says what is missing', async () => {
    await ana.command(CHANNEL, `/dab job ${playground.databricks.url}/jobs/204?o=1`);
    const root = await ana.waitFor(() => rootOf(ana, '204'), STEP_MS);
    const card = await ana.waitFor(
      () => ana.messages(CHANNEL, root.ts).find((message) => 'deploy_unavailable' in buttonsOf(message)),
      STEP_MS,
    );
    expect(textOf(card)).toContain('There is no Databricks CLI here');
    expect(textOf(card)).toContain('setup:cli');
    const zip = ana.messages(CHANNEL, root.ts).flatMap((message) => message.files ?? [])[0];
    expect(zip?.name).toMatch(/-v1\.zip$/);
    const before = ana.ephemerals(CHANNEL).length;
    await ana.click(card, 'deploy_unavailable');
    await ana.waitFor(() => ana.ephemerals(CHANNEL).length > before, STEP_MS);
  });

  it('private goes to the person directly, streamed natively there', async () => {
    const before = ana.messages(CHANNEL).length;
    const answer = await ask('/dab job 318 private');
    expect(textOf(answer)).toContain('directly');
    const root = await ana.waitFor(() => rootOf(ana, '318', ana.dm), STEP_MS);
    await ana.waitFor(() => ana.messages(ana.dm, root.ts).some((message) => (message.files ?? []).length > 0), STEP_MS);
    const steps = ana.messages(ana.dm, root.ts).find((message) => message.stream !== undefined);
    expect(steps?.stream?.live).toBe(false);
    expect(textOf(steps ?? root)).toContain('Collecting sources');
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  it('the words job 123 in a direct message do the same', async () => {
    ana.say(ana.dm, 'job 402');
    const root = await ana.waitFor(() => rootOf(ana, '402', ana.dm), STEP_MS);
    await ana.waitFor(() => ana.messages(ana.dm, root.ts).some((message) => (message.files ?? []).length > 0), STEP_MS);
  });

  it('Stop ends a running turn, says so, and the thread can go on', async () => {
    const off = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 20_000 });
    await ana.command(CHANNEL, '/dab job 123');
    const root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
    await ana.waitFor(() => ana.messages(CHANNEL, root.ts).some((message) => textOf(message).includes('Collecting sources')), STEP_MS);
    await ana.click(root, 'stop');
    await ana.waitFor(
      () => ana.messages(CHANNEL, root.ts).some((message) => textOf(message).includes('Stopped. Nothing was changed')),
      STEP_MS,
    );
    await ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, '123') ?? root)), STEP_MS);
    off();
    ana.say(CHANNEL, 'please make the bundle of job 123 now', { thread: root.ts });
    await ana.waitFor(() => ana.messages(CHANNEL, root.ts).some((message) => (message.files ?? []).length > 0), STEP_MS);
  });

  it('disconnect forgets the tokens', async () => {
    expect(textOf(await ask('/dab disconnect'))).toContain('not connected to Databricks any more');
    expect(buttonsOf(await ask('/dab jobs'))).toHaveProperty('connect');
  });
});
