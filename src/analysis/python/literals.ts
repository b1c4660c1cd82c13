// What an expression of Python amounts to, where that is written down: strings, joined strings and paths, names that are set once.
import { wordSet } from '../../values/text.ts';
import { LIMITS } from '../source/limits.ts';
import { argumentOf, calleeOf, type Node, nodesInStretches, nodesOf } from './parse.ts';

/** Values of names that a notebook sets exactly once, at any place, to something written down. */
export type Constants = Pick<ReadonlyMap<string, string>, 'get'>;

const PASS_THROUGH = wordSet(
  `os.path.abspath os.path.realpath os.path.normpath os.path.expanduser path.abspath abspath str Path pathlib.Path PurePosixPath`,
);
/** A parameter is a hole by its own name, whatever the variable is called that holds it. */
const ASKS_FOR_PARAMETER = /(?:^|\.)widgets\.get(?:Argument)?$|^getArgument$|(?:^|\.)conf\.get$/;
const HERE = new Set(['os.getcwd', 'getcwd', 'Path.cwd', 'pathlib.Path.cwd']);

/**
 * The string that an expression gives: literals, concatenations, f-strings, and `os.path` and `pathlib` on such. Paths come out relative to
 * the notebook's own folder (`./`). A computed part stands in the string as `hole` words it; without `hole` it makes the whole undefined.
 */
export function stringOf(
  node: Node | null | undefined,
  constants: Constants,
  hole?: (node: Node) => string,
  depth = 0,
): string | undefined {
  if (node === null || node === undefined || depth > LIMITS.literalDepth) return undefined;
  const inner = (one: Node | null | undefined) => stringOf(one, constants, hole, depth + 1);
  const known = writtenValue(node, inner, constants, hole);
  return known ?? (depth > 0 && hole !== undefined ? hole(node) : undefined);
}

/** What a parser of arguments gave, by the names that people give it. */
const PARSED = /^(?:args|arguments|opts|options|parsed|parsed_args|known_args|namespace)\.[A-Za-z_]\w*$/;

type Inner = (node: Node | null | undefined) => string | undefined;

function writtenValue(node: Node, inner: Inner, constants: Constants, hole: ((node: Node) => string) | undefined): string | undefined {
  switch (node.type) {
    case 'string':
      return literalOf(node, inner);
    case 'concatenated_string':
      return joined(node.namedChildren.filter((one) => one.type !== 'comment').map(inner), '');
    case 'parenthesized_expression':
      return inner(node.namedChildren.find((one) => one.type !== 'comment'));
    case 'identifier':
      return node.text === '__file__' ? './__file__' : constants.get(node.text);
    case 'binary_operator': {
      const operator = node.childForFieldName('operator')?.text;
      if (operator === '%' && hole !== undefined) return formatted(node, inner);
      if (operator !== '+' && operator !== '/') return undefined;
      return joined([inner(node.childForFieldName('left')), inner(node.childForFieldName('right'))], operator === '/' ? '/' : '');
    }
    case 'attribute':
      if (hole !== undefined && PARSED.test(node.endIndex - node.startIndex < LIMITS.nameLength ? node.text : '')) return `{${node.text}}`;
      return node.childForFieldName('attribute')?.text === 'parent' ? parentOf(inner(node.childForFieldName('object'))) : undefined;
    case 'subscript': {
      // A bare `argv` is often what `main(sys.argv[1:])` got, in which every word has another number.
      const word = hole === undefined ? undefined : /^sys\.argv\[(\d{1,3})\]$/.exec(node.endIndex - node.startIndex < 20 ? node.text : '');
      return word?.[1] === undefined ? undefined : `{argv${word[1]}}`;
    }
    case 'call':
      return ofCall(node, inner, hole);
    default:
      return undefined;
  }
}

function ofCall(node: Node, inner: Inner, hole: ((node: Node) => string) | undefined): string | undefined {
  const callee = calleeOf(node);
  if (HERE.has(callee)) return '.';
  if (callee === 'os.path.dirname') return parentOf(inner(argumentOf(node, 0)));
  const given = node.childForFieldName('arguments')?.namedChildren ?? [];
  if (callee === 'os.path.join') return joined(given.map(inner), '/');
  if (PASS_THROUGH.has(callee)) {
    const value = inner(argumentOf(node, 0));
    // With holes a value may come from anywhere; only what begins as something written down is a path.
    if (hole === undefined || (value !== undefined && !value.startsWith('{'))) return value;
  }
  if (hole !== undefined && ASKS_FOR_PARAMETER.test(callee)) {
    const name = inner(argumentOf(node, 0, 'name') ?? argumentOf(node, 0, 'key'));
    return name === undefined || !/^[\w.-]+$/.test(name) ? undefined : `{${name}}`;
  }
  const method = node.childForFieldName('function');
  const name = method?.type === 'attribute' ? method.childForFieldName('attribute')?.text : undefined;
  if (name === 'format') return hole === undefined ? undefined : filledIn(inner(method?.childForFieldName('object')), node, inner);
  if (name === 'join' && hole !== undefined) return joinedBy(inner(method?.childForFieldName('object')), given[0], inner);
  if (name === 'resolve' || name === 'absolute' || name === 'strip') return inner(method?.childForFieldName('object'));
  return undefined;
}

