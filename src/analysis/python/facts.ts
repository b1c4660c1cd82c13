// What Python does with Databricks: its widgets, tables, paths, secrets and settings, read off the calls of its syntax tree.
import { addChangedPath, addLogged, addPath, addTableName, addWidget, type Facts, linesDown, type Widget } from '../source/facts.ts';
import { LIMITS } from '../source/limits.ts';
import { spend } from '../source/stretches.ts';
import type { SqlReader } from '../sql/read.ts';
import { fileChanges } from './file-changes.ts';
import { type Handed, handedTo, type OwnFunctions, withHanded } from './handed.ts';
import { type Constants, stringOf } from './literals.ts';
import { mlflowUses } from './mlflow-uses.ts';
import { argumentOf, calleeOf, chainOf, type Node, nodesInStretches } from './parse.ts';
import { isStandardModule } from './stdlib.ts';

/** A part that is computed, as a reader would name it: `{catalog}`. */
export function hole(node: Node): string {
  const short = node.endIndex - node.startIndex <= 60 ? node.text : '';
  return /^[\w.]+$/.test(short) ? `{${short}}` : '{…}';
}

/** What a cell is read with. */
interface PythonContext {
  readonly facts: Facts;
  readonly constants: Constants;
  readonly functions: OwnFunctions;
  /** Reads the SQL in its strings. */
  readonly sql: SqlReader | undefined;
  /** Whether the source changes a DeltaTable: one that is got by name is then written. */
  readonly changesDelta: boolean;
  /** Where the cell begins in its source. */
  readonly line: number;
}

/** Adds what one cell's tree does. */
export async function readPython(root: Node, context: PythonContext): Promise<void> {
  const { facts, constants } = context;
  const calls = ['call', 'import_statement', 'import_from_statement', 'function_definition', 'decorator'];
  /** The functions around what is read now, the innermost last. */
  const around: { readonly end: number; readonly handed: readonly Handed[] }[] = [];
  for await (const node of nodesInStretches(root, calls)) {
    spend(10);
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= node.startIndex) around.pop();
    facts.lineOf = linesOf(node, context.line);
    if (node.type === 'call') await readInFunction({ node, ...context }, around.at(-1)?.handed ?? []);
    else if (node.type === 'function_definition') {
      facts.signs.add('defines functions');
      around.push({ end: node.endIndex, handed: handedTo(node, context.functions) });
    } else if (node.type === 'decorator') readDecorator(node, facts, constants);
    else addImport(node, facts);
  }
}

