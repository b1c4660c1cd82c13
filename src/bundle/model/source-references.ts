// The workspace files and folders that a definition names, and where.
import { isObject } from '../../values/json.ts';
import { isOutsideWorkspace } from '../../values/workspace-path.ts';
import type { JobDefinition, SourceReference } from './bundle.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { type PathField, pathField } from './path-and-id-fields.ts';
import { pipPath } from './pip-line.ts';
import { type ResourceDefinition, resourceDefinitions } from './resources.ts';

/** Values that Databricks fills in when the job runs, such as `{{job.parameters.path}}`, the older names among them. */
const AT_RUN_TIME =
  /\{\{\s*((job|tasks?|workspace|backfill|secrets)[./]|input|(job_id|run_id|parent_run_id|task_key|task_retry_count|start_date|start_time)\s*\}\})/;
/** A value that names a path, with what it is and the path in it. */
interface PathAt {
  readonly leaf: Leaf;
  readonly field: PathField;
  readonly kind: SourceReference['kind'];
  /** The path alone: of a glob its folder, of a line for pip what follows the option. */
  readonly path: string;
}

function pathIn(field: PathField, value: string): { path: string; kind: SourceReference['kind'] } {
  if (field.form === 'dependency') {
    return pipPath(value) ?? { path: '', kind: 'file' };
  }
  if (field.form === 'glob') {
    if (!value.includes('*')) return { path: value, kind: /\.\w+$/.test(value) ? 'file' : 'folder' };
    const folder = value.slice(0, value.indexOf('*'));
    return { path: folder.slice(0, folder.lastIndexOf('/')), kind: 'folder' };
  }
  return { path: value, kind: field.kind };
}

/** Every path of one job or pipeline that is a workspace file or folder, in the order they stand. */
export function pathsOf({ type, value: body }: Pick<ResourceDefinition, 'type' | 'value'>, leaves: Leaves = leavesOf(body)): PathAt[] {
  const git = isObject(body.git_source);
  const found: PathAt[] = [];
  for (const leaf of leaves.values()) {
    const field = pathField(type, leaf);
    if (field === undefined || typeof leaf.value !== 'string' || (field.sourced && ofGit(leaf, leaves, git))) continue;
    const { path, kind } = pathIn(field, leaf.value);
    if (!path.startsWith('/') || path === '/' || isOutsideWorkspace(path) || AT_RUN_TIME.test(path)) continue;
    found.push({ leaf, field, kind, path: kind === 'folder' ? path.replace(/(?<!\/)\/+$/, '') : path });
  }
  return found;
}

type Leaves = ReadonlyMap<string, Leaf>;

/**
 * Whether a path that may be one of Git is: by the `source` beside it, else by whether the job has a git_source; a Python file without a
 * `source` is of Git only where its path is relative (Jobs API, spark_python_task.source).
 */
export function ofGit({ place, fields, value }: Leaf, leaves: Leaves, hasGit: boolean): boolean {
  const source = leaves.get(place.replace(/\.[^.]*$/, '.source'))?.value;
  if (source !== undefined) return source === 'GIT';
  return hasGit && !(fields.at(-1) === 'python_file' && String(value).startsWith('/'));
}

/**
 * Every place of a definition, and of what was read with it, that names a file or folder of the workspace. Files of Git, DBFS, cloud
 * storage and Volumes, packages, and paths made at run time are none.
 */
export function sourceReferences(definition: JobDefinition): SourceReference[] {
  return resourceDefinitions(definition).flatMap((body) =>
    pathsOf(body).map(({ leaf, kind, path }) => ({ path, kind, place: `${body.prefix}${leaf.place}` })),
  );
}
