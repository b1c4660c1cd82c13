// The Databricks client against the workspace stand-in, over real HTTP and TLS.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import type { SourceReference } from '../../src/bundle/model/bundle.ts';
import { collectSources } from '../../src/databricks/read/collect.ts';
import { createWorkspace } from '../../src/databricks/workspace.ts';
import { UpstreamError, UserError } from '../../src/values/errors.ts';
import { createLogger } from '../../src/values/log.ts';
import { createTestClock } from '../values/test-clock.ts';
import { databricksTest } from './rig.ts';
import { SELF_SIGNED } from './self-signed.ts';

const log = createLogger({ level: 'silent' });
const it = databricksTest().extend('far', { scope: 'file' }, ({ rig }) => rig.far);

async function wordsOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error instanceof UserError ? `${error.words.problem} ${error.words.next}` : '';
}

describe('what it reads', () => {
  it('knows who it is', async ({ rig }) => {
    expect(await rig.as().me()).toMatchObject({ userName: 'ana@acme.example', displayName: 'Ana Ruiz', id: '4815162342001' });
  });

  it('finds jobs by a part of their name, in any case, beyond the first page', async ({ rig, far }) => {
    for (let n = 0; n < 130; n++)
      far.workspace.jobs.set(`9${n}`, {
        jobId: `9${n}`,
        creator: 'ana@acme.example',
        createdTime: n,
        runAs: 'ana@acme.example',
        settings: { name: `Hourly ${n}` },
        extra: {},
      });
    const ana = rig.as();
    expect((await ana.listJobs({ name: 'churn' })).map((job) => job.jobId)).toContain('123');
    expect(await ana.listJobs({ name: 'hourly', limit: 200 })).toHaveLength(130);
    expect(await ana.listJobs({ name: 'hourly', limit: 3 })).toHaveLength(3);
    expect((await ana.listJobs({ name: 'Hourly 1', exact: true })).map((job) => job.name)).toEqual(['Hourly 1']);
    expect(await ana.listJobs({ name: 'no such job' })).toEqual([]);
  });

  it('keeps every digit of an int64 id and merges the pages of a large job', async ({ rig, far }) => {
    const jobId = '702918340275169999';
    const tasks = Array.from({ length: 250 }, (_, n) => ({ task_key: `t${n}`, run_job_task: { job_id: 9007199254740993n } }));
    far.workspace.jobs.set(jobId, {
      jobId,
      creator: 'ana@acme.example',
      createdTime: 1,
      runAs: 'ana@acme.example',
      settings: { name: 'Large', tasks },
      extra: {},
    });
    const job = await rig.as().getJob(jobId);
    expect(job.jobId).toBe(jobId);
    expect(job.creator).toBe('ana@acme.example');
    expect(job.settings.tasks).toEqual(tasks);
  });

  it('collects sources once each, reports progress, and warns of what is missing', async ({ rig, far }) => {
    const reference = (path: string, kind: 'notebook' | 'file', place: string): SourceReference => ({ path, kind, place });
    const content = Buffer.from('print("run")\n');
    far.workspace.files.mkdirs('/Users/ana@acme.example/tools');
    far.workspace.files.put('/Users/ana@acme.example/tools/run.py', { type: 'FILE', read: () => content });
    const seen: string[] = [];
    const ana = rig.as();
    const { sources, diagnostics } = await collectSources(
      ana,
      [
        reference('/Workspace/Users/ana@acme.example/tools/run.py', 'file', 'tasks[a]'),
        reference('/Workspace/Users/ana@acme.example/tools/run.py', 'file', 'tasks[b]'),
        reference('/Users/ana@acme.example/nope', 'notebook', 'tasks[c]'),
      ],
      { onProgress: (done, total) => seen.push(`${done}/${total}`) },
    );
    expect(sources.map((source) => [source.kind, Buffer.from(source.bytes).toString()])).toEqual([['file', 'print("run")\n']]);
    expect(diagnostics).toMatchObject([{ level: 'warning', place: 'tasks[c]' }]);
    expect(seen).toEqual(['0/2', '1/2', '2/2']);
  });

  it('says that a file is too large, and goes on with the others', async ({ rig, far }) => {
    const folder = '/Users/ana@acme.example/large';
    far.workspace.files.mkdirs(folder);
    for (const [name, size] of [
      ['a', 10],
      ['b', 11 * 1024 * 1024],
    ] as const)
      far.workspace.files.put(`${folder}/${name}`, { type: 'FILE', read: () => new Uint8Array(size) });
    const references = ['b', 'a'].map((name): SourceReference => ({ path: `${folder}/${name}`, kind: 'file', place: name }));
    const { sources, diagnostics } = await collectSources(rig.as(), references);
    expect(sources.map((source) => [source.path, source.bytes.length])).toEqual([[`${folder}/a`, 10]]);
    expect(diagnostics).toMatchObject([{ place: 'b', message: expect.stringContaining('larger than 10 MB') }]);
  });

  it('exports a notebook with its language and header', async ({ rig }) => {
    const ana = rig.as();
    const job = await ana.getJob('123');
    const path =
      JSON.stringify(job.settings, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).match(
        /"notebook_path":"([^"]+)"/,
      )?.[1] ?? '';
    const source = await ana.exportSource(path, 'notebook');
    expect(source).toMatchObject({ path, kind: 'notebook', language: 'PYTHON', format: 'SOURCE' });
    expect(Buffer.from(source?.bytes ?? []).toString()).toMatch(/^# Databricks notebook source/);
  });
});

