// Who may see, run, change and own a job, a pipeline and a dashboard in the stand-in, over plain HTTP; and whom run_as may name.
import { describe, expect } from 'vitest';
import { acl, grant, refused, TEAMS, accessTest as test } from './access-fixture.ts';
import type { createApi } from './api.ts';

type Api = ReturnType<typeof createApi>;

const PRINCIPAL = '0a0a0a0a-0000-4000-8000-00000000000a';

describe('jobs', () => {
  test('are seen, run and managed by level, through a group too', async ({ job, cy }) => {
    const calls = async (id: string) => {
      const body = { job_id: BigInt(id) };
      return [
        (await cy.get(`/api/2.2/jobs/get?job_id=${id}`)).status,
        (await cy.post('/api/2.2/jobs/run-now', body)).status,
        (await cy.get(`/api/2.0/permissions/jobs/${id}`)).status,
        (await cy.post('/api/2.2/jobs/update', { ...body, new_settings: { tags: { a: '1' } } })).status,
        (await cy.post('/api/2.2/jobs/reset', { ...body, new_settings: { name: 'x' } })).status,
        (await cy.post('/api/2.2/jobs/delete', body)).status,
      ];
    };
    expect(await calls(await job())).toEqual([403, 403, 403, 403, 403, 403]);
    const seen = await job(grant('users', 'CAN_VIEW'));
    expect(await calls(seen)).toEqual([200, 403, 403, 403, 403, 403]);
    expect(await calls(await job(grant('data-platform', 'CAN_MANAGE_RUN')))).toEqual([200, 200, 403, 403, 403, 403]);
    expect(await calls(await job(grant('cy@acme.example', 'CAN_MANAGE')))).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await calls(await job(grant('data-platform', 'CAN_MANAGE')))).toEqual([200, 200, 200, 200, 200, 200]);
    const listed = (await cy.get('/api/2.2/jobs/list?name=of%20ben&limit=100')).json.jobs.map((one: { job_id: bigint }) =>
      String(one.job_id),
    );
    expect(listed).toHaveLength(2);
  });

  test('say in the service’s words what is missing', async ({ job, dee }) => {
    const [hidden, seen] = [await job(), await job(grant('users', 'CAN_VIEW'))];
    const user = 'User dee@acme.example does not have';
    expect(await dee.get(`/api/2.2/jobs/get?job_id=${hidden}`)).toMatchObject(
      refused(`${user} View or Admin or Manage Run or Owner permissions on job ${hidden}`),
    );
    expect(await dee.post('/api/2.2/jobs/delete', { job_id: BigInt(seen) })).toMatchObject(
      refused(`${user} Admin or Owner permissions on job ${seen}`),
    );
    expect(await dee.get(`/api/2.0/permissions/jobs/${seen}`)).toMatchObject(
      refused(
        `dee@acme.example does not have Manage permissions on Job with ID: ElasticJobId(${seen}). Please contact the owner or an administrator for access.`,
      ),
    );
  });

  test('have one owner: PUT replaces, PATCH adds, admins inherit', async ({ job, ben }) => {
    const at = `/api/2.0/permissions/jobs/${await job()}`;
    expect(await ben.send('PUT', at, acl(grant('users', 'CAN_VIEW')))).toMatchObject({
      status: 400,
      json: { message: 'The job must have exactly one owner.' },
    });
    await ben.send('PATCH', at, acl(grant('cy@acme.example', 'CAN_MANAGE')));
    const list = (await ben.get(at)).json.access_control_list;
    expect(list.map((entry: { user_name?: string; group_name?: string }) => entry.user_name ?? entry.group_name)).toEqual([
      'ben@acme.example',
      'cy@acme.example',
      'admins',
    ]);
  });

  test('change hands by their owner and by admins; a job without run_as then runs as who owns it', async ({
    job,
    standIn,
    ana,
    ben,
    cy,
  }) => {
    const id = await job(grant('data-platform', 'CAN_MANAGE'));
    const at = `/api/2.0/permissions/jobs/${id}`;
    const owner = (who: string) => acl(grant(who, 'IS_OWNER'), grant('data-platform', 'CAN_MANAGE'));
    expect(await cy.send('PUT', at, owner('cy@acme.example'))).toMatchObject(
      refused(`User cy@acme.example is not allowed to change the owner of job ${id}: only its owner and workspace admins are.`),
    );
    expect((await cy.send('PUT', at, owner('ben@acme.example'))).status).toBe(200);
    expect((await ana.send('PUT', at, owner('dee@acme.example'))).status).toBe(200);
    expect(standIn.workspace.jobs.get(id)?.runAs).toBe('dee@acme.example');
    expect((await ben.send('PUT', at, acl(grant('ben@acme.example', 'IS_OWNER')))).status).toBe(403);
    expect((await ana.get(`/api/2.2/jobs/get?job_id=${id}`)).json).toMatchObject({
      creator_user_name: 'ben@acme.example',
      run_as_user_name: 'dee@acme.example',
    });
  });
});

