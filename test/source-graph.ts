// The sources of src as the checks on structure see them: imports of every kind, exports, and functions with their parameters.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { parseSync } from 'rolldown/utils';

export const SRC = join(import.meta.dirname, '..', 'src');

export interface Import {
  /** Path below src, with its ending. */
  readonly file: string;
  /** Path below src, with its ending; or the package's name, or `node:x`. */
  readonly target: string;
  readonly typeOnly: boolean;
  /** `*` for a whole module. */
  readonly names: readonly string[];
}

export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
  /** Functions with a name and how many positional parameters each has. */
  readonly functions: readonly { readonly name: string; readonly parameters: number }[];
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Every node below a value, each with the name of the declaration that it belongs to. */
function nodesOf(value: unknown, name = '', found: { node: Node; name: string }[] = []): { node: Node; name: string }[] {
  if (Array.isArray(value)) for (const one of value) nodesOf(one, name, found);
  if (!isNode(value)) return found;
  const own = nameOf(value) ?? name;
  found.push({ node: value, name: own });
  for (const key in value) if (key !== 'id' && key !== 'key') nodesOf(value[key], own, found);
  return found;
}

/** The name that a declaration gives to the function in it. */
function nameOf(node: Node): string | undefined {
  const named = node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration' ? node.id : undefined;
  const key = node.type === 'Property' || node.type === 'TSMethodSignature' || node.type === 'TSPropertySignature' ? node.key : undefined;
  const found = named ?? key;
  return isNode(found) && typeof found.name === 'string' ? found.name : undefined;
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'TSMethodSignature', 'TSFunctionType'];

/** Where an import leads: a path below src, a package, or a built-in with its scheme. */
function targetOf(file: string, source: string): string {
  if (source.startsWith('.')) return relative(SRC, join(SRC, dirname(file), source));
  if (source.startsWith('node:') || builtinModules.includes(source)) return source.startsWith('node:') ? source : `node:${source}`;
  return source
    .split('/')
    .slice(0, source.startsWith('@') ? 2 : 1)
    .join('/');
}

const textOf = (value: unknown): string | undefined => {
  if (!isNode(value)) return undefined;
  return typeof value.value === 'string' ? value.value : typeof value.name === 'string' ? value.name : undefined;
};

/** Static imports and re-exports, `import()` and `import('…').Type`. */
function importOf(file: string, node: Node): Import | undefined {
  const dynamic = node.type === 'ImportExpression';
  const typed = node.type === 'TSImportType';
  const source = textOf(node.source) ?? textOf(node.argument);
  if (source === undefined) return undefined;
  if (dynamic || typed) return { file, target: targetOf(file, source), typeOnly: typed, names: ['*'] };
  if (!['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type)) return undefined;
  const specifiers = (Array.isArray(node.specifiers) ? node.specifiers : []) as Node[];
  const kinds = specifiers.map((one) => one.importKind ?? one.exportKind);
  const typeOnly = (node.importKind ?? node.exportKind) === 'type' || (kinds.length > 0 && kinds.every((kind) => kind === 'type'));
  const names = specifiers.map((one) => textOf(one.imported) ?? textOf(one.local) ?? '*');
  return {
    file,
    target: targetOf(file, source),
    typeOnly,
    names: specifiers.some((one) => one.type === 'ImportNamespaceSpecifier') ? ['*'] : names,
  };
}

/** JavaScript names types in its comments: `import('./x.js').Name`. */
function importsOfComments(file: string, text: string): Import[] {
  if (!file.endsWith('.js')) return [];
  return [...text.matchAll(/import\('([^']+)'\)\.(\w+)/g)].map(([, source = '', name = '']) => ({
    file,
    target: targetOf(file, source),
    typeOnly: true,
    names: [name],
  }));
}

function exportsOf(body: readonly Node[]): string[] {
  return body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || node.source != null) return [];
    const declared = node.declaration;
    if (!isNode(declared)) return ((node.specifiers ?? []) as Node[]).map((one) => textOf(one.exported) ?? '');
    const many = (declared.declarations ?? [declared]) as Node[];
    return many.flatMap((one) => (isNode(one.id) && typeof one.id.name === 'string' ? [one.id.name] : []));
  });
}

/** Reads one source file. `file` is its path below src. */
export function readSource(file: string, text: string): SourceFile {
  const { program } = parseSync(file, text);
  const nodes = nodesOf(program);
  return {
    file,
    text,
    lines: text.split('\n').length - 1,
    imports: [...nodes.flatMap(({ node }) => importOf(file, node) ?? []), ...importsOfComments(file, text)],
    exports: exportsOf(program.body as unknown as Node[]),
    functions: nodes
      .filter(({ node }) => FUNCTIONS.includes(node.type))
      .map(({ node, name }) => ({ name, parameters: Array.isArray(node.params) ? node.params.length : 0 })),
  };
}

/** Every TypeScript and JavaScript file of src; of another folder with paths as seen from src. */
export function readSources(folder = SRC): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js)$/.test(file) && !/^(playground\/workspace|golden)\//.test(file))
    .sort()
    .map((file) => readSource(relative(SRC, join(folder, file)), readFileSync(join(folder, file), 'utf8')));
}

export const folderOf = (file: string) => (dirname(file) === '.' ? '' : dirname(file));
export const within = (place: string, folder: string) => place === folder || place.startsWith(`${folder}/`);
export const stem = (file: string) => basename(file).replace(/\.(ts|js)$/, '');

/** Who imports whom among our own files, by a name for each: its path, its folder. */
export function edgesOf(all: readonly SourceFile[], imports: readonly Import[], nameOf: (file: string) => string) {
  const files = new Set(all.map((one) => one.file));
  const edges = new Map<string, Set<string>>(all.map((one) => [nameOf(one.file), new Set()]));
  for (const { file, target } of imports)
    if (files.has(target) && nameOf(file) !== nameOf(target)) edges.get(nameOf(file))?.add(nameOf(target));
  return edges;
}

/** Groups of nodes that reach each other; each sorted. */
export function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reached = new Map([...edges.keys()].map((from) => [from, reach(from, edges)]));
  const found = new Map<string, string[]>();
  for (const [from, there] of reached) {
    if (!there.has(from)) continue;
    const group = [...there].filter((to) => reached.get(to)?.has(from) === true).sort();
    found.set(group.join(' '), group);
  }
  return [...found.values()];
}

/** All that can be reached from a node over at least one edge. */
export function reach(from: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const todo = [from];
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const to of edges.get(next) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      todo.push(to);
    }
  return reached;
}
