// Documents are true where a program can tell: links lead somewhere, commands and files that they name exist, and README stays short.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveOf, RELEASE } from '../../src/deployment/install/release.ts';
import { anchorsOf, linksOf, ROOT, read, readDocuments } from './documents.ts';

const DOCUMENTS = readDocuments();
const ALL = Object.entries(DOCUMENTS);
/** The parts of a path that stand for something, as in `src/mcp/tools/<verb>-<noun>.ts`. */
const STANDS_FOR = /[<*…{]/;

/** What is wrong with where a document leads. */
function badLinks(path: string, text: string): string[] {
  return linksOf(text).flatMap((to) => {
    if (/^https:\/\//.test(to)) return [];
    const [file = '', anchor] = to.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(ROOT, target))) return [`${path}: there is no ${target}`];
    if (anchor === undefined || anchorsOf(DOCUMENTS[target] ?? '').includes(anchor)) return [];
    return [`${path}: ${target} has no heading for #${anchor}`];
  });
}

it('README is read in a minute', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(100);
});

describe.each(ALL)('%s', (path, text) => {
  it('leads to files and headings that are there', () => {
    expect(badLinks(path, text)).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const named = [...text.matchAll(/(?<![\w/.-])(?:src|test)\/[\w./<>*…{},-]*[\w/>]/g)].map(([one]) => one);
    // A bundle has a src/ too; what is ours begins with the name of a room.
    const ours = named.filter((one) => !STANDS_FOR.test(one) && one !== 'src/');
    expect(ours.filter((one) => !existsSync(join(ROOT, one)))).toEqual([]);
  });
});

it('docs/architecture.md names functions that are in the files it names', () => {
  const named = [...read('docs/architecture.md').matchAll(/`(src\/[\w./-]+\.ts)` \(`(\w+)`\)/g)];
  const wrong = named.filter(([, file = '', name = '']) => !new RegExp(`export (?:async )?(?:function|const) ${name}\\b`).test(read(file)));
  expect(wrong.map(([what]) => what)).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});

it('docs/architecture.md draws imports that there are', () => {
  const [, drawing = ''] = /^```mermaid\n(.*?)^```/ms.exec(read('docs/architecture.md')) ?? [];
  const arrows = [...drawing.matchAll(/^ {2}([a-z-]+?)(?:\[.*?\])? (-->|-\.->) ([a-z-]+)/gm)];
  expect(arrows.length).toBe(drawing.trimEnd().split('\n').length - 1);
  const wrong = arrows.filter(([, from = '', arrow, to]) => {
    const files = readdirSync(join(ROOT, 'src', from), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const imports = files.flatMap((file) => [
      ...read(`src/${from}/${file}`).matchAll(/^import (type )?[^;]*? from '(?:\.\.\/)+([a-z-]+)\//gm),
    ]);
    const found = imports.filter(([, , room]) => room === to);
    const values = found.filter(([, type]) => type === undefined);
    return arrow === '-->' ? values.length === 0 : found.length === 0 || values.length > 0;
  });
  expect(wrong.map(([line]) => line)).toEqual([]);
});

it.each([
  ['docs/playground.md', 'src/playground/main.ts'],
  ['docs/converting.md', 'src/command-line/options.ts'],
])('%s has every option of %s', (document, program) => {
  const optionsIn = (text = '') => new Set(text.match(/--[a-z][a-z-]*/g));
  const options = optionsIn(/USAGE = `(.*?)`;/s.exec(read(program))?.[1]);
  expect(options.size).toBeGreaterThan(5);
  expect([...options].filter((option) => !optionsIn(read(document)).has(option))).toEqual([]);
});

it('docs/operating.md puts the archive of the pinned CLI where it is looked for', () => {
  const named = [...read('docs/operating.md').matchAll(/databricks_cli_[\w.]+?zip/g)].map(([name]) => name);
  expect(new Set(named)).toEqual(new Set([archiveOf(RELEASE, 'linux_amd64')?.name]));
});

it('each document is led to from another', () => {
  const led = new Set(ALL.flatMap(([path, text]) => linksOf(text).map((to) => normalize(join(dirname(path), to.split('#')[0] ?? '')))));
  const alone = ALL.map(([path]) => path).filter((path) => path !== 'README.md' && !led.has(path) && !led.has(dirname(path)));
  expect(alone).toEqual([]);
});

it('would notice what leads nowhere', () => {
  expect(badLinks('docs/x.md', '[a](../README.md#try-it) [b](nothing.md) [c](https://docs.databricks.com/x)')).toEqual([
    'docs/x.md: README.md has no heading for #try-it',
    'docs/x.md: there is no docs/nothing.md',
  ]);
});
