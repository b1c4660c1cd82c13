// The worker for sources: it says what the same code says here, and what ends it takes nothing else with it.
import { describe, expect, test } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { dependenciesOf } from '../../src/analysis/dependencies.ts';
import type { Source } from '../../src/bundle/model/bundle.ts';
import { createApart } from '../../src/worker/apart.ts';

const sourceOf = (path: string, text = ''): Source => ({ path, kind: 'file', bytes: Buffer.from(text) });

const SOURCES = [
  sourceOf('/etl/load.py', 'import requests\nfrom . import helper\nspark.table("a.b.c").write.saveAsTable("a.b.d")\n'),
  sourceOf('/etl/load.sql', 'create table a.b.c as select * from d.e'),
  sourceOf('/etl/load.scala', '// Databricks notebook source\nspark.sql("select * from a.b")'),
  sourceOf('/etl/notes.txt', 'nothing'),
];

describe('the worker', () => {
  test('says of a source what the same code says here', async () => {
    const apart = createApart();
    for (const source of SOURCES) {
      expect(await apart.analyze(source)).toEqual(await analyze(source));
      expect(await apart.dependenciesOf(source)).toEqual(await dependenciesOf(source));
    }
  });

  test('works on the same source once', async () => {
    const apart = createApart();
    const [source = sourceOf('')] = SOURCES;
    const [one, other] = await Promise.all([apart.analyze(source), apart.analyze({ ...source, bytes: Uint8Array.from(source.bytes) })]);
    expect(other).toBe(one);
    expect(await apart.analyze({ ...source, path: '/elsewhere.py' })).not.toBe(one);
  });
});

describe('a worker that dies', () => {
  const program = new URL('./dying.ts', import.meta.url);

  test('fails what it had in hand, and another one goes on with what waited', async () => {
    const apart = createApart(program);
    const [first, dies, waits] = await Promise.allSettled(['/a.py', '/die.py', '/b.py'].map((path) => apart.analyze(sourceOf(path))));
    expect([first?.status, dies?.status, waits?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    // Nobody keeps the failure.
    await expect(apart.analyze(sourceOf('/die.py'))).rejects.toThrow('ended');
  });

  test('of having nothing to do is started anew when there is work', async () => {
    const apart = createApart(program, 0);
    const threadOf = async (path: string) => (await apart.analyze(sourceOf(path))).cells;
    const first = await threadOf('/a.py');
    let asked = 0;
    await expect.poll(() => threadOf(`/${asked++}.py`)).not.toBe(first);
  });
});
