// Who may what in the stand-in, over plain HTTP: homes, grants on folders, and groups.
import { describe, expect } from 'vitest';
import { accessTest, acl, grant, refused, TEAMS } from './access-fixture.ts';
import type { createApi } from './api.ts';

type Api = ReturnType<typeof createApi>;

const ANAS = '/Workspace/Users/ana@acme.example';
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

const test = accessTest.extend('unreadable', { auto: true }, ({ standIn }, { onCleanup }) => {
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
