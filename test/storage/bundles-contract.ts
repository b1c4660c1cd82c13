// The contract of bundles in storage, whichever Postgres is behind it: kept once, exact to the byte, and shown to whoever they belong.
import { expect } from 'vitest';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { createDevDataRows } from '../../src/storage/bundles/dev-data.ts';
import { knownBundles } from '../../src/storage/bundles/known-bundles.ts';
import { ownedBundles } from '../../src/storage/bundles/owned-bundles.ts';
import type { storageTest } from './contract.ts';

export function bundleOf(files: Record<string, string | Uint8Array>): Bundle {
  const list = Object.entries(files)
    .map(([path, content]) => ({ path, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    name: 'churn',
    files: list,
    resources: [{ type: 'jobs', key: 'churn' }],
    variables: [{ name: 'catalog', value: 'main', description: 'The catalog' }],
    targets: ['dev', 'prod'],
    adoption: { staging: 'beside' },
    added: ['staging'],
    sources: [],
    secrets: [],
    diagnostics: [{ level: 'note', place: 'tasks[a]', message: 'ok' }],
    digest: digestFiles(list),
  };
}

export function describeBundles(it: ReturnType<typeof storageTest>): void {
  it('keeps bundles: files once per content, bytes exact, parents and definitions', async ({ db }) => {
    const store = createBundleStore(db);
    const definition = { jobId: '9223372036854775807', creator: 'ana@acme.example', settings: { job_id: 9223372036854775807n, name: 'n' } };
    const id = await store.saveDefinition('https://dbc.test', definition);
    expect(await store.saveDefinition('https://dbc.test', definition)).toBe(id);
    expect(await store.saveDefinition('https://other.test', definition)).not.toBe(id);
    expect(await store.loadDefinition(id)).toEqual(definition);
    expect(await store.loadDefinition('none')).toBeUndefined();

    const first = bundleOf({
      'databricks.yml': 'bundle: {}\n',
      'src/a.bin': new Uint8Array([0, 255, 10]),
      'src/copy.bin': new Uint8Array([0, 255, 10]),
      'src/empty': '',
    });
    const second = bundleOf({ 'databricks.yml': 'bundle: {}\n', 'src/a.bin': 'changed' });
    await store.save(first, { definitionId: id });
    await store.save(first, { definitionId: id });
    await store.save(second, { definitionId: id, parent: first.digest });
    // An edit back to the first tree must not make it its own grandchild.
    await store.save(first, { definitionId: id, parent: second.digest });
    expect(await store.load(first.digest)).toEqual({ bundle: first, definitionId: id });
    expect(await store.load(second.digest)).toEqual({ bundle: second, definitionId: id, parent: first.digest });
    expect(await store.load('none')).toBeUndefined();
    expect(await db.query('select count(*)::int4 as n from blobs')).toEqual([{ n: 4 }]);
    await expect(store.save({ ...first, digest: second.digest })).rejects.toThrow('digest');
  });

  it('shows each person the bundles that they made or brought, and no others', async ({ db }) => {
    const [ana, ben] = ['h ana', 'h ben'].map((owner) => ownedBundles(createBundleStore(db), db, owner));
    const hers = bundleOf({ 'databricks.yml': 'bundle: {name: hers}\n' });
    await ana?.save(hers);
    await ana?.save(hers);
    expect([await ana?.holds(hers.digest), await ben?.holds(hers.digest)]).toEqual([true, false]);
    expect([(await ana?.load(hers.digest))?.bundle, await ben?.load(hers.digest)]).toEqual([hers, undefined]);
    // Brought by somebody who has the same tree, it keeps what is known of it.
    await ben?.save({ ...hers, name: 'other' }, { brought: true });
    expect((await ben?.load(hers.digest))?.bundle.name).toBe('churn');
  });

  it('shows a conversation its own bundles and what it saves, and no others', async ({ db }) => {
    const store = createBundleStore(db);
    const text = (databricksYml: string) => bundleOf({ 'databricks.yml': databricksYml });
    const [anas, bens] = [await store.save(text('ana: 1\n')), await store.save(text('ben: 1\n'))];
    const known = knownBundles(store, [anas]);
    expect((await known.load(anas))?.bundle.digest).toBe(anas);
    expect(await known.load(bens)).toBeUndefined();
    const made = await known.save(text('ana: 2\n'));
    expect((await known.load(made))?.bundle.digest).toBe(made);
    expect((await store.load(bens))?.bundle.digest).toBe(bens);
  });

  it('keeps where each person wants their copies to write, by workspace and catalog, the newest answer alone', async ({ db }) => {
    const rows = createDevDataRows(db);
    const ana = { host: 'https://dbc.test', userName: 'Ana@acme.example' };
    await rows.keep(ana, 'main', { schema: 'first', catalog: 'lab' });
    await rows.keep({ ...ana, userName: 'ana@acme.example' }, 'main', { schema: 'sandbox_42' });
    await rows.keep(ana, '', { catalog: 'lab' });
    await rows.keep({ ...ana, host: 'https://other.test' }, 'main', { schema: 'there' });
    expect(await rows.of(ana)).toEqual({ main: { schema: 'sandbox_42' }, '': { catalog: 'lab' } });
    expect(await rows.of({ ...ana, userName: 'ben@acme.example' })).toEqual({});
    expect(await rows.whoseIs(ana.host, 'main', { schema: 'Sandbox_42' })).toEqual(['ana@acme.example']);
    for (const other of [{ schema: 'first' }, { schema: 'sandbox_42', catalog: 'lab' }, {}])
      expect(await rows.whoseIs(ana.host, 'main', other)).toEqual([]);
  });

  it('keeps a bundle of many and large files', async ({ db }) => {
    const store = createBundleStore(db);
    const files = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`src/f${index}.py`, `print(${index})\n`]));
    const large = bundleOf({ ...files, 'src/big.bin': new Uint8Array(9_000_000).fill(7) });
    await store.save(large);
    expect((await store.load(large.digest))?.bundle.digest).toBe(large.digest);
  });

  it('notices files that were changed behind its back', async ({ db }) => {
    const store = createBundleStore(db);
    const bundle = bundleOf({ 'databricks.yml': 'bundle: {name: tampered}\n' });
    await store.save(bundle);
    await db.query(
      'update blobs set bytes = $1 where sha256 in (select f->>$2 from bundles, jsonb_array_elements(files) f where digest = $3)',
      [Buffer.from('evil'), 'sha256', bundle.digest],
    );
    await expect(store.load(bundle.digest)).rejects.toThrow('not those that were saved');
  });
}
