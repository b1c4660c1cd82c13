// Killed in the middle of a write, a process leaves it to the other one: it is ended, followed or called unknown there, once, and its place is free soon.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import type { Child } from '../../src/playground/child.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { noPostgres, severalProcesses } from './several-processes.ts';
import { findCli } from './stack.ts';
import { buttonsOf, STEP_MS, startThread, type Thread, textOf } from './thread.ts';

const cli = await findCli();
const run = promisify(execFile);

interface Killed {
  readonly bot?: true;
  readonly cli?: true;
}

/** In a thread with a copy in dev, in this order: what is asked for, the request in which it is killed, and what its card says in the end. */
const WRITES: readonly { what: string; words: string; at: string; killed: Killed; ends: string }[] = [
  {
    ...{ what: 'an upload', words: 'upload it to /Workspace/Shared/review/churn', at: 'POST /api/2.0/workspace/import' },
    ...{ killed: { bot: true }, ends: 'and done' },
  },
  {
    ...{ what: 'a statement', words: "run this sql: delete from main.sales.orders where country = 'Chile'" },
    ...{ at: 'POST /api/2.0/sql/statements', killed: { bot: true }, ends: 'whether it was done is not known' },
  },
  {
    ...{ what: 'a run whose CLI goes on', words: 'run the bundle in dev', at: 'POST /api/2.2/jobs/run-now' },
    ...{ killed: { bot: true }, ends: 'The run succeeded' },
  },
  {
    ...{ what: 'a run, with its CLI', words: 'run the bundle in dev', at: 'POST /api/2.2/jobs/run-now' },
    ...{ killed: { bot: true, cli: true }, ends: 'whether it was done is not known' },
  },
  {
    ...{ what: 'a destroy whose CLI goes on', words: 'destroy it in dev', at: 'POST /api/2.2/jobs/delete' },
    ...{ killed: { bot: true }, ends: 'whether it was done is not known' },
  },
];

/** Of deployments; each takes a job of its own. */
const DEPLOYMENTS: readonly { what: string; job: string; target: string; at: string; killed: Killed; ends: string }[] = [
  {
    ...{ what: 'that takes over, whose CLI goes on', job: '204', target: 'prod', at: 'POST /api/2.2/jobs/reset' },
    ...{ killed: { bot: true }, ends: 'deployed to *prod*' },
  },
  {
    ...{ what: 'that takes over, with its CLI', job: '318', target: 'prod', at: 'POST /api/2.2/jobs/reset' },
    ...{ killed: { bot: true, cli: true }, ends: 'delete `deploy.lock`' },
  },
  {
    ...{ what: 'to dev, with its CLI, while files are uploaded', job: '402', target: 'dev' },
    ...{ at: 'POST /api/2.0/workspace-files/import-file/*', killed: { bot: true, cli: true }, ends: ' in dev' },
  },
];

const test = severalProcesses(2).extend('thread', { scope: 'file' }, async ({ ana }) => {
  const thread = await startThread(ana, '/dab job 123', 'job 123 ');
  const card = await thread.card(1, offers('dev'));
  await thread.idle();
  await ana.click(card, 'deploy');
  await thread.shows(card, 'deployed to *dev*');
  await thread.idle();
  return thread;
});

function offers(target: string) {
  return (card: Message) => buttonsOf(card).deploy?.text?.text === `Deploy to ${target}`;
}

/** Asks for a write; its card. */
async function propose(thread: Thread, words: string, button: (card: Message) => boolean): Promise<Message> {
  const before = new Set(thread.messages().map(({ ts }) => ts));
  thread.say(words);
  const found = () => thread.messages().find((one) => !before.has(one.ts) && button(one));
  await expect.poll(found, { timeout: STEP_MS }).toBeDefined();
  await thread.idle();
  return found() ?? expect.fail();
}

