// Collecting where the workspace refuses, fails, is busy or slow, and where a person stops it; its pace and its caps.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Source, SourceReference } from '../../../src/bundle/model/bundle.ts';
import { LIMITS } from '../../../src/databricks/http/limits.ts';
import { collectSources } from '../../../src/databricks/read/collect.ts';
import type { SourceReader } from '../../../src/databricks/read/reader.ts';
import { UserError } from '../../../src/values/errors.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { databricksTest, mostWithin } from '../rig.ts';

const EXPORT = '/api/2.0/workspace/export';
const STATUS = '/api/2.0/workspace/get-status';
const clock = createTestClock();
/** `moments`: when requests to a path came in, by the clock. `inAll`: how many came, once no more come. */
const it = databricksTest({ latencyMs: 10, clock }, (rig) => {
  for (let n = 0; n < 200; n++) rig.notebook(`/Shared/many/n${n}`, [`print(${n})`]);
})
  .extend(
    'moments',
    ({ rig }) =>
      (path: string) =>
        rig.far.requests.filter((one) => one.path === path).map(({ at }) => at),
  )
  .extend('inAll', ({ rig }) => async () => {
    for (let before = -1; before !== rig.far.requests.length; ) {
      before = rig.far.requests.length;
      // Whatever waits, it asks now; and what was on its way when the work ended comes in.
      await clock.turn(60_000);
      await sleep(100);
    }
    return rig.far.requests.length;
  });

const many = (from: number, to: number): SourceReference[] =>
  Array.from({ length: to - from }, (_, n) => ({ path: `/Shared/many/n${from + n}`, kind: 'notebook', place: `tasks[${from + n}]` }));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('pace', () => {
  it('never asks for more than 60 exports in any second, whoever asks and however busy the workspace is', async ({
    rig,
    moments,
    faults,
  }) => {
    faults.on(`GET ${EXPORT}`, { status: 429, times: 25 });
    const [ana, ben] = await clock.turnUntil(
      Promise.all([collectSources(rig.as(), many(0, 70)), collectSources(rig.as('ben@acme.example'), many(70, 140))]),
    );
    expect(ana.sources.length + ben.sources.length).toBe(140);
    expect(moments(EXPORT)).toHaveLength(140 + 25);
    expect(mostWithin(moments(EXPORT), 1000)).toBeLessThanOrEqual(60);
  });

  it('counts as it goes: never backwards, and all of them in the end', async ({ rig }) => {
    const seen: (readonly [number, number])[] = [];
    await clock.turnUntil(collectSources(rig.as(), many(0, 8), { onProgress: (...now) => seen.push(now) }));
    expect(seen).toEqual(Array.from({ length: 9 }, (_, n) => [n, 8]));
  });
});

