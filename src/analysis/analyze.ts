// Says what a source does: parameters, tables, paths, libraries, secrets it asks for, its kind of work and what it depends on.
import type { NotebookLanguage, Source } from '../bundle/model/bundle.ts';
import { createDependencies, type Dependency } from './dependencies.ts';
import { readFileCommands } from './file-commands.ts';
import { hole, readPython } from './python/facts.ts';
import { addFunctions, type OwnFunctions } from './python/handed.ts';
import { addConstants, type Constants } from './python/literals.ts';
import { type Node, withPython } from './python/parse.ts';
import { readByPattern } from './scala-r-facts.ts';
import { findSecretsInText } from './secrets/find.ts';
import { type Cell, cellsOf, isRequirements, languageOf } from './source/cells.ts';
import {
  type ChangedPath,
  createFacts,
  type Facts,
  type LoggedTo,
  type NamedTable,
  type ProgramArgument,
  type Widget,
} from './source/facts.ts';
import { LIMITS } from './source/limits.ts';
import { parsePip, parseRequirementLines } from './source/pip.ts';
import { loadSql, type SqlReader } from './sql/read.ts';
import { guessKind, type WorkflowKind } from './workflow-kind.ts';

/** What a source does. All lists are sorted and without repetition; a computed part of a name stands as `{name}` or `{…}`. */
export interface Analysis {
  readonly path: string;
  readonly isNotebook: boolean;
  /** Undefined of a file that is no code. */
  readonly language: NotebookLanguage | undefined;
  readonly cells: number;
  /** What its first Markdown heading says it does. */
  readonly title: string | undefined;
  /** By name: its parameters. */
  readonly widgets: readonly Widget[];
  /** Of a Python program: what its command line and a parser of arguments give it. */
  readonly arguments: readonly ProgramArgument[];
  readonly tables: { readonly read: readonly string[]; readonly written: readonly string[]; readonly maintained: readonly string[] };
  /** The same tables at each place that names them, by line. */
  readonly named: readonly NamedTable[];
  /** Paths in storage at each place that changes what lies there, by line. */
  readonly changedPaths: readonly ChangedPath[];
  /** Experiments and models of MLflow at each place that adds to them or looks them up, by line. */
  readonly logged: readonly LoggedTo[];
  readonly catalogs: readonly string[];
  readonly schemas: readonly string[];
  /** The schemas that it makes where they are not there yet. */
  readonly makes: readonly string[];
  readonly paths: { readonly read: readonly string[]; readonly written: readonly string[] };
  /** `installed`: what pip and conda are asked for; `imported`: top-level modules outside of the standard library. */
  readonly libraries: { readonly installed: readonly string[]; readonly imported: readonly string[] };
  /** References to secret scopes, as `scope/key`. */
  readonly secretReferences: readonly string[];
  /** Names of Spark settings that it sets. */
  readonly sparkConf: readonly string[];
  /** `read` as `task/key`. */
  readonly taskValues: { readonly read: readonly string[]; readonly set: readonly string[] };
  readonly exits: boolean;
  readonly kind: WorkflowKind;
  readonly reasons: readonly string[];
  readonly dependencies: readonly Dependency[];
  /** Hard-coded secrets, by line and kind; their values are masked before anything else is read, so they can't appear above. */
  readonly secrets: readonly { readonly line: number; readonly kind: string }[];
  /** The source is longer than what is read of it. */
  readonly isCut: boolean;
}

/** `analyze`, wherever it is done. */
export type Analyze = (source: Source) => Promise<Analysis>;

/** Analyses any source; never throws for what it reads. The parsers are loaded when the first source needs them. */
export async function analyze(source: Source): Promise<Analysis> {
  const { cells, secrets } = await masked(cellsOf(source), source.path);
  const facts = createFacts();
  const dependencies = createDependencies(source, cells);
  await readCells(cells, source.path, { facts, dependencies });
  for (const name of facts.read) if (facts.temporary.has(name.toLowerCase())) facts.read.delete(name);
  const isNoView = ({ use, parts }: NamedTable) => use !== 'read' || !facts.temporary.has(parts.at(-1)?.toLowerCase() ?? '');
  const { kind, reasons } = guessKind(facts);
  return {
    path: source.path,
    isNotebook: source.kind === 'notebook',
    language: languageOf(source),
    cells: cells.length,
    title: titleOf(cells),
    widgets: [...facts.widgets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, LIMITS.listed),
    arguments: [
      ...[...facts.words].map(([name, word]) => ({ name: name.toLowerCase(), givenAs: [word] })),
      ...(facts.parsers > 1 ? [] : [...facts.arguments].map(([name, rest]) => ({ name, ...rest }))),
    ].slice(0, LIMITS.listed),
    tables: { read: listed(facts.read), written: listed(facts.written), maintained: listed(facts.maintained) },
    named: [...facts.named.values()].filter(isNoView).sort((a, b) => a.line - b.line),
    changedPaths: [...facts.changedPaths.values()].sort((a, b) => a.line - b.line),
    logged: [...facts.logged.values()].sort((a, b) => a.line - b.line),
    catalogs: listed(facts.catalogs),
    schemas: listed(facts.schemas),
    makes: listed(facts.made),
    paths: { read: listed(facts.pathsRead), written: listed(facts.pathsWritten) },
    libraries: { installed: listed(facts.installed), imported: listed(facts.imported) },
    secretReferences: listed(facts.secretReferences),
    sparkConf: listed(facts.sparkConf),
    taskValues: { read: listed(facts.taskValuesRead), set: listed(facts.taskValuesSet) },
    exits: facts.exits,
    kind,
    reasons,
    dependencies: dependencies.all(),
    secrets,
    isCut: source.bytes.length > LIMITS.textLength && new TextDecoder().decode(source.bytes).length > LIMITS.textLength,
  };
}

