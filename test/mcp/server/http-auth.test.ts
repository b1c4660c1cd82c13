// Who may call over HTTP: which header is believed when, what is asked of the workspace, and what a refusal says.
import { expect, it, onTestFinished } from 'vitest';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { createHttpRig, type HttpRigOptions } from './http-rig.ts';

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const ME = '/api/2.0/preview/scim/v2/Me';

async function open(options?: HttpRigOptions) {
  const rig = await createHttpRig(options);
  onTestFinished(() => rig.close());
  /** How often the workspace was asked who somebody is. */
  const asked = () => rig.databricks.requests.filter(({ path }) => path === ME).length;
  return { ...rig, asked };
}

it('without a token: 401 with the address of the metadata, which names the sign-in of the workspace', async () => {
  const { post, url, databricks, asked } = await open();
  const refused = await post(LIST, {});
  expect(refused.status).toBe(401);
  const header = refused.headers.get('WWW-Authenticate');
  expect(header).toBe('Bearer resource_metadata="https://tools.example/.well-known/oauth-protected-resource/mcp"');
  expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { message: /bearer/ } });
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    const metadata = await (await fetch(`${url}${path}`)).json();
    expect(metadata).toMatchObject({ resource: 'https://tools.example/mcp', authorization_servers: [`${databricks.url}/oidc`] });
  }
  expect(asked()).toBe(0);
});

it('a token that the workspace refuses: 401 that says so, and it is asked again next time', async () => {
  const { post, asked } = await open();
  const bad = { Authorization: 'Bearer dapi0123456789abcdef' };
  const refused = await post(LIST, bad);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
  expect(await refused.text()).not.toContain('dapi0123456789abcdef');
  await post(LIST, bad);
  expect(asked()).toBe(2);
});

it('a workspace that does not answer: 503, not a refusal of the person', async () => {
  const { post, databricks } = await open();
  databricks.faults.on(`GET ${ME}`, { status: 500 });
  const answer = await post(LIST);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('Retry-After')).toBe('5');
  databricks.faults.clear();
  expect((await post(LIST)).status).toBe(200);
});

it('asks once per token while it is believed, and again after that', async () => {
  const clock = createTestClock();
  const { post, asked } = await open({ clock });
  await Promise.all(Array.from({ length: 10 }, () => post(LIST).then((answer) => answer.text())));
  expect(asked()).toBe(1);
  await clock.turn(LIMITS.tokenMs - 1);
  await post(LIST);
  expect(asked()).toBe(1);
  await clock.turn(2);
  await post(LIST);
  expect(asked()).toBe(2);
});

it('believes the forwarded header only behind the proxy, and Authorization only when switched on', async () => {
  const { post, token, databricks } = await open({ sources: { forwarded: true, bearer: false } });
  expect((await post(LIST, { 'X-Forwarded-Access-Token': token })).status).toBe(200);
  expect((await post(LIST, { Authorization: `Bearer ${token}` })).status).toBe(401);
  // Nothing else that a proxy says of a person is believed.
  expect((await post(LIST, { 'X-Forwarded-Email': 'ana@acme.example', 'X-Forwarded-User': 'ana@acme.example' })).status).toBe(401);

  const outside = await open();
  expect((await outside.post(LIST, { 'X-Forwarded-Access-Token': outside.token })).status).toBe(401);
  expect((await outside.post(LIST)).status).toBe(200);

  // Both: the proxy's word comes first.
  const both = await open({ sources: { forwarded: true, bearer: true } });
  const ben = both.databricks.tokenFor('ben@acme.example');
  const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'health', arguments: {} } });
  const answer = await both.post(call, { 'X-Forwarded-Access-Token': ben, Authorization: `Bearer ${both.token}` });
  expect(await answer.text()).toContain('Acting as \\"ben@acme.example\\"');
  expect(databricks.url).not.toBe(both.databricks.url);
});

it('a header that is no token is none: no line break, no endless text reaches the workspace', async () => {
  const { post, asked } = await open({ sources: { forwarded: true, bearer: true } });
  for (const value of ['Bearer', 'Bearer ', 'Basic abc', `Bearer ${'a'.repeat(9000)}`, 'Bearer a b'])
    expect((await post(LIST, { Authorization: value })).status, value.slice(0, 20)).toBe(401);
  expect((await post(LIST, { 'X-Forwarded-Access-Token': 'a b' })).status).toBe(401);
  expect(asked()).toBe(0);
});
