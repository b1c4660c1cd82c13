// Linking: the way that works, and every way that must not.
import { expect } from 'vitest';
import { UpstreamError } from '../../src/values/errors.ts';
import { ANA, ANA_ASKS, type Browser, createBrowser, fieldsOf, goToDatabricks, identityTest, link, signIn } from './rig.ts';

const it = identityTest
  .extend('confirm', ({ rig }) => (browser: Browser, form: Record<string, string>) => {
    return browser.post(`${rig.publicUrl}/auth/confirm`, { answer: 'confirm', ...form });
  })
  .extend(
    'start',
    ({ rig }) =>
      async () =>
        (await rig.identities.startLink(ANA_ASKS)).url,
  )
  .extend(
    'isLinked',
    ({ rig }) =>
      async () =>
        (await rig.identities.of(ANA)) !== undefined,
  );

it('links the same person after both pages, then goes on with what was asked', async ({ rig, confirm, start, isLinked }) => {
  const browser = createBrowser();
  const url = await start();
  const ask = await browser.get(url);
  expect(ask.text).toContain('Ana Ruiz');
  expect(ask.text).toContain('T_ACME');
  expect(browser.cookies.size).toBe(0);

  const page = await signIn(rig, browser, url, 'ana@acme.example');
  expect(page.text).toContain('Are both of these you?');
  expect(page.text).toContain('ana@acme.example');
  // Coming back is a GET: nothing is bound yet.
  expect(await isLinked()).toBe(false);
  expect(rig.linked).toEqual([]);

  const done = await confirm(browser, fieldsOf(page));
  expect(done.status).toBe(200);
  expect(done.text).toContain('You can close this tab; the command goes on in Slack.');
  const identity = { host: rig.databricks.url, userName: 'ana@acme.example', displayName: 'Ana Ruiz', userId: expect.any(String) };
  expect(await rig.identities.of(ANA)).toEqual(identity);
  expect(rig.linked).toEqual([{ who: ANA, identity, resume: ANA_ASKS.resume }]);

  const me = await rig.deps.me(rig.databricks.url, await rig.identities.token(ANA));
  expect(me.userName).toBe('ana@acme.example');
});

it('asks for the scopes, PKCE S256 and the exact redirect', async ({ rig, start }) => {
  const browser = createBrowser();
  const sent = await browser.post(await start(), {});
  const authorize = new URL(sent.location);
  expect(sent.status).toBe(303);
  expect(authorize.origin + authorize.pathname).toBe(`${rig.databricks.url}/oidc/v1/authorize`);
  expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
    scope: 'all-apis offline_access openid email profile',
    code_challenge_method: 'S256',
    redirect_uri: `${rig.publicUrl}/auth/callback`,
    response_type: 'code',
  });
});

it('refuses another Databricks account, names both, and revokes its tokens', async ({ rig, start, isLinked }) => {
  const page = await signIn(rig, createBrowser(), await start(), 'ben@acme.example');
  expect(page.status).toBe(403);
  expect(page.text).toContain('Ana@Acme.Example');
  expect(page.text).toContain('ben@acme.example');
  expect(await isLinked()).toBe(false);
  expect(rig.databricks.requests.some((request) => request.path === '/oidc/v1/revoke' && request.status === 200)).toBe(true);
  expect(await rig.storage.db.query('select state, sealed from link_attempts')).toEqual([{ state: 'refused', sealed: null }]);
});

it('refuses a callback that comes a second time, and keeps the first', async ({ rig, confirm, start }) => {
  const browser = createBrowser();
  const back = await goToDatabricks(rig, browser, await start(), 'ana@acme.example');
  const page = await browser.get(back);
  expect((await browser.get(back)).status).toBe(409);
  expect((await confirm(browser, fieldsOf(page))).text).toContain('Connected');
  expect((await browser.get(back)).status).toBe(409);
  expect((await confirm(browser, fieldsOf(page))).status).toBe(409);
  expect(rig.linked).toHaveLength(1);
});

