// Brings the files of a job out of Git into its bundle: the job then names the same files in a Git folder of the workspace.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import { withoutLogin } from '../../values/text.ts';
import { isOutsideWorkspace, normalizePath } from '../../values/workspace-path.ts';
import type { BroughtFrom, Diagnostic, JobDefinition } from '../model/bundle.ts';
import { leavesOf, mapScalars } from '../model/leaves.ts';
import { pathField } from '../model/path-and-id-fields.ts';
import { type PipPath, pipPath } from '../model/pip-line.ts';
import { ofGit } from '../model/source-references.ts';

/** A dbt task of Git without a project means the root of the repository (Jobs API, dbt_task.project_directory). */
function withProject(task: Json, folder: string): Json {
  if (!isObject(task)) return task;
  const inner = isObject(task.for_each_task) ? task.for_each_task : undefined;
  const outer = inner?.task === undefined ? task : { ...task, for_each_task: { ...inner, task: withProject(inner.task, folder) } };
  const dbt = task.dbt_task;
  const root = isObject(dbt) && (dbt.source ?? 'GIT') === 'GIT' && (dbt.project_directory ?? '') === '';
  return root ? { ...outer, dbt_task: { ...dbt, project_directory: folder, source: 'WORKSPACE' } } : outer;
}

function withPath(text: string, { path, start }: PipPath, instead: string): string {
  return text.slice(0, start) + instead.replace(/\/$/, '') + text.slice(start + path.length);
}

/**
 * The same job with its files taken from a Git folder of the workspace (such as `/Repos/ana/x`, at the commit that is checked out there)
 * instead of from Git itself. A job without a git_source comes back as it is. A path that leads out of the repository stays and is reported
 * when the bundle is made.
 */
export function bringGit(
  definition: JobDefinition,
  folder: { readonly path: string; readonly commit?: string | undefined },
): JobDefinition {
  const { git_source: git, ...settings } = definition.settings;
  if (!isObject(git)) return definition;
  const root = folder.path.replace(/\/+$/, '');
  const tasks = Array.isArray(settings.tasks) ? settings.tasks.map((task: Json) => withProject(task, root)) : [];
  const whole: JsonObject = { ...settings, ...(tasks.length > 0 ? { tasks } : {}) };
  const leaves = leavesOf(whole);
  const changed = new Map<string, Json>();
  for (const leaf of leaves.values()) {
    const { place, value } = leaf;
    const field = pathField('jobs', leaf);
    const line = field?.form === 'dependency' && typeof value === 'string' ? pipPath(value) : undefined;
    // Relative to the root of the repository, as the job runs in a checkout of it.
    if (line !== undefined && !line.path.startsWith('/'))
      changed.set(place, withPath(String(value), line, `${root}/${normalizePath(line.path)}`));
    if (field?.sourced !== true || typeof value !== 'string' || !ofGit(leaf, leaves, true)) continue;
    changed.set(place.replace(/\.[^.]*$/, '.source'), 'WORKSPACE');
    if (value !== '' && !value.startsWith('/') && !isOutsideWorkspace(value)) changed.set(place, `${root}/${normalizePath(value)}`);
  }
  const broughtFrom = {
    gitSource: mapScalars(git, (place, value) => (place === 'git_url' && typeof value === 'string' ? withoutLogin(value) : value)),
    folder: root,
    ...(folder.commit === undefined ? {} : { commit: folder.commit }),
  };
  return { ...definition, settings: mapScalars(whole, (place, value) => changed.get(place) ?? value), broughtFrom };
}

/** Where brought files came from, in words: `branch main of https://… (commit 1a2b), as the Git folder /Repos/… had them`. */
export function describeBroughtFrom({ gitSource, folder, commit }: BroughtFrom): string {
  const at = (['branch', 'tag', 'commit'] as const).flatMap((kind) => {
    const value = gitSource[`git_${kind}`];
    return typeof value === 'string' ? [`${kind} ${value}`] : [];
  });
  const checkedOut = commit === undefined || gitSource.git_commit === commit ? '' : ` (commit ${commit})`;
  return `${at[0] ?? 'the default branch'} of ${String(gitSource.git_url)}${checkedOut}, as the Git folder ${folder} had them`;
}

/** What people should know of a job whose files were brought in. */
export function broughtWarning(brought: BroughtFrom): Diagnostic {
  const message = `left out on purpose: the files are in the bundle now, from ${describeBroughtFrom(brought)}; new commits no longer reach the job`;
  return { level: 'warning', place: 'git_source', message };
}
