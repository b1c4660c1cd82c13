// Which files become notebooks in the workspace, and what they are called there.
import { type BundleFile, type NotebookLanguage, sha256 } from './bundle.ts';

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

/** The bytes of a file without the header by which it is a notebook. */
export function withoutHeader(bytes: Uint8Array): Uint8Array {
  const header = /^(#|--|\/\/) Databricks notebook source\n/.exec(decoder.decode(bytes.subarray(0, 40)));
  return header === null ? bytes : bytes.subarray(header[0].length);
}

/** Whether a file of the tree holds what the workspace gave (its sha256), apart from the header that a notebook got. */
export function sameBytes(bytes: Uint8Array, wanted: string): boolean {
  return sha256(bytes) === wanted || sha256(withoutHeader(bytes)) === wanted;
}
