// Takes variables out of a tree that an edit has left without a use: their declarations, their values in targets, their rows in the README.
import { type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { rowStart } from '../generate/readme.ts';
import type { Bundle, BundleFile } from '../model/bundle.ts';
import { leavesOf } from '../model/leaves.ts';
import { referencesIn } from '../model/references.ts';
import { rewritten } from '../secrets/put-back.ts';
import { changeYaml, type YamlChange } from '../yaml/change-yaml.ts';
import { configurationOf } from '../yaml/describe-tree.ts';
import { editBundle } from './edit.ts';

/** Names of variables: those that a tree declares, and those that something of it refers to. */
interface VariablesOf {
  readonly declared: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

function variablesOf(files: readonly BundleFile[]): VariablesOf {
  const declared = new Set<string>();
  const used = new Set<string>();
  for (const { value } of configurationOf(files)) {
    for (const name of Object.keys(objectOf(value.variables))) declared.add(name);
    for (const leaf of leavesOf(value).values()) {
      if (typeof leaf.value !== 'string') continue;
      for (const reference of referencesIn(leaf.value)) {
        const [root, name] = reference.split(/[.[]/);
        if (root === 'var' && name !== undefined) used.add(name);
      }
    }
  }
  return { declared, used };
}

/** Whether everything is declared that it refers to: a tree in the middle of several edits is not. Throws UserError where it can't be read. */
export function isWhole({ files }: Pick<Bundle, 'files'>): boolean {
  const { declared, used } = variablesOf(files);
  return used.isSubsetOf(declared);
}

/**
 * `edited` without the variables that `before` uses and it no longer does; what had no use before, or is new, somebody wanted so. A tree in
 * the middle of several edits stays as it is. Throws UserError where YAML can't be read.
 */
export function dropUnusedVariables(before: Bundle, edited: Bundle): { bundle: Bundle; dropped: string[] } {
  const [was, is] = [variablesOf(before.files), variablesOf(edited.files)];
  const dropped = [...is.declared].filter((name) => was.declared.has(name) && was.used.has(name) && !is.used.has(name));
  if (dropped.length === 0 || !is.used.isSubsetOf(is.declared)) return { bundle: edited, dropped: [] };
  const changes = configurationOf(edited.files).flatMap(({ path, value }) => {
    const wanted = removals(value, dropped);
    return wanted.length === 0 ? [] : [rewritten(edited, path, (text) => changeYaml(text, wanted))];
  });
  const hasReadme = edited.files.some(({ path }) => path === 'README.md');
  const readme = hasReadme ? [rewritten(edited, 'README.md', (text) => withoutRows(text, dropped))] : [];
  const { bundle, dropped: more } = dropUnusedVariables(before, editBundle(edited, [...changes, ...readme]));
  return { bundle, dropped: [...dropped, ...more] };
}

function removals({ variables, targets }: JsonObject, names: readonly string[]): YamlChange[] {
  const isDropped = (name: string) => names.includes(name);
  const declared = Object.keys(objectOf(variables)).filter(isDropped);
  const given = Object.entries(objectOf(targets)).flatMap(([target, value]: [string, Json]): YamlChange[] => {
    const own = Object.keys(objectOf(objectOf(value).variables));
    // A target that says nothing else stays a target.
    if (own.length > 0 && own.every(isDropped) && Object.keys(objectOf(value)).length === 1)
      return [{ at: ['targets', target], value: {} }];
    return own.filter(isDropped).map((name) => ({ at: ['targets', target, 'variables', name], value: undefined }));
  });
  return [...declared.map((name) => ({ at: ['variables', name], value: undefined })), ...given];
}

/** The README as the generator wrote it, or somebody changed it since: rows go, and with the last one what stands around them. */
function withoutRows(text: string, names: readonly string[]): string {
  const rows = names.map((name) => rowStart(name));
  const left = text.split('\n').filter((line) => !rows.some((row) => line.startsWith(row)));
  const rest = left.join('\n');
  return rest.includes(rowStart('').slice(0, 3)) ? rest : rest.replace(/^## Variables\n(?:(?!## ).*\n)*/m, '');
}
