// Which tasks of a job have a wheel, by their own libraries or by the environment that they name, and what they run out of one.
import type { Leaf } from './leaves.ts';
import { pipPath } from './pip-line.ts';

export interface WheelProgram {
  readonly packageName: string;
  readonly entryPoint: string;
}

interface WheelUses {
  /** `path` as it is written there. */
  readonly wheels: readonly { readonly task: string; readonly path: string }[];
  readonly programs: readonly WheelProgram[];
}

const OF_A_TASK = /^tasks\/(?:for_each_task\/task\/)?/;

/** Of one job's settings. */
export function wheelUses(leaves: ReadonlyMap<string, Leaf>): WheelUses {
  const all = [...leaves.values()].map((leaf) => ({ ...leaf, way: leaf.fields.join('/'), text: String(leaf.value) }));
  const inTasks = all.flatMap(({ way, ...one }) => (OF_A_TASK.test(way) ? [{ ...one, way: way.replace(OF_A_TASK, '') }] : []));
  const own = inTasks.flatMap(({ way, keys: [, task = ''], text }) => (way === 'libraries/whl' ? [{ task, path: text }] : []));
  const shared = all.flatMap(({ way, keys: [, environment = ''], text }) => {
    const path = way === 'environments/spec/dependencies' ? pipPath(text)?.path : undefined;
    if (path === undefined) return [];
    const users = inTasks.filter((one) => one.way === 'environment_key' && one.text === environment);
    return users.map(({ keys: [, task = ''] }) => ({ task, path }));
  });
  const programs = inTasks.flatMap(({ way, place, text }) => {
    const beside = leaves.get(place.replace(/entry_point$/, 'package_name'))?.value;
    return way === 'python_wheel_task/entry_point' ? [{ packageName: String(beside ?? ''), entryPoint: text }] : [];
  });
  return { wheels: [...own, ...shared].filter(({ path }) => path.endsWith('.whl')), programs };
}
