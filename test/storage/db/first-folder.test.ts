// A folder begins as a copy, whole or not at all, and only where there is none yet.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { beginFolder } from '../../../src/storage/db/first-folder.ts';
import { folderTest } from '../../temporary-folder.ts';

const test = folderTest.extend('first', ({ folder }) => {
  const first = join(folder, 'first');
  mkdirSync(first);
  writeFileSync(join(first, 'rows'), 'none yet');
  return first;
});

test('what a start left that was killed while it copied is begun anew', ({ folder, first }) => {
  const path = join(folder, 'postgres');
  mkdirSync(`${path}.begun`);
  writeFileSync(join(`${path}.begun`, 'half'), '');
  beginFolder(path, first);
  expect([readdirSync(path), readdirSync(folder).sort()]).toEqual([['rows'], ['first', 'postgres']]);
});

test('rows that are there stay, and without a folder to copy there is nothing to begin', ({ folder, first }) => {
  const path = join(folder, 'postgres');
  beginFolder(path, join(folder, 'nothing'));
  mkdirSync(path);
  writeFileSync(join(path, 'rows'), 'many');
  beginFolder(path, first);
  expect(readFileSync(join(path, 'rows'), 'utf8')).toBe('many');
});
