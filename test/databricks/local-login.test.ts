// The sign-in of whoever sits at this machine: variables, a profile, refusals without secrets in them, and TLS that is verified.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLocalLogin } from '../../src/databricks/local-login.ts';
import { SELF_SIGNED } from './self-signed.ts';

const home = mkdtempSync(join(tmpdir(), 'dab-login-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const file = join(home, 'databrickscfg');
writeFileSync(file, '[DEFAULT]\nhost = https://first.example\ntoken = dapi1\n\n[second]\nhost = https://second.example/\ntoken = dapi2\n');
const nothing = { HOME: home, PATH: '' };

describe('who sits at this machine', () => {
  it('is whom the variables name, before any profile', async () => {
    const login = await openLocalLogin({
      ...nothing,
      DATABRICKS_HOST: 'https://third.example/',
      DATABRICKS_TOKEN: 'dapi3',
      DATABRICKS_CONFIG_FILE: file,
    });
    expect([login.host, await login.token()]).toEqual(['https://third.example', 'dapi3']);
  });

  it('is whom the profile names', async () => {
    const first = await openLocalLogin({ ...nothing, DATABRICKS_CONFIG_FILE: file });
    expect([first.host, await first.token()]).toEqual(['https://first.example', 'dapi1']);
    const second = await openLocalLogin({ ...nothing, DATABRICKS_CONFIG_FILE: file, DATABRICKS_CONFIG_PROFILE: 'second' });
    expect([second.host, await second.token()]).toEqual(['https://second.example', 'dapi2']);
  });

  it('is told what to do where there is no sign-in, or one without a token', async () => {
    const next = /DATABRICKS_CONFIG_PROFILE/;
    await expect(openLocalLogin(nothing)).rejects.toThrow(next);
    await expect(openLocalLogin({ ...nothing, DATABRICKS_CONFIG_FILE: file, DATABRICKS_CONFIG_PROFILE: 'nobody' })).rejects.toThrow(next);
    const basic = { DATABRICKS_HOST: 'https://a.example', DATABRICKS_USERNAME: 'ana', DATABRICKS_PASSWORD: 'hunter2' };
    const refused = await openLocalLogin({ ...nothing, ...basic }).catch((error: unknown) => String(error));
    expect(refused).toMatch(next);
    expect(refused).not.toContain('hunter2');
  });

  it('sends nothing to a certificate that nobody signed', async () => {
    const secret = { DATABRICKS_CLIENT_ID: 'id', DATABRICKS_CLIENT_SECRET: 'very-secret' };
    const seen: string[] = [];
    const answer: RequestListener = (request, response) => {
      seen.push(`${request.url}`);
      response.writeHead(404).end();
    };
    const ask = async (server: Server, scheme: string) => {
      onTestFinished(() => void server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const host = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const refused = await openLocalLogin({ ...nothing, DATABRICKS_HOST: host, ...secret }).catch((error: unknown) => String(error));
      expect(refused).toMatch(/no sign-in here that works/);
      expect(refused).not.toContain('very-secret');
    };
    await ask(createTlsServer(SELF_SIGNED, answer), 'https');
    expect(seen).toEqual([]);
    // The same without TLS is asked how to sign in: the certificate was what stopped it.
    await ask(createServer(answer), 'http');
    expect(seen).not.toEqual([]);
  });
});
