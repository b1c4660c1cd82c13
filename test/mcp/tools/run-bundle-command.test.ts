// run_bundle_command: validate, plan and summary with the real CLI; deploy, run and destroy are stored and nothing happens.
import { describe, expect } from 'vitest';
import { CLI, type Rig, toolsTest, use } from '../rig.ts';

const it = toolsTest()
  .extend('bundle_id', { scope: 'file' }, async ({ client }) => {
    return (await use(client, 'generate_bundle_from_job', { job_id: '123' })).bundleDigest ?? '';
  })
  .extend('command', { scope: 'file' }, ({ client, bundle_id }) => (name: string, more: Record<string, unknown> = {}) => {
    return use(client, 'run_bundle_command', { bundle_id, command: name, ...more });
  });

const writes = (rig: Rig) => rig.databricks.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/workspace/mkdirs'));

async function deployTo(target: string, rig: Rig, bundle_id: string): Promise<void> {
  const files = (await rig.bundles.load(bundle_id))?.bundle.files ?? [];
  await rig.cli.open({ files, host: rig.databricks.url, token: async () => rig.token }, async (open) => {
    const { text } = await open.plan(target);
    expect((await open.deployPlan(target, { plan: text, deletes: false }, () => undefined)).result.code).toBe(0);
  });
}

describe.skipIf(CLI === undefined)('what reads', () => {
  it('validates a target', async ({ command }) => {
    const { text, isError, steps } = await command('validate', { target: 'prod' });
    expect(isError, text).toBe(false);
    expect(text).toContain('Target "prod" is valid (mode "production", folder "/Workspace/');
    expect(text).toContain('- "jobs.churn": "Churn"');
    expect(steps.map(({ status }) => status)).toEqual(['in_progress', 'complete']);
  });

  it('plans, and says what is deployed before and after a deploy', async ({ rig, bundle_id, command }) => {
    expect((await command('summary')).text).toContain('- "jobs.churn": "[dev ana] Churn", not deployed');
    const before = await command('plan');
    expect(before.text).toContain('A deploy would create 1');
    expect(before.text).toContain('- "create job churn"');
    expect(writes(rig)).toEqual([]);
    await deployTo('dev', rig, bundle_id);
    const { text } = await command('summary');
    expect(text).toMatch(/"jobs\.churn": "\[dev ana\] Churn", id "\d+", "http:\/\/127\.0\.0\.1:\d+\/jobs\/\d+/);
    expect((await command('plan')).text).toContain('A deploy would change nothing, leave 1 unchanged');
    expect(text).not.toContain(rig.token);
  });

  it('says what the CLI says of a bundle that is not valid, as data', async ({ rig, client, bundle_id, command }) => {
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

  it('stops the CLI when the person stops', async ({ rig, client, bundle_id, faults }) => {
    const { struck } = faults.on('GET /api/2.0/preview/scim/v2/Me', { hang: true });
    const stop = new AbortController();
    const input = { bundle_id, command: 'plan' };
    const running = client.call({ id: 'x', name: 'run_bundle_command', input }, { signal: stop.signal, onStep: () => undefined });
    // Only the CLI asks who it is.
    await struck;
    stop.abort();
    await expect(running).rejects.toThrow();
    // It ends by our signal and no answer: its request hangs for good.
    await expect.poll(() => rig.logged.some((line) => line.includes('"ended":"aborted"'))).toBe(true);
  });
});

describe('what writes', () => {
  it.for([
    ['deploy', {}, 'deploy the bundle to dev after its plan has been shown'],
    ['deploy', { target: 'prod' }, 'deploy the bundle to prod'],
    ['run', {}, 'run churn as it is deployed to dev'],
    ['run', { resource: 'jobs.churn', parameters: { catalog: 'x' } }, '--catalog=x'],
  ] as const)('proposes %s %j, and nothing happens', async ([name, more, words], { rig, command }) => {
    const before = writes(rig).length;
    const { text, isError, proposalIds } = await command(name, more);
    expect(isError, text).toBe(false);
    expect(text).toContain(`proposal_id: ${proposalIds?.[0]}`);
    expect(text).toContain('nothing has happened yet');
    expect(text).toContain(words);
    expect(writes(rig).length).toBe(before);
  });

  it.skipIf(CLI === undefined)('proposes to destroy only what is deployed, and names it', async ({ rig, bundle_id, command }) => {
    const none = await command('destroy', { target: 'prod' });
    expect([none.isError, none.text]).toEqual([true, expect.stringContaining('Nothing of this bundle is deployed to prod')]);
    await deployTo('dev', rig, bundle_id);
    const before = writes(rig).length;
    const { text, isError, proposalIds } = await command('destroy');
    expect(isError, text).toBe(false);
    expect(proposalIds).toHaveLength(1);
    expect(text).toContain('destroy what the bundle has deployed to dev (1 resources)');
    expect(writes(rig).length).toBe(before);
  });
});

it.for([
  [{ command: 'plan', target: 'staging' }, 'Its targets are: "dev", "prod"'],
  [{ command: 'plan', resource: 'churn' }, 'only run takes them'],
  [{ command: 'run', resource: 'nothing' }, 'It can run: churn'],
  [{ command: 'plan', bundle_id: '0'.repeat(64) }, 'There is no bundle with this bundle_id'],
] as const)('says what to do about %j', async ([input, words], { client, bundle_id }) => {
  const { text, isError, proposalIds } = await use(client, 'run_bundle_command', { bundle_id, ...input });
  expect([isError, proposalIds], text).toEqual([true, undefined]);
  expect(text).toContain(words);
});

it('refuses to plan and to propose a deploy where a secret stands in the bundle, whatever it is called', async ({
  client,
  bundle_id,
  command,
}) => {
  const edit = { path: 'src/leak.py', content: 'db_password = "hunter2222"\n' };
  const first = await use(client, 'edit_bundle_file', { bundle_id, ...edit });
  const rename = { path: edit.path, old_text: 'db_password = "<secret password>', new_text: 'x = "<secret password>' };
  const { bundleDigest } = await use(client, 'edit_bundle_file', { bundle_id: first.bundleDigest, ...rename });
  expect((await use(client, 'read_bundle_file', { bundle_id: bundleDigest, path: edit.path })).text).toContain('x = \\"<secret password>');
  for (const name of ['plan', 'deploy']) {
    const { text, proposalIds } = await command(name, { bundle_id: bundleDigest });
    expect(text).toContain('A hard-coded secret stands in the bundle: src/leak.py, line 1');
    expect(proposalIds).toBeUndefined();
  }
});
