// The server alone: errors in our words only, aborts that arrive, progress as steps, JSON on the wire, no token in a message.
import { expect } from 'vitest';
import { createWorkspace } from '../../../src/databricks/workspace.ts';
import { createToolsClient } from '../../../src/mcp/client/in-process.ts';
import { UpstreamError } from '../../../src/values/errors.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { toolsTest, use } from '../rig.ts';

const test = toolsTest();

test('a UserError reaches the model as problem and next step; open steps fail', async ({ client }) => {
  const { isError, text, steps } = await use(client, 'generate_bundle_from_job', { job_id: '999999' });
  expect(isError).toBe(true);
  expect(text).toContain('What to do next:');
  expect(steps.map((step) => step.status)).toEqual(['in_progress', 'error']);
});

test('a statement that fails for a moment is not told: the tool is called again', async ({ rig }) => {
  let calls = 0;
  const load: typeof rig.bundles.load = async () => {
    calls += 1;
    if (calls === 1) throw new UpstreamError({ service: 'postgres', operation: 'select files', passing: true });
    return undefined;
  };
  const client = await createToolsClient(
    { ...rig.deps, bundles: { ...rig.bundles, load } },
    { host: rig.databricks.url, userName: 'ana@acme.example', token: async () => rig.token },
  );
  const { text } = await use(client, 'list_bundle_files', { bundle_id: '0'.repeat(64) });
  expect(text).not.toContain('event');
  expect(calls).toBe(2);
  await client.close();
});

test('a statement that goes on failing is no answer: the call rejects, so that its turn is tried again', async ({ rig }) => {
  const failed = new UpstreamError({ service: 'postgres', operation: 'select files', passing: true });
  const client = await createToolsClient(
    { ...rig.deps, bundles: { ...rig.bundles, load: () => Promise.reject(failed) } },
    { host: rig.databricks.url, userName: 'ana@acme.example', token: async () => rig.token },
  );
  await expect(use(client, 'list_bundle_files', { bundle_id: '0'.repeat(64) })).rejects.toBe(failed);
  await client.close();
  // Of whoever acts, too: nobody is told that the workspace could not be reached.
  const away = await createToolsClient(rig.deps, {
    host: rig.databricks.url,
    userName: 'ana@acme.example',
    token: () => Promise.reject(failed),
  });
  await expect(use(away, 'get_job', { job_id: '123' })).rejects.toBe(failed);
  await away.close();
});

test('anything else becomes a generic text with an event id that is in the log', async ({ rig }) => {
  const broken = await createToolsClient(
    {
      ...rig.deps,
      bundles: {
        ...rig.bundles,
        load: async () => {
          throw new Error('password is hunter2');
        },
      },
    },
    { host: rig.databricks.url, userName: 'ana@acme.example', token: async () => rig.token },
  );
  const { isError, text } = await use(broken, 'list_bundle_files', { bundle_id: '0'.repeat(64) });
  expect(isError).toBe(true);
  expect(text).not.toContain('hunter2');
  const event = /event ([0-9a-f-]{36})/.exec(text)?.[1] ?? 'none';
  expect(rig.logged.some((line) => line.includes(event))).toBe(true);
  await expect(broken.readResource(`bundle://${'0'.repeat(64)}/a`)).rejects.toThrow(/could not be loaded/);
  await broken.close();
});

test('a workspace that is down is waited for, as a step of the call', async ({ rig, faults }) => {
  const clock = createTestClock();
  const { deps, databricks, token } = rig;
  const tools = await createToolsClient(
    { ...deps, workspace: (caller) => createWorkspace({ ...caller, clock, log: { debug() {} } }) },
    { host: databricks.url, userName: 'ana@acme.example', token: async () => token },
  );
  faults.on('GET /api/2.2/jobs/get', { status: 503, times: 4 });
  const { isError, steps } = await clock.turnUntil(use(tools, 'get_job', { job_id: '123' }));
  await tools.close();
  expect(isError).toBe(false);
  expect(steps.flatMap(({ id, status }) => (id === 'databricks' ? [status] : []))).toEqual(['in_progress', 'complete']);
});

test('bad input, an unknown field, an unknown tool: an error that says what is wrong', async ({ client }) => {
  for (const [name, input] of [
    ['get_job', {}],
    ['get_job', { job_id: 123 }],
    ['get_job', { job_id: ' ' }],
    ['get_job', { job_id: '123', extra: true }],
    ['list_bundle_files', { bundle_id: 'abc' }],
    ['deploy', { bundle_id: 'abc' }],
  ] as const) {
    const result = await use(client, name, input);
    expect(result.isError, name).toBe(true);
    expect(result.text).toMatch(/invalid|not found/i);
  }
  expect(
    (await client.call({ id: 'x', name: 'get_job', input: 'text' }, { signal: new AbortController().signal, onStep: () => undefined }))
      .isError,
  ).toBe(true);
});

test('an abort reaches the handler, and the call rejects at once', async ({ rig, client, faults }) => {
  const { struck } = faults.on('GET /api/2.2/jobs/get', { hang: true });
  const stop = new AbortController();
  const running = use(client, 'get_job', { job_id: '123' }, stop.signal);
  await struck;
  stop.abort();
  await expect(running).rejects.toThrow();
  await expect.poll(() => rig.databricks.requests.at(-1)?.abandoned).toBe(true);
  faults.clear();
  await expect(use(client, 'get_job', { job_id: '123' }, stop.signal)).rejects.toThrow();
  expect((await use(client, 'get_job', { job_id: '123' })).isError).toBe(false);
});

test('two callers side by side see what each may see, and no message or log line holds a token', async ({ rig, client }) => {
  const ben = rig.databricks.tokenFor('ben@acme.example');
  const other = await createToolsClient(rig.deps, { host: rig.databricks.url, userName: 'ben@acme.example', token: async () => ben });
  const answers = await Promise.all([use(client, 'get_job', { job_id: '123' }), use(other, 'get_job', { job_id: '123' })]);
  const users = new Set(rig.databricks.requests.map((request) => request.userName));
  expect(users).toContain('ana@acme.example');
  expect(users).toContain('ben@acme.example');
  const all = JSON.stringify([answers, rig.logged]);
  for (const token of [rig.token, ben]) expect(all).not.toContain(token);
  await other.close();
});