it('refuses a callback in another browser, and that sign-in is over', async ({ rig, start }) => {
  const victim = createBrowser();
  const back = await goToDatabricks(rig, victim, await start(), 'ana@acme.example');
  expect((await createBrowser().get(back)).status).toBe(403);
  expect((await victim.get(back)).status).toBe(409);
  expect(rig.tokenCalls()).toBe(0);
});

it('lets one browser do two sign-ins side by side', async ({ rig, confirm, start }) => {
  const browser = createBrowser();
  const [one, two] = [await start(), await start()];
  const first = await goToDatabricks(rig, browser, one, 'ana@acme.example');
  const second = await goToDatabricks(rig, browser, two, 'ana@acme.example');
  expect((await confirm(browser, fieldsOf(await browser.get(first)))).text).toContain('Connected');
  expect((await confirm(browser, fieldsOf(await browser.get(second)))).text).toContain('Connected');
  expect(rig.linked).toHaveLength(2);
});

it('refuses a state that was changed, moved to another sign-in, or left out', async ({ rig, start }) => {
  const browser = createBrowser();
  const back = new URL(await goToDatabricks(rig, browser, await start(), 'ana@acme.example'));
  const other = new URL((await createBrowser().post(await start(), {})).location).searchParams.get('state') ?? '';
  const [nonce = '', mac = ''] = (back.searchParams.get('state') ?? '').split('.');
  for (const state of [`${nonce}.${mac.slice(0, -2)}AA`, `${nonce}.${other.split('.')[1]}`, nonce, '']) {
    const forged = new URL(back);
    forged.searchParams.set('state', state);
    expect((await browser.get(forged.href)).status).toBe(403);
  }
  // A proxy that adds a state of its own does no harm.
  back.searchParams.append('state', 'from-the-proxy');
  expect((await browser.get(back.href)).text).toContain('Are both of these you?');
});

it('ends after ten minutes, at every step', async ({ rig, confirm, start, isLinked }) => {
  const url = await start();
  const browser = createBrowser();
  const page = await signIn(rig, browser, url, 'ana@acme.example');
  const another = await start();
  const back = await goToDatabricks(rig, browser, another, 'ana@acme.example');
  await rig.clock.turn(10 * 60_000);
  expect((await browser.get(another)).status).toBe(410);
  expect((await browser.post(another, {})).status).toBe(410);
  expect((await browser.get(back)).status).toBe(410);
  expect((await confirm(browser, fieldsOf(page))).status).toBe(410);
  expect(await isLinked()).toBe(false);
});

it('refuses a confirmation without the CSRF token, from another browser, or from another site', async ({
  rig,
  confirm,
  start,
  isLinked,
}) => {
  const browser = createBrowser();
  const page = await signIn(rig, browser, await start(), 'ana@acme.example');
  const fields = fieldsOf(page);
  expect((await confirm(browser, { nonce: fields.nonce })).status).toBe(403);
  expect((await confirm(browser, { ...fields, csrf: `${fields.csrf}x` })).status).toBe(403);
  expect((await browser.get(`${rig.publicUrl}/auth/confirm?${new URLSearchParams({ ...fields, answer: 'confirm' })}`)).status).toBe(404);
  expect((await confirm(createBrowser(), fields)).status).toBe(403);
  const crossSite = await browser.post(
    `${rig.publicUrl}/auth/confirm`,
    { ...fields, answer: 'confirm' },
    { 'sec-fetch-site': 'cross-site' },
  );
  expect(crossSite.status).toBe(403);
  expect(await isLinked()).toBe(false);
});

