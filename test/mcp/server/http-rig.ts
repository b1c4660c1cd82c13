// The server over HTTP inside the test's process: the tools' rig behind a real listener.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { test } from 'vitest';
import { createHttpApp } from '../../../src/mcp/server/http.ts';
import { createAuthenticate } from '../../../src/mcp/server/http-auth.ts';
import { ownedBundles } from '../../../src/storage/bundles/owned-bundles.ts';
import { type Clock, systemClock } from '../../../src/values/clock.ts';
import { createHttpListener } from '../../../src/web/http-listener.ts';
import { createRig, type Rig } from '../rig.ts';

export interface HttpRig extends Rig {
  /** Without a path. */
  readonly url: string;
  /** A client of the SDK with ana's token, or another. */
  client(token?: string): Promise<Client>;
  /** A POST to /mcp with ana's token, unless `headers` say otherwise. */
  post(body: string, headers?: Record<string, string>): Promise<Response>;
}

export interface HttpRigOptions {
  readonly sources?: Parameters<typeof createAuthenticate>[0]['sources'];
  /** Between our clock and the one that ends the validity of tokens. */
  readonly clock?: Clock;
  readonly deps?: Partial<Parameters<typeof createHttpApp>[0]>;
}

export async function createHttpRig({ sources, clock, deps = {} }: HttpRigOptions = {}): Promise<HttpRig> {
  const rig = await createRig();
  const { databricks, bundles, token } = rig;
  const host = databricks.url;
  const app = createHttpApp({
    ...rig.deps,
    bundlesOf: ({ userName }) => ownedBundles(bundles, rig.db, `${host} ${userName}`),
    authenticate: createAuthenticate({
      host,
      sources: sources ?? { forwarded: false, bearer: true },
      me: (one) => rig.deps.workspace({ host, userName: '', token: async () => one }).me(),
      clock: clock ?? systemClock,
    }),
    host,
    publicUrl: 'https://tools.example',
    senders: { hosts: ['127.0.0.1', 'localhost', 'tools.example'], origins: ['https://inspector.example'] },
    ready: async () => ({ ok: true, checks: {} }),
    ...deps,
  });
  const listener = createHttpListener();
  const { url } = await listener.start(app, 0, '127.0.0.1');
  return {
    ...rig,
    url,
    async client(as = token) {
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(
        new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers: { Authorization: `Bearer ${as}` } } }),
      );
      return client;
    },
    post: (body, headers = { Authorization: `Bearer ${token}` }) =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
      }),
    async close() {
      await listener.stop();
      await rig.close();
    },
  };
}

/** Tests that share a server within their file. Faults end with the test that switched them on. */
export function httpTest(options: HttpRigOptions = {}) {
  return test
    .extend('options', { scope: 'file' }, options)
    .extend('rig', { scope: 'file' }, async ({ options }, { onCleanup }) => {
      const rig = await createHttpRig(options);
      onCleanup(() => rig.close());
      return rig;
    })
    .extend('faults', { auto: true }, ({ rig }, { onCleanup }) => {
      onCleanup(() => rig.databricks.faults.clear());
      return rig.databricks.faults;
    });
}