describe('run_as', () => {
  const as = (user_name: string) => ({ run_as: { user_name } });
  const principal = { run_as: { service_principal_name: PRINCIPAL } };

  test('names oneself; admins name other users; a service principal takes its role, from admins too', async ({ standIn, ana, ben, cy }) => {
    const create = async (api: Api, settings: object) => (await api.post('/api/2.2/jobs/create', { name: 'r', ...settings })).status;
    expect(await create(ben, as('ben@acme.example'))).toBe(200);
    expect(await ben.post('/api/2.2/jobs/create', as('cy@acme.example'))).toMatchObject(
      refused(expect.stringContaining('run_as to cy@acme')),
    );
    expect(await create(ana, as('ben@acme.example'))).toBe(200);
    expect([await create(ana, principal), await create(cy, principal)]).toEqual([403, 403]);
    standIn.workspace.principalUsers.set(PRINCIPAL, ['cy@acme.example']);
    expect([await create(ana, principal), await create(cy, principal)]).toEqual([403, 200]);
    standIn.workspace.principalUsers.set(PRINCIPAL, ['data-platform']);
    expect([await create(ana, principal), await create(ben, principal)]).toEqual([200, 200]);
    expect(await create(cy, { run_as: { group_name: 'finance' } })).toBe(403);
    expect(await create(cy, { run_as: { group_name: 'data-platform' } })).toBe(200);
  });

  test('stays when a reset drops it, and is refused in what somebody else sends, by reset and update', async ({ job, ben, cy }) => {
    const id = await job(grant('data-platform', 'CAN_MANAGE'));
    const send = (api: Api, call: 'reset' | 'update', settings: object) =>
      api.post(`/api/2.2/jobs/${call}`, { job_id: BigInt(id), new_settings: settings });
    const runsAs = async () => (await ben.get(`/api/2.2/jobs/get?job_id=${id}`)).json.run_as_user_name;
    expect((await send(cy, 'reset', { name: 'without' })).status).toBe(200);
    expect(await runsAs()).toBe('ben@acme.example');
    expect((await send(ben, 'reset', { name: 'with', ...as('ben@acme.example') })).status).toBe(200);
    for (const call of ['reset', 'update'] as const) expect((await send(cy, call, as('ben@acme.example'))).status).toBe(403);
    expect((await send(cy, 'reset', { name: 'dropped' })).status).toBe(200);
    expect(await runsAs()).toBe('ben@acme.example');
    expect((await send(cy, 'update', as('cy@acme.example'))).status).toBe(200);
    expect(await runsAs()).toBe('cy@acme.example');
  });
});

describe('pipelines and dashboards', () => {
  test('a pipeline: by level, with its own words; its run_as as of a job', async ({ ben, cy }) => {
    const id = (await ben.post('/api/2.0/pipelines', { name: 'of ben' })).json.pipeline_id;
    const [one, at] = [`/api/2.0/pipelines/${id}`, `/api/2.0/permissions/pipelines/${id}`];
    expect(await cy.get(one)).toMatchObject(refused(`User cy@acme.example does not have View permissions on pipeline ${id}.`));
    expect((await cy.get('/api/2.0/pipelines')).json.statuses).toBeUndefined();
    await ben.send('PATCH', at, acl(grant('data-platform', 'CAN_RUN')));
    expect((await cy.get(one)).status).toBe(200);
    expect(await cy.send('PUT', one, { name: 'x' })).toMatchObject(
      refused(`User cy@acme.example does not have Manage permissions on pipeline ${id}.`),
    );
    await ben.send('PATCH', at, acl(grant('data-platform', 'CAN_MANAGE')));
    expect((await cy.send('PUT', one, { name: 'x', run_as: { user_name: 'ben@acme.example' } })).status).toBe(403);
    expect((await cy.send('PUT', one, { name: 'x' })).status).toBe(200);
    expect((await ben.get(one)).json.run_as_user_name).toBe('ben@acme.example');
    expect((await cy.send('PATCH', at, acl(grant('cy@acme.example', 'IS_OWNER'), grant('ben@acme.example', 'CAN_MANAGE')))).status).toBe(
      403,
    );
    expect((await ben.send('PATCH', at, acl(grant('cy@acme.example', 'IS_OWNER'), grant('ben@acme.example', 'CAN_MANAGE')))).status).toBe(
      200,
    );
    expect((await ben.get(one)).json.run_as_user_name).toBe('cy@acme.example');
  });

  test('a dashboard: by its own grants and by those of its folder', async ({ give, ana, cy, dee }) => {
    await give(`${TEAMS}/boards`, grant('data-platform', 'CAN_EDIT'));
    const board = { display_name: 'Board', parent_path: `${TEAMS}/boards`, serialized_dashboard: '{}' };
    expect((await dee.post('/api/2.0/lakeview/dashboards', board)).status).toBe(404);
    expect((await cy.post('/api/2.0/lakeview/dashboards', board)).status).toBe(403);
    const id = (await ana.post('/api/2.0/lakeview/dashboards', board)).json.dashboard_id;
    const one = `/api/2.0/lakeview/dashboards/${id}`;
    expect(await dee.get(one)).toMatchObject(refused(expect.stringContaining('CAN_READ')));
    expect((await cy.send('PATCH', one, { warehouse_id: 'w' })).status).toBe(200);
    expect((await cy.send('DELETE', one)).status).toBe(403);
    await ana.send('PATCH', `/api/2.0/permissions/dashboards/${id}`, acl(grant('dee@acme.example', 'CAN_MANAGE')));
    expect((await dee.send('DELETE', one)).status).toBe(200);
  });
});
