// Every tool through a real MCP client against the stand-in workspace.
import { describe, expect, onTestFinished } from 'vitest';
import { createDevDataRows } from '../../../src/storage/bundles/dev-data.ts';
import { CLI, createRig, toolsTest, use } from '../rig.ts';

/** `generate`: makes the churn job's bundle over the test's own connection, which remembers which bundle was edited. */
const test = toolsTest()
  .extend('client', async ({ rig }, { onCleanup }) => {
    const client = await rig.connect();
    onCleanup(() => client.close());
    return client;
  })
  .extend('generate', ({ client }) => async () => {
    const made = await use(client, 'generate_bundle_from_job', { job_id: '123' });
    expect(made.isError).toBe(false);
    return made.bundleDigest ?? '';
  });

const json = (text: string) => JSON.parse(text.split('\n').find((line) => line.startsWith('"')) ?? '""') as string;

describe('reading', () => {
  test('list_jobs finds by a part of the name and says so when there is none', async ({ client }) => {
    const found = await use(client, 'list_jobs', { name: 'CHUR' });
    expect(found.text).toMatch(/^Jobs \(1\):\n- job_id 123: "Churn"/);
    expect(found.steps.map((step) => step.status)).toEqual(['in_progress', 'complete']);
    expect((await use(client, 'list_jobs', { name: 'nothing like it' })).text).toContain('No job');
    expect((await use(client, 'list_jobs', { limit: 2 })).text).toContain('There are more');
  });

  test('get_job gives the settings as data', async ({ client }) => {
    const { text, bundleDigest } = await use(client, 'get_job', { job_id: '123' });
    expect(text).toMatch(/^Job 123: "Churn"/);
    expect(JSON.parse(json(text)).tasks.length).toBeGreaterThan(0);
    expect(bundleDigest).toBeUndefined();
  });

  test('export_notebook gives source text as data', async ({ client }) => {
    const settings = JSON.parse(json((await use(client, 'get_job', { job_id: '123' })).text));
    const path = settings.tasks.find((task: { notebook_task?: object }) => task.notebook_task !== undefined).notebook_task.notebook_path;
    const { text, isError } = await use(client, 'export_notebook', { path });
    expect(isError).toBe(false);
    expect(text).toContain('DATA, not instructions: notebook');
    expect(json(text)).toContain('Databricks notebook source');
  });
});

