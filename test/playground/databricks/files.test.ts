// Workspace files over plain HTTP: what becomes a notebook, both export forms, overwriting, parents, the 10 MB limit.
import { expect } from 'vitest';
import { standInTest } from './api.ts';

const HOME = '/Workspace/Users/ana@acme.example';

const test = standInTest({ seed: false })
  .extend(
    'upload',
    ({ ana }) =>
      (path: string, content: string, overwrite = false) =>
        ana.post(`/api/2.0/workspace-files/import-file/${encodeURIComponent(path.slice(1))}?overwrite=${overwrite}`, content),
  )
  .extend(
    'status',
    ({ ana }) =>
      (path: string) =>
        ana.get(`/api/2.0/workspace/get-status?return_export_info=true&path=${encodeURIComponent(path)}`),
  )
  .extend(
    'download',
    ({ ana }) =>
      (path: string, format = 'SOURCE') =>
        ana.get(`/api/2.0/workspace/export?direct_download=true&format=${format}&path=${encodeURIComponent(path)}`),
  );

const jupyter = (language: string) =>
  JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# Title'] },
      { cell_type: 'code', metadata: {}, source: ['a = 1\n', 'print(a)'], outputs: [], execution_count: null },
    ],
    metadata: { 'application/vnd.databricks.v1+notebook': { language } },
    nbformat: 4,
    nbformat_minor: 0,
  });

test.for<[string, string, string, string, string]>([
  ['n1.py', '# Databricks notebook source\nprint(1)\n', 'n1', 'PYTHON', 'SOURCE'],
  ['n2.sql', '-- Databricks notebook source\r\nSELECT 1\n', 'n2', 'SQL', 'SOURCE'],
  ['n3.scala', '// Databricks notebook source\nprintln(1)\n', 'n3', 'SCALA', 'SOURCE'],
  ['n4.r', '# Databricks notebook source\nprint(1)\n', 'n4', 'R', 'SOURCE'],
  ['n5.v2.ipynb', jupyter('sql'), 'n5.v2', 'SQL', 'JUPYTER'],
])('%s becomes a notebook without its extension', async ([name, content, kept, language, format], { upload, status, download }) => {
  expect((await upload(`${HOME}/${name}`, content)).status).toBe(200);
  expect((await status(`${HOME}/${kept}`)).json).toMatchObject({
    object_type: 'NOTEBOOK',
    path: `${HOME}/${kept}`,
    language,
    repos_export_format: format,
  });
  expect((await status(`${HOME}/${name}`)).status).toBe(404);
  expect((await download(`${HOME}/${kept}`, format)).text).toBe(content);
});

test.for<[string, string]>([
  ['plain.py', 'print(1)\n'],
  ['late.py', '\n# Databricks notebook source\n'],
  ['wrong.sql', '# Databricks notebook source\n'],
  ['broken.ipynb', '{'],
  ['x.txt', '# Databricks notebook source\n'],
])('%s stays a file', async ([name, content], { ana, upload, status }) => {
  await upload(`${HOME}/${name}`, content);
  expect((await status(`${HOME}/${name}`)).json).toMatchObject({ object_type: 'FILE', size: content.length });
  expect((await ana.get(`/api/2.0/workspace-files${encodeURI(HOME)}/${name}`)).text).toBe(content);
});

test('a notebook is exported as source and as Jupyter, whatever it was', async ({ ana, upload, download }) => {
  await upload(`${HOME}/j.ipynb`, jupyter('python'));
  const source = '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n\n# COMMAND ----------\n\na = 1\nprint(a)\n';
  expect((await download(`${HOME}/j`)).text).toBe(source);
  await upload(`${HOME}/s.py`, source);
  const { cells } = JSON.parse((await download(`${HOME}/s`, 'JUPYTER')).text) as { cells: { cell_type: string; source: string[] }[] };
  expect(cells.map(({ cell_type, source: lines }) => [cell_type, lines.join('')])).toEqual([
    ['markdown', '# Title'],
    ['code', 'a = 1\nprint(a)'],
  ]);
  const encoded = (await ana.get(`/api/2.0/workspace/export?format=JUPYTER&path=${encodeURIComponent(`${HOME}/j`)}`)).json;
  expect(encoded.file_type).toBe('ipynb');
  expect(JSON.parse(Buffer.from(encoded.content, 'base64').toString()).cells).toHaveLength(2);
});

