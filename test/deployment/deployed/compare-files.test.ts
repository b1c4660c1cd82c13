// Which files a deployment would change, and which of them were edited by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleFile } from '../../../src/bundle/model/bundle.ts';
import { compareFiles } from '../../../src/deployment/deployed/compare-files.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const files = (texts: Record<string, string>): BundleFile[] => Object.entries(texts).map(([path, text]) => ({ path, bytes: bytes(text) }));
const there = (texts: Record<string, string>) => new Map(Object.entries(texts).map(([path, text]) => [path, bytes(text)]));

describe('files of a deployment', () => {
  it('are added, changed and removed, with their lines', () => {
    const found = compareFiles({
      files: files({ 'a.py': 'one\ntwo\nthree\n', 'b.py': 'new\n', 'same.py': 'x\n' }),
      there: there({ 'a.py': 'one\n2\nthree\nfour\n', 'gone.py': 'x\n', 'same.py': 'x\n' }),
    });
    expect(found).toEqual([
      { path: 'a.py', change: 'changed', lines: { added: 1, removed: 2 }, byHand: false },
      { path: 'b.py', change: 'added', byHand: false },
      { path: 'gone.py', change: 'removed', byHand: false },
    ]);
  });

  it.for<[string, string, string | undefined, boolean | undefined]>([
    ['was edited there', 'mine', 'theirs', true],
    ['was edited there to what the bundle has', 'mine', 'mine', undefined],
    ['was deleted there', 'mine', undefined, true],
    ['is as it was deployed', 'mine', 'last', false],
  ])('say what %s', ([, mine, now, byHand]) => {
    const found = compareFiles({
      files: files({ 'a.py': mine }),
      there: there(now === undefined ? {} : { 'a.py': now }),
      versions: [files({ 'a.py': 'last' })],
    });
    expect(found.map((one) => one.byHand)).toEqual(byHand === undefined ? [] : [byHand]);
  });

  it('that a deployment has left behind which did not end well were edited by nobody', () => {
    const [before, begun] = [files({ 'a.py': '1', 'b.py': '1' }), files({ 'a.py': '2', 'b.py': '2', 'c.py': '2' })];
    const compared = (lie: Record<string, string>) =>
      compareFiles({ files: files({ 'a.py': '3', 'b.py': '3', 'c.py': '3' }), there: there(lie), versions: [before, begun] });
    expect(compared({ 'a.py': '2', 'b.py': '1' }).map(({ byHand }) => byHand)).toEqual([false, false, false]);
    expect(compared({ 'a.py': '2', 'b.py': '1.5', 'c.py': '2' }).map(({ byHand }) => byHand)).toEqual([false, true, false]);
  });

  it('say nothing of a file that only the workspace has, and nobody deployed', () => {
    expect(compareFiles({ files: files({ 'a.py': 'x' }), there: there({ 'a.py': 'x' }), versions: [files({ 'b.py': 'x' })] })).toEqual([]);
  });

  it('are compared without lines where they are no text, or long', () => {
    const long = Array.from({ length: 3000 }, (_, n) => `line ${n}`).join('\n');
    const found = compareFiles({
      files: [...files({ 'long.py': long }), { path: 'x.whl', bytes: Uint8Array.of(0, 255, 1) }],
      there: new Map([...there({ 'long.py': `${long}\nmore` }), ['x.whl', Uint8Array.of(0, 255)]]),
    });
    expect(found.map(({ path, change, lines }) => [path, change, lines])).toEqual([
      ['long.py', 'changed', undefined],
      ['x.whl', 'changed', undefined],
    ]);
  });

  const text = fc.string({ unit: 'grapheme-composite' });
  it('differ exactly where their bytes do, whatever they hold', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const found = compareFiles({ files: files({ 'a.txt': one }), there: there({ 'a.txt': other }) });
        expect(found.length).toBe(one === other ? 0 : 1);
      }),
    );
  });

  it('are the same notebook where only the workspace’s way of writing it differs', () => {
    const source = (end: string) => `# Databricks notebook source\nprint(1)\n\n# COMMAND ----------\n\nprint(2)${end}`;
    const jupyter = (more: object, cell: object) =>
      JSON.stringify({ cells: [{ cell_type: 'code', source: ['a\n', 'b'], ...cell }], metadata: {}, ...more });
    const same = (path: string, one: string, other: string) =>
      compareFiles({ files: files({ [path]: one }), there: there({ [path]: other }) }).length === 0;
    expect(same('n.py', source('\n'), source(''))).toBe(true);
    expect(same('n.py', source('\n'), source('\n').replaceAll('\n', '\r\n'))).toBe(true);
    expect(same('n.py', source('\n'), source('3\n'))).toBe(false);
    expect(same('n.py', source(''), source('').replace('\n# COMMAND ----------\n', ''))).toBe(false);
    expect(same('plain.py', 'x = 1\n', 'x = 1')).toBe(false);
    expect(same('n.ipynb', jupyter({}, {}), jupyter({ nbformat: 4 }, { outputs: [1], source: 'a\nb' }))).toBe(true);
    expect(same('n.ipynb', jupyter({}, {}), jupyter({}, { source: 'a\nc' }))).toBe(false);
    expect(same('n.ipynb', jupyter({}, {}), jupyter({}, { cell_type: 'markdown' }))).toBe(false);
    expect(same('n.ipynb', 'no json', 'no json either')).toBe(false);
  });
});
