// What is read of wheels: the modules that a job gets to, and nothing else of them.
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { analyzeWheels } from '../../src/analysis/wheels.ts';

const WRITES = (table: string) => `spark.range(3).write.saveAsTable("main.sales.${table}")\n`;

function wheel(files: Record<string, string>) {
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  return { path: 'src/dist/acme-1.0-py3-none-any.whl', bytes };
}

const ACME = wheel({
  'acme/__init__.py': WRITES('init'),
  'acme/load.py': `from . import shared\nfrom .deep.part import x\n${WRITES('load')}`,
  'acme/shared.py': `import pandas\nfrom acme.load import main\n${WRITES('shared')}`,
  'acme/deep/__init__.py': '',
  'acme/deep/part.py': `from ..up import y\n${WRITES('part')}`,
  'acme/up.py': WRITES('up'),
  'acme/other.py': WRITES('other'),
  'acme/data.json': '{}',
  'acme-1.0.dist-info/entry_points.txt': '[console_scripts]\nload = acme.load:main [x]\nother = acme.other:main\n',
});

async function written(files: Parameters<typeof analyzeWheels>[0], start: Partial<Parameters<typeof analyzeWheels>[1]>) {
  const found = await analyzeWheels(files, { programs: [], dependencies: [], ...start });
  return found.flatMap(({ analysis }) => analysis.tables.written.map((table) => table.replace('main.sales.', ''))).sort();
}

it('follows a program and what it imports, in circles and upwards too', async () => {
  const programs = [{ packageName: 'acme', entryPoint: 'load' }];
  expect(await written([ACME], { programs })).toEqual(['init', 'load', 'part', 'shared', 'up']);
  const [, first] = await analyzeWheels([ACME], { programs, dependencies: [] });
  expect(first).toMatchObject({ file: ACME, analysis: { path: `${ACME.path}/acme/load.py` } });
});

it('follows what other sources import, and the function of a package where no program is declared', async () => {
  const dependencies = [{ kind: 'import' as const, module: 'acme', level: 0, names: ['other'], line: 1 }];
  expect(await written([ACME], { dependencies })).toEqual(['init', 'other']);
  expect(await written([ACME], { programs: [{ packageName: 'acme', entryPoint: 'run' }] })).toEqual(['init']);
});

it('reads nothing of a wheel that nobody uses, of what is none, and of a module that is too large', async () => {
  expect(await written([ACME], {})).toEqual([]);
  const programs = [{ packageName: 'acme', entryPoint: 'load' }];
  expect(await written([{ path: 'a.whl', bytes: Buffer.from('PK') }], { programs })).toEqual([]);
  const huge = wheel({ 'acme/__init__.py': ' '.repeat(2_000_000), 'acme/load.py': WRITES('load') });
  expect(await written([huge], { programs: [{ packageName: 'acme', entryPoint: 'x' }] })).toEqual([]);
});
