// The archive opens with another reader and is the same for the same files.
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { archive } from '../../../src/bundle/edit/archive.ts';

const files = [
  { path: 'src/a b.py', bytes: Buffer.from('print(1)\n') },
  { path: 'databricks.yml', bytes: Buffer.from('bundle:\n  name: ä\n') },
  { path: 'src/größe.sql', bytes: Buffer.from('select 1') },
];

test('holds every file byte for byte', () => {
  const unpacked = unzipSync(archive({ name: 'sales', files, secrets: [] }));
  expect(Object.keys(unpacked)).toEqual(['sales/databricks.yml', 'sales/src/a b.py', 'sales/src/größe.sql']);
  for (const { path, bytes } of files) expect(Buffer.from(unpacked[`sales/${path}`] ?? []).equals(bytes)).toBe(true);
});

test('same files, same bytes, in any order and time zone', () => {
  const before = process.env.TZ;
  const first = archive({ name: 'sales', files, secrets: [] });
  process.env.TZ = 'Pacific/Auckland';
  const second = archive({ name: 'sales', files: [...files].reverse(), secrets: [] });
  process.env.TZ = before;
  expect(Buffer.from(first).equals(second)).toBe(true);
});

test('masks hard-coded secrets, in the proof too', () => {
  const text = 'key = "hunter2222"\n';
  const secrets = [{ path: 'src/a.py', line: 1, start: 7, end: 17, kind: 'password' }];
  const zip = archive({ name: 'sales/../x', files: [{ path: 'src/a.py', bytes: Buffer.from(text) }], secrets }, [
    { path: 'PROOF.md', bytes: Buffer.from('was hunter2222') },
  ]);
  const unpacked = unzipSync(zip);
  expect(Buffer.from(unpacked['sales_.._x/src/a.py'] ?? []).toString()).toBe('key = "<secret password>"\n');
  expect(Buffer.from(unpacked['sales_.._x/PROOF.md'] ?? []).toString()).toBe('was <secret password>');
});

test('says in README.md what is masked and where, with no value, and nothing where nothing is', () => {
  const text = 'cert = """first line\nof a key"""\nkey = "hunter2222"\n';
  const at = (path: string, value: string, kind: string) => {
    const start = text.indexOf(value);
    return { path, line: 1, start, end: start + value.length, kind };
  };
  const secrets = [at('src/a.py', 'first line\nof a key', 'private key'), at('src/a.py', 'hunter2222', 'password')];
  const tree = [
    { path: 'src/a.py', bytes: Buffer.from(text) },
    { path: 'README.md', bytes: Buffer.from('# Sales\n') },
  ];
  const readme = (files: typeof tree, found = secrets) =>
    Buffer.from(unzipSync(archive({ name: 'sales', files, secrets: found }))['sales/README.md'] ?? []).toString();
  expect(readme(tree)).toMatch(/^# Sales\n\n## What is masked\n/);
  // Lines as they are in the archive: the first mask is shorter than its value.
  expect(readme(tree)).toContain('| `<secret private key>` | `src/a.py`, line 1 |\n| `<secret password>` | `src/a.py`, line 2 |');
  expect(readme(tree)).not.toMatch(/hunter2222|first line/);
  expect(readme(tree.slice(0, 1))).toMatch(/^## What is masked\n/);
  expect(readme(tree, [])).toBe('# Sales\n');
});
