// What processes leave behind that are killed while the CLI works.
import { readdirSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { createFolder } from '../../../src/deployment/cli/scratch-folder.ts';
import { folderTest } from '../../temporary-folder.ts';

const FILES = [{ path: 'src/deep/notebook.py', bytes: new TextEncoder().encode('print(1)') }];

folderTest('folders that were left are removed when they are a day old, read-only as they are', async ({ folder }) => {
  const scratch = join(folder, 'scratch');
  const make = () => createFolder(scratch, FILES);
  const [left, young] = [await make(), await make()];
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(left.base, yesterday, yesterday);
  const next = await make();
  expect(readdirSync(scratch).sort()).toEqual([young, next].map(({ base }) => basename(base)).sort());
  for (const one of [young, next]) await one.release();
  expect(readdirSync(scratch)).toEqual([]);
});
