// Every tool through a real MCP client: as the caller and nobody else, without a write to the workspace, a token or a secret in an answer.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { expect, onTestFinished } from 'vitest';
import { createToolsClient } from '../../../src/mcp/client/in-process.ts';
import { createServer } from '../../../src/mcp/server/server.ts';
import { callsOf, driveAll, seedForDrive } from '../drive.ts';
import { CLI, createRig, toolsTest, use } from '../rig.ts';

const it = toolsTest({ seed: ({ databricks }) => seedForDrive(databricks) });

it('every tool answers what it is for', async ({ rig, client }) => {
  const texts = await driveAll((name, input) => use(client, name, input), { cli: CLI !== undefined });
  expect([...texts, ...rig.logged].join('\n')).not.toContain(rig.token);
  // The CLI also asks what kind of host it is, which nobody signs in for.
  const signed = rig.databricks.requests.filter(({ path }) => path.startsWith('/api/'));
  expect(new Set(signed.map(({ userName }) => userName))).toEqual(new Set(['ana@acme.example']));
  // A query that reads is a POST; the CLI makes the bundle's own empty folder when it validates.
  const writes = rig.databricks.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);
  expect(writes.filter((path) => path !== '/api/2.0/sql/statements' && path !== '/api/2.0/workspace/mkdirs')).toEqual([]);
});

it('every tool answers as its schema says, also without a CLI', async () => {
  const bare = await createRig({ cli: false });
  onTestFinished(() => bare.close());
  seedForDrive(bare.databricks);
  const caller = { host: bare.databricks.url, userName: 'ana@acme.example', token: async () => bare.token };
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([createServer(bare.deps, caller).connect(far), client.connect(near)]);
  expect((await client.listTools()).tools.every((tool) => tool.outputSchema !== undefined)).toBe(true);
  await driveAll(callsOf(client), { cli: false });
  // Some hosts show the structured part to their model.
  bare.databricks.workspace.pipelines.set('p', { pipeline_id: 'p', name: 'Gold\u200b\u202e', state: 'IDLE', spec: {} });
  const { structuredContent } = await client.callTool({ name: 'list_pipelines', arguments: { name: 'gold' } });
  expect(structuredContent).toEqual({ pipelines: [{ pipeline_id: 'p', name: 'Gold' }] });
  await client.close();
});

it('every tool that asks the workspace is refused the workspace with a token that is not valid, in words for a person', async ({ rig }) => {
  const client = await createToolsClient(rig.deps, {
    host: rig.databricks.url,
    userName: 'ana@acme.example',
    token: async () => 'dapi-expired',
  });
  for (const [name, input] of [
    ['list_jobs', {}],
    ['get_job', { job_id: '123' }],
    ['list_pipelines', {}],
    ['list_warehouses', {}],
    ['get_cluster', { cluster: 'x' }],
    ['list_notebooks', {}],
    ['list_dbfs_files', { path: 'dbfs:/' }],
    ['execute_dbsql', { statement: 'SELECT 1' }],
    ['run_job', { job: '123' }],
    ['generate_bundle', { folder: '/Shared/orders' }],
    ['generate_bundle_from_job', { job_id: '123' }],
  ] as const) {
    const { text, isError } = await use(client, name, input);
    expect([isError, text], name).toEqual([true, expect.stringMatching(/sign-in|may not see it/)]);
  }
  await client.close();
});
