// Who may what in the stand-in, over plain HTTP: homes, grants on folders, groups, jobs, pipelines, dashboards, owners and run_as.
import { describe, expect } from 'vitest';
import { type createApi, standInTest } from './api.ts';

type Api = ReturnType<typeof createApi>;

const TEAMS = '/Workspace/Teams';
const ANAS = '/Workspace/Users/ana@acme.example';
const PRINCIPAL = '0a0a0a0a-0000-4000-8000-00000000000a';
const refused = (message: unknown) => ({ status: 403, json: { error_code: 'PERMISSION_DENIED', message } });
const path = (of: string) => `path=${encodeURIComponent(of)}`;
const status = (api: Api, of: string) => api.get(`/api/2.0/workspace/get-status?${path(of)}`);
const write = (api: Api, of: string, text = 'x') =>
  api.post(`/api/2.0/workspace-files/import-file/${encodeURIComponent(of.slice(1))}?overwrite=true`, text);
/** Every way to read a file, and to see that it is there. */
const readings = (api: Api, of: string) =>
  Promise.all([
    status(api, of),
    api.get(`/api/2.0/workspace/export?direct_download=true&${path(of)}`),
    api.get(`/api/2.0/workspace-files${encodeURI(of)}`),
    api.get(`/api/2.0/workspace/list?${path(of)}`),
  ]);
const names = ({ json }: { json: { objects?: { path: string }[] } }) => (json.objects ?? []).map((object) => object.path.split('/').at(-1));
const grant = (who: string, level: string) => ({ [who.includes('@') ? 'user_name' : 'group_name']: who, permission_level: level });
const acl = (...grants: object[]) => ({ access_control_list: grants });

const test = standInTest({ seed: false })
  .extend('give', ({ ana, standIn }) => (folder: string, ...grants: object[]) => {
    standIn.workspace.files.mkdirs(folder);
    const id = standIn.workspace.files.get(folder)?.id;
    return ana.send('PUT', `/api/2.0/permissions/directories/${id}`, acl(...grants));
  })
  .extend('job', ({ ben }) => async (...grants: object[]) => {
    const created = await ben.post('/api/2.2/jobs/create', { name: 'of ben', ...(grants.length > 0 ? acl(...grants) : {}) });
    return /\d+/.exec(created.text)?.[0] ?? '';
  })
  .extend('unreadable', { auto: true }, ({ standIn }, { onCleanup }) => {
    onCleanup(() => {
      standIn.workspace.unreadable = 404;
    });
  });

