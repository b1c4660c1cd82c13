// What a bundle can't say although a job can: each with its place and the reason, before anybody is asked to deploy.
import { isObject, itemsIn, type Json } from '../../values/json.ts';
import { leafProblem } from '../check/path-values.ts';
import type { Diagnostic } from '../model/bundle.ts';
import { itemPlace, type Leaf } from '../model/leaves.ts';
import { pathField } from '../model/path-and-id-fields.ts';
import { isLocalDependency, isLocalPath } from '../model/pip-line.ts';
import { holdsReference, referencesIn } from '../model/references.ts';
import type { KeyedResource } from '../model/resources.ts';
import { ofGit } from '../model/source-references.ts';
import { quoted } from '../model/text.ts';

/**
 * Kinds of tasks that the CLI wants compute for (its validate/job_task_cluster_spec.go); notebooks may run without
 * (facts: bundles#what-a-bundle-cannot-say).
 */
const COMPUTE_KINDS = ['python_wheel_task', 'dbt_task', 'spark_jar_task', 'spark_submit_task', 'spark_python_task'];
const COMPUTE = ['job_cluster_key', 'environment_key', 'existing_cluster_id', 'new_cluster'];
/** What Go's url.Parse refuses in a path: a `%` that begins no escape, and control characters. */
const NO_URL = /%(?![0-9a-f]{2})|\p{Cc}/iu;
function shortened(text: string): string {
  return quoted(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function pathProblem(leaf: Leaf, { type, value, leaves }: KeyedResource): string | undefined {
  const field = pathField(type, leaf);
  const text = leaf.value;
  if (field === undefined || typeof text !== 'string') return undefined;
  const git = isObject(value.git_source);
  const library = /libraries\/(whl|jar)$/.test(leaf.fields.join('/'));
  if (field.form === 'dependency') {
    if (isLocalDependency(text, git)) return `is ${shortened(text)}, which the CLI takes for a file of the bundle`;
  } else if (field.read && (!git || library)) {
    if (field.sourced && ofGit(leaf, leaves, git)) return undefined;
    if (text === '' && field.kind === 'folder') return undefined;
    if (text === '') return 'is empty, which a bundle takes for its own folder';
    if (NO_URL.test(text)) return `is ${shortened(text)}; the CLI takes paths for addresses, where such characters can't stand`;
    if (isLocalPath(text))
      return `is ${shortened(text)}, which a bundle takes for a file of its own; only absolute workspace paths can be said`;
  }
  return undefined;
}

function computeProblems(task: Json | undefined, place: string): Diagnostic[] {
  if (!isObject(task)) return [];
  const inner = isObject(task.for_each_task) ? task.for_each_task.task : undefined;
  const kind = COMPUTE_KINDS.find((name) => isObject(task[name]));
  const has = COMPUTE.some((name) => task[name] !== undefined && task[name] !== null && task[name] !== '');
  const missing: Diagnostic[] =
    kind === undefined || has || isObject(task.notebook_task)
      ? []
      : [{ level: 'error', place, message: `has a ${kind} but no cluster and no environment; the CLI wants one of ${COMPUTE.join(', ')}` }];
  return [...missing, ...computeProblems(inner, `${place}.for_each_task.task`)];
}

/** All that can't be said of one resource; `replaced` are the places whose value the bundle writes differently. */
export function inexpressible(resource: KeyedResource, replaced: ReadonlySet<string>): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (place: string, message: string) => found.push({ level: 'error', place: `${resource.prefix}${place}`, message });
  for (const leaf of resource.leaves.values()) {
    const { place, value, keys } = leaf;
    // A line for pip keeps its form, whatever path stands in it.
    const isWritten = !replaced.has(`${resource.prefix}${place}`) || pathField(resource.type, leaf)?.form === 'dependency';
    if (typeof value === 'string' && isWritten) {
      const refused = leafProblem(leaf, resource.file);
      const problem = pathProblem(leaf, resource) ?? (refused === undefined ? undefined : `is ${shortened(value)}, but ${refused}`);
      if (problem !== undefined) report(place, problem);
      if (holdsReference(value)) {
        const text = `\${${referencesIn(value)[0] ?? ''}}`;
        report(place, `holds ${shortened(text)}, which a bundle takes for a reference; there is no way to write it literally`);
      }
    }
    if (keys.some(holdsReference)) report(place, 'has a key that a bundle would take for a reference');
  }
  if (resource.type !== 'jobs') return found;
  const computeless = itemsIn(resource.value.tasks).flatMap((task) => {
    const key = isObject(task) && typeof task.task_key === 'string' ? task.task_key : '';
    return computeProblems(task, `${resource.prefix}${itemPlace('tasks', key)}`);
  });
  return [...found, ...computeless];
}