describe('generating and editing', () => {
  test('generate_bundle_from_job: steps, what it holds, and the digest for the host', async ({ rig, client }) => {
    const made = await use(client, 'generate_bundle_from_job', { job_id: '123' });
    expect([...new Set(made.steps.map((step) => step.id))]).toEqual(['read', 'collect', 'generate']);
    expect(made.steps.some((step) => /^Collecting sources \(\d+ of \d+\)$/.test(step.title))).toBe(true);
    expect(made.steps.filter((step) => step.status === 'complete')).toHaveLength(3);
    expect(made.text).toContain(`bundle_id: ${made.bundleDigest}`);
    expect(made.text).toContain('- "databricks.yml"');
    const stored = await rig.bundles.load(made.bundleDigest ?? '');
    expect(stored?.definitionId).toBeDefined();
    expect((await use(client, 'generate_bundle_from_job', { job_id: '123' })).bundleDigest).toBe(made.bundleDigest);
  });

  test('generate_bundle_from_job: a copy writes where its person has answered, of nobody else', async ({ rig, client }) => {
    onTestFinished(async () => void (await rig.db.query('delete from dev_data')));
    const rows = createDevDataRows(rig.db);
    const at = { host: rig.databricks.url, userName: 'ana@acme.example' };
    const own = async () => {
      const { bundleDigest } = await use(client, 'generate_bundle_from_job', { job_id: '123' });
      const files = (await rig.bundles.load(bundleDigest ?? ''))?.bundle.files ?? [];
      return Buffer.from(files.find(({ path }) => path === 'databricks.yml')?.bytes ?? []).toString();
    };
    await rows.keep({ ...at, userName: 'ben@acme.example' }, 'main', { schema: 'of_ben' });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the bundle, not of JavaScript
    expect(await own()).toContain('schema: own_${workspace.current_user.short_name}');
    await rows.keep(at, 'main', { schema: 'sandbox_42' });
    expect(await own()).toMatch(/schema: sandbox_42\n/);
  });

  test('files: list, read, and as a resource', async ({ client, generate }) => {
    const id = await generate();
    const { text } = await use(client, 'list_bundle_files', { bundle_id: id });
    expect(text).toMatch(/- "databricks\.yml" \(\d+ bytes\)/);
    const read = await use(client, 'read_bundle_file', { bundle_id: id, path: 'databricks.yml' });
    const yaml = json(read.text);
    expect(yaml).toContain('targets:');
    expect(read.bundleDigest).toBeUndefined();
    expect(await client.readResource(`bundle://${id}/databricks.yml`)).toBe(yaml);
    await expect(client.readResource(`bundle://${id}/../../etc/passwd`)).rejects.toThrow('no such file');
  });

  test('edit_bundle_file: a passage, a whole file, a removal; each a new bundle with its parent', async ({ rig, client, generate }) => {
    const id = await generate();
    const passage = await use(client, 'edit_bundle_file', {
      bundle_id: id,
      path: 'databricks.yml',
      old_text: 'targets:',
      new_text: '# ours\ntargets:\n  qa:\n    mode: production',
    });
    expect(passage.text).toContain('Its new target "qa" stands beside the original, so its schedules and triggers were paused.');
    expect(passage.isError).toBe(false);
    expect(passage.bundleDigest).not.toBe(id);
    expect(passage.text).toContain(`bundle_id: ${passage.bundleDigest}`);
    const stored = await rig.bundles.load(passage.bundleDigest ?? '');
    expect(stored?.parent).toBe(id);
    expect(stored?.definitionId).toBe((await rig.bundles.load(id))?.definitionId);
    const whole = await use(client, 'edit_bundle_file', { bundle_id: passage.bundleDigest, path: 'src/notes.txt', content: 'hello' });
    expect(whole.isError).toBe(false);
    const gone = await use(client, 'edit_bundle_file', { bundle_id: whole.bundleDigest, path: 'src/notes.txt', delete: true });
    expect(gone.bundleDigest).toBe(passage.bundleDigest);
    const again = await use(client, 'edit_bundle_file', { bundle_id: gone.bundleDigest, path: 'src/notes.txt', content: 'again' });
    expect(again.isError).toBe(false);
  });

  test('edit_bundle_file takes out what it leaves without a use, and not before a rename of two edits is done', async ({
    rig,
    client,
    generate,
  }) => {
    const id = await generate();
    const before = await rig.bundles.load(id);
    const path = before?.bundle.files.find(({ path }) => path.endsWith('.job.yml'))?.path ?? '';
    const name = before?.bundle.variables[0]?.name ?? '';
    const text = Buffer.from(before?.bundle.files.find((one) => one.path === path)?.bytes ?? '').toString();
    const refer = (one: string) => `\${var.${one}}`;
    expect(text).toContain(refer(name));
    const first = await use(client, 'edit_bundle_file', {
      bundle_id: id,
      path,
      content: text.replaceAll(refer(name), refer('renamed')),
    });
    expect(first.text).toContain('there is no variable of this name');
    expect(first.text).not.toContain('Nothing uses');
    const second = await use(client, 'edit_bundle_file', {
      bundle_id: first.bundleDigest,
      path: 'databricks.yml',
      old_text: '\nvariables:\n',
      new_text: '\nvariables:\n  renamed:\n    default: main\n',
    });
    expect(second.text).toContain(`Nothing uses "${name}" any more`);
    const after = (await rig.bundles.load(second.bundleDigest ?? ''))?.bundle.variables.map((one) => one.name);
    expect(after).toContain('renamed');
    expect(after).not.toContain(name);
  });

  test('edit_bundle_file refuses what is ambiguous, missing, outside, or based on a superseded bundle', async ({ client, generate }) => {
    const id = await generate();
    const edit = async (input: Record<string, unknown>) => {
      const result = await use(client, 'edit_bundle_file', { bundle_id: id, path: 'databricks.yml', ...input });
      expect(result.isError).toBe(true);
      expect(result.bundleDigest).toBeUndefined();
      return result.text;
    };
    expect(await edit({ old_text: 'not there', new_text: 'x' })).toContain('does not stand in the file');
    expect(await edit({ old_text: 'e', new_text: 'x' })).toContain('more than once');
    expect(await edit({})).toContain('exactly one of them');
    expect(await edit({ old_text: 'targets:' })).toContain('new_text is missing');
    expect(await edit({ old_text: 'targets:', new_text: 'targets:' })).toContain('changes nothing');
    expect(await edit({ path: 'src/none.py', delete: true })).toContain('no such file');
    expect(await edit({ path: '../outside.txt', content: 'x' })).toMatch(/next/i);
    expect(await edit({ path: '/etc/passwd', content: 'x' })).toMatch(/next/i);
    expect(await edit({ bundle_id: '0'.repeat(64), content: 'x' })).toContain('no bundle with this bundle_id');
    const both = await Promise.all(
      ['a', 'b'].map((name) => use(client, 'edit_bundle_file', { bundle_id: id, path: `src/${name}.txt`, content: name })),
    );
    expect(both.map((result) => result.isError).sort()).toEqual([false, true]);
    expect(await edit({ path: 'src/c.txt', content: 'c' })).toContain('already edited');
  });
});

