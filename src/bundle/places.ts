// Places: how a value inside settings is named for people and compared, such as `tasks[load].notebook_task.notebook_path`.
import { isObject, type Json, type JsonObject } from './json.ts';

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

/** One step of the way to a value: a key of a mapping, or the name or number of a list's item. */
export interface Leaf {
  readonly place: string;
  /** The keys on the way, list items by their label. */
  readonly keys: readonly string[];
  /** The names of mappings and fields alone: what a list's item is called (a task's key, say) is not among them. */
  readonly fields: readonly string[];
  readonly value: string | number | bigint | boolean;
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

function keyStep(place: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${place}[${JSON.stringify(key)}]`;
  return place === '' ? key : `${place}.${key}`;
}

/** The place of a list's named item, such as `tasks[load]`. */
export function itemPlace(place: string, label: string): string {
  return `${place}[${/^[A-Za-z_][\w.-]*$/.test(label) ? label : JSON.stringify(label)}]`;
}

/** The names of a list's items where all have one and no two the same; undefined where position counts. */
function labels(name: string, items: readonly Json[]): string[] | undefined {
  const key = KEY_OF.get(name);
  if (key === undefined) return undefined;
  const found = items.map((item) => (isObject(item) && typeof item[key] === 'string' ? item[key] : undefined));
  const named = found.filter((label) => label !== undefined);
  return named.length === items.length && new Set(named).size === named.length ? named : undefined;
}

/**
 * A copy of a value with every scalar replaced by what `replace` answers; nulls go (to the API null and absent are the same).
 * @param keys the keys that lead to `value`, where it is part of something larger
 */
export function mapLeaves(
  value: JsonObject,
  replace: (leaf: Leaf) => Json,
  place = '',
  keys: readonly string[] = [],
  fields: readonly string[] = [],
): JsonObject {
  const one = (item: Json, at: string, way: readonly string[], names: readonly string[]): Json => {
    if (item === null) return null;
    if (isObject(item)) return mapLeaves(item, replace, at, way, names);
    if (typeof item === 'object') {
      const labelled = labels(names.at(-1) ?? '', item);
      return item.map((entry, i) => {
        const name = labelled?.[i];
        return one(entry, name === undefined ? `${at}[${i}]` : itemPlace(at, name), [...way, name ?? String(i)], names);
      });
    }
    return replace({ place: at, keys: way, fields: names, value: item });
  };
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null ? [] : [[key, one(item, keyStep(place, key), [...keys, key], [...fields, key])] as const],
    ),
  );
}

/** Every scalar of a value by its place, in the order they stand. Empty mappings and lists hold no setting. */
export function leavesOf(value: JsonObject): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  mapLeaves(value, (leaf) => {
    found.set(leaf.place, leaf);
    return leaf.value;
  });
  return found;
}
