// Killed after any step that it stores, a process leaves its work to the other one on the same PostgreSQL: what comes of it is what comes of it undisturbed.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import type { Child } from '../../src/playground/child.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { systemClock } from '../../src/values/clock.ts';
import { noPostgres, severalProcesses } from './several-processes.ts';
import { findCli } from './stack.ts';
import { countSteps } from './stored-steps.ts';
import { buttonsOf, CHANNEL, followThread, isReceipt, STEP_MS, startThread, type Thread, textOf } from './thread.ts';

const cli = await findCli();
const run = promisify(execFile);

/** What a thread goes through, in this order. */
const WORKS = ['command', 'reply', 'deployment', 'run', 'destroy'] as const;
type Work = (typeof WORKS)[number];
/** A thread for each n; the longest work stores about as many steps. */
const CASES = Array.from({ length: 100 }, (_, index) => index + 1);
const JOB = '318';

/** Who is killed in the middle of `bundle deploy`, with a thread about which job. */
const IN_DEPLOY = [
  { killed: 'the process', job: '318', bot: true, cli: false },
  { killed: 'the CLI', job: '204', bot: false, cli: true },
  { killed: 'both', job: '123', bot: true, cli: true },
];

/** What somebody waits for. */
const OPEN = `select 'turn' as open, state as how, id from turns where state in ('queued', 'running')
  union all select 'message', state, id from outbox where state <> 'sent' union all select 'envelope', state, id from inbox where state = 'received'
  union all select 'opening', subject, request from openings union all select 'lease', owner, key from leases where until > clock_timestamp()
  union all select 'deployment', state, id from proposals where state in ('approved', 'running')
  union all select 'write', state, id from writes where state in ('approved', 'running')`;
/** Of the newest conversation. */
const MADE = `with c as (select id from conversations order by created_at desc limit 1)
  select 'version ' || number as what, bundle_digest as how from versions where conversation_id in (select id from c)
  union all select 'deployment to ' || target, state from proposals where conversation_id in (select id from c) and state <> 'superseded'
  union all select kind, state from writes where conversation_id in (select id from c) order by 1, 2`;

const test = severalProcesses(2)
  .extend('steps', { scope: 'file' }, async ({ server, playground, ana }, { onCleanup }) => {
    if (ana.id === '') expect.fail('nobody is connected');
    const steps = await countSteps(server, playground.bots);
    onCleanup(steps.close);
    return steps;
  })
  .extend('table', { scope: 'file' }, ({}, { onCleanup }) => {
    const lines: string[] = [];
    onCleanup(() => void process.stderr.write(`\nwork | n | last step | all done after the kill\n${lines.join('\n')}\n`));
    return lines;
  })
  /** A thread about a job that has none, and what is done in it. */
  .extend('begin', { scope: 'file' }, ({ ana, rows, forget, playground }) => async () => {
    await forget();
    const { workspace } = playground.databricks;
    const before = new Set(ana.messages(CHANNEL).map(({ ts }) => ts));
    const whispers = ana.ephemerals().length;
    const root = () => ana.messages(CHANNEL).find(({ ts, threadTs, text }) => !before.has(ts) && !threadTs && text.includes(`job ${JOB} `));
    const thread = async () => followThread(ana, await ana.waitFor(root, STEP_MS));
    const isOpen = (card: Message) => 'deploy' in buttonsOf(card);
    const shown = (one: Thread, words: string) =>
      ana.waitFor(() => one.messages().find((message) => textOf(message).includes(words)), STEP_MS);
    const record = async (one: Thread) =>
      ana.waitFor(() => one.messages().find((message) => 'next_destroy' in buttonsOf(message)), STEP_MS);
    const works: Record<Work, () => Promise<unknown>> = {
      async command() {
        void ana.command(CHANNEL, `/dab job ${JOB}`);
        await (await thread()).card(1, isOpen);
      },
      async deployment() {
        await ana.click(await (await thread()).card(2, isOpen), 'deploy');
        await shown(await thread(), 'is deployed to *dev*');
      },
      async run() {
        await ana.click(await record(await thread()), 'next_run');
        await shown(await thread(), 'succeeded after 20 s.');
      },
      async reply() {
        (await thread()).say('add a staging target');
        await (await thread()).card(2, isOpen);
      },
      async destroy() {
        await ana.click(await record(await thread()), 'next_destroy');
        await ana.click(await (await thread()).says('Destroy what bundle'), 'write_run');
        await shown(await thread(), 'Done: Destroy what');
      },
    };
    return {
      works,
      /** All that anybody sees of it, without what differs each time. */
      async story(): Promise<string[]> {
        const one = await thread();
        await one.idle();
        await expect.poll(() => rows(OPEN), { timeout: STEP_MS }).toEqual([]);
        const made = (await rows(MADE)).map(({ what, how }) => `${what}: ${how}`);
        const said = one.messages().flatMap((message) => [textOf(message), ...(message.files ?? []).map(({ name }) => name)]);
        // Slack says by itself that a command was not acknowledged; who dies before the acknowledgement gives none.
        const told = ana
          .ephemerals()
          .slice(whispers)
          .filter(({ userName, text }) => userName !== 'Slackbot' && !isReceipt(text))
          .map(textOf);
        const jobs = [...workspace.jobs.values()]
          .filter(({ settings }) => 'deployment' in settings)
          .map(({ settings }) => `${settings.name}`);
        return [...made, ...said, ...told, ...jobs, `${workspace.runs.size} runs`].map(alike).sort();
      },
    };
  })
  /** By work: what it comes to undisturbed, and in how many steps. */
  .extend('undisturbed', { scope: 'file' }, async ({ begin, steps }) => {
    const { works, story } = await begin();
    const found = new Map<Work, { taken: number; story: string[] }>();
    for (const work of WORKS) {
      await steps.count();
      await works[work]();
      const told = await story();
      found.set(work, { taken: await steps.taken(), story: told });
    }
    return (work: Work) => found.get(work) ?? expect.fail();
  });

