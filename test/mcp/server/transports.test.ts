// Every tool through the SDK's own clients over HTTP and stdio, against the server as its own program; two people at once stay apart.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../../src/config/environment.ts';
import { handedOn } from '../../../src/config/load.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createToolsServer, type ToolsServer } from '../../../src/playground/tools-server.ts';
import { fillDataFolder } from '../../storage/test-dump.ts';
import { callsOf, driveAll, seedForDrive } from '../drive.ts';
import { CLI } from '../rig.ts';

const ANA = 'ana@acme.example';
const BEN = 'ben@acme.example';
const PROJECT = join(import.meta.dirname, '..', '..', '..');
const cli = CLI !== undefined;

let databricks: DatabricksStandIn;
let server: ToolsServer;
let dataDir: string;
/** One token for each person, so that a leak of it can be seen. */
const tokens = new Map<string, string>();
const tokenOf = (email: string) => tokens.get(email) ?? '';
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dab-transports-'));
  await fillDataFolder(join(dataDir, 'tools-postgres'));
  databricks = await createDatabricksStandIn();
  seedForDrive(databricks);
  for (const email of [ANA, BEN]) tokens.set(email, databricks.tokenFor(email));
  server = await createToolsServer({ env: { ...environment, DAB_CLI_SETUP: 'false' }, host: databricks.url, dataDir });
  await server.start();
});
afterAll(async () => {
  await server?.stop('SIGTERM');
  await databricks?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function connectHttp(email: string, token = tokenOf(email)): Promise<Client> {
  const headers = { Authorization: `Bearer ${token}` };
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }));
  await client.listTools();
  return client;
}

async function connectStdio(email: string): Promise<Client> {
  const env = {
    ...handedOn(environment),
    DAB_CLI_SETUP: 'false',
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_TOKEN: tokenOf(email),
  };
  const client = new Client({ name: 'test', version: '1' });
  const args = ['run', '--silent', 'mcp'];
  await client.connect(new StdioClientTransport({ command: 'npm', args, cwd: PROJECT, env, stderr: 'ignore' }));
  await client.listTools();
  return client;
}

describe('every tool', () => {
  it.each([
    ['over HTTP', connectHttp],
    ['on stdio, as npm run --silent mcp', connectStdio],
  ])('%s', async (_how, connect) => {
    const client = await connect(ANA);
    const texts = await driveAll(callsOf(client), { cli });
    expect(texts.join('\n')).not.toContain(tokenOf(ANA));
    await client.close();
  });
});

describe('two people at once over HTTP', () => {
  it('are each themselves, and never see each other’s bundles', async () => {
    const [ana, ben] = await Promise.all([connectHttp(ANA), connectHttp(BEN)]);
    const [ofAna, ofBen] = [callsOf(ana), callsOf(ben)];
    const healths = await Promise.all([ofAna('health', {}), ofBen('health', {}), ofAna('health', {}), ofBen('health', {})]);
    expect(healths.map(({ text }) => /Acting as "(\w+)@/.exec(text)?.[1])).toEqual(['ana', 'ben', 'ana', 'ben']);

    const made = await Promise.all([
      ofAna('generate_bundle_from_job', { job_id: '123' }),
      ofBen('generate_bundle_from_job', { job_id: '204' }),
    ]);
    const [annas = '', bens = ''] = made.map(({ text }) => /^bundle_id: (\w{64})$/m.exec(text)?.[1]);
    expect(bens).toHaveLength(64);
    expect((await ofAna('read_bundle_file', { bundle_id: annas, path: 'databricks.yml' })).isError).toBe(false);

    for (const [tool, input] of [
      ['read_bundle_file', { path: 'databricks.yml' }],
      ['list_bundle_files', {}],
      ['edit_bundle_file', { path: 'NOTES.md', content: 'mine' }],
      ['validate_bundle', {}],
      ['upload_bundle', { folder: '/Workspace/Users/ben@acme.example/x' }],
      ['run_bundle_command', { command: 'deploy' }],
    ] as const) {
      const { text, isError } = await ofBen(tool, { ...input, bundle_id: annas });
      expect(isError, `${tool}: ${text}`).toBe(true);
      expect(text).toContain('no bundle');
    }
    await expect(ben.readResource({ uri: `bundle://${annas}/databricks.yml` })).rejects.toThrow();
    expect((await ana.readResource({ uri: `bundle://${annas}/databricks.yml` })).contents).toHaveLength(1);
    const asked = await fetch(new URL(`/bundles/${annas}`, server.url), {
      headers: { Authorization: `Bearer ${tokenOf(BEN)}` },
    });
    expect(asked.status).toBe(404);

    // The same job for both is the same tree: each has it then, through what they read themselves.
    const again = await ofBen('generate_bundle_from_job', { job_id: '123' });
    expect(again.text).toContain(annas);
    expect((await ofBen('read_bundle_file', { bundle_id: annas, path: 'databricks.yml' })).isError).toBe(false);
    await Promise.all([ana.close(), ben.close()]);
  });

  it('asks the workspace who somebody is once per token', async () => {
    const asked = () => databricks.requests.filter(({ path }) => path.endsWith('/scim/v2/Me')).length;
    const before = asked();
    const ana = await connectHttp(ANA, databricks.tokenFor(ANA));
    await Promise.all(Array.from({ length: 8 }, () => callsOf(ana)('list_jobs', {})));
    await ana.close();
    expect(asked() - before).toBe(1);
  });
});

it('ends politely, and says so in its log, which holds no token', async () => {
  await server.stop('SIGTERM');
  const log = await server.log();
  expect(log).toContain('The MCP server drains');
  expect(log).not.toContain(tokenOf(ANA));
  await server.start();
  // What was made before the restart is still there.
  const client = await connectHttp(ANA);
  const { text } = await callsOf(client)('generate_bundle_from_job', { job_id: '123' });
  const digest = /^bundle_id: (\w{64})$/m.exec(text)?.[1] ?? '';
  await server.stop('SIGKILL');
  await server.start();
  expect((await client.readResource({ uri: `bundle://${digest}/databricks.yml` })).contents).toHaveLength(1);
  await client.close();
});
