// The server over HTTP: what a request may be, what is refused before it is read, and that hanging up or taking too long stops the work.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { createHttpRig, type HttpRig } from './http-rig.ts';

let rig: HttpRig;
beforeAll(async () => {
  rig = await createHttpRig({ deps: { callMs: 3_000 } });
});
afterEach(() => rig.databricks.faults.clear());
afterAll(() => rig.close());

const bearer = () => ({ Authorization: `Bearer ${rig.token}` });
const call = (name: string, input: Record<string, unknown>) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } });

describe('a request', () => {
  it('stands alone: no session, and a stream for its answer', async () => {
    const answer = await rig.post(call('health', {}));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('mcp-session-id')).toBeNull();
    expect(answer.headers.get('cache-control')).toContain('no-');
    expect(await answer.text()).toContain('Jobs can be reached');
  });

  it('is a POST: anything else is told so', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await fetch(`${rig.url}/mcp`, { method, headers: bearer() });
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'POST']);
    }
    expect((await fetch(`${rig.url}/sse`, { headers: bearer() })).status).toBe(404);
  });

  it('may be a message of megabytes, and no larger', async () => {
    // A file to write into a bundle: the SDK's own helper stops at 100 kB.
    const { text } = await toolText(await rig.post(call('edit_bundle_file', { ...LARGE, content: 'x'.repeat(3_000_000) })));
    expect(text).not.toContain('larger');
    const large = await rig.post(call('edit_bundle_file', { ...LARGE, content: 'x'.repeat(LIMITS.messageBytes) }));
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ error: { message: /larger/ } });
  });

  it('that is no JSON, or JSON of another kind, is refused without a trace of us', async () => {
    const broken = await rig.post('{"jsonrpc":');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: -32700 } });
    for (const body of ['5', '{"a":1}', '"text"', 'null']) {
      const answer = await rig.post(body);
      const text = await answer.text();
      expect(answer.status, body).toBe(400);
      expect(text).not.toMatch(/node_modules|at .*\.[jt]s/);
    }
    expect((await rig.post(call('health', {}), { ...bearer(), 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await rig.post(call('health', {}), { ...bearer(), Accept: 'text/html' })).status).toBe(406);
  });

  it('of a stranger is refused before its body is read', async () => {
    const answer = await rig.post('x'.repeat(LIMITS.messageBytes + 10), {});
    expect(answer.status).toBe(401);
  });
});

