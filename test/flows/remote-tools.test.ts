// The bot with its tools on a server of their own: the same conversation, a server that is killed in the middle of it, and none at all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, cardOf, connected, findCli, rootOf, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();

describe.skipIf(cli.state !== 'ready')('with MCP_REMOTE_URL', () => {
  let playground: Playground;
  let ana: Person;
  const server = () => playground.toolsServer ?? expect.fail('there is no server of the tools');

  beforeAll(async () => {
    playground = await startPlayground({ env: environment, page: false, remoteTools: true });
    ana = await connected(playground, 'ana');
  });
  afterAll(() => playground?.close());

  async function ask(jobId: string): Promise<Message> {
    await ana.command(CHANNEL, `/dab job ${jobId}`);
    return await ana.waitFor(() => rootOf(ana, jobId), STEP_MS);
  }
  const idle = (jobId: string, root: Message) => ana.waitFor(() => !('stop' in buttonsOf(rootOf(ana, jobId) ?? root)), STEP_MS);
  const said = (root: Message) => ana.messages(CHANNEL, root.ts).map(textOf).join('\n');
  const isExport = ({ path }: { path: string }) => path.endsWith('/workspace/export');

  it('a server that is killed while it works is said, waited for, and outlived', async () => {
    const off = playground.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 60_000 });
    const root = await ask('123');
    await ana.waitFor(() => playground.databricks.requests.some(isExport), STEP_MS);
    await server().stop('SIGKILL');
    // Its requests ended with it: they were its, not the bot's.
    await ana.waitFor(() => playground.databricks.requests.filter(isExport).every(({ abandoned }) => abandoned), STEP_MS);
    await ana.waitFor(() => said(root).includes('The tools server went away; waiting for it'), STEP_MS);
    off();
    await server().start();
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await idle('123', root);
    expect(said(root)).toContain('The tools server is back; going on');
    expect(ana.messages(CHANNEL, root.ts).flatMap(({ files }) => files ?? [])).toHaveLength(1);
  });

  it('a version is deployed that was made there, from the bot’s own rows', async () => {
    const root = rootOf(ana, '123') ?? expect.fail('no thread');
    ana.say(CHANNEL, 'add a staging target', { thread: root.ts });
    const card = await ana.waitFor(() => cardOf(ana, root, 2), STEP_MS);
    await idle('123', root);
    // Deploying needs no tools.
    await server().stop('SIGTERM');
    await ana.click(card, 'deploy');
    await ana.waitFor(() => said(root).includes('Version 2 is deployed to *dev*'), STEP_MS);
    await server().start();
  });

  it('a write that was proposed there is run by a click here, once', async () => {
    const root = rootOf(ana, '123') ?? expect.fail('no thread');
    ana.say(CHANNEL, 'run job 123 with catalog=main_test', { thread: root.ts });
    const card = await ana.waitFor(() => ana.messages(CHANNEL, root.ts).find((one) => 'write_run' in buttonsOf(one)), STEP_MS);
    expect(textOf(card)).toContain('"catalog": "main_test"');
    const runs = () => playground.databricks.requests.filter(({ path }) => path.endsWith('/jobs/run-now'));
    await idle('123', root);
    expect(runs()).toEqual([]);
    await ana.click(card, 'write_run');
    await ana.click(card, 'write_run', { stale: true });
    await ana.waitFor(() => said(root).includes('and done'), STEP_MS);
    expect(runs()).toHaveLength(1);
  });

  it('without the server the bot works on, and says so', async () => {
    await server().stop('SIGKILL');
    const root = await ask('204');
    await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    await idle('204', root);
    expect(said(root)).toContain('The tools server does not answer; working without it');
  });
});
