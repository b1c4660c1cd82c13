// sync_workspace_to_local: the bundle gets what the workspace holds now, to the byte, as a new version; secrets are found again.
import { describe, expect } from 'vitest';
import { type Rig, toolsTest, use } from '../rig.ts';

const HOME = '/Users/ana@acme.example/sync';
const SECRET = `dapi${'0123456789abcdef'.repeat(2)}`;

const put = ({ databricks }: Rig, path: string, text: string, type: 'FILE' | 'NOTEBOOK' = 'NOTEBOOK') => {
  const read = () => new TextEncoder().encode(text);
  const notebook = type === 'NOTEBOOK' ? { language: 'PYTHON' as const, format: 'SOURCE' as const } : {};
  databricks.workspace.files.put(`${HOME}/${path}`, { type, read, ...notebook });
};
const textIn = async (rig: Rig, digest: string, path: string) => {
  const file = (await rig.bundles.load(digest))?.bundle.files.find((one) => one.path === path);
  return file && new TextDecoder().decode(file.bytes);
};

const seed = (rig: Rig) => {
  rig.databricks.workspace.files.mkdirs(`${HOME}/lib`);
  put(rig, 'load', '# Databricks notebook source\nprint(1)\n');
  put(rig, 'lib/util.py', 'A = 1\n', 'FILE');
};
/** `thread`: the newest bundle of the folder; each test goes on where the one before ended. */
const it = toolsTest({ cli: false, seed }).extend('thread', { scope: 'file' }, async ({ client }) => {
  const made = await use(client, 'generate_bundle', { folder: HOME });
  expect(made.isError, made.text).toBe(false);
  return { bundle_id: made.bundleDigest ?? '' };
});

describe('sync_workspace_to_local', () => {
  it('says so where nothing has changed, and makes no version', async ({ client, thread }) => {
    const { text, isError, bundleDigest } = await use(client, 'sync_workspace_to_local', thread);
    expect([isError, bundleDigest], text).toEqual([false, undefined]);
    expect(text).toContain('Nothing in the bundle had to change.');
  });

  it('adds and replaces, finds secrets again, and supersedes the version before', async ({ rig, client, thread }) => {
    put(rig, 'load', `# Databricks notebook source\ntoken = "${SECRET}"\n`);
    put(rig, 'lib/more.txt', 'häl\u0000lo', 'FILE');
    rig.databricks.workspace.files.remove(`${HOME}/lib/util.py`);
    const synced = await use(client, 'sync_workspace_to_local', { ...thread, folder: `/Workspace${HOME}/` });
    expect(synced.isError, synced.text).toBe(false);
    const made = synced.bundleDigest ?? '';
    expect(synced.text).toContain('Added (1):\n- "src/lib/more.txt"');
    expect(synced.text).toContain('Replaced (1):\n- "src/load.py"');
    expect(synced.text).toMatch(/No longer in the workspace.*\(1\):\n- "src\/lib\/util.py"/);
    expect(synced.text).toContain('Hard-coded secrets left: 1');
    expect(synced.text).not.toContain(SECRET);
    expect(await textIn(rig, made, 'src/lib/more.txt')).toBe('häl\u0000lo');
    expect(await textIn(rig, made, 'src/load.py')).toContain(SECRET);
    expect((await rig.bundles.load(made))?.parent).toBe(thread.bundle_id);
    expect((await rig.bundles.load(made))?.definitionId).toBe((await rig.bundles.load(thread.bundle_id))?.definitionId);
    expect((await use(client, 'read_bundle_file', { bundle_id: made, path: 'src/load.py' })).text).not.toContain(SECRET);
    const again = await use(client, 'sync_workspace_to_local', { ...thread, folder: HOME });
    expect([again.isError, again.text]).toEqual([true, expect.stringContaining(`which made bundle_id ${made}`)]);
    thread.bundle_id = made;
  });

  it('keeps an edit of the thread, unless the file is asked for by name', async ({ rig, client, thread }) => {
    const edited = await use(client, 'edit_bundle_file', { ...thread, path: 'src/load.py', content: 'print(2)\n' });
    thread.bundle_id = edited.bundleDigest ?? '';
    const kept = await use(client, 'sync_workspace_to_local', { ...thread, folder: HOME });
    expect(kept.text).toContain('Kept as edited in this thread, since the workspace has not changed them (1)');
    const forced = await use(client, 'sync_workspace_to_local', { ...thread, folder: HOME, files: ['load', './nothing.py'] });
    expect(forced.text).toContain('Replaced, with edits of this thread that are only in the version before; say so (1)');
    expect(forced.text).toContain(`Left out (1):\n- "${HOME}/nothing.py": "it does not exist in the workspace"`);
    expect(await textIn(rig, forced.bundleDigest ?? '', 'src/load.py')).toContain(SECRET);
    thread.bundle_id = forced.bundleDigest ?? '';
  });

  it('writes nothing to the workspace and acts as the caller', ({ rig }) => {
    expect(rig.databricks.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(new Set(rig.databricks.requests.map(({ userName }) => userName))).toEqual(new Set(['ana@acme.example']));
  });

  it('stops when the person stops', async ({ client, thread, faults }) => {
    const { struck } = faults.on('GET /api/2.0/workspace/export', { hang: true });
    const stop = new AbortController();
    const running = use(client, 'sync_workspace_to_local', thread, stop.signal);
    await struck;
    stop.abort();
    await expect(running).rejects.toThrow();
    faults.clear();
    // A stopped change must not leave the bundle closed to others.
    await expect.poll(async () => (await use(client, 'sync_workspace_to_local', thread)).isError).toBe(false);
  });

  it.for([
    [{ folder: '/Users/ana@acme.example/nowhere' }, 'There is no such folder'],
    [{ files: ['load'] }, 'Give paths that begin with /'],
    [{ into: 'resources', folder: HOME }, 'a folder below src/'],
    [{ into: 'src/../resources', files: [`${HOME}/lib/more.txt`] }, 'Nothing in the bundle had to change'],
  ] as const)('says what to do about %j', async ([input, words], { client, thread }) => {
    expect((await use(client, 'sync_workspace_to_local', { ...thread, ...input })).text).toContain(words);
  });
});
