// Sources of a definition without a workspace: from a folder on disk, or made up.
import { posix } from 'node:path';
import type { Diagnostic, JobDefinition, NotebookLanguage, Source, SourceReference } from '../bundle/model/bundle.ts';
import { sourceReferences } from '../bundle/model/source-references.ts';
import type { WholeSubject } from '../conversion/subject.ts';
import type { FolderEntry } from '../databricks/api/workspace-files.ts';
import { collectSources } from '../databricks/read/collect.ts';
import type { SourceReader } from '../databricks/read/reader.ts';
import { canonicalPath } from '../values/workspace-path.ts';

const LANGUAGES: Readonly<Record<string, NotebookLanguage>> = { '.py': 'PYTHON', '.sql': 'SQL', '.scala': 'SCALA', '.r': 'R' };
const NOTEBOOK_ENDS = ['.py', '.sql', '.scala', '.r', '.R', '.ipynb'];
const HEADER = /^(#|--|\/\/) Databricks notebook source/;
const encoder = new TextEncoder();

/** A source for every reference, whose content says what it stands for. */
export function stubSources(definition: JobDefinition): Omit<WholeSubject, 'definition'> {
  const references = sourceReferences(definition);
  const note: Diagnostic = {
    level: 'note',
    place: 'sources',
    message: 'the sources are made up: no workspace and no --sources were given',
  };
  return { sources: references.map(stubOf), madeUp: true, diagnostics: references.length === 0 ? [] : [note] };
}

function stubOf({ path, kind }: SourceReference): Source {
  const says = `# Stands for ${path}\n`;
  if (kind === 'notebook')
    return { path, kind, language: 'PYTHON', format: 'SOURCE', bytes: encoder.encode(`# Databricks notebook source\n${says}`) };
  const file = kind === 'file' ? path : `${path.replace(/\/+$/, '')}/dbt_project.yml`;
  return { path: file, kind: 'file', bytes: encoder.encode(says) };
}

/** The closure of a definition, read from files by workspace path as if they were the workspace. */
export async function diskSources(definition: JobDefinition, files: ReadonlyMap<string, Uint8Array>) {
  const byPath = new Map([...files].map(([path, bytes]) => [canonicalPath(path), bytes]));
  const source = (path: string): Source | undefined => {
    const wanted = canonicalPath(path);
    const end = ['', ...NOTEBOOK_ENDS].find((candidate) => byPath.has(wanted + candidate));
    const bytes = end === undefined ? undefined : byPath.get(wanted + end);
    if (end === undefined || bytes === undefined) return undefined;
    const language = LANGUAGES[(end === '' ? posix.extname(wanted) : end).toLowerCase()];
    const isJupyter = (wanted + end).toLowerCase().endsWith('.ipynb');
    const isNotebook = isJupyter || HEADER.test(new TextDecoder().decode(bytes.subarray(0, 40)));
    if (!isNotebook) return end === '' ? { path, kind: 'file', bytes } : undefined;
    return { path, kind: 'notebook', language: language ?? 'PYTHON', format: isJupyter ? 'JUPYTER' : 'SOURCE', bytes };
  };
  const reader: SourceReader = {
    exportSource: async (path) => source(path),
    listFolder: async (path) => entriesOf(canonicalPath(path), [...byPath.keys()], source),
  };
  return await collectSources(reader, sourceReferences(definition));
}

function entriesOf(folder: string, paths: readonly string[], source: (path: string) => Source | undefined): FolderEntry[] | undefined {
  const inside = paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
  if (inside.length === 0) return undefined;
  const folders = new Set(inside.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))));
  const files = inside.filter((path) => !path.includes('/'));
  return [
    ...[...folders].map((name): FolderEntry => ({ path: `${folder}/${name}`, type: 'DIRECTORY' })),
    ...files.map((name): FolderEntry => {
      const found = source(`${folder}/${name}`);
      if (found?.kind !== 'notebook') return { path: `${folder}/${name}`, type: 'FILE' };
      const bare = NOTEBOOK_ENDS.find((end) => name.endsWith(end)) ?? '';
      return { path: `${folder}/${name.slice(0, name.length - bare.length)}`, type: 'NOTEBOOK', language: found.language ?? 'PYTHON' };
    }),
  ];
}
