// Sources with what people have written at their heads: what a reader of them finds is held against it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NotebookLanguage, Source } from '../../src/bundle/model/bundle.ts';

const LABEL = /^(?:#|--|\/\/) label: (.*)$/m;
const LANGUAGES: Readonly<Record<string, NotebookLanguage>> = { py: 'PYTHON', sql: 'SQL', scala: 'SCALA', R: 'R' };

export interface Labelled {
  readonly name: string;
  readonly source: Source;
  readonly label: ReadonlySet<string>;
}

export function sourceOf(name: string, text: string): Source {
  const [path, bytes] = [`/Workspace/etl/${name}`, Buffer.from(text)];
  if (name.endsWith('.ipynb')) return { path, kind: 'notebook', format: 'JUPYTER', bytes };
  const language = LANGUAGES[name.split('.').at(-1) ?? ''];
  return text.includes('Databricks notebook source')
    ? { path, kind: 'notebook', language, format: 'SOURCE', bytes }
    : { path, kind: 'file', bytes };
}

/** Labels stand at their heads; `labelOf` reads one. */
export function labelledIn(folder: string, labelOf: (name: string, words: string) => Labelled['label']): Labelled[] {
  const at = join(import.meta.dirname, folder);
  return readdirSync(at).map((name) => {
    const text = readFileSync(join(at, name), 'utf8');
    const [line = '', words = ''] = LABEL.exec(text) ?? [];
    return { name, source: sourceOf(name, text.replace(line, line.slice(0, 2))), label: labelOf(name, words) };
  });
}

/** What was found in each source beside its label. */
export async function compare(sources: readonly Labelled[], find: (source: Source) => Promise<ReadonlySet<string>>) {
  const wrong: string[] = [];
  const counts = { found: 0, labelled: 0, right: 0 };
  for (const { name, source, label } of sources) {
    const found = await find(source);
    counts.found += found.size;
    counts.labelled += label.size;
    counts.right += [...found].filter((one) => label.has(one)).length;
    for (const one of found) if (!label.has(one)) wrong.push(`${name}: found ${one}`);
    for (const one of label) if (!found.has(one)) wrong.push(`${name}: missed ${one}`);
  }
  return { wrong, precision: counts.right / counts.found, recall: counts.right / counts.labelled };
}
