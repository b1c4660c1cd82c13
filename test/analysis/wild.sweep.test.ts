// What is large and strange is gone through, in seconds: analysis and dependencies of brackets, quotes and chains without end.
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { dependenciesOf } from '../../src/analysis/dependencies.ts';
import { sampleOf } from '../sample.ts';
import { notebook } from './make.ts';

const NAMES = [
  ['bytes that are no UTF-8', Buffer.from([0x69, 0x6d, 0xff, 0xfe, 0x00, 0x80])],
  ['a notebook of odd JSON', Buffer.from('{"cells":[null,{"cell_type":1},{"cell_type":"code","source":[1]}],"metadata":7}')],
  ['brackets without end', Buffer.from(`import a\n${'('.repeat(100_000)}`)],
  ['quotes without end', Buffer.from(`import a\n${'f"{'.repeat(50_000)}`)],
  ['a long chain of calls', Buffer.from(`import a\ndf${'.select("a")'.repeat(20_000)}`)],
  [
    'strings that double',
    Buffer.from(`import sys\na0 = "${'x'.repeat(1000)}"\n${Array.from({ length: 60 }, (_, n) => `a${n + 1} = a${n} + a${n}\n`).join('')}`),
  ],
  ['spaces without end', Buffer.from(`import a (\nfrom a import b${' '.repeat(300_000)}!\n%run a${' '.repeat(300_000)}\n`)],
  ['deep sums', Buffer.from(`import sys\nsys.path.append(${'"a"+'.repeat(50_000)}"b")`)],
  ['more than is read', Buffer.from(`import a\n${'x = 1 # é\n'.repeat(300_000)}`)],
] as const;

const TABLES = [
  ['SQL without end', 'SQL', `select ${'('.repeat(50_000)}`],
  ['a long sum', 'SQL', `select ${'a+'.repeat(40_000)}1 from t`],
  ['many statements', 'SQL', 'select 1 from t;'.repeat(60_000)],
  ['many quotes', 'SCALA', 'sql("""'.repeat(100_000)],
  ['many empty lines', 'R', '\n'.repeat(500_000)],
  ['a long chain', 'PYTHON', `df${'.table("a")'.repeat(20_000)}`],
] as const;

describe('dependencies', () => {
  it.for(sampleOf(NAMES, 3))('gets through %s', async ([_what, bytes]) => {
    expect(await dependenciesOf({ path: '/a/b.ipynb', kind: 'notebook', bytes })).toBeInstanceOf(Array);
    expect(await dependenciesOf({ path: '/a/b.py', kind: 'file', bytes })).toBeInstanceOf(Array);
  });
});

describe('tables', () => {
  it.for(sampleOf(TABLES, 2))('gets through %s', async ([_what, language, text]) => {
    expect((await analyze(notebook(text, language))).kind).toBeTypeOf('string');
  });
});
