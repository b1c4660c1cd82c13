// What makes a file a notebook, and the two forms a notebook is exported in: source text with Databricks' header, or Jupyter.
import { isObject, type Json, objectsIn } from '../http/json.ts';

export type Language = 'PYTHON' | 'SQL' | 'SCALA' | 'R';
export type NotebookFormat = 'SOURCE' | 'JUPYTER';

interface Dialect {
  readonly language: Language;
  readonly extension: string;
  readonly comment: string;
}

const DIALECTS: readonly Dialect[] = [
  { language: 'PYTHON', extension: '.py', comment: '#' },
  { language: 'SQL', extension: '.sql', comment: '--' },
  { language: 'SCALA', extension: '.scala', comment: '//' },
  { language: 'R', extension: '.r', comment: '#' },
];
const HEADER = 'Databricks notebook source';
const CELL = 'COMMAND ----------';

/**
 * Tells a notebook from a file as `workspace-files/import-file` and `workspace/import` with format AUTO do: by extension and header, or a
 * Jupyter file. A notebook is kept without its extension (facts: databricks#notebooks-and-their-formats).
 */
export function recognise(path: string, bytes: Uint8Array): { path: string; language: Language; format: NotebookFormat } | undefined {
  const extension = (/\.[^./]+$/.exec(path)?.[0] ?? '').toLowerCase();
  const bare = path.slice(0, path.length - extension.length);
  if (extension === '.ipynb') {
    const notebook = parseJupyter(bytes);
    return notebook === undefined ? undefined : { path: bare, language: jupyterLanguage(notebook), format: 'JUPYTER' };
  }
  const dialect = DIALECTS.find((candidate) => candidate.extension === extension);
  if (dialect === undefined) return undefined;
  const firstLine = Buffer.from(bytes.subarray(0, 200)).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  return firstLine.trimEnd() === `${dialect.comment} ${HEADER}` ? { path: bare, language: dialect.language, format: 'SOURCE' } : undefined;
}

/** The file extension of a notebook's source without the dot, as `file_type` of workspace/export says it. */
export function fileType(language: Language | undefined, format: NotebookFormat): string {
  return format === 'JUPYTER' ? 'ipynb' : dialectOf(language).extension.slice(1);
}

/** A notebook in the wanted form; the same bytes where it is kept in that form. */
export function convertNotebook(bytes: Uint8Array, language: Language | undefined, from: NotebookFormat, to: NotebookFormat): Uint8Array {
  if (from === to) return bytes;
  return Buffer.from(to === 'SOURCE' ? jupyterToSource(bytes, dialectOf(language)) : sourceToJupyter(bytes, dialectOf(language)));
}

function dialectOf(language: Language | undefined): Dialect {
  const found = DIALECTS.find((dialect) => dialect.language === language) ?? DIALECTS[0];
  if (found === undefined) throw new Error('no dialects');
  return found;
}

function parseJupyter(bytes: Uint8Array): { [key: string]: Json } | undefined {
  try {
    const parsed = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
    return isObject(parsed) && Array.isArray(parsed.cells) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function jupyterLanguage(notebook: { [key: string]: Json }): Language {
  const metadata = isObject(notebook.metadata) ? notebook.metadata : {};
  const ours = metadata['application/vnd.databricks.v1+notebook'];
  const kernel = isObject(metadata.kernelspec) ? metadata.kernelspec.language : undefined;
  const said = (isObject(ours) && ours.language) || kernel || 'python';
  return DIALECTS.find((dialect) => dialect.language.toLowerCase() === String(said).toLowerCase())?.language ?? 'PYTHON';
}

function jupyterToSource(bytes: Uint8Array, dialect: Dialect): string {
  const cells = objectsIn(parseJupyter(bytes)?.cells).map((cell) => {
    const text = Array.isArray(cell.source) ? cell.source.join('') : String(cell.source ?? '');
    const magic = cell.cell_type === 'markdown' ? `%md\n${text}` : text;
    return magic.startsWith('%')
      ? magic
          .split('\n')
          .map((line) => `${dialect.comment} MAGIC ${line}`.trimEnd())
          .join('\n')
      : text;
  });
  return `${dialect.comment} ${HEADER}\n${cells.join(`\n\n${dialect.comment} ${CELL}\n\n`)}\n`;
}

function sourceToJupyter(bytes: Uint8Array, dialect: Dialect): string {
  const body = Buffer.from(bytes).toString('utf8').split('\n').slice(1).join('\n');
  const magic = `${dialect.comment} MAGIC `;
  const cells = body.split(`\n${dialect.comment} ${CELL}\n`).map((cell) => {
    const text = cell
      .trim()
      .split('\n')
      .map((line) => (line.startsWith(magic) ? line.slice(magic.length) : line))
      .join('\n');
    const markdown = text.startsWith('%md');
    const source = (markdown ? text.replace(/^%md\s*/, '') : text).split(/(?<=\n)/);
    return markdown
      ? { cell_type: 'markdown', metadata: {}, source }
      : { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source };
  });
  const language = dialect.language.toLowerCase();
  const metadata = {
    'application/vnd.databricks.v1+notebook': { language, notebookMetadata: {}, dashboards: [] },
    language_info: { name: language },
  };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 0 }, null, 1);
}
