// A test's own folder, gone with the test.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';

/** The fixture by itself, for tests that have others too. */
export function temporaryFolder({}, { onCleanup }: { onCleanup: (cleanup: () => void) => void }): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dab-test-')));
  onCleanup(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Tests with a `folder` each. */
export const folderTest = test.extend('folder', temporaryFolder);
