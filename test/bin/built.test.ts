// What `npm run build` makes starts on its own and finds everything that it reads from disk.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { handedOn } from '../../src/config/load.ts';
import { freePort } from '../../src/playground/child.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createSlackStandIn } from '../../src/playground/slack/stand-in.ts';
import { systemClock } from '../../src/values/clock.ts';
import { callsOf } from '../mcp/drive.ts';
import { folderTest } from '../temporary-folder.ts';
import { buildProject, COMMAND, PROJECT, production } from './built-project.ts';

const MCP_SERVER = join('dist', 'bin', 'mcp-server.js');

const test = folderTest
  .extend('project', { scope: 'file' }, async ({}, { onCleanup }) => {
    const { project, remove } = await buildProject();
    onCleanup(remove);
    return project;
  })
  .extend('client', async ({ project }, { onCleanup }) => {
    const databricks = await createDatabricksStandIn();
    const env = {
      ...handedOn(environment),
      DAB_CLI_SETUP: 'false',
      DATABRICKS_HOST: databricks.url,
      DATABRICKS_TOKEN: databricks.tokenFor('ana@acme.example'),
    };
    const client = new Client({ name: 'test', version: '1' });
    onCleanup(() => client.close().finally(databricks.close));
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [MCP_SERVER, '--stdio'], cwd: project, env, stderr: 'ignore' }),
    );
    return client;
  });

test('the built MCP server makes a bundle and adds its Python tests', async ({ client }) => {
  await client.listTools();
  const call = callsOf(client);
  const made = await call('generate_bundle_from_job', { job_id: '123' });
  const bundle_id = /^bundle_id: (\w{64})$/m.exec(made.text)?.[1] ?? '';
  const { text, isError } = await call('create_tests', { bundle_id });
  expect([isError, text]).toEqual([false, expect.stringContaining('tests/conftest.py')]);
});

/** Runs the command of app.yaml; `more` are further variables. */
async function startApp(project: string, folder: string, more: Record<string, string> = {}) {
  const [slack, databricks] = await Promise.all([createSlackStandIn(), createDatabricksStandIn()]);
  onTestFinished(async () => void (await Promise.all([slack.close(), databricks.close()])));
  const app = { clientId: 'the-app', clientSecret: 'app-secret' };
  databricks.registerOAuthClient(app);
  databricks.workspace.files.mkdirs('/Volumes/main/tools');
  databricks.workspace.files.put('/Volumes/main/tools/cli.zip', { type: 'FILE', read: () => Buffer.from('no archive') });
  const [command = '', ...args] = COMMAND;
  // Nothing else of this machine: neither a CLI nor Go.
  const path = join(folder, 'bin');
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, 'node'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: path,
    HOME: folder,
    NODE_ENV: 'production',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_APP_PORT: String(port),
    DAB_PUBLIC_URL: url,
    DAB_OAUTH_CLIENT_ID: 'dab-bot',
    DAB_VAULT_KEY: Buffer.alloc(32).toString('base64'),
    DAB_DATA_DIR: folder,
    DATABRICKS_CLIENT_ID: app.clientId,
    DATABRICKS_CLIENT_SECRET: app.clientSecret,
    DAB_CLI_ARCHIVE: '/Volumes/main/tools/cli.zip',
    ...more,
  };
  const bot = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'ignore', 'inherit'] });
  onTestFinished(() => void bot.kill('SIGKILL'));
  return { bot, port, ended: once(bot, 'exit'), ready: () => fetch(`${url}/readyz`).catch(() => undefined) };
}

test('the command of app.yaml starts the bot, and SIGTERM to that process ends it although a request hangs', async ({
  project,
  folder,
}) => {
  const { bot, port, ended, ready } = await startApp(project, folder);
  await expect.poll(async () => (await ready())?.status, { timeout: 60_000 }).toBe(200);
  // A database keeps the number that it is made with: this one is a copy of what the build made.
  const [its, built] = [folder, join(project, 'dist', 'storage', 'db', 'first')].map((data) =>
    readFileSync(join(data, 'postgres', 'global', 'pg_control')).readBigUInt64LE(),
  );
  expect(its).toBe(built);
  // What lies in the volume was read as the app itself, and is not what was published.
  const cli = async () => ((await (await ready())?.json()) as { checks: { cli: { reason: string } } } | undefined)?.checks.cli.reason;
  await expect.poll(cli, { timeout: 60_000 }).toContain('another checksum');
  const hanging = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void hanging.destroy());
  hanging.write('POST /auth/confirm HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n');
  bot.kill('SIGTERM');
  // As Databricks Apps does it.
  const killed = systemClock.deadline(15_000, () => bot.kill('SIGKILL'));
  expect(await ended).toEqual([0, null]);
  killed();
});

test('while its database is away the bot says in readiness what it waits for, and ends when it is told to', async ({ project, folder }) => {
  const nobody = { PGHOST: '127.0.0.1', PGPORT: String(await freePort()), PGUSER: 'dab', PGSSLMODE: 'disable' };
  const { bot, ended, ready } = await startApp(project, folder, nobody);
  const checks = async () => ((await (await ready())?.json()) as { checks: unknown } | undefined)?.checks;
  await expect.poll(checks, { timeout: 60_000 }).toEqual({
    database: { state: 'away', reason: 'waiting for the server (ECONNREFUSED)', forSeconds: expect.any(Number) },
    slack: { state: 'away', reason: 'the database comes first', forSeconds: expect.any(Number) },
  });
  expect((await ready())?.status).toBe(503);
  bot.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test.for(['bot.js', 'mcp-server.js', 'convert.js'])('the built %s says what its configuration lacks', async (program, { project }) => {
  const run = promisify(execFile)(process.execPath, [join('dist', 'bin', program)], { cwd: project, env: {} });
  await expect(run).rejects.toMatchObject({ stderr: expect.stringMatching(/DATABRICKS_HOST|convert:/) });
});

test('what is installed for it stays small, and holds neither TypeScript nor another Node', () => {
  const names = production.map((path) => path.slice('node_modules/'.length));
  expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(typescript|node|vitest)$/)]));
  const bytes = production.flatMap((path) =>
    readdirSync(join(PROJECT, path), { recursive: true, withFileTypes: true }).map((entry) =>
      entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0,
    ),
  );
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(190_000_000);
});
