// The scalars inside settings by their place, such as `tasks[load].notebook_task.notebook_path`: so they are compared, and named to people.
import { isObject, type Json, type JsonObject, objectOf, setKey } from '../../values/json.ts';

/** Lists whose items have a name of their own (Jobs API 2.2); their order means nothing. */
const KEY_OF: ReadonlyMap<string, string> = new Map(
  Object.entries({
    tasks: 'task_key',
    job_clusters: 'job_cluster_key',
    environments: 'environment_key',
    parameters: 'name',
    depends_on: 'task_key',
  }),
);

/** A scalar, and the way to it. */
export interface Leaf {
  readonly place: string;
  /** The keys on the way, list items by their label. */
  readonly keys: readonly string[];
  /** The keys of mappings alone, without the labels of list items (a task's key, say). */
  readonly fields: readonly string[];
  readonly value: string | number | bigint | boolean;
  /** Of a word that gives an option its value: `sales` in `--schema sales`, `--schema=sales`; or a Python task something by its position. */
  readonly option?: Option;
}

interface Option {
  /** As code calls it: with underscores; `argv1` for `sys.argv[1]`. */
  readonly name: string;
  /**
   * How parsers of arguments in a Python task tell it: `#1` is its first word that is neither an option nor given to one, `-s` what stands behind
   * that word, as long as the parser gives the option a value.
   */
  readonly counted?: string | undefined;
  /** What of the word stands before the value, such as `--schema=`. */
  readonly before: string;
}

/** Tasks whose words a script gets as they are: `sys.argv` has its own name in front (facts: databricks#job-definitions). */
const PYTHON_TASKS = new Set(['spark_python_task', 'python_wheel_task']);

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

function keyStep(place: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${place}[${JSON.stringify(key)}]`;
  return place === '' ? key : `${place}.${key}`;
}

/** The place of a list's named item, such as `tasks[load]`. */
export function itemPlace(place: string, label: string): string {
  return `${place}[${/^[A-Za-z_][\w.-]*$/.test(label) ? label : JSON.stringify(label)}]`;
}

/** The names of keys are no longer; as part of each place below it a longer name would be copied a thousand times. */
const LONGEST_LABEL = 255;

/** The names of a list's items where all have one and no two the same; undefined where position counts. */
function labels(name: string, items: readonly Json[]): string[] | undefined {
  const key = KEY_OF.get(name);
  if (key === undefined) return undefined;
  const found = items.map((item) => (isObject(item) && typeof item[key] === 'string' ? item[key] : undefined));
  const named = found.filter((label) => label !== undefined);
  const areNames = named.length === items.length && named.every(({ length }) => length <= LONGEST_LABEL);
  return areNames && new Set(named).size === named.length ? named : undefined;
}

function stepInto(place: string, labelled: readonly string[] | undefined, index: number): string {
  const label = labelled?.[index];
  return label === undefined ? `${place}[${index}]` : itemPlace(place, label);
}

/** Parsers of arguments take no such word for a value, which a negative number is. */
const AN_OPTION = /^-(?:-|[A-Za-z])/;

/** What a list of words gives to a Python or JVM task, as parsers of arguments read it, by position; `isPython`: by `sys.argv` as well. */
function optionsIn(words: readonly Json[], isPython: boolean): Map<number, Option> {
  const found = new Map<number, Option>();
  let count = 0;
  words.forEach((word, i) => {
    const [before = '', option, equals] = typeof word === 'string' ? (/^--([A-Za-z][\w-]*)(=)?/.exec(word) ?? []) : [];
    if (option === undefined) {
      if (!isPython || typeof word !== 'string' || found.has(i)) return;
      // Of an option with one dash only the code knows whether the next word is its value.
      count = word.startsWith('-') ? Number.NaN : count + 1;
      found.set(i, { name: `argv${i + 1}`, counted: Number.isNaN(count) ? undefined : `#${count}`, before: '' });
      const given = words[i + 1];
      if (/^-[A-Za-z][\w-]*$/.test(word) && typeof given === 'string' && !AN_OPTION.test(given))
        found.set(i + 1, { name: `argv${i + 2}`, counted: `-${underscored(word.slice(1))}`, before: '' });
      return;
    }
    const name = underscored(option);
    const next = words[i + 1];
    if (equals !== undefined) found.set(i, { name, before });
    else if (word === before && typeof next === 'string' && !AN_OPTION.test(next)) found.set(i + 1, { name, before: '' });
  });
  return found;
}

/** As code calls it. */
function underscored(option: string): string {
  return option.replaceAll('-', '_');
}

type Keys = readonly string[];

/** The fields on the way to a value; thousands of tasks share the same list of them. */
interface FieldPath {
  readonly fields: Keys;
  readonly children: Map<string, FieldPath>;
}

function fieldPath(fields: Keys = []): FieldPath {
  return { fields, children: new Map() };
}

function childPath(path: FieldPath, key: string): FieldPath {
  const known = path.children.get(key);
  if (known !== undefined) return known;
  const child = fieldPath([...path.fields, key]);
  path.children.set(key, child);
  return child;
}

/** A copy of a value with every scalar replaced by what `replace` answers; nulls are left out (to the API null and absent are the same). */
export function mapScalars(value: JsonObject, replace: (place: string, value: Leaf['value']) => Json): JsonObject {
  const one = (item: Json, place: string, name: string): Json => {
    if (item === null) return null;
    if (typeof item !== 'object') return replace(place, item);
    if (!isObject(item)) {
      const labelled = labels(name, item);
      return item.map((entry, i) => one(entry, stepInto(place, labelled, i), name));
    }
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(item)) {
      const below = item[key] ?? null;
      if (below !== null) setKey(copy, key, one(below, keyStep(place, key), key));
    }
    return copy;
  };
  const mapped = one(value, '', '');
  return objectOf(mapped);
}

/** Every scalar of a value by its place, in the order they stand. Empty mappings and lists hold no setting. */
export function leavesOf(value: JsonObject): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const walk = (item: Json, place: string, { keys, path, option }: { keys: Keys; path: FieldPath; option?: Option | undefined }): void => {
    if (item === null) return;
    if (typeof item !== 'object') {
      found.set(place, { place, keys, fields: path.fields, value: item, ...(option === undefined ? {} : { option }) });
    } else if (isObject(item)) {
      for (const key of Object.keys(item))
        walk(item[key] ?? null, keyStep(place, key), { keys: [...keys, key], path: childPath(path, key) });
    } else {
      const list = path.fields.at(-1) ?? '';
      const labelled = labels(list, item);
      const options = list === 'parameters' ? optionsIn(item, PYTHON_TASKS.has(path.fields.at(-2) ?? '')) : undefined;
      item.forEach((entry, i) => {
        walk(entry, stepInto(place, labelled, i), { keys: [...keys, labelled?.[i] ?? String(i)], path, option: options?.get(i) });
      });
    }
  };
  walk(value, '', { keys: [], path: fieldPath() });
  return found;
}