function joined(parts: readonly (string | undefined)[], by: string): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length !== parts.length || known.reduce((sum, part) => sum + part.length, 0) > LIMITS.literalLength) return undefined;
  // An absolute part starts the path anew, as os.path.join has it.
  return by === '/' ? known.reduce((way, part) => (part.startsWith('/') ? part : `${way}/${part}`)) : known.join('');
}

/** `"… %s" % x` and `% (x, y)`. */
function formatted(node: Node, inner: Inner): string | undefined {
  const right = node.childForFieldName('right');
  const given = right?.type === 'tuple' ? [...right.namedChildren] : [right];
  return inner(node.childForFieldName('left'))?.replace(/%[sd]/g, (place) => inner(given.shift()) ?? place);
}

/** `"{}.{}.t".format(x, y)`: by order, by number and by name. */
function filledIn(text: string | undefined, call: Node, inner: Inner): string | undefined {
  let next = 0;
  return text?.replace(/\{(\w{0,40})\}/g, (place, label: string) => {
    const position = label === '' ? next++ : /^\d+$/.test(label) ? Number(label) : LIMITS.listed;
    return inner(argumentOf(call, position, label === '' ? undefined : label)) ?? place;
  });
}

/** `".".join([x, y])`. */
function joinedBy(by: string | undefined, list: Node | undefined, inner: Inner): string | undefined {
  if (by === undefined || (list?.type !== 'list' && list?.type !== 'tuple')) return undefined;
  const parts = list.namedChildren.filter((one) => one.type !== 'comment').map(inner);
  return parts.includes(undefined)
    ? undefined
    : joined(
        parts.flatMap((part, i) => (i === 0 ? [part] : [by, part])),
        '',
      );
}

function parentOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return path.endsWith('/__file__') ? path.slice(0, -'/__file__'.length) : `${path}/..`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\t': '\t',
  '\\\\': '\\',
  "\\'": "'",
  '\\"': '"',
  '\\\n': '',
  '\\\r\n': '',
};

function literalOf(node: Node, inner: Inner): string | undefined {
  const parts: string[] = [];
  const isRaw = /r/i.test(node.firstChild?.text.replace(/["']/g, '') ?? '');
  for (const part of node.namedChildren) {
    if (part.type === 'string_content')
      parts.push(isRaw ? part.text : part.text.replace(/\\(?:\r\n|[\s\S])/g, (escaped) => ESCAPES[escaped] ?? escaped));
    else if (part.type === 'interpolation') {
      const value = inner(part.childForFieldName('expression') ?? part.namedChildren[0]);
      if (value === undefined) return undefined;
      parts.push(value);
    }
  }
  return joined(parts, '');
}

/** What the trees of a source set once. */
interface SetOnce {
  readonly constants: Map<string, string>;
  /** Names that are words of its command line: `argv1` by the name of what is set to `sys.argv[1]`. */
  readonly words: Map<string, string>;
  /** All that is set. */
  readonly taken: Set<string>;
}

/**
 * The names that these trees set once to a string; a name that is set again, or in a loop's head, has no one value. `hole` as in `stringOf`.
 */
export async function addConstants(root: Node, { constants, words, taken }: SetOnce, hole?: (node: Node) => string): Promise<void> {
  for await (const node of nodesInStretches(root, ['assignment', 'augmented_assignment', 'for_statement', 'parameters'])) {
    const left = node.type === 'parameters' ? node : node.childForFieldName('left');
    const names = left === null ? [] : left.type === 'identifier' ? [left] : nodesOf(left, ['identifier']);
    for (const { text } of names) {
      const value =
        node.type === 'assignment' && left?.type === 'identifier' ? stringOf(node.childForFieldName('right'), constants, hole) : undefined;
      const word = /^\{(argv\d+)\}$/.exec(value ?? '')?.[1];
      if (taken.has(text)) {
        constants.delete(text);
        words.delete(text);
      } else if (value !== undefined && constants.size < LIMITS.constants) {
        // What it is called says what it is.
        constants.set(text, word === undefined ? value : `{${text}}`);
        if (word !== undefined) words.set(text, word);
      }
      taken.add(text);
    }
  }
}
