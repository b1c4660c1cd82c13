// Splits a source into cells by language: Databricks source notebooks, Jupyter notebooks, and plain files as one cell.
import { z } from 'zod';
import type { NotebookLanguage, Source } from '../../bundle/model/bundle.ts';
import { baseName } from '../../values/workspace-path.ts';
import { LIMITS } from './limits.ts';

/** `run`, `pip`, `conda` and `fs` hold what follows that magic on its line; `text` is a plain file of no known language. */
type CellLanguage = 'python' | 'sql' | 'scala' | 'r' | 'markdown' | 'shell' | 'run' | 'pip' | 'conda' | 'fs' | 'text' | 'other';

export interface Cell {
  readonly language: CellLanguage;
  /** Without comment markers of the notebook format, as many lines as the source has there. */
  readonly text: string;
  /** Of the source's text, from 1; in a Jupyter notebook as if the cells stood one below the other without a gap. */
  readonly line: number;
}

const COMMENT: Readonly<Record<NotebookLanguage, string>> = { PYTHON: '#', SQL: '--', SCALA: '//', R: '#' };
/** The first line of a notebook's source, with the language's comment sign. */
const HEADER = /^\s*(#|--|\/\/) Databricks notebook source/;
const CELL_LANGUAGE: Readonly<Record<NotebookLanguage, CellLanguage>> = { PYTHON: 'python', SQL: 'sql', SCALA: 'scala', R: 'r' };
const BY_EXTENSION: ReadonlyMap<string, CellLanguage> = new Map([
  ['py', 'python'],
  ['sql', 'sql'],
  ['scala', 'scala'],
  ['r', 'r'],
  ['sh', 'shell'],
  ['md', 'markdown'],
]);
/** Magics that speak for the whole cell. */
const WHOLE: ReadonlyMap<string, CellLanguage> = new Map([
  ['python', 'python'],
  ['sql', 'sql'],
  ['scala', 'scala'],
  ['r', 'r'],
  ['md', 'markdown'],
  ['md-sandbox', 'markdown'],
  ['markdown', 'markdown'],
  ['sh', 'shell'],
  ['bash', 'shell'],
  ['fs', 'fs'],
  ['html', 'other'],
  ['javascript', 'other'],
  ['writefile', 'other'],
]);
/** Magics of one line; the lines around them stay in the cell's own language. */
const ONE_LINE: ReadonlyMap<string, CellLanguage> = new Map([
  ['run', 'run'],
  ['pip', 'pip'],
  ['conda', 'conda'],
  ['fs', 'fs'],
  ['!pip', 'pip'],
  ['!conda', 'conda'],
]);

const Jupyter = z.object({
  metadata: z.unknown(),
  cells: z.array(z.unknown()),
});
const JupyterCell = z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) });
const JupyterLanguage = z.union([
  z.object({ 'application/vnd.databricks.v1+notebook': z.object({ language: z.string() }) }),
  z.object({ language_info: z.object({ name: z.string() }) }),
  z.object({ kernelspec: z.object({ language: z.string() }) }),
]);

/** The text of some bytes, invalid UTF-8 replaced, cut at the limit. */
function sourceText(bytes: Uint8Array): string {
  // Four bytes are the most that a unit of the limit takes.
  return new TextDecoder().decode(bytes.subarray(0, LIMITS.textLength * 4)).slice(0, LIMITS.textLength);
}

/** The language a source is in as a whole; undefined of a plain file that is no code. */
export function languageOf(source: Source): NotebookLanguage | undefined {
  const text = sourceText(source.bytes.subarray(0, 4096));
  const marker = HEADER.exec(text)?.[1];
  const extension = extensionOf(source.path);
  if (source.language !== undefined) return source.language;
  if (marker === '--') return 'SQL';
  if (marker === '//') return 'SCALA';
  if (extension === 'r') return 'R';
  if (extension === 'sql') return 'SQL';
  if (extension === 'scala') return 'SCALA';
  return source.kind === 'notebook' || marker === '#' || extension === 'py' || extension === 'ipynb' ? 'PYTHON' : undefined;
}

/** The cells of any source, in their order; never throws. A notebook's cell gives several where it holds line magics such as `%run`. */
export function cellsOf(source: Source): readonly Cell[] {
  const text = sourceText(source.bytes);
  const language = languageOf(source);
  if (source.format === 'JUPYTER' || (source.format === undefined && /^\s*\{/.test(text) && extensionOf(source.path) === 'ipynb')) {
    const cells = jupyterCells(source, language ?? 'PYTHON');
    if (cells !== undefined) return cells;
  }
  if (language !== undefined && (source.kind === 'notebook' || HEADER.test(text))) {
    return sourceCells(text, language);
  }
  return [{ language: BY_EXTENSION.get(extensionOf(source.path)) ?? 'text', text, line: 1 }];
}

function sourceCells(text: string, language: NotebookLanguage): Cell[] {
  const comment = COMMENT[language];
  const separator = new RegExp(`^${comment} COMMAND -{5,}\\s*$`);
  const magic = new RegExp(`^${comment} ?MAGIC(?: |$)`);
  const cells: Cell[] = [];
  let lines: Line[] = [];
  let start = 1;
  const close = (next: number) => {
    cells.push(...cellsOfLines(lines, start, CELL_LANGUAGE[language], comment));
    lines = [];
    start = next;
  };
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (separator.test(line)) {
      close(index + 2);
      if (cells.length >= LIMITS.cells) return cells;
    } else if (magic.test(line)) lines.push({ text: line.replace(magic, ''), isMagic: true });
    // The header and titles are comments of the format, not of the code.
    else lines.push({ text: line, isMagic: false });
  }
  close(0);
  return cells;
}