/** Times, durations and ids are others each time, and so is the digest of a write that names ids. */
function alike(text: string): string {
  return (
    text
      .replaceAll(/<!date\^[^>]*>/g, '<date>')
      .replaceAll(/\b\d+ s\b/g, 'N s')
      // Of what nobody saw end, nobody knows it.
      .replaceAll(' · took N s', '')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>')
      .replaceAll(/ · [0-9a-f]{8}\b/g, ' · <digest>')
      .replaceAll(/\d{5,}(\.\d+)?/g, 'N')
  );
}

describe.skipIf(cli.state !== 'ready' || noPostgres)('killed', () => {
  test.for(IN_DEPLOY)('in the middle of a deployment: $killed', async ({ job, ...kill }, { playground, ana }) => {
    const { databricks, bots } = playground;
    const isOpen = (card: Message) => 'deploy' in buttonsOf(card);
    const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `);
    const card = await thread.card(1, isOpen);
    await thread.idle();
    const before = databricks.workspace.jobs.size;
    const gate = Promise.withResolvers<void>();
    onTestFinished(() => gate.resolve());
    const creating = databricks.faults.on('POST /api/2.2/jobs/create', { until: gate.promise, times: 1 });
    await ana.click(card, 'deploy');
    await creating.struck;
    const all = await Promise.all(bots.map(async (bot) => ({ bot, commands: await childrenOf(bot) })));
    const [working] = all.filter(({ commands }) => commands.length === 1);
    if (working === undefined) expect.fail('no process has one command running');
    if (kill.bot) await working.bot.stop('SIGKILL');
    if (kill.cli) process.kill(Number(working.commands[0]), 'SIGKILL');
    gate.resolve();
    if (kill.cli) {
      // What was asked for is made all the same, and the record of the deployment does not know it.
      const said = await thread.shows(card, 'Something was made that the record of the deployment does not know');
      expect(textOf(said)).not.toContain('deployed to *dev*');
    } else {
      await thread.says('is deployed to *dev*');
      await thread.shows(card, 'Approved by <@U_ANA> and deployed to *dev*');
    }
    await thread.idle();
    expect(databricks.workspace.jobs.size).toBe(before + 1);
    if (kill.bot) await working.bot.start();
  });

  test.for(CASES)('after step %i of each work', async (n, { begin, steps, undisturbed, table }) => {
    const { works, story } = await begin();
    const last = WORKS.findLastIndex((work) => undisturbed(work).taken >= n);
    for (const work of WORKS.slice(0, last + 1)) {
      const { taken, story: expected } = undisturbed(work);
      await steps.count(n);
      await works[work]();
      const told = await story();
      const [killed, done] = [steps.killed(), systemClock.now()];
      await steps.count();
      await killed?.bot.start();
      if (killed !== undefined) table.push(`${work} | ${n} of ${taken} | ${killed.step} | ${((done - killed.at) / 1000).toFixed(1)} s`);
      expect(told, work).toEqual(expected);
    }
  });
});

/** The programs that a process runs. */
async function childrenOf(bot: Child): Promise<string[]> {
  const { stdout } = await run('pgrep', ['-P', String(bot.pid())]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => line !== '');
}
