// What a target gives to the code of its bundle: the parameters of each file, and where a pipeline's bare names are.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { type Leaf, leavesOf } from '../../bundle/model/leaves.ts';
import { remotePath } from '../../bundle/model/notebooks.ts';
import { parameterGiven } from '../../bundle/model/path-and-id-fields.ts';
import { pathsOf } from '../../bundle/model/source-references.ts';
import { wheelUses } from '../../bundle/model/wheel-uses.ts';
import { filesRoot } from '../../bundle/proof/resolved-target.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName, canonicalPath } from '../../values/workspace-path.ts';

/** The values of parameters that files get in a target, by name in small letters. */
export type ValuesByName = ReadonlyMap<string, string>;

/** What each task gives to its files in a target, and all of them together; and the catalog and schema of its only pipeline. */
export function valuesGiven(resolved: JsonObject) {
  const root = filesRoot(resolved) ?? '';
  const shared = new Map<string, string>();
  const byPath = new Map<string, Map<string, ValuesByName>>();
  const texts: { job: string; task: string | undefined; parameter: string; text: string; own: ValuesByName | undefined }[] = [];
  for (const [type, group] of Object.entries(objectOf(resolved.resources))) {
    if (type !== 'jobs' && type !== 'pipelines') continue;
    for (const [key, resource] of Object.entries(objectOf(group))) {
      const value = objectOf(resource);
      const leaves = leavesOf(value);
      const tasks = new Map<string, Map<string, string>>();
      const give = ({ keys }: Leaf, called: string | undefined, given: Leaf['value']): void => {
        const name = called?.replace(/^.*\./, '').toLowerCase();
        if (name === undefined || typeof given !== 'string' || given.includes('{{')) return;
        const task = keys[0] === 'tasks' ? keys[1] : undefined;
        if (task === undefined) shared.set(name, given);
        else tasks.set(task, (tasks.get(task) ?? new Map<string, string>()).set(name, given));
      };
      for (const leaf of leaves.values()) {
        const inPipeline = leaf.fields[0] === 'configuration' ? leaf.fields[1] : undefined;
        const given = type === 'jobs' ? parameterGiven(leaf) : { name: inPipeline, counted: undefined, value: leaf.value };
        if (given === undefined) continue;
        give(leaf, given.name, given.value);
        give(leaf, given.counted, given.value);
      }
      for (const leaf of type === 'jobs' ? leaves.values() : []) {
        const given = parameterGiven(leaf);
        if (typeof given?.value !== 'string') continue;
        const task = leaf.keys[0] === 'tasks' ? leaf.keys[1] : undefined;
        texts.push({ job: key, task, parameter: given.name, text: given.value, own: tasks.get(task ?? '') });
      }
      for (const { leaf, path } of pathsOf({ type, value }, leaves)) {
        const [list, task = ''] = leaf.keys;
        if (list !== 'tasks') continue;
        const file = canonicalPath(path);
        byPath.set(file, (byPath.get(file) ?? new Map<string, ValuesByName>()).set(`${key} ${task}`, tasks.get(task) ?? new Map()));
      }
      // The CLI puts wheels where it likes: they are known by their names.
      for (const { task, path } of type === 'jobs' ? wheelUses(leaves).wheels : []) {
        const file = baseName(path);
        byPath.set(file, (byPath.get(file) ?? new Map<string, ValuesByName>()).set(`${key} ${task}`, tasks.get(task) ?? new Map()));
      }
    }
  }
  const pipelines = Object.values(objectOf(objectOf(resolved.resources).pipelines)).map(objectOf);
  const [only] = pipelines.length === 1 ? pipelines : [];
  return {
    pipeline: [textOf(only?.catalog), textOf(only?.schema) ?? textOf(only?.target)].filter((part) => part !== undefined),
    shared,
    /** What stands in parameters. */
    texts: texts.map(({ own, ...one }) => ({ ...one, values: new Map([...shared, ...(own ?? [])]) })),
    /** By the task that runs it: one file may be run by several, each with its own values. Of a file that none runs, what all give. */
    of: (file: BundleFile): ReadonlyMap<string, ValuesByName> => {
      const inWheel = file.path.endsWith('.whl') ? byPath.get(baseName(file.path)) : undefined;
      const tasks = [...(inWheel ?? byPath.get(canonicalPath(`${root}/${remotePath(file)}`)) ?? [])];
      return new Map(tasks.length === 0 ? [['', shared]] : tasks.map(([task, own]) => [task, new Map([...shared, ...own])]));
    },
  };
}

/** A name with the values of its holes, as far as they are known: `{args.schema}` is what `schema` is given. */
export function filled(part: string, given: (name: string) => string | undefined): string {
  return part.replace(/\{([^{}]*)\}/g, (hole, name: string) => given(name.replace(/^.*\./, '').toLowerCase()) ?? hole);
}
