// What else a source needs from the workspace: `%run`, notebooks it calls, modules it imports, folders and files it names.
import type { Source } from '../bundle/model/bundle.ts';
import { lineCounter } from '../values/text.ts';
import { addConstants, stringOf } from './python/literals.ts';
import { argumentOf, calleeOf, type Node, nodesInStretches, withPython } from './python/parse.ts';
import { isStandardModule } from './python/stdlib.ts';
import { type Cell, cellsOf, isEnvironment, isRequirements } from './source/cells.ts';
import { LIMITS } from './source/limits.ts';
import { namedFiles } from './source/named-files.ts';
import { parseEnvironmentLines, parsePip, parseRequirementLines } from './source/pip.ts';

/**
 * Paths are as written, absolute or relative to the source's folder. `run`: a notebook's `%run`; `notebook`: one that `dbutils.notebook.run`
 * starts; `import`: a module of Python, `level` counting the leading dots, `names` what is taken from it (each may be a module itself);
 * `path`: a folder added to `sys.path`; `file`: a requirements file, wheel, archive or folder; `data`: what code may read, if it is there
 * (see `namedFiles`). Lines count from 1 (see `Cell`).
 */
export type Dependency =
  | { readonly kind: 'run' | 'notebook' | 'path' | 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'data'; readonly path: string; readonly joined: boolean; readonly line: number }
  | { readonly kind: 'import'; readonly module: string; readonly level: number; readonly names: readonly string[]; readonly line: number };

/** Without one of these words Python needs no parser. */
const PYTHON_NEEDS = /\bimport\b|\b__import__\b|\bimport_module\b|\bsys\s*\.\s*path\b|\bnotebook\s*\.\s*run\b|\baddPyFile\b/;

/** Everything a source names, by line; standard modules of Python and storage outside the workspace left out. Never throws for what it reads. */
export async function dependenciesOf(source: Source): Promise<readonly Dependency[]> {
  const cells = cellsOf(source);
  const dependencies = createDependencies(source, cells);
  for (const cell of cells) {
    if (cell.language !== 'python') dependencies.readOther(cell);
    else if (dependencies.needsParser) await withPython(cell.text, (root) => dependencies.readPython(cell, root));
  }
  return dependencies.all();
}

/** What is gathered of a source while its cells are read in their order. */
export function createDependencies(source: Source, cells: readonly Cell[]) {
  const found: Dependency[] = [];
  const constants = new Map<string, string>();
  const taken = new Set<string>();
  const needsParser = cells.some((cell) => cell.language === 'python' && PYTHON_NEEDS.test(cell.text));
  return {
    /** Whether cells of Python have to be read. */
    needsParser,
    readPython: async (cell: Cell, root: Node) => {
      if (!needsParser) return;
      await addConstants(root, { constants, words: new Map(), taken });
      if (!PYTHON_NEEDS.test(cell.text)) return;
      const known = await pythonDependencies(root, cell.line, constants);
      found.push(...known, ...(root.hasError ? importLines(cell, new Set(known.map((one) => one.line))) : []));
    },
    readOther: (cell: Cell) => {
      found.push(...otherDependencies(cell, source));
    },
    all: (): readonly Dependency[] => {
      const files = new Set(found.flatMap((one) => (one.kind === 'file' ? [one.path] : [])));
      const data = cells.flatMap(namedFiles).filter(({ path }) => !files.has(path));
      return [...found, ...data.map((one): Dependency => ({ kind: 'data', ...one }))]
        .sort((a, b) => a.line - b.line)
        .slice(0, LIMITS.listed);
    },
  };
}

async function pythonDependencies(root: Node, line: number, constants: ReadonlyMap<string, string>): Promise<Dependency[]> {
  const found: Dependency[] = [];
  for await (const node of nodesInStretches(root, ['import_statement', 'import_from_statement', 'call']))
    found.push(...ofNode(node, line + node.startPosition.row, constants));
  return found;
}

function ofNode(node: Node, at: number, constants: ReadonlyMap<string, string>): Dependency[] {
  if (node.type === 'import_statement') return node.childrenForFieldName('name').flatMap((name) => ofModule(importedName(name), [], at));
  if (node.type === 'import_from_statement') {
    const names = node.childrenForFieldName('name').map(importedName);
    const all = node.namedChildren.some((child) => child.type === 'wildcard_import') ? ['*'] : names;
    return ofModule(textOfName(node.childForFieldName('module_name')), all, at);
  }
  return ofCall(node, at, constants);
}

const IMPORT_LINE = /^(?:from\s+([\w.]+)\s+import\s+(\*|\w[\w ,]*)|import\s+([\w.]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*))$/;