describe('a workspace in trouble', () => {
  it.for([
    ['a forbidden notebook', STATUS, { status: 403, times: 1 }, 'may not see it'],
    ['one that is gone', STATUS, { status: 404, times: 1 }, 'does not exist'],
    ['a forbidden export', EXPORT, { status: 403, times: 1 }, 'may not see it'],
  ] as const)('goes on without %s, and says so at its place', async ([_what, route, fault, words], { rig, faults }) => {
    faults.on(`GET ${route}`, fault);
    const { sources, diagnostics } = await clock.turnUntil(collectSources(rig.as(), many(0, 3)));
    expect(sources).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      { level: 'warning', place: expect.stringMatching(/^tasks/), message: expect.stringContaining(words) },
    ]);
  });

  it.for([
    ['a server error', { status: 500, times: 3 }],
    ['a gateway error', { status: 503, times: 3 }],
    ['broken connections', { close: true, times: 3 }],
    ['slow answers', { delayMs: 400, times: 3 }],
  ] as const)('gets over %s', async ([_what, fault], { rig, faults, moments }) => {
    // Struck once each: a source that is struck twice is given up.
    const all = Promise.withResolvers<void>();
    faults.on(`GET ${EXPORT}`, { ...fault, until: all.promise });
    const collected = collectSources(rig.as(), many(0, 3));
    await clock.turnUntil(expect.poll(() => moments(EXPORT)).toHaveLength(3));
    all.resolve();
    const { sources, diagnostics } = await clock.turnUntil(collected);
    expect([sources.length, diagnostics]).toEqual([3, []]);
  });

  it.for([
    ['the sign-in has ended', 401, 'Connect again'],
    ['the workspace stays down', 500, 'error (500'],
  ] as const)('gives up when %s, and asks for nothing more', async ([_what, status, words], { rig, inAll, faults }) => {
    faults.on(`GET ${STATUS}`, { status });
    const error = await clock.turnUntil(failure(collectSources(rig.as(), many(0, 200))));
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(words);
    // To read all of them takes 400.
    expect(await inAll()).toBeLessThan(150);
  });

  it('stops when a person does, whatever it waits for, and asks for nothing more', async ({ rig, inAll, faults }) => {
    const { struck } = faults.on(`GET ${EXPORT}`, { hang: true });
    const stop = new AbortController();
    const work = failure(collectSources(rig.as(), many(0, 200), { signal: stop.signal }));
    await struck;
    stop.abort(new Error('stopped by a person'));
    expect(String(await work)).toContain('stopped by a person');
    expect(await inAll()).toBeLessThan(150);
  });
});

describe('caps', () => {
  /** A workspace in memory: far too much of it for one over HTTP at 50 a second. */
  function inMemory(content: (path: string) => string | number | undefined): SourceReader & { reads: number } {
    const reader = {
      reads: 0,
      async exportSource(path: string): Promise<Source | undefined> {
        reader.reads++;
        const text = content(path);
        if (text === undefined) return undefined;
        if (typeof text === 'number') return { path, kind: 'file', bytes: new Uint8Array(text) };
        return { path, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes: Buffer.from(text) };
      },
      listFolder: async () => undefined,
    };
    return reader;
  }
  const numbered = (count: number): SourceReference[] =>
    Array.from({ length: count }, (_, n) => ({ path: `/Users/x/${n}`, kind: 'file', place: `tasks[${n}]` }));

  it('reads no more files than a bundle may hold, and says it once', async () => {
    const reader = inMemory(() => 1);
    const { sources, diagnostics } = await collectSources(reader, numbered(LIMITS.sources + 50));
    expect([sources.length, reader.reads]).toEqual([LIMITS.sources, LIMITS.sources]);
    expect(diagnostics).toMatchObject([{ level: 'error', message: expect.stringContaining(String(LIMITS.sources)) }]);
  });

  it('stops reading at the size that a bundle may have', async () => {
    const chain = inMemory((path) =>
      Number(path.slice(9)) < 100
        ? `# Databricks notebook source\n# MAGIC %run ./${Number(path.slice(9)) + 1}\n${'#'.repeat(9 * 1024 * 1024)}`
        : undefined,
    );
    const { diagnostics } = await collectSources(chain, [{ path: '/Users/x/0', kind: 'notebook', place: 'tasks[a]' }]);
    expect(diagnostics).toMatchObject([{ level: 'error', message: expect.stringContaining('190 MB') }]);
    expect(chain.reads).toBe(22);
  });

  it('follows no chain for ever', async () => {
    const chain = inMemory((path) => `# Databricks notebook source\n# MAGIC %run ./${Number(path.slice(9)) + 1}\n`);
    const { sources, diagnostics } = await collectSources(chain, [{ path: '/Users/x/0', kind: 'notebook', place: 'tasks[a]' }]);
    expect(sources).toHaveLength(LIMITS.depth + 1);
    expect(diagnostics).toMatchObject([{ level: 'error', message: expect.stringContaining(`more than ${LIMITS.depth} files deep`) }]);
  });
});