describe('what goes wrong', () => {
  it('says that a job does not exist, and that an id is none', async ({ rig }) => {
    expect(await wordsOf(rig.as().getJob('999999'))).toContain('There is no job 999999 that you can see');
    expect(await wordsOf(rig.as().getJob('12x'))).toContain('not a job id');
  });

  it('tells a dead sign-in, a missing permission and a busy workspace apart', async ({ rig, faults }) => {
    expect(await wordsOf(rig.as('ana@acme.example', 'dapi0000').getJob('123'))).toContain('connect again');
    faults.on('GET /api/2.2/jobs/get', { status: 401, times: 1 });
    expect(await wordsOf(rig.as().getJob('123'))).toContain('no longer accepts your sign-in');
    faults.on('GET /api/2.2/jobs/get', { status: 403 });
    expect(await wordsOf(rig.as().getJob('123'))).toContain('may not see it');
    faults.clear();
    faults.on('GET /api/2.2/jobs/get', { status: 500 });
    expect(await wordsOf(rig.as().getJob('123'))).toContain('(500');
  });

  it('waits for a workspace that is down where that is seen, and shows it as one wait', async ({ far, faults }) => {
    const clock = createTestClock();
    const seen: [string, string][] = [];
    const token = async () => far.tokenFor('ana@acme.example');
    const ana = createWorkspace({ host: far.url, token, clock, log, onWait: (...step) => seen.push(step) });
    const down = faults.on('GET /api/2.2/jobs/get', { status: 503, times: 10 });
    const jobs = await clock.turnUntil(Promise.all(['123', '204'].map((id) => ana.getJob(id))));
    expect(jobs.map(({ jobId }) => jobId)).toEqual(['123', '204']);
    expect(seen).toEqual([
      ['Databricks answers with an error (503). I wait and try again', 'in_progress'],
      ['Databricks answers again', 'complete'],
    ]);
    down();
    // To be refused is to be answered.
    seen.length = 0;
    faults.on('GET /api/2.2/jobs/get', { status: 503, times: 4 });
    expect(await clock.turnUntil(wordsOf(ana.getJob('999999')))).toContain('There is no job 999999');
    expect(seen.at(-1)).toEqual(['Databricks answers again', 'complete']);
    // One thing that can't be had keeps nobody for long; and whoever does not see it waits for no more than a moment.
    faults.on('GET /api/2.2/jobs/get', { status: 500 });
    const began = clock.now();
    expect(await clock.turnUntil(wordsOf(ana.getJob('123')))).toContain('(500');
    expect(clock.now() - began).toBeLessThan(15_000);
    far.requests.length = 0;
    expect(await clock.turnUntil(wordsOf(createWorkspace({ host: far.url, token, clock, log }).getJob('123')))).toContain('(500');
    expect(far.requests).toHaveLength(2);
  });

  it('waits for a token as long as it takes, and tells apart why there is none', async ({ far }) => {
    const clock = createTestClock();
    const seen: [string, string][] = [];
    const as = (token: () => Promise<string>) =>
      createWorkspace({ host: far.url, token, clock, log, onWait: (...step) => seen.push(step) });
    const good = far.tokenFor('ana@acme.example');
    // Longer than a call may last: our own database is away.
    const late = as(() => clock.sleep(120_000).then(() => good));
    expect((await clock.turnUntil(late.getJob('123'))).jobId).toBe('123');
    const cutOff = new UpstreamError({ service: 'postgres', operation: 'select links', passing: true });
    const asked = far.requests.length;
    await expect(as(() => Promise.reject(cutOff)).getJob('123')).rejects.toBe(cutOff);
    expect(far.requests).toHaveLength(asked);
    expect(seen).toEqual([]);
    let tries = 0;
    const down = new UpstreamError({ service: 'databricks', operation: 'refresh the sign-in', status: 503, passing: true });
    const slow = as(async () => (tries++ < 3 ? Promise.reject(down) : good));
    expect((await clock.turnUntil(slow.getJob('123'))).jobId).toBe('123');
    expect(seen).toEqual([
      ['Databricks gives no token for you. I wait and try again', 'in_progress'],
      ['Databricks answers again', 'complete'],
    ]);
  });

  it('asks once for another token where the workspace refuses one, for all requests that had it', async ({ far }) => {
    const good = far.tokenFor('ana@acme.example');
    const asked: (string | undefined)[] = [];
    const as = (next: string) => {
      asked.length = 0;
      const token = async (refused?: string) => {
        asked.push(refused);
        return refused === undefined ? 'ended' : next;
      };
      return createWorkspace({ host: far.url, token, log });
    };
    const ana = as(good);
    const jobs = await Promise.all(['123', '204'].map((id) => ana.getJob(id)));
    expect(jobs.map(({ jobId }) => jobId)).toEqual(['123', '204']);
    expect((await ana.getJob('318')).jobId).toBe('318');
    expect(asked.slice(-1)).toEqual(['ended']);
    expect(far.requests.filter(({ status }) => status === 401)).toHaveLength(2);
    // The next one is refused too: nobody goes on asking.
    expect(await wordsOf(as('ended too').getJob('123'))).toContain('Connect again');
    expect(asked).toEqual([undefined, 'ended']);
  });

  it('repeats after a 429', async ({ rig, faults }) => {
    faults.on('GET /api/2.2/jobs/get', { status: 429, times: 1 });
    expect((await rig.as().getJob('123')).jobId).toBe('123');
  });

  it('goes on when one source is forbidden, and stops when the sign-in has ended', async ({ rig, faults }) => {
    faults.on('GET /api/2.0/workspace/get-status', { status: 403, times: 1 });
    const references: SourceReference[] = [{ path: '/Users/ana@acme.example/secret', kind: 'notebook', place: 'tasks[a]' }];
    expect((await collectSources(rig.as(), references)).diagnostics).toMatchObject([{ level: 'warning' }]);
    faults.on('GET /api/2.0/workspace/get-status', { status: 401, times: 1 });
    expect(await wordsOf(collectSources(rig.as(), references))).toContain('Connect again');
  });

  it('stops at once when aborted, also while it waits to repeat', async ({ rig, far, faults }) => {
    faults.on('GET /api/2.2/jobs/get', { status: 429 });
    const stop = new AbortController();
    const work = rig.as().getJob('123', stop.signal);
    work.catch(() => undefined);
    await expect.poll(() => far.requests.at(-1)?.status).toBe(429);
    const asked = far.requests.length;
    stop.abort(new Error('stopped by a person'));
    await expect(work).rejects.toThrow('stopped by a person');
    expect(far.requests.length).toBe(asked);
  });

  it('asks for nothing when it was aborted before', async ({ rig }) => {
    await expect(rig.as().getJob('123', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('says that the workspace is down', async () => {
    const down = createWorkspace({ host: 'http://127.0.0.1:9', token: async () => 'dapi0', log });
    expect(await wordsOf(down.me())).toContain('could not be reached');
  });

  it('refuses a certificate that nobody signed, before the token is sent', async () => {
    const seen: string[] = [];
    const server = createServer(SELF_SIGNED, (request, response) => {
      seen.push(String(request.headers.authorization));
      response.end('{}');
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const words = await wordsOf(createWorkspace({ host, token: async () => 'dapi0', log }).me());
    expect(words).toContain('certificate');
    expect(seen).toEqual([]);
  });
});
