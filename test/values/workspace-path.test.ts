// One spelling for each path, and which paths are no workspace files.
import { describe, expect, it } from 'vitest';
import {
  baseName,
  canonicalFolder,
  canonicalPath,
  isOutsideWorkspace,
  isOutsideWorkspaceInCode,
  joinPath,
  normalizePath,
  parentFolder,
  sourceKey,
} from '../../src/values/workspace-path.ts';

describe('a path of the workspace', () => {
  it('has one spelling', () => {
    expect(canonicalPath('/Workspace/Users//ana@x.test/etl')).toBe('/Users/ana@x.test/etl');
    expect(canonicalPath('/Workspaces/etl')).toBe('/Workspaces/etl');
    expect(canonicalFolder('/Workspace/Shared/etl//')).toBe('/Shared/etl');
    expect(sourceKey({ path: '/Workspace/Shared/load', kind: 'notebook' })).toBe('notebook:/Shared/load');
  });

  it('has a name and a folder', () => {
    expect([baseName('/Shared/etl/load.py'), parentFolder('/Shared/etl/load.py')]).toEqual(['load.py', '/Shared/etl']);
    expect([baseName('load.py'), parentFolder('load.py'), parentFolder('/load.py')]).toEqual(['load.py', '', '']);
  });

  it.each([
    ['a/./b//c', 'a/b/c'],
    ['a/../b', 'b'],
    ['../a/../../b', '../../b'],
    ['/a/../../b', '/b'],
    ['..', '..'],
    ['.', ''],
  ])('%s without detours is %s', (path, plain) => expect(normalizePath(path)).toBe(plain));

  it('is read from a folder', () => {
    expect(joinPath('resources', '../src/load.py')).toBe('src/load.py');
    expect(joinPath('', './src/load.py')).toBe('src/load.py');
    expect(joinPath('resources', '../../load.py')).toBe('../load.py');
  });
});

it.each([
  ['/Users/ana@x.test/etl', false, false],
  ['./lib', false, false],
  ['/Volumes/main/raw/x', true, true],
  ['/dbfs/x.jar', true, true],
  ['dbfs:/x.jar', true, true],
  ['abfss://c@lake.test/x', true, true],
  // In a definition this is a folder of the workspace; in code it is the driver's disk.
  ['/tmp/x', false, true],
  ['/local_disk0/x', false, true],
])('%s lies outside: %s by a definition, %s by code', (path, byDefinition, byCode) => {
  expect([isOutsideWorkspace(path), isOutsideWorkspaceInCode(path)]).toEqual([byDefinition, byCode]);
});
