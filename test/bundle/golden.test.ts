// Golden trees: what whole bundles look like; UPDATE_GOLDEN=1 rewrites them.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBundle } from '../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../src/bundle/generate/generate.ts';
import { type GoldenCase, HARD_CASES } from './case-hard.ts';
import { KIND_CASES } from './case-kinds.ts';
import { CASES, HOST } from './fixtures.ts';

const ALL: Readonly<Record<string, GoldenCase>> = { ...CASES, ...KIND_CASES, ...HARD_CASES };
const ROOT = join(import.meta.dirname, '../golden');

function readTree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('golden trees', () => {
  test.each(Object.entries(ALL))('%s', (name, { definition, sources, options }) => {
    const bundle = generateBundle({ definition, sources, host: HOST, options });
    const tree = Object.fromEntries(bundle.files.map((file) => [file.path, Buffer.from(file.bytes).toString()]));
    const all: Record<string, string> = { ...tree, 'DIAGNOSTICS.json': `${JSON.stringify(bundle.diagnostics, null, 2)}\n` };
    const folder = join(ROOT, name);
    if (process.env.UPDATE_GOLDEN === '1') {
      rmSync(folder, { recursive: true, force: true });
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    }
    expect(Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))).toEqual(readTree(folder));
    const expressible = bundle.diagnostics.every(({ level }) => level !== 'error');
    if (expressible) expect(checkBundle(bundle.files)).toEqual([]);
  });
});
