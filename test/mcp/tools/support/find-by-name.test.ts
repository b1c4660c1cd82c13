// People give a name, an id or an address: every tool that takes a job or a path takes them all, and says what to do about others.
import { describe, expect } from 'vitest';
import { digestFiles } from '../../../../src/bundle/model/bundle.ts';
import { toolsTest, use } from '../../rig.ts';

const it = toolsTest({ cli: false });

describe('a job', () => {
  it('is meant by its id, exact name or address', async ({ rig, client }) => {
    for (const job_id of ['123', ' Churn ', `${rig.databricks.url}/jobs/123?o=1`, `${rig.databricks.url}/?o=1#job/123/runs`]) {
      const read = await use(client, 'get_job', { job_id });
      expect([read.isError, read.text]).toEqual([false, expect.stringMatching(/^Job 123: "Churn"/)]);
      const made = await use(client, 'generate_bundle_from_job', { job_id });
      expect([made.isError, made.text]).toEqual([false, expect.stringMatching(/^Generated a bundle of job 123\./)]);
    }
  });

  it('that is not clear is asked for', async ({ client }) => {
    const part = await use(client, 'get_job', { job_id: 'chur' });
    expect([part.isError, part.text]).toEqual([true, expect.stringContaining('Ask which of these is meant, and give its id: 123 "Churn"')]);
    const none = await use(client, 'generate_bundle_from_job', { job_id: 'nothing like it' });
    expect([none.isError, none.text]).toEqual([true, expect.stringContaining('Call list_jobs')]);
  });
});

describe('a path', () => {
  it('may stand in an address', async ({ rig, client }) => {
    const address = (path: string) => `${rig.databricks.url}/?o=1#workspace${encodeURI(path)}`;
    const folder = '/Users/ana@acme.example/churn';
    expect((await use(client, 'list_notebooks', { folder: address(folder) })).text).toContain('01_ingest_events');
    const path = address(`${folder}/01_ingest_events`);
    for (const tool of ['export_notebook', 'analyze_notebook']) expect((await use(client, tool, { path })).isError).toBe(false);
    const made = await use(client, 'generate_bundle', { folder: address(folder), run: [path] });
    expect([made.isError, made.text]).toEqual([false, expect.stringContaining(`Proposed order (1):\n- "${folder}/01_ingest_events"`)]);
  });

  it.for([
    ['https://elsewhere.example/#workspace/Users/x', 'not of the workspace'],
    ['HOST/editor/notebooks/4711?o=1', 'This address holds a number and no path'],
    ['HOST/#workspace/%E0%A4%A', 'can’t be read'],
    ['Users/ana', 'a workspace path begins with /'],
  ] as const)('%s is answered with what to do', async ([path, words], { rig, client }) => {
    const { text, isError } = await use(client, 'export_notebook', { path: path.replace('HOST', rig.databricks.url) });
    expect([isError, text]).toEqual([true, expect.stringContaining(words)]);
  });
});

describe('long lists', () => {
  it('go on where the page before ended', async ({ rig, client }) => {
    const all: string[] = [];
    let from = 0;
    for (let page = 0; page < 10; page++) {
      const { text } = await use(client, 'list_jobs', { limit: 2, from });
      all.push(...[...text.matchAll(/^- job_id (\d+)/gm)].map(([, id]) => id ?? ''));
      const next = /call again with from (\d+)/.exec(text)?.[1];
      if (next === undefined) break;
      from = Number(next);
    }
    expect(all.sort()).toEqual([...rig.databricks.workspace.jobs.keys()].sort());
  });

  it('of a bundle go on too', async ({ rig, client }) => {
    const { bundleDigest = '' } = await use(client, 'generate_bundle_from_job', { job_id: '204' });
    const bundle = (await rig.bundles.load(bundleDigest))?.bundle;
    if (bundle === undefined) throw new Error('no bundle was stored');
    const parts = Array.from({ length: 230 }, (_, n) => ({ path: `src/part-${String(n).padStart(3, '0')}.txt`, bytes: new Uint8Array(3) }));
    const files = [...bundle.files, ...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
    const bundle_id = await rig.bundles.save({ ...bundle, files, digest: digestFiles(files) });
    const first = await use(client, 'list_bundle_files', { bundle_id });
    expect(first.text).toContain('call again with from 200');
    const second = await use(client, 'list_bundle_files', { bundle_id, from: 200 });
    expect(second.text).toContain('part-229.txt');
    expect(second.text).not.toContain('part-100.txt');
  });
});