interface Line {
  readonly text: string;
  /** Whether a `%` at its start is a magic by the format; elsewhere it is only by its looks. */
  readonly isMagic: boolean;
}

function cellsOfLines(lines: readonly Line[], start: number, language: CellLanguage, comment: string): Cell[] {
  const first = lines.findIndex((line) => line.text.trim() !== '' && (line.isMagic || !line.text.startsWith(comment)));
  const head = /^\s*%{1,2}([A-Za-z][\w-]*)(?=\s|$)/.exec(lines[first]?.text ?? '');
  const whole = head?.[1] === undefined ? undefined : WHOLE.get(head[1].toLowerCase());
  if (head !== null && whole !== undefined) {
    const rest = lines.map((line, index) => (index < first ? '' : index === first ? line.text.slice(head[0].length) : line.text));
    return ['python', 'scala', 'r'].includes(whole)
      ? splitLines(rest, start, whole)
      : [{ language: whole, text: rest.join('\n'), line: start }];
  }
  return splitLines(
    lines.map((line) => line.text),
    start,
    language,
  );
}

/** Takes the line magics out of a cell's lines; their place stays empty, so that lines keep their numbers. */
function splitLines(lines: readonly string[], start: number, language: CellLanguage): Cell[] {
  const magics: Cell[] = [];
  const code = [...lines];
  for (let index = 0; index < code.length; index++) {
    const found = /^\s*(?:%{1,2}([A-Za-z]\w*)|(!\s*(?:pip3?|conda)))(?=\s|$)(.*)$/.exec(code[index] ?? '');
    // `%` can't open a statement of any of the languages; in R and SQL it may go on with one from the line before (`%in%`, `%>%`, a modulo).
    if (found === null || (found[2] === undefined && ONE_LINE.get(found[1] ?? '') === undefined && language !== 'python')) continue;
    const name = found[2] === undefined ? (found[1] ?? '') : found[2].replace(/\s|3/g, '');
    const parts = [found[3] ?? ''];
    const at = index;
    code[index] = '';
    while (parts.at(-1)?.endsWith('\\') && index + 1 < code.length) {
      index++;
      parts.push(parts.pop()?.slice(0, -1) ?? '', code[index]?.trim() ?? '');
      code[index] = '';
    }
    const text = parts.join(' ');
    magics.push({ language: ONE_LINE.get(name.toLowerCase()) ?? 'other', text: text.trim().slice(0, LIMITS.lineLength), line: start + at });
  }
  const own: Cell[] = code.some((line) => line.trim() !== '') ? [{ language, text: code.join('\n'), line: start }] : [];
  return [...own, ...magics];
}

function jupyterCells(source: Source, language: NotebookLanguage): Cell[] | undefined {
  const notebook = Jupyter.safeParse(parseJson(source.bytes));
  if (!notebook.success) return undefined;
  const kernel = JupyterLanguage.safeParse(notebook.data.metadata);
  const named = kernel.success ? Object.values(kernel.data).map((part) => ('language' in part ? part.language : part.name))[0] : undefined;
  const own = source.language === undefined ? (WHOLE.get((named ?? '').toLowerCase()) ?? CELL_LANGUAGE[language]) : CELL_LANGUAGE[language];
  const cells: Cell[] = [];
  let start = 1;
  let left: number = LIMITS.textLength;
  for (const one of notebook.data.cells.slice(0, LIMITS.cells)) {
    const cell = JupyterCell.safeParse(one);
    if (!cell.success) continue;
    const text = (typeof cell.data.source === 'string' ? cell.data.source : cell.data.source.join('')).slice(0, left);
    const lines = text.split(/\r\n|\n|\r/);
    left -= text.length;
    if (cell.data.cell_type === 'code') {
      const comment = own === 'sql' ? '--' : own === 'scala' ? '//' : '#';
      cells.push(
        ...cellsOfLines(
          lines.map((line) => ({ text: line, isMagic: false })),
          start,
          own,
          comment,
        ),
      );
    } else if (cell.data.cell_type === 'markdown') cells.push({ language: 'markdown', text, line: start });
    start += lines.length;
  }
  return cells;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The extension of a path's last part, in small letters, without the dot. */
export function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]+)$/.exec(baseName(path))?.[1]?.toLowerCase() ?? '';
}

/** Whether a plain file may be one that pip reads. */
export function isRequirements(path: string): boolean {
  return ['txt', 'in'].includes(extensionOf(path));
}

/** Whether a plain file may be an environment as YAML. */
export function isEnvironment(path: string): boolean {
  return ['yml', 'yaml'].includes(extensionOf(path));
}
