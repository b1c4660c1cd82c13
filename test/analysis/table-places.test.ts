// What sources change, and by which parameters, beside what people have written at the head of each; half of them were labelled and left alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import { hardCodedChanges, isChange, placeParameters } from '../../src/analysis/table-places.ts';
import type { NotebookLanguage, Source } from '../../src/bundle/model/bundle.ts';

const LABEL = /^(?:#|--|\/\/) label: changes (.*); written by (.*); read by (.*)$/m;
const LANGUAGES: Readonly<Record<string, NotebookLanguage>> = { py: 'PYTHON', sql: 'SQL', scala: 'SCALA', R: 'R' };

function labelled(folder: string): { name: string; source: Source; label: Set<string> }[] {
  const at = join(import.meta.dirname, 'labelled', folder);
  return readdirSync(at).map((name) => {
    const text = readFileSync(join(at, name), 'utf8');
    const [line = '', changes = '', written = '', read = ''] = LABEL.exec(text) ?? [];
    expect([name, line]).not.toEqual([name, '']);
    const list = (what: string, words: string) => (words === 'none' ? [] : words.split(', ').map((word) => `${what} ${word}`));
    const label = new Set([...list('changes', changes), ...list('written by', written), ...list('read by', read)]);
    const bytes = Buffer.from(text.replace(line, line.slice(0, 2)));
    const path = `/Workspace/etl/${name}`;
    const language = LANGUAGES[name.split('.').at(-1) ?? ''];
    const isNotebook = text.includes('Databricks notebook source');
    const source: Source = isNotebook ? { path, kind: 'notebook', language, format: 'SOURCE', bytes } : { path, kind: 'file', bytes };
    return { name, source, label };
  });
}

async function compared(folder: string) {
  const wrong: string[] = [];
  const counts = { found: 0, labelled: 0, right: 0 };
  for (const { name, source, label } of labelled(folder)) {
    const analysis = await analyze(source);
    const by = (what: string, change: boolean) =>
      analysis.named
        .filter((table) => isChange(table) === change)
        .flatMap((table) => placeParameters(table).map((one) => `${what} ${one}`));
    const changes = hardCodedChanges(analysis).map(({ parts, line }) => `changes ${parts.join('.')}@${line}`);
    const found = new Set([...changes, ...by('written by', true), ...by('read by', false)]);
    counts.found += found.size;
    counts.labelled += label.size;
    counts.right += [...found].filter((one) => label.has(one)).length;
    for (const one of found) if (!label.has(one)) wrong.push(`${name}: found ${one}`);
    for (const one of label) if (!found.has(one)) wrong.push(`${name}: missed ${one}`);
  }
  return { wrong, precision: counts.right / counts.found, recall: counts.right / counts.labelled };
}

it('finds in known sources what is written at their heads', async () => {
  expect((await compared('known')).wrong).toEqual([]);
});

it('finds most of it in sources that it was not made for', async () => {
  const { wrong, precision, recall } = await compared('held-out');
  // Names out of a dictionary, the builder of a table, and a name that is chosen by a condition: that catalog is at least not called hard-coded.
  expect(new Set(wrong.map((one) => one.split(':')[0]))).toEqual(new Set(['by_environment.py', 'make_tables.py', 'two_stages.py']));
  expect(wrong.filter((one) => one.includes('found changes'))).toEqual([]);
  expect(precision).toBeGreaterThan(0.85);
  expect(recall).toBeGreaterThan(0.8);
});
