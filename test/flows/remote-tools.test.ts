// The bot with its tools on a server of their own: the same conversation, a server that is killed in the middle of it, and none at all.
import { describe, expect } from 'vitest';
import { findCli, flow, holdSources } from './stack.ts';
import { buttonsOf, followRoot, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow({ remoteTools: true }).extend(
  'server',
  { scope: 'file' },
  ({ playground }) => playground.toolsServer ?? expect.fail('there is no server of the tools'),
);

describe.skipIf(cli.state !== 'ready')('with MCP_REMOTE_URL', () => {
  test('a server that is killed while it works is said, waited for, and outlived', async ({ playground, server, ana }) => {
    const exports = () => playground.databricks.requests.filter(({ path }) => path.endsWith('/workspace/export'));
    const release = holdSources(playground);
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await expect.poll(exports, { timeout: STEP_MS }).not.toEqual([]);
    await server.stop('SIGKILL');
    // Its requests ended with it: they were its, not the bot's.
    await expect.poll(() => exports().filter(({ abandoned }) => !abandoned), { timeout: STEP_MS }).toEqual([]);
    await thread.says('The tools server went away; waiting for it');
    release();
    await server.start();
    await thread.card(1);
    await thread.idle();
    expect(thread.text()).toContain('The tools server is back; going on');
    expect(thread.files()).toHaveLength(1);
  });

  test('a write that was proposed there is run by a click here, once', async ({ playground, ana }) => {
    const thread = await followRoot(ana, 'job 123 ');
    thread.say('run job 123 with catalog=main_test');
    const card = await ana.waitFor(() => thread.messages().find((one) => 'write_run' in buttonsOf(one)), STEP_MS);
    expect(textOf(card)).toContain('"catalog": "main_test"');
    const runs = () => playground.databricks.requests.filter(({ path }) => path.endsWith('/jobs/run-now'));
    await thread.idle();
    expect(runs()).toEqual([]);
    await ana.click(card, 'write_run');
    await ana.click(card, 'write_run', { stale: true });
    await thread.says('succeeded');
    expect(runs()).toHaveLength(1);
  });

  test('a version that was made there is deployed from the bot’s own rows, without the server', async ({ server, ana }) => {
    const thread = await followRoot(ana, 'job 123 ');
    thread.say('add a staging target');
    const card = await thread.card(2);
    await thread.idle();
    await server.stop('SIGTERM');
    await ana.click(card, 'deploy');
    await thread.says('Version 2 is deployed to *dev*');
  });

  test('without the server the bot works on, and says so', async ({ server, ana }) => {
    await server.stop('SIGKILL');
    const thread = await startThread(ana, '/dab job 204', 'job 204 ');
    await thread.card(1);
    await thread.idle();
    expect(thread.text()).toContain('The tools server does not answer; working without it');
  });
});
