// A test's own folder, gone with the test.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';

/** Tests with a `folder` each. */
export const folderTest = test.extend('folder', ({}, { onCleanup }) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dab-test-')));
  onCleanup(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
});