describe('a sender', () => {
  it('must know us by a name of ours, and be no foreign page', async () => {
    const ask = (headers: Record<string, string>) => raw(rig.url, { ...bearer(), ...headers });
    expect(await ask({})).toBe(200);
    expect(await ask({ Host: 'tools.example' })).toBe(200);
    expect(await ask({ Host: 'evil.example' })).toBe(403);
    for (const host of [
      'tools.example@evil.example',
      'evil.example#tools.example',
      'evil.example/tools.example',
      'tools.example.evil.example',
    ])
      expect(await ask({ Host: host }), host).toBe(403);
    expect(await ask({ Origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ Origin: 'null' })).toBe(403);
    expect(await ask({ Origin: 'https://inspector.example' })).toBe(200);
    expect(await ask({ Host: 'tools.example', Origin: 'https://tools.example' })).toBe(200);
    expect(await ask({ Host: 'tools.example', Origin: 'https://tools.example.evil.example' })).toBe(403);
  });

  it('that is a page which may call gets the headers that its browser wants, before it signs in; others get none', async () => {
    const preflight = (origin: string) =>
      fetch(`${rig.url}/mcp`, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
    const allowed = await preflight('https://inspector.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://inspector.example']);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await rig.post(call('health', {}), { ...bearer(), Origin: 'https://inspector.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://inspector.example');
    const foreign = await preflight('https://evil.example');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  it('may ask whether we live under any name: an app’s platform does', async () => {
    for (const path of ['/healthz', '/readyz']) expect(await raw(rig.url, { Host: '10.0.0.7' }, path)).toBe(200);
  });
});

describe('work', () => {
  it('stops when the caller hangs up: requests under way are abandoned, no new one is made', async () => {
    rig.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 60_000 });
    const since = rig.databricks.requests.length;
    const exports = () => rig.databricks.requests.slice(since).filter(({ path }) => path === '/api/2.0/workspace/export');
    const hangUp = new AbortController();
    const running = fetch(`${rig.url}/mcp`, {
      method: 'POST',
      signal: hangUp.signal,
      body: call('generate_bundle_from_job', { job_id: '123' }),
      headers: { ...bearer(), 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    });
    await running;
    await vi.waitFor(() => expect(exports().length).toBeGreaterThan(0), { timeout: 5_000, interval: 20 });
    hangUp.abort();
    await vi.waitFor(() => expect(exports().every(({ abandoned }) => abandoned)).toBe(true), { timeout: 2_000, interval: 20 });
    const before = rig.databricks.requests.length;
    await pause(300);
    expect(rig.databricks.requests.length).toBe(before);
  });

  it('stops when a client of the SDK cancels, which keeps its connection open; a call of another client goes on', async () => {
    rig.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 1_000 });
    const since = rig.databricks.requests.length;
    // Whose an export is shows only when it is answered: each reads another folder.
    const exports = (folder: string) =>
      rig.databricks.requests.slice(since).filter(({ path, search }) => path === '/api/2.0/workspace/export' && search.includes(folder));
    const [ana, ben] = [await rig.client(), await rig.client(rig.databricks.tokenFor('ben@acme.example'))];
    const stop = new AbortController();
    const read = (client: typeof ana, job_id: string, signal?: AbortSignal) =>
      client.callTool({ name: 'generate_bundle_from_job', arguments: { job_id } }, undefined, { ...(signal && { signal }) });
    const stopped = read(ana, '318', stop.signal);
    const other = read(ben, '204');
    stopped.catch(() => undefined);
    await vi.waitFor(() => expect(exports('revenue').length * exports('orders').length).toBeGreaterThan(0), {
      timeout: 5_000,
      interval: 20,
    });
    stop.abort();
    await expect(stopped).rejects.toThrow();
    await vi.waitFor(() => expect(exports('revenue').every(({ abandoned }) => abandoned)).toBe(true), {
      timeout: 900,
      interval: 20,
    });
    expect((await other).isError).not.toBe(true);
    expect(exports('orders').some(({ abandoned }) => abandoned)).toBe(false);
    await Promise.all([ana.close(), ben.close()]);
  });

  it('that takes too long is stopped, and the caller reads so', async () => {
    rig.databricks.faults.on('GET /api/2.0/workspace/export', { delayMs: 60_000 });
    const { text, isError } = await toolText(await rig.post(call('generate_bundle_from_job', { job_id: '123' })));
    expect(isError).toBe(true);
    expect(text).toContain('took too long and was stopped');
    expect(rig.databricks.requests.filter(({ path, abandoned }) => path === '/api/2.0/workspace/export' && abandoned)).not.toEqual([]);
  });

  it('reports its steps on the way, with comments while it is silent', async () => {
    const client = await rig.client();
    const titles: string[] = [];
    await client.callTool({ name: 'generate_bundle_from_job', arguments: { job_id: '123' } }, undefined, {
      onprogress: ({ message }) => titles.push(message ?? ''),
    });
    expect(titles.join('\n')).toMatch(/Reading job 123[\s\S]*Collecting sources/);
    await client.close();
  });
});

const LARGE = { bundle_id: '0'.repeat(64), path: 'src/a.txt' };

/** The result of a tool out of the stream of an answer. */
async function toolText(answer: Response): Promise<{ text: string; isError: boolean }> {
  const line = (await answer.text()).split('\n').findLast((one) => one.startsWith('data: ')) ?? '';
  const { result } = JSON.parse(line.slice('data: '.length));
  return { text: result.content[0].text, isError: result.isError === true };
}

/** fetch sets Host itself; this sends what it is told. Answers the status. */
async function raw(url: string, headers: Record<string, string>, path?: string): Promise<number> {
  const body = path === undefined ? JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) : undefined;
  return await new Promise((resolve, reject) => {
    const sent = request(
      new URL(path ?? '/mcp', url),
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