/** The line in which a call names a word; where all of it was handed over, the one that does that. */
function linesOf(node: Node, from: number, handed?: Handed): Facts['lineOf'] {
  return (word) => {
    const given = node.childForFieldName('arguments') ?? node;
    if (handed !== undefined && !/["']/.test(given.text)) return handed.line + linesDown(handed.text, word);
    return from + given.startPosition.row + linesDown(given.text, word);
  };
}

/** Statements of SQL are longer than other arguments, and hold no calls that hold calls. */
function mostOf(given: Node): number {
  return given.namedChildren[0]?.type === 'string' ? LIMITS.literalLength : LIMITS.argumentsLength;
}

/** Once for each call of the function that it stands in, where it depends on what that hands over. */
async function readInFunction(call: Call, handed: readonly Handed[]): Promise<void> {
  const { node, facts, constants } = call;
  const given = node.childForFieldName('arguments');
  const isWhole = given !== null && given.endIndex - given.startIndex <= mostOf(given);
  const text = handed.length > 0 && isWhole && facts.readFollowing < LIMITS.readFollowing ? given.text : '';
  const names = new Set(handed.flatMap(({ values }) => [...values.keys()]));
  if (![...names].some((name) => text.includes(name))) return readCall(call);
  for (const one of handed) {
    facts.readFollowing += 1;
    spend(10);
    facts.lineOf = linesOf(node, call.line, one);
    await readCall({ ...call, constants: withHanded(one, constants) });
  }
}

const TRAINS =
  /^(?:mlflow|sklearn|xgboost|lightgbm|catboost|torch|tensorflow|keras|transformers|hyperopt|optuna|prophet|statsmodels|databricks\.(?:automl|feature_engineering|feature_store))(?:\.|$)|^pyspark\.ml(?:\.|$)/;
const CALLS_API = new Set(['requests', 'httpx', 'aiohttp', 'boto3', 'simple_salesforce', 'paramiko']);
const PIPELINE = /^(?:dlt|pyspark\.pipelines)$/;

function addImport(node: Node, facts: Facts): void {
  const modules = node.type === 'import_statement' ? node.childrenForFieldName('name') : [node.childForFieldName('module_name')];
  for (const module of modules) {
    const name = (module?.type === 'aliased_import' ? module.childForFieldName('name') : module)?.text.replace(/\s/g, '') ?? '';
    const taken = node.type === 'import_statement' ? [] : node.childrenForFieldName('name').map((one) => one?.text ?? '');
    if (TRAINS.test(name)) facts.signs.add('trains');
    if (PIPELINE.test(name) || (name === 'pyspark' && taken.some((one) => one.startsWith('pipelines')))) facts.signs.add('pipeline');
    if (CALLS_API.has(name.split('.')[0] ?? '')) facts.signs.add('calls an API');
    if (name !== '' && !name.startsWith('.') && !isStandardModule(name)) facts.imported.add(name.split('.')[0] ?? '');
  }
}

interface Call extends PythonContext {
  readonly node: Node;
}

/** An argument's text; computed parts stand in it as `{name}`. Undefined where nothing of it is written down. */
function textOf({ node, constants }: Call, position: number, name?: string): string | undefined {
  const text = stringOf(argumentOf(node, position, name), constants, hole);
  return text === undefined || text === '' || text === '{…}' ? undefined : text;
}

async function readCall(call: Call): Promise<void> {
  const { node, facts } = call;
  const chain = chainOf(node);
  const name = chain.names.at(-1) ?? '';
  const callee = calleeOf(node);
  const isSpark = /(?:^|_)spark$|^sqlContext$|^session$/.test(chain.root) || chain.names.includes('spark');
  if (/(?:^|\.)(?:widgets|secrets|taskValues|notebook|fs)\.\w+$/.test(callee)) readUtility(call, callee);
  else if (callee === 'getArgument') addNamed(call, { kind: 'read', name: textOf(call, 0), default: textOf(call, 1) });
  else if (name === 'sql' && isSpark) await call.sql?.(textOf(call, 0, 'sqlQuery') ?? '', facts);
  else if (/(?:^|\.)conf\.set$/.test(callee)) addTo(facts.sparkConf, textOf(call, 0, 'key'));
  else if (chain.root === 'dlt' || chain.root === 'dp') readPipelineCall(call, name);
  else if (name === 'forName') addTableName(facts, textOf(call, 1) ?? textOf(call, 0) ?? '', call.changesDelta ? 'written' : 'read');
  else if (name === 'forPath') addPath(facts, textOf(call, 1) ?? textOf(call, 0), call.changesDelta ? 'written' : 'read');
  else if (name === 'add_argument') addArgument(call);
  else if (name === 'ArgumentParser' || name === 'add_subparsers') facts.parsers += name === 'ArgumentParser' ? 1 : 2;
  else if (/^setCurrent(?:Catalog|Database)$/.test(name)) useNamespace(call, name.endsWith('Catalog'));
  else if (/^create(?:OrReplace)?(?:Global)?TempView$|^registerTempTable$/.test(name))
    facts.temporary.add((textOf(call, 0) ?? '').toLowerCase());
  else {
    const given = (argument: string, position: number = LIMITS.listed) => textOf(call, position, argument);
    for (const used of mlflowUses(name || callee, given)) addLogged(facts, used);
    readFrame(call, chain, name, isSpark);
  }
}

/** `parser.add_argument("table")`, `("--table", "-t", dest="out", default="main.sales.orders")`. */
function addArgument(call: Call): void {
  const { facts } = call;
  const words = [0, 1, 2].map((position) => textOf(call, position)).filter((word) => word !== undefined);
  const long = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).replaceAll('-', '_'));
  const short = words.filter((word) => /^-[^-]/.test(word)).map((word) => `-${word.slice(1).replaceAll('-', '_')}`);
  const isCounted = long.length + short.length === 0;
  // Behind one that may take several words nobody can count.
  if (isCounted) facts.counted += argumentOf(call.node, LIMITS.listed, 'nargs') === undefined ? 1 : Number.NaN;
  const name = named(call, 'dest') ?? long[0] ?? (isCounted ? words[0] : short[0]?.slice(1));
  if (name === undefined || !takesValue(call)) return;
  const counted = Number.isNaN(facts.counted) ? [] : [`#${facts.counted}`];
  const givenAs = isCounted ? counted : [...long, ...short].map((word) => word.toLowerCase());
  facts.arguments.set(name.toLowerCase(), { default: named(call, 'default'), givenAs });
}

