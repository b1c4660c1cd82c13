// Which paths in storage sources change whatever their parameters say, beside what people have written at the head of each; half were labelled and left alone.
import { expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { hardCodedPaths, isFixedPlace } from '../../src/analysis/storage-paths.ts';
import type { Source } from '../../src/bundle/model/bundle.ts';
import { compare, type Labelled, labelledIn } from './labelled-sources.ts';

function labelOf(name: string, words: string): Labelled['label'] {
  const [whole, writes = ''] = /^writes (.*)$/.exec(words) ?? [];
  expect([name, whole]).not.toEqual([name, undefined]);
  return new Set(writes === 'none' ? [] : writes.split(', '));
}

/** A label holds a path up to what is computed. */
async function find(source: Source) {
  const paths = hardCodedPaths(await analyze(source));
  return new Set(paths.map(({ path, line }) => `${path.replace(/\{.*$/s, '…')}@${line}`));
}

it('finds in known sources what is written at their heads', async () => {
  expect((await compare(labelledIn('labelled-paths/known', labelOf), find)).wrong).toEqual([]);
});

it('finds most of it in sources that it was not made for, and never what is only read or anybody’s own', async () => {
  const { wrong, precision, recall } = await compare(labelledIn('labelled-paths/held-out', labelOf), find);
  // A path that a class holds, one in a value of Scala, options by a dictionary.
  expect(new Set(wrong.map((one) => one.split(':')[0]))).toEqual(new Set(['Jobs.scala', 'bronze_autoload.py', 'class_writer.py']));
  expect(precision).toBe(1);
  expect(recall).toBeGreaterThan(0.75);
});

it('takes a folder for fixed where no part of it that tells whose it is is computed', () => {
  for (const path of [
    '/Volumes/main/sales/files',
    'dbfs:/Volumes/main/sales/files/{day}',
    's3://lake',
    's3://lake/sales_{day}',
    'dbfs:/mnt/lake/x',
    '/Workspace/Shared/out.csv',
    '/Workspace/Users/ana@acme.example/out.csv',
    '/tmp/checkpoint',
  ])
    expect([path, isFixedPlace(path)]).toEqual([path, true]);
  for (const path of [
    '/Volumes/{catalog}/sales/files/x',
    '/Volumes/main/{schema}/files/x',
    's3://{bucket}/sales',
    's3://lake/{env}/sales',
    'dbfs:/mnt/lake/{env}/sales',
    '/Workspace/Users/{user}/out.csv',
    '/tmp/{user}/x',
    'file:/tmp/x',
    '/local_disk0/x',
    'out/x.csv',
    '{base}/x',
  ])
    expect([path, isFixedPlace(path)]).toEqual([path, false]);
});

it('knows what the file commands of cells change, on the cluster’s own disk nothing', async () => {
  const cell = (text: string) => `# MAGIC ${text.replaceAll('\n', '\n# MAGIC ')}\n\n# COMMAND ----------\n\n`;
  const cells = [
    '%fs rm -r dbfs:/mnt/lake/run',
    '%fs cp /mnt/lake/a /mnt/lake/b',
    '%fs mv /mnt/lake/c /mnt/lake/d',
    '%fs ls /mnt/lake',
    '%fs put /mnt/lake/e "some /text"',
    '%sh\ncp -r out "/dbfs/mnt/lake/f g" && rm /tmp/out\ncat a > /Volumes/main/x/y/h; ls /dbfs/mnt/lake >out\nmkdir /mnt/lake/i',
  ];
  const source = { path: '/Workspace/etl/run', kind: 'notebook', language: 'PYTHON', format: 'SOURCE' } as const;
  const { changedPaths } = await analyze({ ...source, bytes: Buffer.from(`# Databricks notebook source\n${cells.map(cell).join('')}`) });
  expect(changedPaths.map(({ path, line }) => `${path}@${line}`)).toEqual([
    'dbfs:/mnt/lake/run@2',
    '/mnt/lake/b@6',
    '/mnt/lake/c@10',
    '/mnt/lake/d@10',
    '/mnt/lake/e@18',
    '/dbfs/mnt/lake/f g@23',
    '/Volumes/main/x/y/h@24',
  ]);
});
