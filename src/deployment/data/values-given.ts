// What a target gives to the code of its bundle: the parameters of each file, and where a pipeline's bare names are.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { remotePath } from '../../bundle/model/notebooks.ts';
import { parameterGiven, parameterOfJob } from '../../bundle/model/path-and-id-fields.ts';
import { pathsOf } from '../../bundle/model/source-references.ts';
import { wheelUses } from '../../bundle/model/wheel-uses.ts';
import { filesRoot } from '../../bundle/proof/resolved-target.ts';
import { itemsIn, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName, canonicalPath } from '../../values/workspace-path.ts';

/** The values of parameters that files get in a target, by name in small letters. */
export type ValuesByName = ReadonlyMap<string, string>;

/** What each task gives to its files in a target, and all of them together; and the catalog and schema of its only pipeline. */
export function valuesGiven(resolved: JsonObject) {
  const root = filesRoot(resolved) ?? '';
  const shared = new Map<string, string>();
  const disputed = new Set<string>();
  const byPath = new Map<string, Map<string, ValuesByName>>();
  const add = (path: string, task: string, values: ValuesByName) =>
    byPath.set(path, (byPath.get(path) ?? new Map<string, ValuesByName>()).set(task, values));
  const passedTo = passedOn(Object.values(objectOf(objectOf(resolved.resources).jobs)).map(objectOf));
  const texts: { job: string; task: string | undefined; parameter: string; text: string; values: ValuesByName }[] = [];
  for (const [type, group] of Object.entries(objectOf(resolved.resources))) {
    if (type !== 'jobs' && type !== 'pipelines') continue;
    for (const [key, resource] of Object.entries(objectOf(group))) {
      const value = objectOf(resource);
      const leaves = leavesOf(value);
      const ofTask = parametersOf(type, leaves, type === 'jobs' ? passedTo.get(key) : undefined);
      for (const [name, text] of ofTask(undefined)) {
        if ((shared.get(name) ?? text) !== text) disputed.add(name);
        shared.set(name, text);
      }
      for (const leaf of type === 'jobs' ? leaves.values() : []) {
        const given = parameterGiven(leaf);
        if (typeof given?.value !== 'string') continue;
        const task = taskOf(leaf);
        texts.push({ job: key, task, parameter: given.name, text: given.value, values: ofTask(task) });
      }
      for (const { leaf, path } of pathsOf({ type, value }, leaves)) {
        const task = taskOf(leaf);
        if (task !== undefined || type === 'pipelines') add(canonicalPath(path), `${key} ${task ?? ''}`, ofTask(task));
      }
      // The CLI puts wheels where it likes: they are known by their names.
      for (const { task, path } of type === 'jobs' ? wheelUses(leaves).wheels : []) add(baseName(path), `${key} ${task}`, ofTask(task));
    }
  }
  for (const name of disputed) shared.delete(name);
  const pipelines = Object.values(objectOf(objectOf(resolved.resources).pipelines)).map(objectOf);
  const [only] = pipelines.length === 1 ? pipelines : [];
  return {
    pipeline: [textOf(only?.catalog), textOf(only?.schema) ?? textOf(only?.target)].filter((part) => part !== undefined),
    shared,
    /** What stands in parameters. */
    texts,
    /** By the task that runs it: one file may be run by several, each with its own values. Of a file that none runs, what all give. */
    of: (file: BundleFile): ReadonlyMap<string, ValuesByName> => {
      const inWheel = file.path.endsWith('.whl') ? byPath.get(baseName(file.path)) : undefined;
      return inWheel ?? byPath.get(canonicalPath(`${root}/${remotePath(file)}`)) ?? new Map([['', shared]]);
    },
  };
}

function taskOf({ keys }: Leaf): string | undefined {
  return keys[0] === 'tasks' ? keys[1] : undefined;
}

/** What a task that runs another job of the bundle hands to it, by that job's key; undefined where several do. */
function passedOn(jobs: readonly JsonObject[]): Map<string, JsonObject | undefined> {
  const passed = new Map<string, JsonObject | undefined>();
  for (const job of jobs) {
    const own = Object.fromEntries(
      itemsIn(job.parameters)
        .map(objectOf)
        .map(({ name, default: value = '' }) => [String(name), value]),
    );
    for (const task of itemsIn(job.tasks).map(objectOf)) {
      const { job_id: id, job_parameters: given } = objectOf(task.run_job_task ?? objectOf(objectOf(task.for_each_task).task).run_job_task);
      const [, key] = /^\$\{resources\.jobs\.([\w-]+)\.id\}$/.exec(String(id)) ?? [];
      if (key !== undefined) passed.set(key, passed.has(key) ? undefined : { ...objectOf(given), ...own });
    }
  }
  return passed;
}

/** By task what its code gets: of the same name a job's own parameter goes before its tasks' (facts: databricks#job-definitions). */
function parametersOf(
  type: string,
  leaves: ReadonlyMap<string, Leaf>,
  passed: JsonObject = {},
): (task: string | undefined) => ValuesByName {
  const nameOf = (called: string) => called.replace(/^.*\./, '').toLowerCase();
  const all = [...leaves.values()].flatMap((leaf) => {
    const inPipeline = leaf.fields[0] === 'configuration' ? leaf.fields[1] : undefined;
    const given = type === 'jobs' ? parameterGiven(leaf) : { name: inPipeline, counted: undefined, value: leaf.value };
    const names = [given?.name, given?.counted].filter((name) => name !== undefined).map(nameOf);
    const text = given?.value;
    return typeof text === 'string' ? names.map((name) => ({ task: taskOf(leaf), name, text, isWord: leaf.option !== undefined })) : [];
  });
  const byTask = Map.groupBy(all, ({ task }) => task);
  const defaults = (byTask.get(undefined) ?? []).map(({ name, text }): [string, string] => [name, text]);
  const handed = Object.entries(passed).map(([name, value]): [string, string] => [nameOf(name), String(value)]);
  const own = new Map([...defaults, ...handed].filter(([, text]) => !text.includes('{{')));
  const ofTasks = new Map<string | undefined, ValuesByName>([[undefined, own]]);
  for (const [task, given] of byTask) {
    if (task === undefined) continue;
    const values = new Map(own);
    for (const { name, text, isWord } of given) {
      const link = parameterOfJob(text);
      const value = link === undefined ? text : own.get(nameOf(link));
      if (value !== undefined && !value.includes('{{') && (isWord || !own.has(name))) values.set(name, value);
    }
    ofTasks.set(task, values);
  }
  return (task) => ofTasks.get(task) ?? own;
}

/** A name with the values of its holes, as far as they are known: `{args.schema}` is what `schema` is given. */
export function filled(part: string, given: (name: string) => string | undefined): string {
  return part.replace(/\{([^{}]*)\}/g, (hole, name: string) => given(name.replace(/^.*\./, '').toLowerCase()) ?? hole);
}