/** Switches stand alone. */
function takesValue(call: Call): boolean {
  const action = argumentOf(call.node, LIMITS.listed, 'action');
  return action === undefined || /^(?:store|append|extend)$/.test(stringOf(action, call.constants) ?? '');
}

function useNamespace(call: Call, isCatalog: boolean): void {
  const { facts } = call;
  const name = textOf(call, 0);
  addTo(isCatalog ? facts.catalogs : facts.schemas, name);
  if (isCatalog) facts.current = { catalog: name, schema: undefined };
  else facts.current.schema = name;
}

/** An argument that is given by its name alone. */
function named(call: Call, name: string): string | undefined {
  return textOf(call, LIMITS.listed, name);
}

function addTo(set: Set<string>, text: string | undefined): void {
  if (text !== undefined) set.add(text);
}

const FILES = new Set(['load', 'save', 'parquet', 'csv', 'json', 'text', 'orc', 'xml', 'avro', 'delta', 'textFile', 'start']);
const PANDAS_READS = /^read_(?:csv|parquet|json|excel|feather|orc|xml)$/;
/** Where a stream keeps how far it is: two that share one disturb each other. */
const KEEPS_STATE = /^(?:checkpointLocation|cloudFiles\.schemaLocation)$/;

/** How DeltaTable's builder of tables begins. */
const BUILDS = /^(?:create|createIfNotExists|createOrReplace|replace)$/;

/** Readers and writers of data frames, and the builder of tables. */
function readFrame(call: Call, chain: { readonly names: readonly string[] }, name: string, isSpark: boolean): void {
  const { facts } = call;
  const reads = chain.names.includes('read') || chain.names.includes('readStream');
  const writes = chain.names.includes('write') || chain.names.includes('writeStream') || chain.names.includes('writeTo');
  const callee = calleeOf(call.node);
  const use = reads ? 'read' : 'written';
  if (!reads && !writes) {
    const method = call.node.childForFieldName('function')?.childForFieldName('object');
    const own = () => stringOf(method, call.constants, hole);
    for (const path of fileChanges({ name: name === '' ? callee : name, callee }, (at) => textOf(call, at), own))
      addPath(facts, pathIn(path), 'written');
  }
  if (chain.names.includes('readStream') || chain.names.includes('writeStream')) facts.signs.add('streams');
  if (name === 'table' && (reads || isSpark)) addTableName(facts, textOf(call, 0, 'tableName') ?? '', 'read');
  else if (['saveAsTable', 'insertInto', 'toTable', 'writeTo', 'to_table'].includes(name)) {
    addTableName(facts, textOf(call, 0) ?? '', 'written');
    addPath(facts, named(call, 'path'), 'written');
  } else if (name === 'tableName' && chain.names.some((one) => BUILDS.test(one))) addTableName(facts, textOf(call, 0) ?? '', 'written');
  else if (name === 'format' && reads) addFormat(facts, textOf(call, 0));
  else if (name === 'jdbc' && reads) facts.signs.add('reads a database');
  else if (name === 'option' && (reads || writes)) {
    const option = textOf(call, 0) ?? '';
    if (option === 'path') addPath(facts, textOf(call, 1), use);
    else if (KEEPS_STATE.test(option)) addPath(facts, textOf(call, 1), 'written');
  } else if (name === 'options' && (reads || writes)) {
    addPath(facts, named(call, 'path'), use);
    addPath(facts, named(call, 'checkpointLocation'), 'written');
  } else if (FILES.has(name) && (reads || writes)) {
    addPath(facts, textOf(call, 0, 'path'), use);
    if (reads && name !== 'load') facts.signs.add('reads files');
  } else if (PANDAS_READS.test(name)) addPath(facts, pathIn(textOf(call, 0)), 'read');
  else if (callee === 'open') addPath(facts, pathIn(textOf(call, 0)), /[wax+]/.test(textOf(call, 1, 'mode') ?? 'r') ? 'written' : 'read');
  else if (/^(?:fit|fit_transform|log_model|register_model|autolog)$/.test(name)) facts.signs.add('trains');
}

function addFormat(facts: Facts, format: string | undefined): void {
  if (/^(?:jdbc|sqlserver|postgresql|mysql|snowflake|bigquery|redshift|mongodb?|cosmos\.oltp|oracle)$/i.test(format ?? ''))
    facts.signs.add('reads a database');
  if (/^(?:cloudFiles|csv|json|parquet|text|xml|avro|binaryFile|excel)$/i.test(format ?? '')) facts.signs.add('reads files');
}

