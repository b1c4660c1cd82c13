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
  // A path that a class or a default holds, one in a value of Scala, options by a dictionary, `%fs` and `%sh`.
  expect(new Set(wrong.map((one) => one.split(':')[0]))).toEqual(
    new Set(['Jobs.scala', 'bronze_autoload.py', 'class_writer.py', 'magics.py']),
  );
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
