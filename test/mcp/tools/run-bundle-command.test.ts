// run_bundle_command: validate, plan and summary with the real CLI; deploy, run and destroy are stored and nothing happens.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolsClient } from '../../../src/mcp/client/in-process.ts';
import { CLI, createRig, type Rig, use } from '../rig.ts';

let rig: Rig;
let client: ToolsClient;
let bundle_id: string;
beforeAll(async () => {
  rig = await createRig();
  client = await rig.connect();
  bundle_id = (await use(client, 'generate_bundle_from_job', { job_id: '123' })).bundleDigest ?? '';
});
afterAll(async () => {
  await client.close();
  await rig.close();
});

const command = (name: string, more: Record<string, unknown> = {}) =>
  use(client, 'run_bundle_command', { bundle_id, command: name, ...more });
const writes = () => rig.databricks.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/workspace/mkdirs'));

async function deployTo(target: string): Promise<void> {
  const files = (await rig.bundles.load(bundle_id))?.bundle.files ?? [];
  await rig.cli.open({ files, host: rig.databricks.url, token: rig.token }, async (open) => {
    const { text } = await open.plan(target);
    expect((await open.deployPlan(target, text, () => undefined)).result.code).toBe(0);
  });
}

describe.skipIf(CLI === undefined)('what reads', () => {
  it('validates a target', async () => {
    const { text, isError, steps } = await command('validate', { target: 'prod' });
    expect(isError, text).toBe(false);
    expect(text).toContain('Target "prod" is valid (mode "production", folder "/Workspace/');
    expect(text).toContain('- "jobs.churn": "Churn"');
    expect(steps.map(({ status }) => status)).toEqual(['in_progress', 'complete']);
  });

  it('plans, and says what is deployed before and after a deploy', async () => {
    expect((await command('summary')).text).toContain('- "jobs.churn": "[dev ana] Churn", not deployed');
    const before = await command('plan');
    expect(before.text).toContain('A deploy would create 1');
    expect(before.text).toContain('- "create job churn"');
    expect(writes()).toEqual([]);
    await deployTo('dev');
    const { text } = await command('summary');
    expect(text).toMatch(/"jobs\.churn": "\[dev ana\] Churn", id "\d+", "http:\/\/127\.0\.0\.1:\d+\/jobs\/\d+/);
    expect((await command('plan')).text).toContain('A deploy would change nothing, leave 1 unchanged');
    expect(text).not.toContain(rig.token);
  });

  it('says what the CLI says of a bundle that is not valid, as data', async () => {
    const path = 'resources/churn.job.yml';
    const old_text = 'job_cluster_key: churn_cluster';
    const content = (await rig.bundles.load(bundle_id))?.bundle.files.find((file) => file.path === path)?.bytes;
    const text = new TextDecoder().decode(content).replace(old_text, `job_cluster_key: $${'{var.no_such}'}`);
    const broken = await use(client, 'edit_bundle_file', { bundle_id, path, content: text });
    const answer = await command('validate', { bundle_id: broken.bundleDigest });
    expect(answer.isError).toBe(false);
    expect(answer.text).toContain('It could not be done: "');
    expect(answer.steps.at(-1)?.status).toBe('error');
    await use(client, 'generate_bundle_from_job', { job_id: '123' });
  });

  it('stops the CLI when the person stops', async () => {
    const off = rig.databricks.faults.on('GET /api/2.0/preview/scim/v2/Me', { hang: true });
    const stop = new AbortController();
    const asked = () => rig.databricks.requests.filter(({ path }) => path.endsWith('/scim/v2/Me')).length;
    const before = asked();
    const running = client.call(
      { id: 'x', name: 'run_bundle_command', input: { bundle_id, command: 'plan' } },
      { signal: stop.signal, onStep: () => undefined },
    );
    // The CLI is at work once it has asked who it is.
    await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(before);
    const stopped = Date.now();
    stop.abort();
    await expect(running).rejects.toThrow();
    expect(Date.now() - stopped).toBeLessThan(10_000);
    await expect.poll(() => rig.logged.some((line) => line.includes('"ended":"aborted"')), { timeout: 10_000 }).toBe(true);
    off();
  });
});

describe('what writes', () => {
  it.each([
    ['deploy', {}, 'deploy the bundle to dev after its plan has been shown'],
    ['deploy', { target: 'prod' }, 'deploy the bundle to prod'],
    ['run', {}, 'run churn as it is deployed to dev'],
    ['run', { resource: 'jobs.churn', parameters: { catalog: 'x' } }, '--catalog=x'],
  ])('proposes %s %j, and nothing happens', async (name, more, words) => {
    const before = writes().length;
    const { text, isError, proposalIds } = await command(name, more);
    expect(isError, text).toBe(false);
    expect(text).toContain(`proposal_id: ${proposalIds?.[0]}`);
    expect(text).toContain('nothing has happened yet');
    expect(text).toContain(words);
    expect(writes().length).toBe(before);
  });

  it.skipIf(CLI === undefined)('proposes to destroy only what is deployed, and names it', async () => {
    const none = await command('destroy', { target: 'prod' });
    expect([none.isError, none.text]).toEqual([true, expect.stringContaining('Nothing of this bundle is deployed to prod')]);
    await deployTo('dev');
    const before = writes().length;
    const { text, isError, proposalIds } = await command('destroy');
    expect(isError, text).toBe(false);
    expect(proposalIds).toHaveLength(1);
    expect(text).toContain('destroy what the bundle has deployed to dev (1 resources)');
    expect(writes().length).toBe(before);
  });
});

it.each([
  [{ command: 'plan', target: 'staging' }, 'Its targets are: "dev", "prod"'],
  [{ command: 'plan', resource: 'churn' }, 'only run takes them'],
  [{ command: 'run', resource: 'nothing' }, 'It can run: churn'],
  [{ command: 'plan', bundle_id: '0'.repeat(64) }, 'There is no bundle with this bundle_id'],
])('says what to do about %j', async (input, words) => {
  const { text, isError, proposalIds } = await use(client, 'run_bundle_command', { bundle_id, ...input });
  expect([isError, proposalIds], text).toEqual([true, undefined]);
  expect(text).toContain(words);
});

it('refuses to plan and to propose a deploy where a secret stands in the bundle', async () => {
  const content = `token = "dapi${'0123456789abcdef'.repeat(2)}"\n`;
  const { bundleDigest } = await use(client, 'edit_bundle_file', { bundle_id, path: 'src/leak.py', content });
  for (const name of ['plan', 'deploy']) {
    const { text, proposalIds } = await command(name, { bundle_id: bundleDigest });
    expect(text).toContain('A hard-coded secret stands in the bundle: src/leak.py, line 1');
    expect(proposalIds).toBeUndefined();
  }
});