it('forgets everything on Cancel, here and at Databricks', async ({ rig, confirm, start, isLinked }) => {
  const browser = createBrowser();
  const page = await signIn(rig, browser, await start(), 'ana@acme.example');
  const cancelled = await browser.post(`${rig.publicUrl}/auth/confirm`, { ...fieldsOf(page), answer: 'cancel' });
  expect(cancelled.text).toContain('Nothing was connected');
  expect((await confirm(browser, fieldsOf(page))).status).toBe(409);
  expect(await isLinked()).toBe(false);
  const denied = await browser.get(await goToDatabricks(rig, browser, await start(), undefined));
  expect(denied.text).toContain('You said no');
});

it('answers an outage and an unknown link with words, not with a stack', async ({ rig, faults, start }) => {
  faults.on('POST /oidc/v1/token', { status: 503 });
  const page = await signIn(rig, createBrowser(), await start(), 'ana@acme.example');
  expect(page.status).toBe(502);
  expect(page.text).toContain('Nothing was connected');
  expect((await createBrowser().get(`${rig.publicUrl}/auth/start/nonsense`)).status).toBe(404);
});

it('wants an e-mail address from Slack', async ({ rig }) => {
  await expect(rig.identities.startLink({ ...ANA_ASKS, slackEmail: '' })).rejects.toThrow('e-mail');
});

it('replaces a link by linking again, and revokes the old grant', async ({ rig }) => {
  await link(rig);
  const before = rig.databricks.requests.filter((request) => request.path === '/oidc/v1/revoke').length;
  const first = await rig.identities.token(ANA);
  await link(rig);
  expect(await rig.identities.token(ANA)).not.toBe(first);
  expect(await rig.storage.db.query('select count(*)::int4 as n from links')).toEqual([{ n: 1 }]);
  expect(rig.databricks.requests.filter((request) => request.path === '/oidc/v1/revoke').length).toBe(before + 1);
});

it('goes on after a restart with what a link did not get to', async ({ rig }) => {
  const { flow } = rig.identities.createSignIn(() => Promise.reject(new Error('killed here')));
  const { url } = await rig.identities.startLink(ANA_ASKS);
  const nonce = url.split('/').at(-1) ?? '';
  const begun = await flow.begin(nonce, undefined);
  if (begun.kind !== 'go') throw new Error('refused');
  const back = new URL(await rig.databricks.signIn(begun.url, 'ana@acme.example'));
  const page = await flow.callback(back.searchParams, begun.browser);
  if (page.kind !== 'confirm') throw new Error(page.kind);
  expect((await flow.confirm(page, begun.browser)).kind).toBe('done');
  const passing = new UpstreamError({ service: 'postgres', operation: 'insert into turns', passing: true });
  let tries = 0;
  const failing = rig.identities.createSignIn(async (event) => {
    tries += 1;
    if (tries === 1) throw passing;
    rig.linked.push(event);
  });
  // What its database refuses for a moment it does not leave to the next one.
  await failing.resumeLinked();
  expect(tries).toBe(2);
  await rig.signIn.resumeLinked();
  expect(rig.linked).toMatchObject([{ who: ANA, resume: ANA_ASKS.resume }]);
});

it('writes no token, code, state or cookie into the log', async ({ rig, faults, confirm, start }) => {
  const browser = createBrowser();
  const back = await goToDatabricks(rig, browser, await start(), 'ana@acme.example');
  const cookie = [...browser.cookies.values()].join();
  const page = await browser.get(back);
  const { nonce, csrf } = fieldsOf(page);
  await confirm(browser, { nonce, csrf });
  const token = await rig.identities.token(ANA);
  faults.on('POST /oidc/v1/token', { status: 500, times: 1 });
  await rig.identities.token(ANA, { minMinutes: 600 });
  await rig.identities.unlink(ANA);
  await createBrowser().get(back);
  const logged = rig.lines.join('');
  expect(logged).toContain('Linked');
  for (const secret of [token, cookie, nonce, csrf, new URL(back).searchParams.get('code') ?? '', 'client-secret-1']) {
    expect(secret).not.toBe('');
    expect(logged).not.toContain(secret);
  }
});