/** The programs that a process runs. */
async function childrenOf(bot: Child): Promise<string[]> {
  const { stdout } = await run('pgrep', ['-P', String(bot.pid())]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(cli.state !== 'ready' || noPostgres)('killed in the middle of', () => {
  const it = test.extend(
    'kill',
    ({ playground: { databricks, bots }, working }) =>
      async (at: string, killed: Killed, press: () => Promise<unknown>) => {
        const gate = Promise.withResolvers<void>();
        onTestFinished(() => gate.resolve());
        const fault = databricks.faults.on(at, { until: gate.promise, times: 1 });
        onTestFinished(fault);
        await press();
        await fault.struck;
        const { mine } = await working('deployments');
        const [command] = killed.cli ? await childrenOf(mine) : [];
        if (killed.bot) await mine.stop('SIGKILL');
        if (killed.cli) process.kill(Number(command), 'SIGKILL');
        gate.resolve();
        onTestFinished(async () => {
          for (const bot of bots) if (bot === mine && killed.bot) await bot.start();
        });
      },
  );

  it.for(WRITES)('$what', async ({ words, at, killed, ends }, { ana, thread, kill }) => {
    const card = await propose(thread, words, (one) => 'write_run' in buttonsOf(one));
    const told = () => thread.messages().filter(({ text }) => text.startsWith('<@U_ANA>')).length;
    const before = told();
    await kill(at, killed, () => ana.click(card, 'write_run'));
    await thread.shows(card, ends);
    await expect.poll(told, { timeout: STEP_MS }).toBe(before + 1);
    await thread.idle();
    expect(told()).toBe(before + 1);
  });

  it.for(DEPLOYMENTS)('a deployment $what', async ({ job, target, at, killed, ends }, { ana, kill }) => {
    const thread = await startThread(ana, `/dab job ${job}`, `job ${job} `);
    const first = await thread.card(1, offers('dev'));
    await thread.idle();
    const card = target === 'dev' ? first : await propose(thread, `deploy it to ${target}`, offers(target));
    await kill(at, killed, () => ana.click(card, 'deploy'));
    if (target === 'dev') await thread.says(/was (not|only partly) deployed/);
    await thread.shows(card, ends);
    if (target === 'dev') {
      // Nobody waits for a CLI that is seen to be dead.
      await ana.click(await ana.waitFor(() => thread.messages().findLast((one) => 'plan_again' in buttonsOf(one)), STEP_MS), 'plan_again');
      const fresh = await ana.waitFor(() => thread.messages().findLast((one) => one.ts !== card.ts && offers(target)(one)), STEP_MS);
      await thread.idle();
      await ana.click(fresh, 'deploy');
      await thread.shows(fresh, `deployed to *${target}*`);
    }
    await thread.says(`is deployed to *${target}*`);
    await thread.idle();
    const told = thread.messages().filter((one) => textOf(one).includes(`is deployed to *${target}*`));
    expect(told).toHaveLength(1);
  });

  it('a deployment whose CLI can’t be seen, which keeps its place until nothing has changed there for long', async ({
    ana,
    kill,
    rows,
  }) => {
    const thread = await startThread(ana, '/dab job 640', 'job 640 ');
    const card = await thread.card(1, offers('dev'));
    await thread.idle();
    const killed = { bot: true, cli: true } as const;
    await kill('POST /api/2.0/workspace-files/import-file/*', killed, async () => {
      await ana.click(card, 'deploy');
    });
    await rows(`update proposals set program = jsonb_set(program, '{machine}', '"elsewhere"') where state = 'running'`);
    await thread.says('may still be at work');
    const state = async () => (await rows(`select state from proposals order by decided_at desc nulls last limit 1`))[0]?.state;
    expect(await state()).toBe('unknown');
    // Ten minutes of the bot's clock; nobody asks.
    await expect.poll(state, { timeout: STEP_MS }).toBe('failed');
    await thread.says(/^<@U_ANA> .*(Nothing changed in|now has a mix)/);
    await thread.idle();
  });
});
