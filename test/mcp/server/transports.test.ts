// Every tool through the SDK's own clients over HTTP and stdio, against the server as its own program; two people at once stay apart.
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { describe, expect, onTestFinished } from 'vitest';
import { environment } from '../../../src/config/environment.ts';
import { handedOn } from '../../../src/config/load.ts';
import { callsOf, driveAll } from '../drive.ts';
import { CLI } from '../rig.ts';
import { withServerProcess } from '../server-process.ts';

const ANA = 'ana@acme.example';
const BEN = 'ben@acme.example';
const PROJECT = join(import.meta.dirname, '..', '..', '..');

/** `tokenOf`: one token for each person, so that a leak of it can be seen. The others: a client of the SDK, by transport. */
const it = withServerProcess
  .extend('tokenOf', { scope: 'file' }, ({ databricks }) => {
    const tokens = new Map([ANA, BEN].map((email) => [email, databricks.tokenFor(email)]));
    return (email: string) => tokens.get(email) ?? '';
  })
  .extend('overHttp', { scope: 'file' }, ({ server, tokenOf }) => (email: string, token = tokenOf(email)) => {
    const headers = { Authorization: `Bearer ${token}` };
    return connected(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }));
  })
  .extend('onStdio', { scope: 'file' }, ({ databricks, tokenOf }) => (email: string) => {
    const login = { DAB_CLI_SETUP: 'false', DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: tokenOf(email) };
    const env = { ...handedOn(environment), ...login };
    const args = ['run', '--silent', 'mcp'];
    return connected(new StdioClientTransport({ command: 'npm', args, cwd: PROJECT, env, stderr: 'ignore' }));
  });

/** A client that has asked for the tools. */
async function connected(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  await client.listTools();
  return client;
}

describe('every tool', () => {
  it.for(['over HTTP', 'on stdio, as npm run --silent mcp'])('%s', async (how, { overHttp, onStdio, tokenOf }) => {
    const client = await (how === 'over HTTP' ? overHttp : onStdio)(ANA);
    onTestFinished(() => client.close());
    const texts = await driveAll(callsOf(client), { cli: CLI !== undefined });
    expect(texts.join('\n')).not.toContain(tokenOf(ANA));
    // No bot has its database.
    expect(texts.join('\n')).toContain('Not known here: whether prod is deployed already');
  });
});

describe('two people at once over HTTP', () => {
  it('are each themselves, and never see each other’s bundles', async ({ server, tokenOf, overHttp }) => {
    const [ana, ben] = await Promise.all([overHttp(ANA), overHttp(BEN)]);
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

    // The same wish for both is the same tree but for whose home it is for: each has their own then, through what they read themselves.
    const again = await ofAna('generate_bundle_from_job', { job_id: '204' });
    const own = /^bundle_id: (\w{64})$/m.exec(again.text)?.[1] ?? '';
    expect(own).not.toBe(bens);
    expect((await ofAna('read_bundle_file', { bundle_id: own, path: 'databricks.yml' })).isError).toBe(false);
    expect((await ofAna('read_bundle_file', { bundle_id: bens, path: 'databricks.yml' })).isError).toBe(true);
    await Promise.all([ana.close(), ben.close()]);
  });

  it('asks the workspace who somebody is once per token', async ({ databricks, overHttp }) => {
    const asked = () => databricks.requests.filter(({ path }) => path.endsWith('/scim/v2/Me')).length;
    const before = asked();
    const ana = await overHttp(ANA, databricks.tokenFor(ANA));
    await Promise.all(Array.from({ length: 8 }, () => callsOf(ana)('list_jobs', {})));
    await ana.close();
    expect(asked() - before).toBe(1);
  });
});

it('keeps what was made when it is killed, ends politely, and says so in its log, which holds no token', async ({
  server,
  tokenOf,
  overHttp,
}) => {
  const client = await overHttp(ANA);
  onTestFinished(() => client.close());
  const { text } = await callsOf(client)('generate_bundle_from_job', { job_id: '123' });
  const digest = /^bundle_id: (\w{64})$/m.exec(text)?.[1] ?? '';
  await server.stop('SIGKILL');
  await server.start();
  expect((await client.readResource({ uri: `bundle://${digest}/databricks.yml` })).contents).toHaveLength(1);
  await server.stop('SIGTERM');
  const log = await server.log();
  expect(log).toContain('The MCP server drains');
  expect(log).not.toContain(tokenOf(ANA));
});
