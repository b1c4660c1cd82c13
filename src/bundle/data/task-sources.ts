// Which sources the code of a task is in: those that it runs, and those that no task runs, which any may import.
import { canonicalPath } from '../../values/workspace-path.ts';
import type { SourceTables } from '../model/bundle.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven } from '../model/path-and-id-fields.ts';
import type { KeyedResource } from '../model/resources.ts';
import { pathsOf } from '../model/source-references.ts';
import { wheelUses } from '../model/wheel-uses.ts';
import { namesIn } from './holes.ts';

/** Its resource's prefix with its key; undefined of what belongs to no task. */
export function taskOf({ prefix }: Pick<KeyedResource, 'prefix'>, { keys }: Leaf): string | undefined {
  return keys[0] === 'tasks' ? `${prefix}${keys[1]}` : undefined;
}

/** Of no task: all. */
export function sourcesOfTasks(
  resources: readonly KeyedResource[],
  sources: readonly SourceTables[],
): (task: string | undefined) => readonly SourceTables[] {
  const ofTask = new Map<string, Set<string>>();
  const isEntry = new Set<string>();
  for (const resource of resources) {
    const add = (task: string, path: string) => ofTask.set(task, (ofTask.get(task) ?? new Set<string>()).add(canonicalPath(path)));
    for (const { leaf, path } of pathsOf(resource, resource.leaves)) {
      const task = taskOf(resource, leaf);
      isEntry.add(canonicalPath(path));
      if (task !== undefined) add(task, path);
    }
    for (const { task, path } of resource.type === 'jobs' ? wheelUses(resource.leaves).wheels : []) add(`${resource.prefix}${task}`, path);
  }
  const byPath = Map.groupBy(sources, ({ path }) => canonicalPath(path));
  const shared = sources.filter(({ path }) => !isEntry.has(canonicalPath(path)));
  const own = (task: string) => [...(ofTask.get(task) ?? [])].flatMap((path) => byPath.get(path) ?? []);
  return (task) => (task === undefined ? sources : [...own(task), ...shared]);
}

/** What code calls a task's word by which it names tables; undefined where it names none by it, or calls it several names. */
export type CallsWord = (resource: KeyedResource, leaf: Leaf) => string | undefined;

export function callsWords(resources: readonly KeyedResource[], sources: readonly SourceTables[]): CallsWord {
  const sourcesOf = sourcesOfTasks(resources, sources);
  const holes = new Map<SourceTables, string[][]>(sources.map((one) => [one, one.tables.flatMap(({ parts }) => parts.flatMap(namesIn))]));
  return (resource, leaf) => {
    const { name, counted = name } = parameterGiven(leaf) ?? {};
    const isSame = (names: readonly string[]) => names.some((one) => one === name || one === counted?.toLowerCase());
    const all = sourcesOf(taskOf(resource, leaf)).flatMap((one) => (holes.get(one) ?? []).filter(isSame));
    const [called, ...others] = new Set(all.map(([first]) => first));
    return others.length === 0 ? called : undefined;
  };
}