const LONGEST_TITLE = 100;

function titleOf(cells: readonly Cell[]): string | undefined {
  for (const { language, text } of cells) {
    const title = language === 'markdown' ? /^[ \t]*#{1,6}[ \t]+(.*)$/m.exec(text)?.[1] : undefined;
    if (title !== undefined && title.trim() !== '') return title.trim().slice(0, LONGEST_TITLE);
  }
  return undefined;
}

function listed(set: ReadonlySet<string>): string[] {
  return [...set].sort().slice(0, LIMITS.listed);
}

/** Takes hard-coded secrets out of the cells, so that no default, path or query can carry one on. */
async function masked(cells: readonly Cell[], path: string): Promise<{ cells: Cell[]; secrets: { line: number; kind: string }[] }> {
  const secrets: { line: number; kind: string }[] = [];
  const clean: Cell[] = [];
  for (const cell of cells) {
    const found = await findSecretsInText(cell.text, path);
    secrets.push(...found.map(({ line, kind }) => ({ line: cell.line + line - 1, kind })));
    const parts: string[] = [];
    let from = 0;
    for (const { start, end, kind } of found) {
      // Line ends stay, so that lines keep their numbers.
      parts.push(cell.text.slice(from, start), `[secret: ${kind}]`, cell.text.slice(start, end).replace(/[^\n]+/g, ''));
      from = end;
    }
    clean.push({ ...cell, text: found.length === 0 ? cell.text : parts.join('') + cell.text.slice(from) });
  }
  return { cells: clean, secrets: secrets.sort((a, b) => a.line - b.line) };
}

/** Where SQL may be: a cell of it, or a call that takes it. */
const SQL_CALL = /\bsql\s*\(/;
/** A function that takes something. */
const DEFINES = /\bdef[ \t]\w+[ \t]?\(\s{0,20}\w/;

interface Gathered {
  readonly facts: Facts;
  readonly dependencies: ReturnType<typeof createDependencies>;
}

async function readCells(cells: readonly Cell[], path: string, { facts, dependencies }: Gathered): Promise<void> {
  const needsSql = cells.some(
    ({ language, text }) => language === 'sql' || (['python', 'scala', 'r'].includes(language) && SQL_CALL.test(text)),
  );
  const sql = needsSql ? await loadSql() : undefined;
  const changesDelta = cells.some(({ text }) => /\.(?:when(?:Not)?Matched\w*|delete|update)\s{0,20}\(/.test(text));
  const functions: OwnFunctions = new Map();
  const nothingSet = () => ({ constants: new Map<string, string>(), words: facts.words, taken: new Set<string>() });
  const ofAll = nothingSet();
  const know = async (root: Node, { line }: Cell) => {
    await addConstants(root, ofAll, hole);
    await addFunctions(root, functions, { line, constants: ofAll.constants, hole });
  };
  // What a cell hands to a function of one above it has to be known when that is read.
  const python = cells.filter(({ language }) => language === 'python');
  const areFirst = python.length > 1 && python.some(({ text }) => DEFINES.test(text));
  for (const cell of areFirst ? python : []) await withPython(cell.text, (root) => know(root, cell));
  // What a later cell sets anew has its value until then.
  const sofar = areFirst ? nothingSet() : ofAll;
  const constants: Constants = { get: (name) => sofar.constants.get(name) ?? ofAll.constants.get(name) };
  for (const cell of cells) {
    for (const [, reference] of cell.text.matchAll(/\{\{\s{0,4}secrets\/([^{}\s]{1,200})\s{0,4}\}\}/g))
      facts.secretReferences.add(reference ?? '');
    if (cell.language === 'python') {
      await withPython(cell.text, async (root) => {
        if (areFirst) await addConstants(root, sofar, hole);
        else await know(root, cell);
        await readPython(root, { facts, constants, functions, sql, changesDelta, line: cell.line });
        await dependencies.readPython(cell, root);
      });
    } else {
      await readOther(cell, facts, sql, path);
      dependencies.readOther(cell);
    }
  }
}

async function readOther({ language, text, line }: Cell, facts: Facts, sql: SqlReader | undefined, path: string): Promise<void> {
  if (language === 'sql') await sql?.(text, facts, line);
  else if (language === 'scala' || language === 'r') await readByPattern({ text, line }, facts, sql);
  else if (language === 'fs' || language === 'shell') readFileCommands({ text, line }, facts, language === 'shell');
  else if (language === 'pip' || language === 'conda') for (const one of parsePip(text).packages) facts.installed.add(one);
  else if (language === 'text' && isRequirements(path))
    for (const one of parseRequirementLines(text)) for (const name of one.packages) facts.installed.add(name);
}
