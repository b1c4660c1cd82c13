// The sign-in as it really runs: our pages over HTTP, the database, and the stand-in workspace's certified OpenID provider.
import { test } from 'vitest';
import { createIdentities, type Linked } from '../../src/identity/identities.ts';
import { freePort } from '../../src/playground/child.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createLogger } from '../../src/values/log.ts';
import type { VaultKey } from '../../src/values/vault.ts';
import { createWeb } from '../../src/web/web.ts';
import { openTestStorage } from '../storage/open-test-storage.ts';
import { createTestClock } from '../values/test-clock.ts';

export const ANA = { team: 'T_ACME', user: 'U_ANA' };
export const BEN = { team: 'T_ACME', user: 'U_BEN' };
export const ANA_ASKS = {
  who: ANA,
  channel: 'C_DATA',
  slackName: 'Ana Ruiz',
  slackEmail: 'Ana@Acme.Example',
  resume: { command: 'job 123' },
};

export const keyOf = (keyId: string): VaultKey => ({ keyId, key: new Uint8Array(32).fill(keyId.length) });

async function createRig() {
  const storage = await openTestStorage();
  const databricks = await createDatabricksStandIn({ seed: false });
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const oauth = { host: databricks.url, clientId: 'dab', clientSecret: 'client-secret-1', redirectUri: `${publicUrl}/auth/callback` };
  databricks.registerOAuthClient(oauth);
  const lines: string[] = [];
  const clock = createTestClock();
  const linked: Linked[] = [];
  const log = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
  const deps: Parameters<typeof createIdentities>[0] = {
    db: storage.db,
    oauth,
    vaultKey: keyOf('k1'),
    linkLimits: { person: Number.POSITIVE_INFINITY, channel: Number.POSITIVE_INFINITY, team: Number.POSITIVE_INFINITY },
    publicUrl,
    // The stand-in's SCIM Me, asked over HTTP.
    me: async (host, token) => {
      const response = await fetch(`${host}/api/2.0/preview/scim/v2/Me`, { headers: { authorization: `Bearer ${token}` } });
      const { id, userName, displayName } = (await response.json()) as { id: string; userName: string; displayName: string };
      return { id, userName, displayName };
    },
    log,
    clock,
  };
  const identities = createIdentities(deps);
  const signIn = identities.createSignIn(async (event) => void linked.push(event));
  const web = createWeb({ publicUrl, ready: async () => ({ ok: true, checks: {} }), metrics: async () => '', log });
  web.serveSignIn(signIn.flow);
  await web.start(port, '127.0.0.1');

  return {
    storage,
    databricks,
    identities,
    signIn,
    deps,
    publicUrl,
    lines,
    linked,
    clock,
    tokenCalls: () => databricks.requests.filter((request) => request.method === 'POST' && request.path === '/oidc/v1/token').length,
    async reset() {
      await storage.db.query('delete from links');
      await storage.db.query('delete from link_attempts');
      databricks.faults.clear();
      databricks.requests.length = 0;
      lines.length = 0;
      linked.length = 0;
    },
    async close() {
      await web.stop();
      await databricks.close();
      await storage.close();
    },
  };
}

export type Rig = Awaited<ReturnType<typeof createRig>>;

/** Tests that share a rig within their file. Each begins with nobody linked, without faults, and with empty records. */
export const identityTest = test
  .extend('rig', { scope: 'file' }, async ({}, { onCleanup }) => {
    const rig = await createRig();
    onCleanup(() => rig.close());
    return rig;
  })
  .extend('faults', { auto: true }, async ({ rig }) => {
    await rig.reset();
    return rig.databricks.faults;
  });

export interface Seen {
  status: number;
  text: string;
  location: string;
  headers: Headers;
}

/** A browser of our pages: keeps their cookies, follows nothing by itself. */
export function createBrowser() {
  const cookies = new Map<string, string>();
  const send = async (url: string, init: RequestInit): Promise<Seen> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const { status, headers } = response;
    return { status, text: await response.text(), location: headers.get('location') ?? '', headers };
  };
  return {
    cookies,
    get: (url: string) => send(url, {}),
    post: (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
      send(url, { method: 'POST', body: new URLSearchParams(form), headers }),
  };
}

export type Browser = ReturnType<typeof createBrowser>;

/** The hidden fields of a page's form. */
export function fieldsOf(page: Seen): { nonce: string; csrf: string } {
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? '';
  return { nonce: field('nonce'), csrf: field('csrf') };
}

/** From the link to the address that Databricks sends the browser back to (not opened yet). */
export async function goToDatabricks(rig: Rig, browser: Browser, url: string, userName: string | undefined): Promise<string> {
  const page = await browser.get(url);
  const action = /action="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const sent = await browser.post(`${rig.publicUrl}${action}`, {});
  return rig.databricks.signIn(sent.location, userName);
}

/** From the link to the confirm page (or the refusal in its place). */
export async function signIn(rig: Rig, browser: Browser, url: string, userName: string): Promise<Seen> {
  return browser.get(await goToDatabricks(rig, browser, url, userName));
}

/** Links ana, all pages included. */
export async function link(rig: Rig): Promise<void> {
  const browser = createBrowser();
  const { url } = await rig.identities.startLink(ANA_ASKS);
  const page = await signIn(rig, browser, url, 'ana@acme.example');
  await browser.post(`${rig.publicUrl}/auth/confirm`, { ...fieldsOf(page), answer: 'confirm' });
}
