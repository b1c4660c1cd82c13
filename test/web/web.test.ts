// The HTTP side: probes, headers, escaping, limits, and an end that lets requests finish.
import { expect } from 'vitest';
import { createLogger } from '../../src/values/log.ts';
import { createWeb } from '../../src/web/web.ts';
import { ANA, createBrowser, identityTest } from '../identity/rig.ts';
import { quiet } from '../storage/open-test-storage.ts';

const HOSTILE = `<script>alert("x")</script>'" onmouseover=a \u202eevil & \`\u0007`;

/** `start`: serves pages with some other parts, or as long as it has no sign-in; answers where. */
const it = identityTest.extend('start', ({ rig }, { onCleanup }) => {
  const started: ReturnType<typeof createWeb>[] = [];
  onCleanup(async () => {
    for (const web of started) await web.stop();
  });
  return async ({ isStarting, ...parts }: Partial<Parameters<typeof createWeb>[0]> & { isStarting?: boolean }, port = 0) => {
    const web = createWeb({
      publicUrl: 'https://dab.example',
      ready: async () => ({ ok: true, checks: {} }),
      metrics: async () => 'up 1\n',
      log: quiet,
      ...parts,
    });
    if (isStarting !== true) web.serveSignIn(rig.signIn.flow);
    const at = await web.start(port, '127.0.0.1');
    started.push(web);
    return { ...at, stop: web.stop };
  };
});

it('answers probes and metrics', async ({ start }) => {
  let isReady = true;
  const { url } = await start({ ready: async () => ({ ok: isReady, checks: { database: isReady ? 'ok' : 'away' } }) });
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ok: true, checks: { database: 'ok' } });
  isReady = false;
  const notReady = await fetch(`${url}/readyz`);
  expect([notReady.status, await notReady.json()]).toEqual([503, { ok: false, checks: { database: 'away' } }]);
  const metrics = await fetch(`${url}/metrics`);
  expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(await metrics.text()).toBe('up 1\n');
});

it('answers probes before it has a sign-in, whose pages then say that it starts', async ({ start }) => {
  const { url } = await start({ isStarting: true });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const page = await fetch(`${url}/auth/callback?code=1&state=2`);
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('DAB Bot is starting')]);
});

it.for(['/healthz', '/nothing', '/auth/start/unknown', '/auth/callback?code=1&state=2'])(
  'guards every answer: %s',
  async (path, { rig }) => {
    const { headers } = await createBrowser().get(rig.publicUrl + path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('set-cookie')).toBeNull();
  },
);

it('escapes whatever somebody calls themselves, and opening a link changes nothing', async ({ rig }) => {
  const { url } = await rig.identities.startLink({
    who: ANA,
    channel: 'C_DATA',
    slackName: HOSTILE,
    slackEmail: `${HOSTILE}@acme.example`,
    resume: null,
  });
  const rows = () => rig.storage.db.query('select * from link_attempts');
  const before = await rows();
  const page = await createBrowser().get(url);
  expect(page.text).not.toMatch(/<script|\p{Cf}|(?!\n)\p{Cc}/u);
  expect(page.text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&quot; onmouseover=a');
  expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${rig.databricks.url} https:`);
  await fetch(url, { method: 'HEAD' });
  expect(await rows()).toEqual(before);
  expect((await fetch(`${rig.publicUrl}/auth/callback?state=x`, { method: 'HEAD' })).status).toBe(405);
});

it('sets a cookie that scripts and other sites do not get, over https only where we are public', async ({ rig, start }) => {
  const local = await createBrowser().post(
    (await rig.identities.startLink({ who: ANA, channel: 'C_DATA', slackName: 'Ana', slackEmail: 'a@b.example', resume: null })).url,
    {},
  );
  expect(local.headers.get('set-cookie')).toMatch(/^dab_link=[\w-]{43}; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const { url } = await start({});
  const link = await rig.identities.startLink({ who: ANA, channel: 'C_DATA', slackName: 'Ana', slackEmail: 'a@b.example', resume: null });
  const secure = await fetch(url + new URL(link.url).pathname, { method: 'POST', redirect: 'manual' });
  expect(secure.headers.get('set-cookie')).toMatch(/^__Host-dab_link=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
});

it('refuses large bodies, and tells no reasons when it fails', async ({ rig, start }) => {
  const large = await createBrowser().post(`${rig.publicUrl}/auth/confirm`, { nonce: 'x'.repeat(10_000) });
  expect(large.status).toBe(413);
  const lines: string[] = [];
  const { url } = await start({
    metrics: () => Promise.reject(new Error('password is hunter2')),
    log: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
  });
  const failed = await fetch(`${url}/metrics?code=abc`);
  expect(failed.status).toBe(500);
  expect(await failed.text()).not.toContain('hunter2');
  expect(lines.join('')).toContain('A web request failed');
  expect(lines.join('')).not.toContain('code=abc');
});

it('lets a running request end, then takes no more; a taken port is an error', async ({ start }) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const metrics = () => {
    asked.resolve();
    return answer.promise;
  };
  const { url, port, stop } = await start({ metrics });
  await expect(start({}, port)).rejects.toThrow('EADDRINUSE');
  const running = fetch(`${url}/metrics`);
  await asked.promise;
  const stopped = stop();
  answer.resolve('late 1\n');
  expect(await (await running).text()).toBe('late 1\n');
  await stopped;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