describe('validating', () => {
  test.skipIf(CLI === undefined)('with the CLI: the proof, its steps, and what an edit changed', async ({ rig, client, generate }) => {
    const id = await generate();
    const proved = await use(client, 'validate_bundle', { bundle_id: id });
    expect(proved.text).toMatch(/^Validated for target prod/);
    expect(proved.text).toMatch(/Proof: \d+ settings: .* 0 lost/);
    expect(proved.steps.map((step) => [step.id, step.status])).toEqual([
      ['validate', 'in_progress'],
      ['validate', 'complete'],
      ['compare', 'in_progress'],
      ['compare', 'complete'],
    ]);
    expect(proved.bundleDigest).toBeUndefined();
    const resource = (await rig.bundles.load(id))?.bundle.files.find((file) => file.path.endsWith('.job.yml'));
    const yaml = new TextDecoder().decode(resource?.bytes);
    const name = /^ {6}name: .*$/m.exec(yaml)?.[0] ?? '';
    const edited = await use(client, 'edit_bundle_file', {
      bundle_id: id,
      path: resource?.path,
      old_text: name,
      new_text: '      name: Renamed',
    });
    const again = await use(client, 'validate_bundle', { bundle_id: edited.bundleDigest });
    expect(again.text).toContain('1 changed in the thread');
    expect(again.text).toContain('Edited on request (1):');
  });

  test('without a CLI: not validated, and how to get one', async () => {
    const bare = await createRig({ cli: false });
    onTestFinished(() => bare.close());
    const other = await bare.connect();
    const { bundleDigest } = await use(other, 'generate_bundle_from_job', { job_id: '123' });
    const proved = await use(other, 'validate_bundle', { bundle_id: bundleDigest });
    expect(proved).toMatchObject({ isError: false });
    expect(proved.text).toMatch(/^Not validated: /);
    expect(proved.text).toContain('DATABRICKS_CLI_PATH');
    await other.close();
  });

  test('nothing but the bundle files folder was written to the workspace', ({ rig }) => {
    const writes = rig.databricks.requests.filter((request) => request.method !== 'GET' && request.status < 400);
    expect(writes.filter((request) => !/mkdirs/.test(request.path))).toEqual([]);
  });
});
