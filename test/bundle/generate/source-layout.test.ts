// Where the files of a bundle land in its tree: safe paths, no two at one place, each with its ending, the same input the same bytes.
import { describe, expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { JobDefinition, Source } from '../../../src/bundle/model/bundle.ts';
import { pathProblem } from '../../../src/bundle/model/paths.ts';
import { fc } from '../../fast-check.ts';
import { allSources, file, HOST, job, notebook, notebookTask, textOf } from '../fixtures.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('sources', () => {
  const component = fc.oneof(
    text,
    fc.constantFrom(
      '..',
      '.',
      '.git',
      '.databricks',
      'a%b',
      'A',
      'a',
      'a.py',
      'CON',
      'x'.repeat(300),
      'ä',
      'a\u0308',
      '04.1-a',
      '04.2-a',
      ' ',
      'a.',
    ),
  );
  const path = fc
    .array(
      component.map((c) => c.replaceAll('/', '').replaceAll('{{', '')).filter((c) => c !== ''),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => `/${parts.join('/')}`);
  const made = fc.uniqueArray(path, { minLength: 1, maxLength: 8 }).map((paths): { definition: JobDefinition; sources: Source[] } => {
    const tasks = paths.map((one, i) =>
      i % 2 === 0 ? notebookTask(`t${i}`, one) : { task_key: `t${i}`, spark_python_task: { python_file: one } },
    );
    const definition = job({ name: 'x', tasks });
    return { definition, sources: allSources(definition) };
  });

  test('paths are safe, no two meet, every source is in', () => {
    fc.assert(
      fc.property(made, ({ definition, sources }) => {
        const bundle = generateBundle({ definition, sources, host: HOST });
        expect(bundle.files.flatMap((one) => pathProblem(one.path) ?? [])).toEqual([]);
        expect(
          checkBundle(bundle.files.filter((one) => one.path !== 'resources/x.job.yml')).filter(({ place }) => place.startsWith('src/')),
        ).toEqual([]);
        const kept = new Set(sources.map(({ path: one, kind }) => `${kind}${one.replace(/^\/Workspace(?=\/)/, '')}`));
        const left = bundle.diagnostics.filter(({ message }) => message.includes('begins like a notebook')).length;
        expect(bundle.files.filter((one) => one.path.startsWith('src/')).length).toBe(kept.size - left);
      }),
      { numRuns: 300 },
    );
  });

  test('the order of sources changes nothing, nor does a second run', () => {
    fc.assert(
      fc.property(made, ({ definition, sources }) => {
        const first = generateBundle({ definition, sources, host: HOST });
        const second = generateBundle({ definition, sources: [...sources].reverse(), host: HOST });
        expect(second).toEqual(first);
        expect(second.digest).toBe(first.digest);
      }),
      { numRuns: 100 },
    );
  });

  test('folders below the common prefix stay; /Workspace/Users and /Users are one file', () => {
    const definition = job({
      name: 'x',
      tasks: [
        notebookTask('a', '/Workspace/Users/ana/p/a/one'),
        notebookTask('b', '/Users/ana/p/b/two'),
        notebookTask('c', '/Users/ana/p/a/one'),
      ],
    });
    const bundle = generateBundle({ definition, sources: [notebook('/Users/ana/p/a/one'), notebook('/Users/ana/p/b/two')], host: HOST });
    expect(bundle.files.map(({ path: one }) => one).filter((one) => one.startsWith('src/'))).toEqual(['src/a/one.py', 'src/b/two.py']);
    expect(bundle.diagnostics).toEqual([]);
  });

  test('a file that begins like a notebook stays where it is', () => {
    const task = { task_key: 'a', environment_key: 'e', spark_python_task: { python_file: '/Shared/a.py' } };
    const definition = job({ name: 'x', tasks: [task] });
    const bundle = generateBundle({ definition, sources: [file('/Shared/a.py', '# Databricks notebook source\n')], host: HOST });
    expect(textOf(bundle, 'resources/x.job.yml')).toContain('python_file: /Shared/a.py');
    expect(bundle.diagnostics).toMatchObject([{ level: 'warning', place: '/Shared/a.py' }]);
  });

  test('languages and formats have their extensions; a missing header is added', () => {
    const paths = ['p', 's', 'c', 'r', 'j'].map((one) => `/Shared/n/${one}`);
    const definition = job({ name: 'x', tasks: paths.map((one, i) => notebookTask(`t${i}`, one)) });
    const kinds = [
      { language: 'PYTHON' },
      { language: 'SQL' },
      { language: 'SCALA' },
      { language: 'R' },
      { language: 'PYTHON', format: 'JUPYTER' },
    ] as const;
    const sources = paths.map(
      (one, i): Source => ({ path: one, kind: 'notebook', format: 'SOURCE', bytes: Buffer.from('x'), ...kinds[i] }),
    );
    const bundle = generateBundle({ definition, sources, host: HOST });
    expect(bundle.files.map(({ path: one }) => one).filter((one) => one.startsWith('src/'))).toEqual([
      'src/c.scala',
      'src/j.ipynb',
      'src/p.py',
      'src/r.r',
      'src/s.sql',
    ]);
    expect(textOf(bundle, 'src/s.sql')).toBe('-- Databricks notebook source\nx');
    expect(textOf(bundle, 'src/j.ipynb')).toBe('x');
  });
});
