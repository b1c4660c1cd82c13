// The stand-in's REST API over plain HTTP: tokens, int64 ids, paging, jobs, files, notebooks, grants, faults, loading and forwarding.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { createApi, standInTest } from './api.ts';

const clock = createTestClock();
const test = standInTest({ clock }).extend(
  'create',
  ({ ana }) =>
    async (body: object): Promise<string> =>
      /\d+/.exec((await ana.post('/api/2.2/jobs/create', body)).text)?.[0] ?? '',
);

const tasks = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ task_key: `t${index}`, notebook_task: { notebook_path: '/Shared/x' } }));

describe('tokens', () => {
  test.for<[string, string | undefined, number, string]>([
    ['no token', undefined, 401, 'UNAUTHENTICATED'],
    ['an unknown personal token', 'Bearer dapi00000000000000000000000000000000', 403, 'PERMISSION_DENIED'],
    ['an unknown OAuth token', 'Bearer whatever', 401, 'UNAUTHENTICATED'],
  ])('%s is refused', async ([, authorization, status, code], { standIn }) => {
    const response = await fetch(`${standIn.url}/api/2.2/jobs/list`, { headers: authorization === undefined ? {} : { authorization } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error_code: code });
  });

  test('SCIM Me says whose it is, and an unknown route is ENDPOINT_NOT_FOUND', async ({ ana, ben }) => {
    expect((await ben.get('/api/2.0/preview/scim/v2/Me')).json).toMatchObject({ userName: 'ben@acme.example', displayName: 'Ben Okafor' });
    expect(await ana.get('/api/2.0/nothing')).toMatchObject({ status: 404, json: { error_code: 'ENDPOINT_NOT_FOUND' } });
  });

  test('a page of another name cannot reach the loopback server', async ({ standIn }) => {
    const status = await new Promise((resolve) => {
      httpRequest(`${standIn.url}/jobs/123`, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(403);
  });
});

describe('jobs', () => {
  test('ids keep every digit, and a rounded id is another job', async ({ ana, create }) => {
    const id = await create({ name: 'exact' });
    expect(Number.isSafeInteger(Number(id))).toBe(false);
    expect((await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).text).toContain(`"job_id":${id}`);
    expect(await ana.get(`/api/2.2/jobs/get?job_id=${BigInt(Number(id))}`)).toMatchObject({
      status: 400,
      json: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('does not exist') },
    });
  });

  test('server defaults are filled in and nothing sent is lost', async ({ ana, create }) => {
    const id = await create({ name: 'defaults', tasks: tasks(1), queue: { enabled: false }, something_new: { a: [1.5, 'x'] } });
    expect((await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).json.settings).toEqual({
      name: 'defaults',
      queue: { enabled: false },
      something_new: { a: [1.5, 'x'] },
      email_notifications: {},
      webhook_notifications: {},
      timeout_seconds: 0,
      max_concurrent_runs: 1,
      format: 'MULTI_TASK',
      tasks: [
        {
          task_key: 't0',
          notebook_task: { notebook_path: '/Shared/x', source: 'WORKSPACE' },
          run_if: 'ALL_SUCCESS',
          timeout_seconds: 0,
          email_notifications: {},
        },
      ],
    });
  });

  test('jobs/get pages at 100 tasks; later pages hold the rest only', async ({ ana, create }) => {
    const id = await create({ tasks: tasks(250), parameters: [{ name: 'p', default: '' }] });
    const keys: string[] = [];
    let token = '';
    for (let page = 0; page < 3; page += 1) {
      const { json } = await ana.get(`/api/2.2/jobs/get?job_id=${id}&page_token=${token}`);
      keys.push(...json.settings.tasks.map((task: { task_key: string }) => task.task_key));
      expect(json.settings.parameters?.length).toBe(page === 0 ? 1 : undefined);
      token = json.next_page_token ?? '';
      expect(json.has_more ?? false).toBe(page < 2);
    }
    expect(keys).toEqual(tasks(250).map((task) => task.task_key));
    expect(token).toBe('');
  });

  test('jobs/list: limit, page tokens, name filter, no tasks', async ({ ana }) => {
    expect(await ana.get('/api/2.2/jobs/list?limit=101')).toMatchObject({ status: 400, json: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect((await ana.get('/api/2.2/jobs/list?name=chURN')).json.jobs).toMatchObject([{ job_id: 123 }]);
    const first = (await ana.get('/api/2.2/jobs/list?limit=2')).json;
    const second = (await ana.get(`/api/2.2/jobs/list?limit=2&page_token=${first.next_page_token}`)).json;
    const names = [...first.jobs, ...second.jobs].map((job: { settings: { name: string } }) => job.settings.name);
    expect(new Set(names).size).toBe(4);
    expect(first.jobs[0].settings.tasks).toBeUndefined();
    expect((await ana.get('/api/2.2/jobs/list?name=Churn&expand_tasks=true')).json.jobs[0].settings.tasks).toHaveLength(5);
  });

  test('update merges by key and removes; reset replaces; delete deletes once', async ({ ana, create }) => {
    const id = await create({ name: 'u', tags: { a: '1' }, tasks: tasks(3) });
    const update = {
      job_id: BigInt(id),
      new_settings: { name: 'v', tasks: [{ task_key: 't1', disabled: true }] },
      fields_to_remove: ['tags', 'tasks/t0'],
    };
    expect((await ana.post('/api/2.2/jobs/update', update)).status).toBe(200);
    const { settings } = (await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).json;
    expect(settings.tags).toBeUndefined();
    expect(settings.tasks).toMatchObject([{ task_key: 't1', disabled: true }, { task_key: 't2' }]);
    await ana.post('/api/2.2/jobs/reset', { job_id: BigInt(id), new_settings: { name: 'w' } });
    expect((await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).json.settings).toMatchObject({ name: 'w' });
    expect((await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).json.settings.tasks).toBeUndefined();
    expect((await ana.post('/api/2.2/jobs/delete', { job_id: BigInt(id) })).status).toBe(200);
    expect((await ana.post('/api/2.2/jobs/delete', { job_id: BigInt(id) })).status).toBe(400);
  });

  test.for<[string, object]>([
    ['two tasks of one key', { tasks: [...tasks(1), ...tasks(1)] }],
    ['an unknown dependency', { tasks: [{ task_key: 'a', depends_on: [{ task_key: 'b' }] }] }],
    ['1001 tasks', { tasks: tasks(1001) }],
    ['git without a provider', { git_source: { git_url: 'https://git.example/x' } }],
  ])('%s is refused', async ([, body], { ana }) => {
    expect(await ana.post('/api/2.2/jobs/create', body)).toMatchObject({ status: 400, json: { error_code: 'INVALID_PARAMETER_VALUE' } });
  });

  test('a run takes a while, then it has succeeded, or failed with the error of a task', async ({ standIn, ana }) => {
    const start = async (catalog: string) =>
      /\d+/.exec((await ana.post('/api/2.2/jobs/run-now', { job_id: 123, job_parameters: { catalog } })).text)?.[0];
    const look = async (run: string | undefined) => (await ana.get(`/api/2.2/jobs/runs/get?run_id=${run}`)).json;
    expect(await look(await start('dev'))).toMatchObject({ state: { life_cycle_state: 'RUNNING' } });
    standIn.workspace.runMs = 0;
    expect(await look(await start('dev'))).toMatchObject({ state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' } });
    const failed = await look(await start('fail'));
    expect(failed).toMatchObject({ state: { result_state: 'FAILED' } });
    const [first, second] = failed.tasks as { state: object }[];
    expect([first?.state, second?.state]).toMatchObject([{ result_state: 'FAILED' }, { result_state: 'UPSTREAM_FAILED' }]);
  });
});

describe('faults and loading', () => {
  test('a fault strikes as often as told; after the handler it makes an orphan; it can cut and delay', async ({ standIn, ana }) => {
    standIn.faults.on('POST /api/2.2/jobs/create', { status: 429, times: 1, headers: { 'retry-after': '2' } });
    const limited = await ana.post('/api/2.2/jobs/create', { name: 'f' });
    expect(limited).toMatchObject({ status: 429, json: { error_code: 'RESOURCE_EXHAUSTED' } });
    const before = standIn.workspace.jobs.size;
    standIn.faults.on('POST /api/2.*/jobs/create', { status: 500, times: 1, afterHandler: true });
    expect((await ana.post('/api/2.2/jobs/create', { name: 'orphan' })).status).toBe(500);
    expect(standIn.workspace.jobs.size).toBe(before + 1);
    standIn.faults.on('/api/2.2/jobs/list', { close: true, times: 1 });
    await expect(ana.get('/api/2.2/jobs/list')).rejects.toThrow();
    standIn.faults.on('/api/2.2/jobs/list', { hang: true, times: 1 });
    const tired = new AbortController();
    const asked = standIn.requests.length;
    const silent = ana.get('/api/2.2/jobs/list', tired.signal);
    await expect.poll(() => standIn.requests.length).toBe(asked + 1);
    tired.abort();
    await expect(silent).rejects.toThrow();
    standIn.faults.on('/api/2.2/jobs/list', { delayMs: 80, times: 1 });
    const late = ana.get('/api/2.2/jobs/list');
    await expect.poll(() => clock.waits()).toEqual([80]);
    await clock.turn(80);
    expect((await late).status).toBe(200);
  });

  test('a folder of jobs/get bodies is loaded with ids, grants and stubs for what the jobs name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dab-jobs-'));
    for (const name of ['jobs', 'permissions']) mkdirSync(join(folder, name));
    const settings = {
      name: 'Loaded',
      tasks: [
        { task_key: 'a', existing_cluster_id: '0101-x', notebook_task: { notebook_path: '/Workspace/Users/kim@acme.example/etl/load' } },
        { task_key: 'b', spark_python_task: { python_file: '/Workspace/Shared/etl/run.py' } },
        { task_key: 'c', sql_task: { file: { path: '/Workspace/Shared/etl/q.sql' }, warehouse_id: 'w1' } },
        { task_key: 'd', for_each_task: { inputs: '[1]', task: { task_key: 'e', notebook_task: { notebook_path: '/Repos/x/deep' } } } },
        { task_key: 'g', notebook_task: { notebook_path: 'in/git', source: 'GIT' } },
      ],
    };
    writeFileSync(
      join(folder, 'jobs', 'loaded.json'),
      `{"job_id": 9007199254740993, "creator_user_name": "kim@acme.example", "settings": ${JSON.stringify(settings)}}`,
    );
    const grants = {
      access_control_list: [{ group_name: 'users', all_permissions: [{ permission_level: 'CAN_VIEW', inherited: false }] }],
    };
    writeFileSync(join(folder, 'permissions', 'loaded.json'), JSON.stringify(grants));
    const other = await createDatabricksStandIn({ jobsDir: join(folder, 'jobs') });
    onTestFinished(() => other.close());
    const api = createApi(other.url, other.tokenFor('ana@acme.example'));
    expect((await api.get('/api/2.2/jobs/get?job_id=9007199254740993')).text).toContain('"job_id":9007199254740993');
    expect((await api.get('/api/2.0/permissions/jobs/9007199254740993')).json.access_control_list[0]).toEqual(
      grants.access_control_list[0],
    );
    for (const path of [
      '/Users/kim@acme.example/etl/load',
      '/Workspace/Shared/etl/run.py',
      '/Workspace/Shared/etl/q.sql',
      '/Workspace/Repos/x/deep',
    ]) {
      const exported = await api.get(`/api/2.0/workspace/export?direct_download=true&path=${encodeURIComponent(path)}`);
      expect(exported.status).toBe(200);
      expect(exported.text).toContain(path.replace('/Workspace', ''));
    }
    expect((await api.get('/api/2.1/clusters/get?cluster_id=0101-x')).status).toBe(200);
    expect((await api.get('/api/2.0/sql/warehouses/w1')).status).toBe(200);
    expect(other.workspace.jobs.has('123')).toBe(false);
  });

  test('forward: requests go on with the real token, its owner signs in here, other pages redirect', async ({ standIn }) => {
    const front = await createDatabricksStandIn({ forward: { host: standIn.url, token: standIn.tokenFor('ben@acme.example') } });
    onTestFinished(() => front.close());
    const api = createApi(front.url, front.tokenFor('ben@acme.example'));
    expect((await api.get('/api/2.2/jobs/get?job_id=123')).json.settings.name).toBe('Churn');
    expect((await api.get('/api/2.0/preview/scim/v2/Me')).json.userName).toBe('ben@acme.example');
    expect((await api.post('/api/2.2/jobs/delete', { job_id: 123 })).status).toBe(403);
    expect((await fetch(`${front.url}/api/2.2/jobs/list`)).status).toBe(401);
    const page = await fetch(`${front.url}/jobs/123?o=1`, { redirect: 'manual' });
    expect(page.headers.get('location')).toBe(`${standIn.url}/jobs/123?o=1`);
    await expect(createDatabricksStandIn({ forward: { host: standIn.url, token: 'dapi0' } })).rejects.toThrow('refused the token');
  });
});