describe('homes', () => {
  test.for<[403 | 404, string, RegExp]>([
    [404, 'RESOURCE_DOES_NOT_EXIST', /^Path \(.*\) doesn't exist\.$/],
    [403, 'PERMISSION_DENIED', /^ben@acme\.example does not have View permissions on .*\. Please contact the owner or an administrator/],
  ])(
    'are read by their user and by admins; others get %s, for what is there and what is not',
    async ([code, error, words], { standIn, ana, ben, cy }) => {
      standIn.workspace.unreadable = code;
      await write(ana, `${ANAS}/mine.txt`);
      const foreign = [...(await readings(ben, `${ANAS}/mine.txt`)), ...(await readings(ben, `${ANAS}/none.txt`))];
      for (const answer of foreign)
        expect(answer).toMatchObject({ status: code, json: { error_code: error, message: expect.stringMatching(words) } });
      await write(cy, '/Workspace/Users/cy@acme.example/hers.txt');
      for (const api of [ana, cy])
        expect((await readings(api, '/Workspace/Users/cy@acme.example/hers.txt')).map((answer) => answer.status)).toEqual([
          200, 200, 200, 200,
        ]);
      expect(names(await ben.get(`/api/2.0/workspace/list?${path('/Users')}`))).toEqual(['ben@acme.example']);
      expect((await status(ben, '/Users/nobody@acme.example/x')).status).toBe(404);
    },
  );

  test.for([403, 404] as const)('are written by nobody else, whatever reads answer (%s)', async (code, { standIn, ana, ben }) => {
    standIn.workspace.unreadable = code;
    await write(ana, `${ANAS}/kept.txt`, 'as it was');
    const writes = [
      await write(ben, `${ANAS}/kept.txt`),
      await write(ben, `${ANAS}/new.txt`),
      await ben.post('/api/2.0/workspace/import', { path: `${ANAS}/n`, content: '', language: 'SQL', overwrite: true }),
      await ben.post('/api/2.0/workspace/mkdirs', { path: `${ANAS}/x` }),
      await ben.post('/api/2.0/workspace/delete', { path: `${ANAS}/kept.txt` }),
    ];
    for (const answer of writes)
      expect(answer).toMatchObject(refused(expect.stringMatching(/^ben@acme\.example does not have (Edit|Manage) permissions on /)));
    expect((await ana.get(`/api/2.0/workspace-files${encodeURI(ANAS)}/kept.txt`)).text).toBe('as it was');
    expect((await ben.post('/api/2.0/workspace/mkdirs', { path: '/Workspace/Users/ben@acme.example/x' })).status).toBe(200);
    expect(await ben.post('/api/2.0/workspace/mkdirs', { path: '/Workspace/Mine' })).toMatchObject(refused(expect.any(String)));
  });
});

describe('grants on folders', () => {
  test('hold for all below, by level: read, edit what is there, manage', async ({ give, ana, cy, dee }) => {
    const folder = `${TEAMS}/by-level`;
    await give(folder);
    await write(ana, `${folder}/there.txt`, 'before');
    const outcome = async (api: Api) => [
      (await readings(api, `${folder}/there.txt`))[1].status,
      (await write(api, `${folder}/there.txt`, 'before')).status,
      (await write(api, `${folder}/new.txt`)).status,
      (await api.post('/api/2.0/workspace/delete', { path: `${folder}/new.txt` })).status,
    ];
    expect(await outcome(cy)).toEqual([404, 403, 403, 403]);
    const expected: [string, number[]][] = [
      ['CAN_READ', [200, 403, 403, 403]],
      ['CAN_RUN', [200, 403, 403, 403]],
      ['CAN_EDIT', [200, 200, 403, 403]],
      ['CAN_MANAGE', [200, 200, 200, 200]],
    ];
    for (const [level, statuses] of expected) {
      expect((await give(folder, grant('data-platform', level))).status).toBe(200);
      expect([level, await outcome(cy)]).toEqual([level, statuses]);
      expect((await outcome(dee))[0]).toBe(404);
    }
  });

  test('are seen from below and from above: what is inherited, and the way to what is shared', async ({ give, standIn, ana, ben, dee }) => {
    await give(`${ANAS}/shared/with-ben`, grant('ben@acme.example', 'CAN_READ'));
    standIn.workspace.files.mkdirs(`${ANAS}/shared/other`);
    expect(names(await ben.get(`/api/2.0/workspace/list?${path(`${ANAS}/shared`)}`))).toEqual(['with-ben']);
    expect((await status(ben, `${ANAS}/shared/other`)).status).toBe(404);
    expect((await status(dee, `${ANAS}/shared`)).status).toBe(404);

    await give(`${TEAMS}/data`, grant('data-platform', 'CAN_MANAGE'));
    await give(`${TEAMS}/data/below`, grant('dee@acme.example', 'CAN_READ'));
    const { id } = standIn.workspace.files.get(`${TEAMS}/data/below`) ?? {};
    const parent = `/directories/${standIn.workspace.files.get(`${TEAMS}/data`)?.id}`;
    const inherited = { permission_level: 'CAN_MANAGE', inherited: true };
    expect((await ana.get(`/api/2.0/permissions/directories/${id}`)).json.access_control_list).toEqual([
      {
        user_name: 'dee@acme.example',
        display_name: 'dee@acme.example',
        all_permissions: [{ permission_level: 'CAN_READ', inherited: false }],
      },
      { group_name: 'data-platform', all_permissions: [{ ...inherited, inherited_from_object: [parent] }] },
      { group_name: 'admins', all_permissions: [{ ...inherited, inherited_from_object: ['/directories/'] }] },
    ]);
  });

  test('are given by who manages the folder, on one file too; /Shared is everybody’s', async ({ give, standIn, ana, ben, dee }) => {
    await give(`${TEAMS}/given`, grant('ben@acme.example', 'CAN_MANAGE'), grant('dee@acme.example', 'CAN_EDIT'));
    const folder = `/api/2.0/permissions/directories/${standIn.workspace.files.get(`${TEAMS}/given`)?.id}`;
    const manage = `dee@acme.example does not have Manage permissions on /Teams/given. Please contact the owner or an administrator for access.`;
    expect(await dee.send('PATCH', folder, acl(grant('dee@acme.example', 'CAN_MANAGE')))).toMatchObject(refused(manage));
    expect(await dee.get(folder)).toMatchObject(refused(manage));
    expect((await ben.send('PATCH', folder, acl(grant('cy@acme.example', 'CAN_VIEW')))).status).toBe(400);
    expect((await ben.send('PATCH', folder, acl(grant('cy@acme.example', 'CAN_READ')))).status).toBe(200);
    await write(ana, `${ANAS}/one.txt`);
    const file = standIn.workspace.files.get(`${ANAS}/one.txt`)?.id;
    expect((await dee.get(`/api/2.0/permissions/files/${file}`)).status).toBe(404);
    expect((await ana.send('PUT', `/api/2.0/permissions/files/${file}`, acl(grant('dee@acme.example', 'CAN_EDIT')))).status).toBe(200);
    expect((await write(dee, `${ANAS}/one.txt`)).status).toBe(200);
    expect((await write(dee, '/Workspace/Shared/dees.txt')).status).toBe(200);
    expect((await write(ben, '/Workspace/Shared/dees.txt')).status).toBe(200);
  });
});

describe('groups', () => {
  test('Me answers one’s own; who is in a group is told to admins alone', async ({ ana, cy, dee }) => {
    const own = async (api: Api) =>
      (await api.get('/api/2.0/preview/scim/v2/Me')).json.groups.map(({ display }: { display: string }) => display);
    expect([await own(ana), await own(cy), await own(dee)]).toEqual([
      ['users', 'admins', 'data-platform'],
      ['users', 'data-platform'],
      ['users'],
    ]);
    const filter = `/api/2.0/preview/scim/v2/Groups?filter=${encodeURIComponent('displayName eq "data-platform"')}`;
    const members = (await ana.get(filter)).json.Resources[0].members;
    expect(members.map(({ display }: { display: string }) => display)).toEqual(['Ana Ruiz', 'Ben Okafor', 'Cy Lindqvist']);
    expect((await cy.get(filter)).json.Resources).toEqual([{ id: expect.any(String), displayName: 'data-platform' }]);
  });
});

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