/** Where the syntax is broken the grammar may swallow imports; those that fill a line are plain enough to be read without it. */
function importLines(cell: Cell, known: ReadonlySet<number>): Dependency[] {
  const names = (list: string) => list.split(',').map((name) => name.trim().split(/\s+/)[0] ?? '');
  return cell.text.split('\n').flatMap((line, index) => {
    const at = cell.line + index;
    const match = known.has(at) || line.length > LIMITS.lineLength ? null : IMPORT_LINE.exec(line.split('#')[0]?.trim() ?? '');
    if (match === null) return [];
    const [, module, taken, modules] = match;
    return modules === undefined ? ofModule(module ?? '', names(taken ?? ''), at) : names(modules).flatMap((one) => ofModule(one, [], at));
  });
}

/** `a.b` of `a.b` and of `a.b as c`. */
function importedName(node: Node | null): string {
  return textOfName(node?.type === 'aliased_import' ? node.childForFieldName('name') : node);
}

function textOfName(node: Node | null): string {
  return node?.text.replace(/\s+|\\/g, '') ?? '';
}

/** `written` may begin with dots, as in `from ..a import b`. */
function ofModule(written: string, names: readonly string[], line: number): Dependency[] {
  const level = /^\.*/.exec(written)?.[0].length ?? 0;
  const module = written.slice(level);
  if (level === 0 && (module === '' || isStandardModule(module))) return [];
  return [{ kind: 'import', module, level, names, line }];
}

function ofCall(node: Node, line: number, constants: ReadonlyMap<string, string>): Dependency[] {
  const callee = calleeOf(node);
  const text = (position: number, name?: string) => {
    const value = stringOf(argumentOf(node, position, name), constants);
    return value === undefined || value === '' ? undefined : value;
  };
  const ofPath = (kind: 'notebook' | 'path' | 'file', path: string | undefined): Dependency[] =>
    path === undefined ? [] : [{ kind, path, line }];
  if (/(?:^|\.)notebook\.run$/.test(callee)) return ofPath('notebook', text(0, 'path'));
  if (callee === 'sys.path.append') return ofPath('path', text(0));
  if (callee === 'sys.path.insert') return ofPath('path', text(1));
  if (callee === 'sys.path.extend')
    return (argumentOf(node, 0)?.namedChildren ?? []).flatMap((one) => ofPath('path', stringOf(one, constants)));
  if (/(?:^|\.)addPyFile$/.test(callee)) return ofPath('file', text(0, 'path'));
  if (/^(?:importlib\.)?import_module$|^__import__$/.test(callee)) return ofModule(text(0, 'name') ?? '', [], line);
  return [];
}

function otherDependencies(cell: Cell, source: Source): Dependency[] {
  const files = (paths: readonly string[], line: number) => paths.map((path): Dependency => ({ kind: 'file', path, line }));
  switch (cell.language) {
    case 'run': {
      const path = runTarget(cell.text);
      return path === undefined ? [] : [{ kind: 'run', path, line: cell.line }];
    }
    case 'pip':
    case 'conda':
      return files(parsePip(cell.text).files, cell.line);
    case 'shell':
      return cell.text
        .split('\n')
        .flatMap((line, index) => files(/\bpip3?\s+install\b/.test(line) ? parsePip(line).files : [], cell.line + index));
    case 'scala':
      return byPattern(cell, /\bnotebook\s*\.\s*run\s*\(\s*(?:path\s*=\s*)?"((?:[^"\\\n$]|\\.)+)"/g, 'notebook');
    case 'r':
      return [
        ...byPattern(cell, /\bnotebook\s*[.$]\s*run\s*\(\s*(?:path\s*=\s*)?["']([^"'\\\n]+)["']/g, 'notebook'),
        ...byPattern(cell, /(?<![\w.])source\s*\(\s*(?:file\s*=\s*)?["']([^"'\\\n]+)["']/g, 'file'),
      ];
    case 'text':
      return linesForPip(source.path, cell.text).flatMap((one) => files(one.files, one.line));
    default:
      return [];
  }
}

function linesForPip(path: string, text: string) {
  if (isRequirements(path)) return parseRequirementLines(text);
  return isEnvironment(path) ? parseEnvironmentLines(text) : [];
}

function byPattern(cell: Cell, pattern: RegExp, kind: 'notebook' | 'file'): Dependency[] {
  const lineAt = lineCounter(cell.text);
  return [...cell.text.matchAll(pattern)].map((match) => ({ kind, path: match[1] ?? '', line: cell.line + lineAt(match.index) - 1 }));
}

/** The path of `%run PATH $name="value"`: in quotes or bare, where spaces belong to it up to the first parameter. */
function runTarget(text: string): string | undefined {
  const quoted = /^\s*(["'])(.+?)\1/.exec(text)?.[2];
  const bare = text.split(/(?<!\s)\s+(?:\$|#)/)[0] ?? '';
  const path = (quoted ?? bare).trim();
  return path === '' || path.startsWith('$') ? undefined : path;
}
