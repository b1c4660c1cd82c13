// Bundles over HTTP: fetched by whoever made them, put back where the server has lost them, and never believed about themselves.
import { describe, expect } from 'vitest';
import { type Bundle, digestFiles } from '../../../src/bundle/model/bundle.ts';
import { bundleFrom, bundleText } from '../../../src/storage/bundles/bundle-text.ts';
import { fc } from '../../fast-check.ts';
import { httpTest } from './http-rig.ts';

/** `bundleOf` and `callTool` act as ana, unless given another token. */
const it = httpTest()
  .extend('ben', { scope: 'file' }, ({ rig }) => rig.databricks.tokenFor('ben@acme.example'))
  .extend('bundleOf', { scope: 'file' }, ({ rig }) => (digest: string, method: string, body?: string, token = rig.token) => {
    const headers = { Authorization: `Bearer ${token}` };
    return fetch(`${rig.url}/bundles/${digest}`, { method, headers, ...(body === undefined ? {} : { body }) });
  })
  .extend('callTool', { scope: 'file' }, ({ rig }) => async (name: string, input: Record<string, unknown>, token = rig.token) => {
    const client = await rig.client(token);
    const result = await client.callTool({ name, arguments: input });
    await client.close();
    return JSON.stringify(result.content);
  });

const encode = (text: string) => new TextEncoder().encode(text);
function make(files: Record<string, string>, more: Partial<Bundle> = {}): Bundle {
  const list = Object.entries(files).map(([path, text]) => ({ path, bytes: encode(text) }));
  const about = { name: 'demo', resources: [], variables: [], targets: ['dev'], adoption: {}, sources: [], secrets: [], diagnostics: [] };
  return { ...about, files: list, ...more, digest: digestFiles(list) };
}

describe('a bundle', () => {
  it('that a tool made is fetched whole, and put back where the server lost it', async ({ rig, bundleOf, callTool }) => {
    const said = await callTool('generate_bundle_from_job', { job_id: '123' });
    const digest = /bundle_id: (\w{64})/.exec(said)?.[1] ?? '';
    expect((await bundleOf(digest, 'HEAD')).status).toBe(204);
    const text = await (await bundleOf(digest, 'GET')).text();
    const carried = bundleFrom(text);
    expect(carried?.bundle.digest).toBe(digest);
    expect(carried?.definition?.jobId).toBe('123');

    for (const table of ['bundle_owners', 'bundles', 'definitions']) await rig.db.query(`delete from ${table}`);
    expect((await bundleOf(digest, 'HEAD')).status).toBe(404);
    expect(await callTool('list_bundle_files', { bundle_id: digest })).toContain('no bundle');
    expect((await bundleOf(digest, 'PUT', text)).status).toBe(204);
    expect(await (await bundleOf(digest, 'GET')).text()).toBe(text);
    expect(await callTool('list_bundle_files', { bundle_id: digest })).toContain('databricks.yml');
  });

  it('is nobody else’s, however well they know its digest', async ({ ben, bundleOf }) => {
    const mine = make({ 'databricks.yml': 'bundle:\n  name: mine\n' });
    expect((await bundleOf(mine.digest, 'PUT', bundleText({ bundle: mine }))).status).toBe(204);
    for (const method of ['GET', 'HEAD']) expect((await bundleOf(mine.digest, method, undefined, ben)).status).toBe(404);
    expect((await bundleOf(mine.digest, 'GET', undefined, 'dapi0123456789abcdef')).status).toBe(401);
  });

  it('of somebody else stays as it is when the same tree is brought with other words about it', async ({ ben, bundleOf }) => {
    const first = make({ 'databricks.yml': 'bundle:\n  name: shared\n' }, { name: 'first' });
    await bundleOf(first.digest, 'PUT', bundleText({ bundle: first }));
    const definition = { jobId: '5', settings: { name: 'forged' } };
    await bundleOf(first.digest, 'PUT', bundleText({ bundle: { ...first, name: 'forged' }, definition }), ben);
    const seen = bundleFrom(await (await bundleOf(first.digest, 'GET')).text());
    expect([seen?.bundle.name, seen?.definition]).toEqual(['first', undefined]);
  });

  it('is refused where its digest is another one, its paths lead out, or the text is none', async ({ bundleOf }) => {
    const good = make({ 'databricks.yml': 'bundle:\n  name: x\n' });
    const other = make({ 'databricks.yml': 'bundle:\n  name: y\n' });
    expect((await bundleOf(good.digest, 'PUT', bundleText({ bundle: other }))).status).toBe(409);
    for (const path of ['../out.txt', '/etc/passwd', 'a/../../b', 'a\\b', '.git/config', 'C:/x', 'a\u0000b']) {
      const evil = make({ [path]: 'x' });
      expect((await bundleOf(evil.digest, 'PUT', bundleText({ bundle: evil }))).status, path).toBe(400);
      expect((await bundleOf(evil.digest, 'HEAD')).status).toBe(404);
    }
    for (const body of ['', '{', 'null', '[]', '{"meta":{},"files":[]}', bundleText({ bundle: good }).replace('base64":"', 'base64":"!')])
      expect((await bundleOf(good.digest, 'PUT', body)).status, body.slice(0, 30)).toBe(400);
    expect((await bundleOf('nonsense', 'PUT', bundleText({ bundle: good }))).status).toBe(409);
  });

  it('has its secrets looked for again: who brings it can’t say that it has none', async ({ bundleOf, callTool }) => {
    const token = `dapi${'0123456789abcdef'.repeat(2)}`;
    const leaky = make({ 'databricks.yml': 'bundle:\n  name: leaky\n', 'src/a.py': `TOKEN = "${token}"\n` });
    await bundleOf(leaky.digest, 'PUT', bundleText({ bundle: leaky }));
    const kept = bundleFrom(await (await bundleOf(leaky.digest, 'GET')).text());
    expect(kept?.bundle.secrets.map(({ path }) => path)).toEqual(['src/a.py']);
    expect(await callTool('read_bundle_file', { bundle_id: leaky.digest, path: 'src/a.py' })).not.toContain(token);
  });
});

describe('the text of a bundle', () => {
  const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.string(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Number.isInteger(one) ? 0.5 : one)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;

  it('carries every byte of its files and every digit of its definition', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uint8Array()), {
          selector: ([path]) => path,
          maxLength: 5,
        }),
        fc.option(fc.dictionary(fc.string(), json, { noNullPrototype: true }), { nil: undefined }),
        (files, settings) => {
          const list = files.map(([path, bytes]) => ({ path, bytes }));
          const bundle = { ...make({}), files: list, digest: digestFiles(list) };
          const definition = settings === undefined ? undefined : { jobId: '9007199254740993', settings };
          const sent = { bundle, definition, parent: 'a'.repeat(64) } as Parameters<typeof bundleText>[0];
          const got = bundleFrom(bundleText(sent));
          expect(got?.bundle.digest).toBe(bundle.digest);
          expect(bundleText(got ?? sent)).toBe(bundleText(sent));
          expect(got?.definition?.jobId).toBe(definition?.jobId);
          expect(got?.bundle.files.map(({ path, bytes }) => [path, [...bytes]])).toEqual(files.map(([path, bytes]) => [path, [...bytes]]));
        },
      ),
    );
  });

  it('of anything else is none', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void expect(bundleFrom(text)).toBeUndefined()));
  });
});
