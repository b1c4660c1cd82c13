// Which files become notebooks in the workspace, and what they are called there.
import { type Json, objectOf, objectsIn, parseJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { type BundleFile, type NotebookLanguage, type Source, sha256 } from './bundle.ts';

/** The first line by which Databricks and its CLI know the source text of a notebook (facts: databricks#notebooks-and-their-formats). */
export const NOTEBOOK_HEADER: Readonly<Record<NotebookLanguage, string>> = {
  PYTHON: '# Databricks notebook source',
  SQL: '-- Databricks notebook source',
  SCALA: '// Databricks notebook source',
  R: '# Databricks notebook source',
};
export const NOTEBOOK_EXTENSION: Readonly<Record<NotebookLanguage, string>> = { PYTHON: '.py', SQL: '.sql', SCALA: '.scala', R: '.r' };

const LANGUAGE_OF: ReadonlyMap<string, NotebookLanguage> = new Map([
  ['.py', 'PYTHON'],
  ['.sql', 'SQL'],
  ['.scala', 'SCALA'],
  ['.r', 'R'],
]);
const ENDING = /\.(py|sql|scala|r|ipynb)$/i;
const decoder = new TextDecoder();

/** The first line as far as the CLI looks: 32 bytes (its libs/notebook). */
export function firstLine(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(0, 32)).split(/\r?\n/)[0] ?? '';
}

/** Whether the CLI takes a file for a notebook and uploads it as one: by its ending and its first line. */
export function isNotebookFile({ path, bytes }: BundleFile): boolean {
  const ending = ENDING.exec(path)?.[0]?.toLowerCase();
  if (ending === undefined) return false;
  const language = LANGUAGE_OF.get(ending);
  return language === undefined || firstLine(bytes) === NOTEBOOK_HEADER[language];
}

/** Where a file of the tree lies in the workspace, below the bundle's files: notebooks lose their ending. */
export function remotePath(file: BundleFile): string {
  return isNotebookFile(file) ? file.path.replace(ENDING, '') : file.path;
}

/** A file of the tree as the source that it is: a notebook, or a file. */
export function sourceOfFile(file: BundleFile): Source {
  const { path, bytes } = file;
  if (!isNotebookFile(file)) return { path, kind: 'file', bytes };
  const language = LANGUAGE_OF.get(ENDING.exec(path)?.[0]?.toLowerCase() ?? '');
  return { path, kind: 'notebook', language: language ?? 'PYTHON', format: language === undefined ? 'JUPYTER' : 'SOURCE', bytes };
}

/** The bytes of a file without the header by which it is a notebook. */
export function withoutHeader(bytes: Uint8Array): Uint8Array {
  const header = /^(#|--|\/\/) Databricks notebook source\n/.exec(decoder.decode(bytes.subarray(0, 40)));
  return header === null ? bytes : bytes.subarray(header[0].length);
}

/** Whether a file of the tree holds what the workspace gave (its sha256), apart from the header that a notebook got. */
export function sameBytes(bytes: Uint8Array, wanted: string): boolean {
  return sha256(bytes) === wanted || sha256(withoutHeader(bytes)) === wanted;
}

/**
 * The digest of what a file says, which a notebook keeps on its way into the workspace and back: its cells, without blank lines at their
 * ends; of a Jupyter notebook without outputs and metadata. Of any other file, of its bytes.
 */
export function contentDigest(file: BundleFile): string {
  if (!isNotebookFile(file)) return sha256(file.bytes);
  const text = decoder.decode(file.bytes).replaceAll('\r\n', '\n');
  const cells = /\.ipynb$/i.test(file.path) ? jupyterCells(text) : text.split(/^(?:#|--|\/\/) COMMAND -{10}$/m);
  return sha256(JSON.stringify(cells.map((cell) => cell.replace(/^\n+|(?<!\n)\n+$/g, ''))));
}

function jupyterCells(text: string): string[] {
  try {
    const { cells } = objectOf(parseJson(text));
    return objectsIn(cells).map(({ cell_type: type, source }) => `${textOf(type) ?? ''}\n${itemsOrText(source)}`);
  } catch (error) {
    if (error instanceof SyntaxError) return [text];
    throw error;
  }
}

function itemsOrText(source: Json | undefined): string {
  return Array.isArray(source) ? source.join('') : (textOf(source) ?? '');
}
