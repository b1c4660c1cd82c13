// Tests go into a bundle without touching anything else, and are kept out of deploys wherever databricks.yml can be changed for sure.
import { expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { addTests } from '../../../src/bundle/edit/add-tests.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { parseYaml } from '../../../src/bundle/yaml/parse.ts';
import { loadPythonTests } from '../../../src/config/python-tests.ts';
import { CASES, HOST } from '../fixtures.ts';

const TESTS = loadPythonTests();
const bytes = (text: string) => new TextEncoder().encode(text);
const rootOf = (files: readonly { path: string; bytes: Uint8Array }[]) =>
  new TextDecoder().decode(files.find(({ path }) => path === 'databricks.yml')?.bytes);

test.each(Object.keys(CASES))('%s: the tests come, and nothing else of databricks.yml changes', (name) => {
  const found = CASES[name];
  if (found === undefined) throw new Error('no case');
  const bundle = generateBundle({ ...found, host: HOST });
  const { changes, kept, excluded } = addTests(bundle.files, TESTS);
  expect([kept, excluded]).toEqual([[], true]);
  const next = editBundle(
    bundle,
    changes.map(({ path, bytes: content }) => ({ path, content })),
  );
  expect(checkBundle(next.files)).toEqual(checkBundle(bundle.files));
  const gone = rootOf(bundle.files).split('\n');
  const lines = rootOf(next.files).split('\n');
  expect(gone.filter((line) => !lines.includes(line))).toEqual([]);
  expect(lines.length - gone.length).toBeLessThanOrEqual(4);
  expect(addTests(next.files, TESTS)).toEqual({ changes: [], kept: [], excluded: true });
});

test.each([
  ['sync: { include: [src/x.whl] }\n', false],
  ['sync:\n  include:\n    - src/x.whl\n', true],
  ['sync:\n  exclude:\n    - docs/**\n', false],
  ['sync:\n  exclude: [tests/**]\n', true],
  ['', true],
])('with %j in databricks.yml', (sync, excluded) => {
  const text = `bundle:\n  name: x\n${sync}# Where it goes.\ntargets:\n  dev: {}\n`;
  const made = addTests([{ path: 'databricks.yml', bytes: bytes(text) }], TESTS);
  expect(made.excluded).toBe(excluded);
  const root = made.changes.find(({ path }) => path === 'databricks.yml');
  if (root !== undefined) expect(parseYaml(root.bytes)).toMatchObject({ ok: true, value: { sync: { exclude: ['tests/**'] } } });
  expect(root === undefined).toBe(!excluded || sync.includes('tests'));
});

test('a test that somebody changed stays', () => {
  const files = [
    { path: 'databricks.yml', bytes: bytes('targets:\n  dev: {}\n') },
    { path: 'tests/conftest.py', bytes: bytes('# mine') },
  ];
  const { changes, kept } = addTests(files, TESTS);
  expect(kept).toEqual(['tests/conftest.py']);
  expect(changes.map(({ path }) => path)).not.toContain('tests/conftest.py');
});
