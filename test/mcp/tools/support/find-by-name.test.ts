// People give a name, an id or an address: every tool that takes a job or a path takes them all, and says what to do about others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolsClient } from '../../../../src/mcp/client/in-process.ts';
import { createRig, type Rig, use } from '../../rig.ts';

let rig: Rig;
let client: ToolsClient;
beforeAll(async () => {
  rig = await createRig({ cli: false });
  client = await rig.connect();
});
afterAll(async () => {
  await client.close();
  await rig.close();
});

describe('a job', () => {
  it('is meant by its id, exact name or address', async () => {
    for (const job_id of ['123', ' Churn ', `${rig.databricks.url}/jobs/123?o=1`, `${rig.databricks.url}/?o=1#job/123/runs`]) {
      const read = await use(client, 'get_job', { job_id });
      expect([read.isError, read.text]).toEqual([false, expect.stringMatching(/^Job 123: "Churn"/)]);
      const made = await use(client, 'generate_bundle_from_job', { job_id });
      expect([made.isError, made.text]).toEqual([false, expect.stringMatching(/^Generated a bundle of job 123\./)]);
    }
  });

  it('that is not clear is asked for', async () => {
    const part = await use(client, 'get_job', { job_id: 'chur' });
    expect([part.isError, part.text]).toEqual([true, expect.stringContaining('Ask which of these is meant, and give its id: 123 "Churn"')]);
    const none = await use(client, 'generate_bundle_from_job', { job_id: 'nothing like it' });
    expect([none.isError, none.text]).toEqual([true, expect.stringContaining('Call list_jobs')]);
  });
});

describe('a path', () => {
  const address = (path: string) => `${rig.databricks.url}/?o=1#workspace${encodeURI(path)}`;
  it('may stand in an address', async () => {
    const folder = '/Users/ana@acme.example/churn';
    expect((await use(client, 'list_notebooks', { folder: address(folder) })).text).toContain('01_ingest_events');
    const path = address(`${folder}/01_ingest_events`);
    for (const tool of ['export_notebook', 'analyze_notebook']) expect((await use(client, tool, { path })).isError).toBe(false);
    const made = await use(client, 'generate_bundle', { folder: address(folder), run: [path] });
    expect([made.isError, made.text]).toEqual([false, expect.stringContaining(`Proposed order (1):\n- "${folder}/01_ingest_events"`)]);
  });

  it.each([
    ['https://elsewhere.example/#workspace/Users/x', 'not of the workspace'],
    ['HOST/editor/notebooks/4711?o=1', 'This address holds a number and no path'],
    ['HOST/#workspace/%E0%A4%A', 'can’t be read'],
    ['Users/ana', 'a workspace path begins with /'],
  ])('%s is answered with what to do', async (path, words) => {
    const { text, isError } = await use(client, 'export_notebook', { path: path.replace('HOST', rig.databricks.url) });
    expect([isError, text]).toEqual([true, expect.stringContaining(words)]);
  });
});

describe('long lists', () => {
  it('go on where the page before ended', async () => {
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

  it('of a bundle go on too', async () => {
    for (let n = 0; n < 230; n++)
      rig.databricks.workspace.files.put(`/Shared/orders/part-${String(n).padStart(3, '0')}.txt`, {
        type: 'FILE',
        read: () => new Uint8Array(3),
      });
    const bundle_id = (await use(client, 'generate_bundle', { folder: '/Shared/orders' })).bundleDigest ?? '';
    const first = await use(client, 'list_bundle_files', { bundle_id });
    expect(first.text).toContain('call again with from 200');
    const second = await use(client, 'list_bundle_files', { bundle_id, from: 200 });
    expect(second.text).toContain('part-229.txt');
    expect(second.text).not.toContain('part-100.txt');
  });
});
