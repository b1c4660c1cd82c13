// The stand-in's sign-in, walked by the client library the bot uses: code + PKCE, rotation, reuse, revocation, cancel.
import * as client from 'openid-client';
import { expect } from 'vitest';
import { standInTest } from './api.ts';

const REDIRECT = 'http://127.0.0.1:9/auth/callback';
const CONFIDENTIAL = { clientId: 'dab-bot', clientSecret: 'a secret of the test', redirectUri: REDIRECT };
const PUBLIC = { clientId: 'dab-bot-public', redirectUri: REDIRECT };

const test = standInTest()
  .extend('configure', ({ standIn }) => {
    standIn.registerOAuthClient(CONFIDENTIAL);
    standIn.registerOAuthClient(PUBLIC);
    const extras = { execute: [client.allowInsecureRequests] };
    return (which: { clientId: string; clientSecret?: string }): Promise<client.Configuration> => {
      const auth = which.clientSecret === undefined ? client.None() : client.ClientSecretBasic(which.clientSecret);
      return client.discovery(new URL(`${standIn.url}/oidc`), which.clientId, undefined, auth, extras);
    };
  })
  .extend('signIn', ({ standIn }) => {
    return async (config: client.Configuration, userName: string, scope = 'all-apis offline_access openid email') => {
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const challenge = await client.calculatePKCECodeChallenge(verifier);
      const parameters = { redirect_uri: REDIRECT, scope, state, code_challenge: challenge, code_challenge_method: 'S256' };
      const url = client.buildAuthorizationUrl(config, parameters);
      const final = await standIn.signIn(url.href, userName);
      return client.authorizationCodeGrant(config, new URL(final), { pkceCodeVerifier: verifier, expectedState: state });
    };
  })
  .extend('userOf', ({ standIn }) => {
    return async (token: string): Promise<{ status: number; userName?: unknown }> => {
      const response = await fetch(`${standIn.url}/api/2.0/preview/scim/v2/Me`, { headers: { authorization: `Bearer ${token}` } });
      const body = (await response.json()) as { userName?: unknown };
      return { status: response.status, userName: body.userName };
    };
  });

test.for<[string, { clientId: string; clientSecret?: string }]>([
  ['confidential', CONFIDENTIAL],
  ['public', PUBLIC],
])('code + PKCE as a %s client; the token is accepted by the REST API', async ([, which], { configure, signIn, userOf }) => {
  const tokens = await signIn(await configure(which), 'ana@acme.example');
  expect(tokens.expires_in).toBe(3600);
  expect(tokens.refresh_token).toBeTypeOf('string');
  expect(tokens.claims()).toMatchObject({ sub: 'ana@acme.example', email: 'ana@acme.example' });
  expect(await userOf(tokens.access_token)).toEqual({ status: 200, userName: 'ana@acme.example' });
});

test('scopes without openid, as Databricks documents them, yield a refresh token too', async ({ configure, signIn, userOf }) => {
  const tokens = await signIn(await configure(CONFIDENTIAL), 'ben@acme.example', 'all-apis offline_access');
  expect(tokens.refresh_token).toBeTypeOf('string');
  expect(await userOf(tokens.access_token)).toEqual({ status: 200, userName: 'ben@acme.example' });
});

test('each refresh replaces the refresh token; using the old one again is refused and ends the new one', async ({
  configure,
  signIn,
  userOf,
}) => {
  const config = await configure(CONFIDENTIAL);
  const first = await signIn(config, 'ana@acme.example');
  const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
  expect(second.refresh_token).toBeTypeOf('string');
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect(await userOf(second.access_token)).toMatchObject({ status: 200 });
  await expect(client.refreshTokenGrant(config, first.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(client.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a revoked refresh token is refused, and so is its access token', async ({ configure, signIn, userOf }) => {
  const config = await configure(CONFIDENTIAL);
  const tokens = await signIn(config, 'ana@acme.example');
  await client.tokenRevocation(config, tokens.refresh_token ?? '');
  await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  expect(await userOf(tokens.access_token)).toMatchObject({ status: 401 });
});

test('an admin ends the sign-ins of one user only', async ({ standIn, configure, signIn, userOf }) => {
  const config = await configure(CONFIDENTIAL);
  const [ana, ben] = [await signIn(config, 'ana@acme.example'), await signIn(config, 'ben@acme.example')];
  standIn.endSignIns('ana@acme.example');
  expect(await userOf(ana.access_token)).toMatchObject({ status: 401 });
  expect(await userOf(ben.access_token)).toMatchObject({ status: 200 });
  await expect(client.refreshTokenGrant(config, ana.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('without PKCE, and for an unknown client, there is no sign-in', async ({ standIn }) => {
  const authorize = (clientId: string) =>
    `${standIn.url}/oidc/v1/authorize?${new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT, response_type: 'code', scope: 'all-apis' })}`;
  const final = new URL(await standIn.signIn(authorize(CONFIDENTIAL.clientId), 'ana@acme.example'));
  expect(final.searchParams.get('error')).toBe('invalid_request');
  await expect(standIn.signIn(authorize('nobody'), 'ana@acme.example')).rejects.toThrow('invalid_client');
});

test('Cancel comes back as access_denied with the state', async ({ standIn, configure }) => {
  const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier());
  const parameters = { redirect_uri: REDIRECT, scope: 'all-apis', state: 's1', code_challenge: challenge, code_challenge_method: 'S256' };
  const url = client.buildAuthorizationUrl(await configure(CONFIDENTIAL), parameters);
  const final = new URL(await standIn.signIn(url.href, undefined));
  expect(Object.fromEntries(final.searchParams)).toMatchObject({ error: 'access_denied', state: 's1' });
});

test('the sign-in page names the workspace, the application and both users', async ({ standIn, configure }) => {
  const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier());
  const parameters = { redirect_uri: REDIRECT, scope: 'all-apis', code_challenge: challenge, code_challenge_method: 'S256' };
  const start = await fetch(client.buildAuthorizationUrl(await configure(CONFIDENTIAL), parameters), { redirect: 'manual' });
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const page = await fetch(new URL(start.headers.get('location') ?? '', standIn.url), { headers: { cookie } });
  const html = await page.text();
  for (const part of ['Acme (stand-in workspace)', 'dab-bot', 'ana@acme.example', 'ben@acme.example', 'Cancel'])
    expect(html).toContain(part);
});
