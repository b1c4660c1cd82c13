// A conversation's view of the store: its own bundles and what it saves, nobody else's, whoever knows the digest.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestFiles } from '../../../src/bundle/model/bundle.ts';
import { createBundleStore } from '../../../src/storage/bundles/bundles.ts';
import { knownBundles } from '../../../src/storage/bundles/known-bundles.ts';
import { openTestStorage, type TestStorage } from '../open-test-storage.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());

function bundle(text: string) {
  const files = [{ path: 'databricks.yml', bytes: new TextEncoder().encode(text) }];
  return {
    name: 'b',
    files,
    resources: [],
    variables: [],
    targets: ['dev'],
    adoption: {},
    sources: [],
    secrets: [],
    diagnostics: [],
    digest: digestFiles(files),
  };
}

test('knows its own bundles and those it saves', async () => {
  const store = createBundleStore(storage.db);
  const [anas, bens] = [await store.save(bundle('ana: 1\n')), await store.save(bundle('ben: 1\n'))];
  const known = knownBundles(store, [anas]);
  expect((await known.load(anas))?.bundle.digest).toBe(anas);
  expect(await known.load(bens)).toBeUndefined();
  const made = await known.save(bundle('ana: 2\n'));
  expect((await known.load(made))?.bundle.digest).toBe(made);
  expect((await store.load(bens))?.bundle.digest).toBe(bens);
});
