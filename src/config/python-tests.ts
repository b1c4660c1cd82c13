// Loads the tests that bundles get: Python, in files of its own beside the code that adds them.
import { readFileSync } from 'node:fs';
import { TEST_FILES } from '../bundle/edit/add-tests.ts';
import type { BundleFile } from '../bundle/model/bundle.ts';

/** The same files for every bundle. `npm run build` copies them, since `tsc` knows nothing of them. */
export function loadPythonTests(): BundleFile[] {
  return TEST_FILES.map(({ path, url }) => ({ path, bytes: new Uint8Array(readFileSync(url)) }));
}
