// Deployed files as they lie in the workspace: which, in what format, how fast, and what is read a second time.
import { describe, expect } from 'vitest';
import type { BundleFile } from '../../../src/bundle/model/bundle.ts';
import { LIMITS } from '../../../src/databricks/http/limits.ts';
import { createDeployedFiles } from '../../../src/databricks/read/deployed-files.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { databricksTest, HOME, mostWithin } from '../rig.ts';

const EXPORT = '/api/2.0/workspace/export';
const ROOT = `/Workspace${HOME}/.bundle/churn/prod/files`;
const clock = createTestClock();
const it = databricksTest({ clock }).extend('read', () => createDeployedFiles({ clock }));

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (path: string, text = 'x'): BundleFile => ({ path, bytes: bytes(text) });
const texts = (found: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...found].map(([path, content]) => [path, new TextDecoder().decode(content)]));
const SOURCE = '# Databricks notebook source\n';
const JUPYTER = '{"cells":[]}';

describe('deployed files', () => {
  it('come by their paths in the bundle, notebooks in the format of their ending', async ({ rig, read }) => {
    rig.file(`${ROOT.slice('/Workspace'.length)}/databricks.yml`, 'bundle:');
    rig.notebook(`${ROOT.slice('/Workspace'.length)}/src/load`, ['print(1)']);
    rig.jupyter(`${ROOT.slice('/Workspace'.length)}/src/explore`, 'print(2)');
    rig.file(`${ROOT.slice('/Workspace'.length)}/src/other.py`, 'nobody asked');
    const files = [
      file('databricks.yml'),
      file('src/load.py', SOURCE),
      file('src/explore.ipynb', JUPYTER),
      file('src/missing.sql'),
      file('no/x'),
    ];
    const found = texts(await read(rig.as(), { root: ROOT, files }));
    expect(Object.keys(found).sort()).toEqual(['databricks.yml', 'src/explore.ipynb', 'src/load.py']);
    expect(found['databricks.yml']).toBe('bundle:');
    expect(found['src/load.py']).toBe(`${SOURCE}print(1)\n`);
    expect(JSON.parse(found['src/explore.ipynb'] ?? '')).toMatchObject({ cells: [{ source: ['print(2)'] }] });
    expect(rig.asked(EXPORT).length).toBe(3);
  });

  it('are read again only where they were written since, or a moment before', async ({ rig, read }) => {
    const path = `${ROOT.slice('/Workspace'.length)}/a.py`;
    rig.file(path, 'one');
    const now = async () => texts(await read(rig.as(), { root: ROOT, files: [file('a.py')] }))['a.py'];
    expect(await now()).toBe('one');
    // Two writes may bear the same time.
    expect(await now()).toBe('one');
    expect(rig.asked(EXPORT).length).toBe(2);
    await clock.turn(LIMITS.freshMs + 1);
    expect([await now(), await now()]).toEqual(['one', 'one']);
    expect(rig.asked(EXPORT).length).toBe(3);
    rig.file(path, 'two');
    expect(await now()).toBe('two');
  });

  it('of one workspace are not taken for those of another', async ({ rig, read }) => {
    rig.file(`${ROOT.slice('/Workspace'.length)}/host.py`, 'here');
    await clock.turn(LIMITS.freshMs + 1);
    const asked = { root: ROOT, files: [file('host.py')] };
    await read(rig.as(), asked);
    await read({ ...rig.as(), host: 'https://other.test' }, asked);
    expect(rig.asked(EXPORT).length).toBe(2);
  });

  it('are exported at the pace of the workspace', async ({ rig, read }) => {
    const files = Array.from({ length: 120 }, (_, n) => file(`many/n${n}.txt`));
    for (const { path } of files) rig.file(`${ROOT.slice('/Workspace'.length)}/${path}`, path);
    const found = await clock.turnUntil(read(rig.as(), { root: ROOT, files }));
    expect(found.size).toBe(120);
    const moments = rig.far.requests.filter((one) => one.path === EXPORT).map(({ at }) => at);
    expect(mostWithin(moments, 1000)).toBeLessThanOrEqual(60);
  });

  it('that may not be read are an error, not missing', async ({ rig, read, faults }) => {
    rig.file(`${ROOT.slice('/Workspace'.length)}/a.py`, 'one');
    faults.on('GET /api/2.0/workspace/list', { status: 403, message: 'no' });
    await expect(read(rig.as(), { root: ROOT, files: [file('a.py')] })).rejects.toThrow(/may not see it/);
  });
});
