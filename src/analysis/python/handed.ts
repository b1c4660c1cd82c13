// What a source hands to its own functions: `save(orders, "main.sales.orders")` says which table `def save(frame, table)` writes.
import { wordSet } from '../../values/text.ts';
import { LIMITS } from '../source/limits.ts';
import { spend } from '../source/stretches.ts';
import { type Constants, stringOf } from './literals.ts';
import { argumentOf, chainOf, type Node, nodesInStretches, nodesOf } from './parse.ts';

/** What one call hands over, and where it stands. */
export interface Handed {
  /** By parameter, as far as it is written down; computed parts stand in it as holes. */
  readonly values: ReadonlyMap<string, string>;
  /** Of the source, where its arguments begin. */
  readonly line: number;
  readonly text: string;
}

interface Parameter {
  readonly name: string;
  /** Where nothing is handed over, if that is written down. */
  readonly standard: string | undefined;
}

interface OwnFunction {
  readonly parameters: readonly Parameter[];
  /** Its first parameter is what it belongs to. */
  readonly isMethod: boolean;
  readonly calls: Map<string, Handed>;
}

/** What a notebook has without defining it. */
const OF_PLATFORM = wordSet('spark dbutils');

/** The functions of a source, by name; undefined of several that have the same. */
export type OwnFunctions = Map<string, OwnFunction | undefined>;

interface Cell {
  readonly line: number;
  readonly constants: Constants;
  readonly hole: (node: Node) => string;
}

/** Adds those that a cell defines, and what it hands to those that are known by then. */
export async function addFunctions(root: Node, own: OwnFunctions, cell: Cell): Promise<void> {
  for await (const node of nodesInStretches(root, ['function_definition'])) {
    const name = node.childForFieldName('name')?.text ?? '';
    const [first, ...others] = parametersOf(node, cell.constants);
    if (first === undefined || own.size >= LIMITS.listed) continue;
    const isMethod = first.name === 'self' || first.name === 'cls';
    own.set(name, own.has(name) ? undefined : { parameters: isMethod ? others : [first, ...others], isMethod, calls: new Map() });
  }
  if (!isAnyCalled(root.text, own)) return;
  for await (const node of nodesInStretches(root, ['call'])) {
    spend(1);
    const callee = node.childForFieldName('function');
    const method = callee?.type === 'attribute' ? callee.childForFieldName('attribute') : null;
    const called = own.get((method ?? callee)?.text.slice(0, LIMITS.nameLength) ?? '');
    if (called === undefined || called.isMethod !== (method !== null) || called.calls.size >= LIMITS.callsFollowed) continue;
    // `dbutils.widgets.get("catalog")` is no call of the source's own `get`.
    if (method !== null && OF_PLATFORM.has(chainOf(node).root)) continue;
    const given = node.childForFieldName('arguments');
    if (given === null || given.endIndex - given.startIndex > LIMITS.argumentsLength) continue;
    const { text } = given;
    if (called.calls.has(text)) continue;
    called.calls.set(text, { values: valuesOf(node, called.parameters, cell), line: cell.line + given.startPosition.row, text });
  }
}

/** More calls than definitions: most sources of functions alone need not be looked through for any. */
function isAnyCalled(text: string, own: OwnFunctions): boolean {
  const counts = new Map<string, number>();
  for (const [, name = ''] of text.matchAll(/\b([A-Za-z_]\w*)[ \t]?\(/g)) if (own.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [, name = ''] of text.matchAll(/\bdef[ \t]([A-Za-z_]\w*)[ \t]?\(/g)) counts.set(name, (counts.get(name) ?? 0) - 1);
  return [...counts.values()].some((count) => count > 0);
}

function parametersOf(definition: Node, constants: Constants): Parameter[] {
  const list = definition.childForFieldName('parameters')?.namedChildren.slice(0, LIMITS.parametersFollowed) ?? [];
  // What stands behind a star is told by its name alone, which `argumentOf` finds as well.
  return list.flatMap((one) => {
    const name = one.type === 'identifier' ? one : (one.childForFieldName('name') ?? nodesOf(one, ['identifier'])[0]);
    const isOne = name !== undefined && !/splat|separator|comment/.test(one.type);
    return isOne ? [{ name: name.text, standard: stringOf(one.childForFieldName('value'), constants) }] : [];
  });
}

function valuesOf(call: Node, parameters: readonly Parameter[], { constants, hole }: Cell): ReadonlyMap<string, string> {
  const said = parameters.map(({ name, standard }, position): [string, string | undefined] => {
    const given = argumentOf(call, position, name);
    return [name, given === undefined ? standard : stringOf(given, constants, hole)];
  });
  return new Map(said.filter((one): one is [string, string] => one[1] !== undefined && one[1] !== ''));
}

/** What is handed to a function where it is defined; nothing where nobody of the source calls it. */
export function handedTo(definition: Node, own: OwnFunctions): readonly Handed[] {
  return [...(own.get(definition.childForFieldName('name')?.text ?? '')?.calls.values() ?? [])];
}

/** The names that are set once, and before them what was handed over. */
export function withHanded({ values }: Handed, constants: Constants): Constants {
  return { get: (name) => values.get(name) ?? constants.get(name) };
}
