// The real CLI against the stand-in: validate, plan, deploy --plan, summary, plan again, bind, destroy; and its faults and locks.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { standInTest } from './api.ts';
import { ADOPTING_BUNDLE, SMALL_BUNDLE } from './bundle-fixture.ts';
import { CLI, createBundleFolder } from './cli.ts';

if (CLI === undefined) process.stdout.write('SKIPPED: the stand-in against the real CLI, because DATABRICKS_CLI_PATH is not set.\n');

const test = standInTest();
const HOME = '/Users/ana@acme.example/.bundle';

describe.skipIf(CLI === undefined)('the real CLI', () => {
  test('validates, plans, deploys the plan, knows what it deployed, and destroys it', async ({ standIn, host }) => {
    const bundle = createBundleFolder(SMALL_BUNDLE);
    const validated = await bundle.run(host, 'validate', '--strict', '-o', 'json', '-t', 'prod');
    expect(validated).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(validated.stdout).workspace.current_user.userName).toBe('ana@acme.example');

    const planned = await bundle.run(host, 'plan', '-o', 'json', '-t', 'prod');
    expect(planned.code, planned.stderr).toBe(0);
    expect(JSON.parse(planned.stdout).plan['resources.jobs.small'].action).toBe('create');
    const planFile = join(bundle.root, '..', 'plan.json');
    writeFileSync(planFile, planned.stdout);

    const deployed = await bundle.run(host, 'deploy', '--plan', planFile, '-t', 'prod');
    expect(deployed.code, deployed.stderr).toBe(0);
    expect(deployed.stderr).toContain('Deployment complete!');

    const summary = await bundle.run(host, 'summary', '-o', 'json', '-t', 'prod');
    const { id, url } = JSON.parse(summary.stdout).resources.jobs.small as { id: string; url: string };
    expect(url).toContain(`${standIn.url}/jobs/${id}`);
    const job = standIn.workspace.jobs.get(id);
    expect(job?.settings).toMatchObject({
      name: 'Small',
      tags: { team: 'test' },
      deployment: { kind: 'BUNDLE' },
      edit_mode: 'UI_LOCKED',
      format: 'MULTI_TASK',
    });
    const page = await (await fetch(url)).text();
    expect(page).toContain('Deployed from a bundle by <b>ana@acme.example</b>');

    const { id: pipelineId } = JSON.parse(summary.stdout).resources.pipelines.tables as { id: string };
    const pipeline = standIn.workspace.pipelines.get(pipelineId);
    expect(pipeline).toMatchObject({ name: 'Small tables', creator_user_name: 'ana@acme.example', state: 'IDLE' });
    expect(pipeline?.spec).toMatchObject({ id: pipelineId, schema: 'small', deployment: { kind: 'BUNDLE' }, pipeline_type: 'WORKSPACE' });
    const { id: dashboardId } = JSON.parse(summary.stdout).resources.dashboards.board as { id: string };
    const dashboard = standIn.workspace.dashboards.get(dashboardId);
    expect(dashboard?.draft).toMatchObject({ display_name: 'Small board', lifecycle_state: 'ACTIVE', etag: '80611980' });
    expect(dashboard?.draft.serialized_dashboard).toContain('PAGE_TYPE_CANVAS');
    expect(dashboard?.published).toMatchObject({ warehouse_id: '4fe75792cd0d304c', embed_credentials: false });
    const granted = (object: string) => JSON.stringify(standIn.workspace.grants.get(object));
    expect(granted(`/pipelines/${pipelineId}`)).toMatch(/"group_name":"users".*"CAN_VIEW"/);
    expect(granted(`/dashboards/${dashboardId}`)).toMatch(/"group_name":"users".*"CAN_READ"/);

    const files = standIn.workspace.files;
    const at = (name: string) => files.get(`${HOME}/small/prod/files/src/${name}`);
    expect(at('load')).toMatchObject({ type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE' });
    expect(at('model')).toMatchObject({ type: 'NOTEBOOK', language: 'PYTHON', format: 'JUPYTER' });
    expect(at('report')).toMatchObject({ type: 'NOTEBOOK', language: 'SQL', format: 'SOURCE' });
    expect(at('send.py')).toMatchObject({ type: 'FILE' });
    expect(at('load.py')).toBeUndefined();

    const again = await bundle.run(host, 'plan', '-o', 'json', '-t', 'prod');
    const actions = Object.values(JSON.parse(again.stdout).plan as Record<string, { action: string }>).map(({ action }) => action);
    expect(new Set(actions)).toEqual(new Set(['skip']));

    const destroyed = await bundle.run(host, 'destroy', '--auto-approve', '-t', 'prod');
    expect(destroyed.code, destroyed.stderr).toBe(0);
    expect(standIn.workspace.jobs.has(id)).toBe(false);
    expect(standIn.workspace.pipelines.has(pipelineId)).toBe(false);
    expect(standIn.workspace.dashboards.get(dashboardId)?.draft.lifecycle_state).toBe('TRASHED');
    expect(files.get(`${HOME}/small/prod`)).toBeUndefined();
  }, 180_000);

  test('deploys to dev as somebody else, who gets a job of their own', async ({ standIn }) => {
    const bundle = createBundleFolder(SMALL_BUNDLE);
    const ben = { url: standIn.url, token: standIn.tokenFor('ben@acme.example') };
    const deployed = await bundle.run(ben, 'deploy', '-t', 'dev');
    expect(deployed.code, deployed.stderr).toBe(0);
    const job = [...standIn.workspace.jobs.values()].find(
      ({ creator, settings }) => creator === 'ben@acme.example' && settings.name === '[dev ben] Small',
    );
    expect(job).toBeDefined();
    expect(Number.isSafeInteger(Number(job?.jobId))).toBe(false);
  }, 180_000);

  test('binds a job that exists, plans its changes, and destroy deletes it', async ({ standIn, host }) => {
    const response = await fetch(`${standIn.url}/api/2.2/jobs/create`, {
      method: 'POST',
      headers: { authorization: `Bearer ${host.token}` },
      body: JSON.stringify({ name: 'hand made', tasks: [{ task_key: 'only', notebook_task: { notebook_path: '/Shared/x' } }] }),
    });
    const jobId = /\d+/.exec(await response.text())?.[0] ?? '';
    const bundle = createBundleFolder(ADOPTING_BUNDLE);
    const bound = await bundle.run(host, 'deployment', 'bind', 'adopted', jobId, '--auto-approve', '-t', 'prod');
    expect(bound.code, bound.stderr).toBe(0);
    const planned = await bundle.run(host, 'plan', '-o', 'json', '-t', 'prod');
    expect(JSON.parse(planned.stdout).plan['resources.jobs.adopted'].action).toBe('update');
    const deployed = await bundle.run(host, 'deploy', '-t', 'prod');
    expect(deployed.code, deployed.stderr).toBe(0);
    expect(standIn.workspace.jobs.get(jobId)?.settings.name).toBe('Adopted');
    const unknown = await bundle.run(host, 'deployment', 'bind', 'adopted', '999', '--auto-approve', '-t', 'prod');
    expect(unknown.stderr).toMatch(/already managed|999/);
    expect((await bundle.run(host, 'destroy', '--auto-approve', '-t', 'prod')).code).toBe(0);
    expect(standIn.workspace.jobs.has(jobId)).toBe(false);
  }, 180_000);

  test('a job deleted behind its back is planned as create again', async ({ standIn, host }) => {
    const bundle = createBundleFolder(SMALL_BUNDLE);
    expect((await bundle.run(host, 'deploy', '-t', 'prod')).code).toBe(0);
    const { id } = JSON.parse((await bundle.run(host, 'summary', '-o', 'json', '-t', 'prod')).stdout).resources.jobs.small as {
      id: string;
    };
    standIn.workspace.jobs.delete(id);
    const planned = await bundle.run(host, 'plan', '-o', 'json', '-t', 'prod');
    expect(JSON.parse(planned.stdout).plan['resources.jobs.small'].action).toBe('create');
  }, 180_000);

  test('says who holds the lock, and what a fault answers', async ({ standIn, host }) => {
    const bundle = createBundleFolder({
      ...SMALL_BUNDLE,
      'databricks.yml': (SMALL_BUNDLE['databricks.yml'] ?? '').replace('name: small', 'name: locked'),
    });
    const off = standIn.faults.on('POST /api/2.2/jobs/create', { status: 403, message: 'User ana has no permission to create jobs' });
    const refused = await bundle.run(host, 'deploy', '-t', 'prod');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('User ana has no permission to create jobs (403 PERMISSION_DENIED)');
    off();
    const lock = {
      ID: '5f0c2d4e-1111-4222-8333-444455556666',
      AcquisitionTime: '2026-11-23T17:51:59Z',
      IsForced: false,
      User: 'ben@acme.example',
    };
    standIn.workspace.files.put(`${HOME}/locked/prod/state/deploy.lock`, { type: 'FILE', read: () => Buffer.from(JSON.stringify(lock)) });
    const locked = await bundle.run(host, 'deploy', '-t', 'prod');
    expect(locked.stderr).toContain('deploy lock acquired by ben@acme.example');
  }, 180_000);
});