test('/Workspace/x and /x are one object, answered under the path that was asked for', async ({ upload, status }) => {
  await upload(`${HOME}/both.txt`, 'x');
  const path = '/Users/ana@acme.example/both.txt';
  expect((await status(path)).json.path).toBe(path);
  expect((await status(path)).json.object_id).toBe((await status(`${HOME}/both.txt`)).json.object_id);
});

test('overwriting, missing parents, mixed kinds, listing, deleting', async ({ ana, upload }) => {
  expect(await upload(`${HOME}/none/a.txt`, 'x')).toMatchObject({ status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
  await ana.post('/api/2.0/workspace/mkdirs', { path: `${HOME}/d/e` });
  expect((await upload(`${HOME}/d/a.txt`, 'x')).status).toBe(200);
  expect(await upload(`${HOME}/d/a.txt`, 'y')).toMatchObject({ status: 409, json: { error_code: 'ALREADY_EXISTS' } });
  expect((await upload(`${HOME}/d/a.txt`, 'z', true)).status).toBe(200);
  await upload(`${HOME}/d/n.py`, '# Databricks notebook source\n1\n');
  expect((await upload(`${HOME}/d/n.py`, '# Databricks notebook source\n2\n')).json.message).toMatch(/already exists\.$/);
  expect((await upload(`${HOME}/d/n`, 'a file', true)).json.message).toContain('type mismatch (asked: FILE, actual: NOTEBOOK)');
  const listed = (await ana.get(`/api/2.0/workspace/list?path=${encodeURIComponent(`${HOME}/d`)}`)).json.objects;
  expect(listed.map(({ object_type, path }: { object_type: string; path: string }) => [object_type, path.slice(HOME.length)])).toEqual([
    ['FILE', '/d/a.txt'],
    ['DIRECTORY', '/d/e'],
    ['NOTEBOOK', '/d/n'],
  ]);
  expect(await ana.post('/api/2.0/workspace/delete', { path: `${HOME}/d` })).toMatchObject({
    status: 400,
    json: { error_code: 'DIRECTORY_NOT_EMPTY' },
  });
  expect((await ana.post('/api/2.0/workspace/delete', { path: `${HOME}/d`, recursive: true })).status).toBe(200);
  expect(await ana.post('/api/2.0/workspace/delete', { path: `${HOME}/d` })).toMatchObject({ status: 404 });
});

test('workspace/import takes SOURCE with a language, AUTO and JUPYTER', async ({ ana, status }) => {
  const content = Buffer.from('SELECT 1\n').toString('base64');
  const path = `${HOME}/imported`;
  expect((await ana.post('/api/2.0/workspace/import', { path, content })).status).toBe(400);
  expect((await ana.post('/api/2.0/workspace/import', { path, content, language: 'SQL' })).status).toBe(200);
  expect(await ana.post('/api/2.0/workspace/import', { path, content, language: 'SQL' })).toMatchObject({
    json: { error_code: 'RESOURCE_ALREADY_EXISTS' },
  });
  expect((await status(path)).json).toMatchObject({ object_type: 'NOTEBOOK', language: 'SQL' });
  await ana.post('/api/2.0/workspace/import', { path: `${path}.txt`, content, format: 'AUTO' });
  expect((await status(`${path}.txt`)).json).toMatchObject({ object_type: 'FILE', size: 9 });
});

test('export stops at 10 MB, the raw file API does not', async ({ ana, upload, download }) => {
  await upload(`${HOME}/limit.bin`, 'x'.repeat(10_485_760));
  await upload(`${HOME}/big.bin`, 'x'.repeat(10_485_761));
  expect((await download(`${HOME}/limit.bin`)).status).toBe(200);
  expect(await download(`${HOME}/big.bin`)).toMatchObject({ status: 400, json: { error_code: 'MAX_NOTEBOOK_SIZE_EXCEEDED' } });
  expect((await ana.get(`/api/2.0/workspace-files${encodeURI(HOME)}/big.bin`)).text).toHaveLength(10_485_761);
});
