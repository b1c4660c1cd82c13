// A wheel out of a folder: pip takes it, its record is true, and the same folder gives the same bytes.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { packWheel } from '../../../src/playground/databricks/seed/wheel.ts';

const FOLDER = join(import.meta.dirname, '../../../src/playground/workspace/wheels/acme_retail-1.2.0');
const HAS_PIP = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

test('holds the package and a record with the digest of every file', () => {
  const { name, bytes } = packWheel(FOLDER);
  expect(name).toBe('acme_retail-1.2.0-py3-none-any.whl');
  expect(packWheel(FOLDER).bytes).toEqual(bytes);
  const files = unzipSync(bytes);
  const record = Buffer.from(files['acme_retail-1.2.0.dist-info/RECORD'] ?? []).toString();
  for (const [path, content] of Object.entries(files).filter(([path]) => !path.endsWith('/RECORD'))) {
    const digest = createHash('sha256').update(content).digest('base64url');
    expect(record).toContain(`${path},sha256=${digest},${content.length}\n`);
  }
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['acme_retail/forecast.py', 'acme_retail-1.2.0.dist-info/entry_points.txt']));
});

test.skipIf(!HAS_PIP)('is installed by pip and imported', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'dab-wheel-'));
  try {
    const { name, bytes } = packWheel(FOLDER);
    writeFileSync(join(scratch, name), bytes);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-index', '--no-deps', '--target', join(scratch, 'site'), join(scratch, name)];
    execFileSync('python3', install, { stdio: 'pipe' });
    const program = 'from acme_retail.forecast import moving_mean; print(moving_mean([1, 2, 3, 4, 5], 4))';
    const said = execFileSync('python3', ['-c', program], { env: { ...process.env, PYTHONPATH: join(scratch, 'site') } });
    expect(said.toString().trim()).toBe('3.5');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