/** Only what lies in storage: `open` and pandas read many another thing. */
function pathIn(path: string | undefined): string | undefined {
  return path !== undefined && /^(?:\/(?:Volumes|dbfs|mnt|Workspace)\/|[a-z0-9]+:\/|\{)/.test(path) ? path : undefined;
}

function addNamed({ facts }: Call, widget: Omit<Widget, 'name'> & { readonly name: string | undefined }): void {
  if (widget.name !== undefined) addWidget(facts, { ...widget, name: widget.name });
}

/** `dbutils.widgets`, `.secrets`, `.jobs.taskValues`, `.notebook` and `.fs`. */
function readUtility(call: Call, callee: string): void {
  const { facts, node } = call;
  const [utility, method] = callee.split('.').slice(-2);
  if (utility === 'widgets') {
    if (method === 'get' || method === 'getArgument') addNamed(call, { kind: 'read', name: textOf(call, 0, 'name') });
    else if (method === 'text' || method === 'dropdown' || method === 'combobox' || method === 'multiselect') {
      const list = argumentOf(node, 2, 'choices');
      const choices =
        list?.type === 'list' || list?.type === 'tuple' ? list.namedChildren.map((one) => stringOf(one, call.constants, hole)) : [];
      const written = method === 'text' ? [] : choices.filter((one) => one !== undefined).slice(0, LIMITS.listed);
      const standard = stringOf(argumentOf(node, 1, 'defaultValue'), call.constants, hole);
      addNamed(call, {
        kind: method,
        name: textOf(call, 0, 'name'),
        default: standard,
        choices: written.length === 0 ? undefined : written,
      });
    }
  } else if (utility === 'secrets' && (method === 'get' || method === 'getBytes')) {
    facts.secretReferences.add(`${textOf(call, 0, 'scope') ?? '{…}'}/${textOf(call, 1, 'key') ?? '{…}'}`);
  } else if (utility === 'taskValues') {
    if (method === 'get') facts.taskValuesRead.add(`${textOf(call, 0, 'taskKey') ?? '{…}'}/${textOf(call, 1, 'key') ?? '{…}'}`);
    else if (method === 'set') facts.taskValuesSet.add(textOf(call, 0, 'key') ?? '{…}');
  } else if (utility === 'notebook') {
    if (method === 'exit') facts.exits = true;
    if (method === 'run') facts.signs.add('runs notebooks');
  } else if (utility === 'fs') {
    if (method === 'ls' || method === 'head' || method === 'cp' || method === 'mv') addPath(facts, textOf(call, 0), 'read');
    if (method === 'put' || method === 'rm') addPath(facts, textOf(call, 0), 'written');
    if (method === 'cp' || method === 'mv') addPath(facts, textOf(call, 1), 'written');
    // What it takes is gone; what brings it is still another source.
    if (method === 'mv') addChangedPath(facts, textOf(call, 0));
    // A folder that is there stays as it is.
    if (method === 'mkdirs') addTo(facts.pathsWritten, textOf(call, 0));
  }
}

/** `dlt.read("x")`, `dlt.create_streaming_table("x")`. */
function readPipelineCall(call: Call, name: string): void {
  call.facts.signs.add('pipeline');
  if (name === 'read' || name === 'read_stream') addTableName(call.facts, textOf(call, 0, 'name') ?? '', 'read');
  else if (/^create_(?:streaming_)?(?:live_)?table$|^create_sink$/.test(name))
    addTableName(call.facts, textOf(call, 0, 'name') ?? '', 'written');
}

/** `@dlt.table(name="x")`, or the name of the function below it. */
function readDecorator(node: Node, facts: Facts, constants: Constants): void {
  const inner = node.namedChildren[0];
  const chain = inner === null || inner === undefined ? undefined : chainOf(inner);
  if (inner === undefined || inner === null || !/^(?:dlt|dp)$/.test(chain?.root ?? '')) return;
  facts.signs.add('pipeline');
  const isTemporary = chain?.names.at(-1) === 'view' || chain?.names.at(-1) === 'temporary_view';
  if (!isTemporary && !/^(?:table|create_table|materialized_view)$/.test(chain?.names.at(-1) ?? '')) return;
  const named = inner.type === 'call' ? stringOf(argumentOf(inner, 0, 'name'), constants, hole) : undefined;
  const name = named ?? node.parent?.childForFieldName('definition')?.childForFieldName('name')?.text ?? '';
  if (isTemporary) facts.temporary.add(name.toLowerCase());
  else addTableName(facts, name, 'written');
}
