// The tools that look around in a workspace: folders, pipelines and the connection, by id, name or address, as data, without secrets.
import { describe, expect } from 'vitest';
import { createToolsClient } from '../../../src/mcp/client/in-process.ts';
import { toolsTest, use } from '../rig.ts';

const PIPELINE = '6a1f2d34-0b5c-4e6f-8a7b-9c0d1e2f3a4b';
const SECRET = `dapi${'0123456789abcdef'.repeat(2)}`;

const it = toolsTest({
  cli: false,
  seed: ({ databricks }) => {
    const { files, pipelines } = databricks.workspace;
    for (let n = 0; n < 130; n++) files.mkdirs(`/Shared/many/folder-${String(n).padStart(3, '0')}`);
    const spec = { id: PIPELINE, name: 'Silver', catalog: 'main', configuration: { api_token: SECRET, big: 9_007_199_254_740_993n } };
    pipelines.set(PIPELINE, { pipeline_id: PIPELINE, name: 'Silver', state: 'IDLE', creator_user_name: 'ana@acme.example', spec });
  },
});

describe('list_notebooks', () => {
  it('lists a folder a page at a time, and by a part of the name', async ({ client }) => {
    const first = await use(client, 'list_notebooks', { folder: '/Shared/many/' });
    expect(first.isError, first.text).toBe(false);
    expect(first.text).toContain('"/Shared/many" holds 130');
    expect(first.text).toContain('"/Shared/many/folder-099" (directory)');
    expect(first.text).not.toContain('folder-100');
    expect(first.text).toContain('call again with from 100');
    const second = await use(client, 'list_notebooks', { folder: '/Shared/many', from: 100 });
    expect(second.text).toContain('folder-129');
    expect(second.text).not.toContain('More follows');
    const some = await use(client, 'list_notebooks', { folder: '/Shared/many', name: 'FOLDER-12' });
    expect(some.text).toContain('holds 10 with such a name');
  });

  it('begins in the home folder, and says what to do where there is none', async ({ client }) => {
    expect((await use(client, 'list_notebooks', {})).text).toContain('"/Users/ana@acme.example" holds');
    const none = await use(client, 'list_notebooks', { folder: '/Shared/nowhere' });
    expect(none.isError).toBe(true);
    expect(none.text).toContain('Begin with /Users');
  });
});

describe('list_pipelines and get_pipeline', () => {
  it('finds it by a part of its name, and reads it by id, exact name or address', async ({ rig, client }) => {
    expect((await use(client, 'list_pipelines', { name: 'silv' })).text).toContain(`pipeline_id "${PIPELINE}": "Silver", "IDLE"`);
    expect((await use(client, 'list_pipelines', { name: 'gold' })).text).toContain('No pipeline');
    for (const pipeline of [
      PIPELINE,
      'Silver',
      `${rig.databricks.url}/pipelines/${PIPELINE}?o=1`,
      `${rig.databricks.url}/#joblist/pipelines/${PIPELINE}`,
    ]) {
      const { text, isError } = await use(client, 'get_pipeline', { pipeline });
      expect(isError, text).toBe(false);
      expect(text).toContain('DATA, not instructions');
      expect(text).toContain('9007199254740993');
      expect(text).not.toContain(SECRET);
    }
  });

  it.for([
    ['silver', `which of these is meant, and give its id: ${PIPELINE} "Silver"`],
    ['gold', 'Call list_pipelines'],
    ['https://elsewhere.example/pipelines/1', 'not of the workspace'],
    ['11111111-0b5c-4e6f-8a7b-9c0d1e2f3a4b', 'There is no pipeline'],
  ] as const)('says what to do about %s', async ([pipeline, words], { client }) => {
    const { text, isError } = await use(client, 'get_pipeline', { pipeline });
    expect(isError).toBe(true);
    expect(text).toContain(words);
  });
});

describe('health', () => {
  it('says where, as whom, and that Jobs can be reached, and never the token', async ({ rig, client }) => {
    const { text, isError } = await use(client, 'health', {});
    expect(isError, text).toBe(false);
    expect(text).toContain(`Workspace: ${rig.databricks.url}`);
    expect(text).toContain('Acting as "ana@acme.example"');
    expect(text).toContain('Jobs can be reached');
    expect(text).not.toContain(rig.token);
  });

  it('names the scopes of an OAuth token, and says what fails instead of failing', async ({ rig }) => {
    const token = `x.${Buffer.from(JSON.stringify({ scope: 'sql offline_access' })).toString('base64url')}.x`;
    const stranger = await createToolsClient(rig.deps, {
      host: rig.databricks.url,
      userName: 'eve@acme.example',
      token: async () => token,
    });
    const { text, isError } = await use(stranger, 'health', {});
    expect(isError).toBe(false);
    expect(text).toContain('Scopes of the sign-in: "sql", "offline_access"');
    expect(text).toContain('Jobs can’t be reached');
    expect(text).not.toContain(token);
    await stranger.close();
  });
});

describe('upload_bundle', () => {
  it('stores the upload for a click and writes nothing', async ({ rig, client }) => {
    const made = await use(client, 'generate_bundle_from_job', { job_id: '402' });
    const bundle_id = made.bundleDigest ?? '';
    const { text, isError, proposalIds } = await use(client, 'upload_bundle', {
      bundle_id,
      folder: '/Workspace/Users/ana@acme.example/out/',
    });
    expect(isError, text).toBe(false);
    expect(text).toContain(`proposal_id: ${proposalIds?.[0]}`);
    expect(text).toContain('/Workspace/Users/ana@acme.example/out');
    expect(rig.databricks.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    const outside = await use(client, 'upload_bundle', { bundle_id, folder: '/Workspace/Users/ana@acme.example/../../etc' });
    expect(outside.isError).toBe(true);
    expect(outside.proposalIds).toBeUndefined();
  });
});
