// Every other thing people type or press: help, lists, ids that are wrong, links, private, Stop, guests, channels without the bot.
import { describe, expect } from 'vitest';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { flow, holdSources, NO_CLI } from './stack.ts';
import { buttonsOf, CHANNEL, followRoot, privately, STEP_MS, startThread, textOf } from './thread.ts';

// Without a CLI on purpose: all of this works without one.
const test = flow({ variables: NO_CLI });

/** The answer that only this person sees. */
const ask = (person: Person, line: string, channel = CHANNEL) => privately(person, () => person.command(channel, line), channel);

describe('commands', () => {
  test('/dab help says what there is and who I am linked as', async ({ ana }) => {
    const help = textOf(await ask(ana, '/dab help'));
    expect(help).toContain('/dab job 123');
    expect(help).toContain('connected as ana@acme.example');
  });

  test('/dab jobs churn finds jobs, each with a button that makes its bundle', async ({ ana }) => {
    const answer = await ask(ana, '/dab jobs churn');
    expect(textOf(answer)).toContain('*Churn* · 123');
    expect(buttonsOf(answer).make_bundle?.value).toBe('123');
    expect(textOf(await ask(ana, '/dab jobs no-such-job-anywhere'))).toContain(
      'You can see no job whose name holds “no-such-job-anywhere”',
    );
  });

  test.for([
    ['/dab job', 'Which job?'],
    ['/dab job churn', 'is not a job id'],
    ['/dab job 99999', '99999'],
    ['/dab job https://elsewhere.example/jobs/1', 'I work with'],
    ['/dab frobnicate', '/dab help'],
  ] as const)('%s gets a useful answer and leaves nothing in the channel', async ([line, words], { ana }) => {
    const before = ana.messages(CHANNEL).length;
    expect(textOf(await ask(ana, line))).toContain(words);
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  test('a job that does not exist is named, with what to do next', async ({ ana }) => {
    const answer = textOf(await ask(ana, '/dab job 99999'));
    expect(answer).toContain('99999');
    expect(answer).toMatch(/does not exist|no job/i);
    expect(answer).toContain('/dab jobs');
  });

  test('in a channel without the bot it says how to invite it', async ({ ana }) => {
    expect(textOf(await ask(ana, '/dab job 123', 'C_RANDOM'))).toContain('/invite');
  });

  test('a guest is told why not', async ({ playground }) => {
    const gus = playground.slack.as('gus');
    expect(textOf(await ask(gus, '/dab job 123', 'C_PARTNER'))).toContain('Guests of this Slack team');
  });

  test('somebody whose Databricks account has another e-mail is not linked', async ({ playground }) => {
    const ben = playground.slack.as('ben');
    const connect = await ask(ben, '/dab job 123');
    const page = await connectAs(playground.databricks, buttonsOf(connect).connect?.url ?? '', 'ana@acme.example').catch(String);
    expect(page).toMatch(/ben@acme\.example|different|not the same/i);
    expect(textOf(await ask(ben, '/dab help'))).toContain('not connected');
  });

  test('a pasted link works; without a CLI all but proof and deploy is there, and the card says what is missing', async ({
    playground,
    ana,
  }) => {
    const thread = await startThread(ana, `/dab job ${playground.databricks.url}/jobs/204?o=1`, 'job 204 ');
    const card = await thread.card(1);
    expect(buttonsOf(card)).toHaveProperty('deploy_unavailable');
    expect(textOf(card)).toContain('There is no Databricks CLI here');
    expect(textOf(card)).toContain('setup:cli. The proof and the plan appear here when there is one.');
    await thread.hasFiles(1);
    expect(thread.files()[0]?.name).toMatch(/-v1\.zip$/);
    await privately(ana, () => ana.click(card, 'deploy_unavailable'));
  });

  test('where Claude can’t be reached, zip, card and our own words stand, and a button asks it later, once', async ({
    playground,
    ana,
  }) => {
    playground.claude?.faults.next({ kind: 'http', status: 403 });
    const thread = await startThread(ana, '/dab job 640', 'job 640 ');
    const said = await thread.says('Claude did not accept our credentials. So this is what I can say without it');
    await thread.idle();
    expect(thread.files()).toHaveLength(1);
    expect(textOf(await thread.card(1))).toContain('There is no Databricks CLI here');
    await ana.click(said, 'ask_claude');
    const answers = () => thread.messages().filter((message) => textOf(message).includes("I don't understand this message"));
    await ana.waitFor(() => answers().length > 0, STEP_MS);
    await ana.click(said, 'ask_claude');
    await thread.idle();
    expect(answers()).toHaveLength(1);
  });

  test('private goes to the person directly, streamed natively there', async ({ ana }) => {
    const before = ana.messages(CHANNEL).length;
    const answer = await ask(ana, '/dab job 318 private');
    expect(textOf(answer)).toContain('directly');
    const thread = await followRoot(ana, 'job 318 ', ana.dm);
    await thread.hasFiles(1);
    await thread.idle();
    const steps = thread.messages().find(({ stream }) => stream !== undefined) ?? thread.root;
    expect(steps.stream?.live).toBe(false);
    expect(textOf(steps)).toContain('Collecting sources');
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  test('the words job 123 in a direct message do the same', async ({ ana }) => {
    ana.say(ana.dm, 'job 402');
    await (await followRoot(ana, 'job 402 ', ana.dm)).hasFiles(1);
  });

  test('Stop ends a running turn, says so, and the thread can go on', async ({ playground, ana }) => {
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.says('Collecting sources');
    await ana.click(thread.root, 'stop');
    await thread.says('Stopped. Until then: ');
    await thread.idle();
    release();
    thread.say('please make the bundle of job 123 now');
    await thread.hasFiles(1);
  });

  test('what is used of the bot is told, with the limits', async ({ ana }) => {
    const said = textOf(await ask(ana, '/dab usage'));
    expect(said).toMatch(/Claude, within 24 hours at list price: you \$\d+\.\d\d of \$25\.00 · here \$\d+\.\d\d of \$100\.00 · the team/);
    expect(said).toMatch(/Messages within an hour: you [1-9]\d* of 120 · here [1-9]\d* of 600 · the team [1-9]\d* of 3000/);
    expect(said).toContain('Messages that wait or are worked on: you ');
    expect(said).toMatch(/Bundles that I keep: you [1-9]\d* of 1000 · here [1-9]\d* of 5000 · the team/);
  });

  test('disconnect forgets the tokens', async ({ ana }) => {
    expect(textOf(await ask(ana, '/dab disconnect'))).toContain('not connected to Databricks any more');
    expect(buttonsOf(await ask(ana, '/dab jobs'))).toHaveProperty('connect');
  });
});
