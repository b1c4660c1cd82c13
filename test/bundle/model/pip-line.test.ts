// What a line for pip names on disk, also a line that was made to be slow.
import { expect, test } from 'vitest';
import { furtherPaths, pipPath } from '../../../src/bundle/model/pip-line.ts';

test.each([
  ['./lib/x-1.0.whl', './lib/x-1.0.whl', []],
  ['-r "../my requirements.txt" # ours', '../my requirements.txt', []],
  ['./lib/x.whl [all] ; python_version > "3"', './lib/x.whl', []],
  ['-e ./lib#egg=lib --pre -e ./other', './lib', ['./other']],
  ['-r a.txt -c b.txt -e ./c', 'a.txt', ['b.txt', './c']],
  ['-r a.txt --pre', 'a.txt', []],
  ['pandas>=2', undefined, []],
])('%j', (line, first, others) => {
  expect([pipPath(line)?.path, furtherPaths(line)]).toEqual([first, others]);
});

test.each(['-e ./a ', '[', '[a', ' ', ' ;', './a ', '-', "'", '--pre '])('./x and %j without end comes to an end', (part) => {
  expect(furtherPaths(`./x ${part.repeat(60_000)}x`).length).toBeLessThanOrEqual(60_000);
});
