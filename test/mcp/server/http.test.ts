// The server over HTTP: what a request may be, what is refused before it is read, and that hanging up or taking too long stops the work.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { createHttpRig, httpTest } from './http-rig.ts';

const EXPORT = '/api/2.0/workspace/export';

/** `exportsOf`: the exports of a folder during a test; whose they are shows only when they are answered. */
const it = httpTest()
  .extend('bearer', { scope: 'file' }, ({ rig }) => ({ Authorization: `Bearer ${rig.token}` }))
  .extend('exportsOf', ({ rig: { databricks } }) => {
    const since = databricks.requests.length;
    return (folder: string) => databricks.requests.slice(since).filter(({ path, search }) => path === EXPORT && search.includes(folder));
  });

const call = (name: string, input: Record<string, unknown>) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } });

describe('a request', () => {
  it('stands alone: no session, and a stream for its answer', async ({ rig }) => {
    const answer = await rig.post(call('health', {}));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('mcp-session-id')).toBeNull();
    expect(answer.headers.get('cache-control')).toContain('no-');
    expect(await answer.text()).toContain('Jobs can be reached');
  });

  it('is a POST: anything else is told so', async ({ rig, bearer }) => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await fetch(`${rig.url}/mcp`, { method, headers: bearer });
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'POST']);
    }
    expect((await fetch(`${rig.url}/sse`, { headers: bearer })).status).toBe(404);
  });

  it('may be a message of megabytes, and no larger', async ({ rig }) => {
    // A file to write into a bundle: the SDK's own helper stops at 100 kB.
    const { text } = await toolText(await rig.post(call('edit_bundle_file', { ...LARGE, content: 'x'.repeat(3_000_000) })));
    expect(text).not.toContain('larger');
    const large = await rig.post(call('edit_bundle_file', { ...LARGE, content: 'x'.repeat(LIMITS.messageBytes) }));
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ error: { message: /larger/ } });
  });

  it('that is no JSON, or JSON of another kind, is refused without a trace of us', async ({ rig, bearer }) => {
    const broken = await rig.post('{"jsonrpc":');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: -32700 } });
    for (const body of ['5', '{"a":1}', '"text"', 'null']) {
      const answer = await rig.post(body);
      const text = await answer.text();
      expect(answer.status, body).toBe(400);
      expect(text).not.toMatch(/node_modules|at .*\.[jt]s/);
    }
    expect((await rig.post(call('health', {}), { ...bearer, 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await rig.post(call('health', {}), { ...bearer, Accept: 'text/html' })).status).toBe(406);
  });

  it('of a stranger is refused before its body is read', async ({ rig }) => {
    const answer = await rig.post('x'.repeat(LIMITS.messageBytes + 10), {});
    expect(answer.status).toBe(401);
  });
});

describe('a sender', () => {
  it('must know us by a name of ours, and be no foreign page', async ({ rig, bearer }) => {
    const ask = (headers: Record<string, string>) => raw(rig.url, { ...bearer, ...headers });
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

  it('that is a page which may call gets the headers that its browser wants, before it signs in; others get none', async ({
    rig,
    bearer,
  }) => {
    const preflight = (origin: string) =>
      fetch(`${rig.url}/mcp`, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
    const allowed = await preflight('https://inspector.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://inspector.example']);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await rig.post(call('health', {}), { ...bearer, Origin: 'https://inspector.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://inspector.example');
    const foreign = await preflight('https://evil.example');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  it('may ask whether we live under any name: an app’s platform does', async ({ rig }) => {
    for (const path of ['/healthz', '/readyz']) expect(await raw(rig.url, { Host: '10.0.0.7' }, path)).toBe(200);
  });
});

describe('work', () => {
  it('stops when the caller hangs up: requests under way are abandoned, no new one is made', async ({ rig, bearer, faults, exportsOf }) => {
    const { struck } = faults.on(`GET ${EXPORT}`, { hang: true });
    const hangUp = new AbortController();
    const init = { method: 'POST', signal: hangUp.signal, body: call('generate_bundle_from_job', { job_id: '123' }) };
    await fetch(`${rig.url}/mcp`, {
      ...init,
      headers: { ...bearer, 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    });
    await struck;
    const logged = rig.logged.length;
    hangUp.abort();
    await expect.poll(() => rig.logged.slice(logged).join()).toContain('"outcome":"cancelled"');
    await expect.poll(() => exportsOf('churn').every(({ abandoned }) => abandoned)).toBe(true);
    const before = rig.databricks.requests.length;
    // Long enough for work that goes on to ask for more.
    await pause(300);
    expect(rig.databricks.requests.length).toBe(before);
  });

  it('stops when a client of the SDK cancels, which keeps its connection open; a call of another client goes on', async ({
    rig,
    faults,
    exportsOf,
  }) => {
    const answers = Promise.withResolvers<void>();
    faults.on(`GET ${EXPORT}`, { until: answers.promise });
    const [ana, ben] = [await rig.client(), await rig.client(rig.databricks.tokenFor('ben@acme.example'))];
    const stop = new AbortController();
    const read = (client: typeof ana, job_id: string, signal?: AbortSignal) =>
      client.callTool({ name: 'generate_bundle_from_job', arguments: { job_id } }, undefined, { ...(signal && { signal }) });
    const stopped = read(ana, '318', stop.signal);
    const other = read(ben, '204');
    stopped.catch(() => undefined);
    await expect.poll(() => exportsOf('revenue').length * exportsOf('orders').length).toBeGreaterThan(0);
    stop.abort();
    await expect(stopped).rejects.toThrow();
    await expect.poll(() => exportsOf('revenue').every(({ abandoned }) => abandoned)).toBe(true);
    expect(exportsOf('orders').some(({ abandoned }) => abandoned)).toBe(false);
    answers.resolve();
    expect((await other).isError).not.toBe(true);
    await Promise.all([ana.close(), ben.close()]);
  });
  it('that takes too long is stopped, and the caller reads so', async () => {
    const clock = createTestClock();
    const rig = await createHttpRig({ deps: { clock } });
    onTestFinished(() => rig.close());
    const { struck } = rig.databricks.faults.on(`GET ${EXPORT}`, { hang: true });
    const answer = rig.post(call('generate_bundle_from_job', { job_id: '123' })).then(toolText);
    await struck;
    await clock.turn(LIMITS.callMs);
    const { text, isError } = await answer;
    expect(isError).toBe(true);
    expect(text).toContain('took too long and was stopped');
    await expect.poll(() => rig.databricks.requests.some(({ path, abandoned }) => path === EXPORT && abandoned)).toBe(true);
  });

  it('reports its steps on the way, with comments while it is silent', async ({ rig }) => {
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
