// Paths written inside resources: the CLI uploads or reads whatever a local path names, so none may lead out of the tree (facts: bundles#paths-and-libraries).
import type { JsonObject } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';
import { parentFolder } from '../../values/workspace-path.ts';
import { type Leaf, leavesOf } from '../model/leaves.ts';
import { staysInside } from '../model/paths.ts';

/** Fields that the CLI reads as a file or folder, here or in the workspace (its mutator/paths, libraries). */
const PATH_FIELDS = wordSet(
  `notebook_path python_file path project_directory profiles_directory jar_uri command_path workspace_path whl jar egg requirements
  base_environment file_path root_path source_code_path destination training_script_path yaml_parameters_file_path include main
  code_source_path`,
);
/** Fields that are always read from this machine: no reference may stand in them, whatever it would come to. */
const LOCAL_FIELDS = new Set(['file_path', 'source_code_path']);
/** Lists of dependencies, which may be packages, options or paths. */
const LIST_FIELDS = new Set(['dependencies', 'java_dependencies', 'jar_dependencies']);
/** Free text, where `..` is no path: names, descriptions, commands, queries and conditions. */
const TEXT_FIELDS = wordSet('name description comment commands inputs left right query_text display_name command default url');
/** Mappings of names and values that people choose. */
const PARAMETERS = wordSet(
  `base_parameters named_parameters job_parameters notebook_params parameters tags custom_tags spark_conf spark_env_vars`,
);
/** References that a path may begin with: folders of this deployment and volumes. */
const BASE = /^\$\{(workspace\.(file_path|root_path|artifact_path)|resources\.volumes\.[\w-]+\.(volume_path|id))\}(\/|$)/;

/**
 * Whether a value is one of many that people name or list as they like: a notebook's parameter may be called `path`, and a program's
 * arguments may be paths of its own. The CLI reads no file for them.
 */
function isArgument(leaf: Leaf): boolean {
  return leaf.fields.slice(-2).some((field) => PARAMETERS.has(field));
}

function isPath({ fields }: Leaf): boolean {
  const field = fields.at(-1) ?? '';
  return PATH_FIELDS.has(field) || LIST_FIELDS.has(field);
}

/**
 * Reports every path of a resource that leaves the tree, hides behind a variable, or names a file of this machine.
 * @param at.file the file of the tree that the resource stands in
 * @param at.anywhere whether the value may be put anywhere, so that nothing in it counts as free text
 */
export function checkPathValues(
  resource: JsonObject,
  { place, file, anywhere = false }: { readonly place: string; readonly file: string; readonly anywhere?: boolean },
  report: (place: string, message: string) => void,
): void {
  for (const leaf of leavesOf(resource).values()) {
    const problem = leafProblem(leaf, file, anywhere);
    if (problem !== undefined) report(`${place}.${leaf.place}`, problem);
  }
}

/** Why a value of a resource in `file` may not stand there; undefined where it may. `anywhere` as in `checkPathValues`. */
export function leafProblem(leaf: Leaf, file: string, anywhere = false): string | undefined {
  if (typeof leaf.value !== 'string') return undefined;
  const free = isArgument(leaf) && !anywhere;
  const path = !free && isPath(leaf);
  if (!path && !anywhere && (free || leaf.fields.some((field) => TEXT_FIELDS.has(field)))) return undefined;
  const folder = parentFolder(file);
  return pathValueProblem(leaf.value, path, LOCAL_FIELDS.has(leaf.fields.at(-1) ?? ''), folder);
}

function pathValueProblem(written: string, isPathField: boolean, isLocal: boolean, folder: string): string | undefined {
  // pip options and quotes stand before the path proper.
  const value = written
    .trim()
    .replace(/^(-[-\w]+[ =]*)+/, '')
    .replace(/^["']+|(?<!["'])["']+$/g, '')
    .trim();
  const climbs = /(^|[/\\])\.\.([/\\]|$)/.test(value);
  if (isPathField) {
    if (/^file:/i.test(value)) return 'must not be a file: address';
    if (/^~/.test(value) || /^[A-Za-z]:[\\/]/.test(value) || /^\\/.test(value))
      return 'must be a path inside the bundle or in the workspace';
    if (/^\/(proc|sys|dev|etc)(\/|$)/.test(value)) return 'must not name a file of this machine';
    if (isLocal && (value.startsWith('/') || value.includes('${'))) return 'must be a relative path inside the bundle';
    if (value.includes('${') && !BASE.test(value)) {
      // A variable could hold any path; a remote one is spelled out up to the reference.
      if (!/^(\/|[a-z][a-z0-9+.-]+:\/)/.test(value)) return 'must not be a path made of variables';
    }
    if (/(^|[/\\])\.databricks([/\\]|$)/i.test(value) && !value.startsWith('/')) return 'must not lead into .databricks';
  }
  if (!climbs) return undefined;
  if (value.startsWith('/') || value.startsWith('${') || /^[a-z][a-z0-9+.-]+:/i.test(value)) return 'must not go up with `..`';
  return staysInside(value.replaceAll('\\', '/'), folder) ? undefined : 'leads out of the bundle';
}
