// Sources read again: what is new, replaced, kept or left out, where each goes, and that equal input makes no change.
import { describe, expect, test } from 'vitest';
import { syncSources } from '../../../src/bundle/edit/sync-sources.ts';
import { type Bundle, type Source, sha256 } from '../../../src/bundle/model/bundle.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const HEADER = '# Databricks notebook source\n';
const notebook = (path: string, body: string, format: 'SOURCE' | 'JUPYTER' = 'SOURCE'): Source => ({
  ...{ path, kind: 'notebook', language: 'PYTHON', format },
  bytes: bytes(HEADER + body),
});
const file = (path: string, body: string): Source => ({ path, kind: 'file', bytes: bytes(body) });

const LOAD = notebook('/Users/ana/etl/load', 'load()\n');
const UTIL = file('/Users/ana/etl/lib/util.py', 'def f(): pass\n');
const tree = (load = HEADER.concat('load()\n')): Pick<Bundle, 'files' | 'sources'> => ({
  files: [
    { path: 'databricks.yml', bytes: bytes('bundle: {name: x}\n') },
    { path: 'src/lib/util.py', bytes: UTIL.bytes },
    { path: 'src/load.py', bytes: bytes(load) },
    { path: 'src/mine.py', bytes: bytes('by hand') },
  ],
  sources: [
    { path: LOAD.path, file: 'src/load.py', sha256: sha256(LOAD.bytes) },
    { path: UTIL.path, file: 'src/lib/util.py', sha256: sha256(UTIL.bytes) },
  ],
});
const sync = (bundle: Pick<Bundle, 'files' | 'sources'>, sources: Source[], more = {}) =>
  syncSources(bundle, { sources, folder: '/Users/ana/etl', force: false, ...more });
const filesOf = (pairs: readonly { file: string }[]) => pairs.map((pair) => pair.file);

test('what is the same stays the same, under either spelling of a path', () => {
  const same = sync(tree(), [{ ...LOAD, path: `/Workspace${LOAD.path}` }, UTIL]);
  expect(same.changes).toEqual([]);
  expect(same.sources).toEqual(tree().sources);
  expect(filesOf(same.unchanged)).toEqual(['src/load.py', 'src/lib/util.py']);
});

test('what changed is replaced byte for byte, what is new goes beside its neighbours', () => {
  const made = sync(tree(), [notebook(LOAD.path, 'load(2)\n'), file('/Users/ana/etl/lib/deep/new.txt', '\0\xff')]);
  expect(filesOf(made.replaced)).toEqual(['src/load.py']);
  expect(filesOf(made.added)).toEqual(['src/lib/deep/new.txt']);
  expect(made.changes).toEqual([
    { path: 'src/load.py', bytes: bytes(`${HEADER}load(2)\n`) },
    { path: 'src/lib/deep/new.txt', bytes: bytes('\0\xff') },
  ]);
  expect(made.sources).toContainEqual({ path: '/Users/ana/etl/lib/deep/new.txt', file: 'src/lib/deep/new.txt', sha256: sha256('\0\xff') });
});

describe('an edit of the thread', () => {
  const edited = tree(`${HEADER}load(secret)\n`);
  test('is kept while the workspace stays as it was', () => {
    const made = sync(edited, [LOAD]);
    expect([made.changes, filesOf(made.kept)]).toEqual([[], ['src/load.py']]);
    expect(made.sources).toEqual(edited.sources);
  });
  test('gives way to a newer file, and to one that was asked for by name, and that is told', () => {
    for (const made of [sync(edited, [notebook(LOAD.path, 'newer\n')]), sync(edited, [LOAD], { force: true })])
      expect([filesOf(made.overwritten), filesOf(made.replaced)]).toEqual([['src/load.py'], []]);
  });
});

test('files from elsewhere go where they are told, never over others', () => {
  const other = [file('/Shared/lib/mine.py', 'x'), file('/Shared/lib/sub/b.py', 'y')];
  const made = sync(tree(), other, { folder: '/Shared/lib' });
  expect(filesOf(made.added)).toEqual(['src/sub/b.py']);
  expect(made.left).toEqual([{ path: '/Shared/lib/mine.py', why: 'the bundle has src/mine.py already, and not from this path' }]);
  expect(filesOf(sync(tree(), other, { folder: '/Shared/lib', into: 'src/shared/' }).added)).toEqual([
    'src/shared/mine.py',
    'src/shared/sub/b.py',
  ]);
});

test.each([
  [
    'a notebook in another format',
    notebook(LOAD.path, '{}', 'JUPYTER'),
    'it is a notebook (.ipynb) in the workspace now and src/load.py in the bundle',
  ],
  ['a notebook beside a file of its name', file('/Users/ana/etl/load', 'x'), 'it is a file in the workspace now'],
  ['a name that no tree can have', file('/Users/ana/etl/a:b.py', 'x'), 'its name can’t be used'],
  ['a detour', file('/Users/ana/etl/../../x.py', 'x'), 'its name can’t be used'],
  ['what the workspace would take for another', file('/Users/ana/etl/LOAD', 'x'), 'would be one file in the workspace'],
])('leaves out %s', (_, source, why) => {
  const made = sync(tree(), [source]);
  expect(made.changes).toEqual([]);
  expect(made.left).toEqual([{ path: source.path, why: expect.stringContaining(why) }]);
});
