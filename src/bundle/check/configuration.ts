// Which keys a configuration file may have, and what may stand in them: everything that is not listed here is refused.
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { wordSet } from '../../values/text.ts';
import { type Diagnostic, LOOKUP_KINDS } from '../model/bundle.ts';
import { referencesIn } from '../model/references.ts';
import { checkPathValues } from './path-values.ts';

const TOP = new Set(['bundle', 'include', 'variables', 'resources', 'targets', 'permissions', 'presets', 'run_as', 'sync', 'workspace']);
/** Included files may add resources and variables; the rest belongs in databricks.yml. */
const INCLUDED = new Set(['resources', 'variables', 'targets']);
const TARGET = new Set(['mode', 'default', 'variables', 'resources', 'permissions', 'presets', 'run_as', 'sync', 'workspace']);
const BUNDLE = new Set(['name', 'engine', 'databricks_cli_version', 'uuid']);
const WORKSPACE = new Set(['root_path', 'file_path', 'artifact_path', 'state_path', 'resource_path']);
const PRESETS = new Set(['name_prefix', 'tags', 'trigger_pause_status', 'jobs_max_concurrent_runs', 'pipelines_development']);
const SYNC = new Set(['include', 'exclude', 'paths']);
const VARIABLE = new Set(['default', 'description', 'type', 'lookup']);
const LOOKUPS: ReadonlySet<string> = new Set(LOOKUP_KINDS);
const LIFECYCLE = new Set(['prevent_destroy']);
/** No job_runs (they start runs while deploying), no apps (they run code); unknown kinds are refused with them. */
const RESOURCES = wordSet(
  `jobs pipelines schemas volumes dashboards alerts experiments models registered_models clusters sql_warehouses quality_monitors`,
);
const GOES_WHERE = ', which goes to the workspace that it was made from, as whoever deploys it';
const RUNS_CODE = ', since it can run a program while the bundle is deployed';
const MODES = new Set(['development', 'production']);
const BUNDLE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_. -]*$/u;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RESOURCE_KEY = /^[A-Za-z][\w-]*$/;
/** Paths below the deployer's home; `~` is the CLI's own word for it. */
const HOME = /^(~|\/(Workspace\/)?Users\/\$\{workspace\.current_user\.userName\})\/[^\\]+$/;
/** A place that is written out: a folder for bundles anywhere in the workspace. Whose it is and who may write there is looked at before a plan. */
const WRITTEN_OUT = /^\/Workspace(\/[^/\\]+)+\/\.bundle(\/[^/\\]+)+$/;
/** References in a workspace path; anything else (a variable, a job's name) could hold `..` and lead to somebody else's folder. */
const PATH_REFERENCES = wordSet(
  `bundle.name bundle.target workspace.current_user.userName workspace.current_user.short_name workspace.root_path workspace.file_path`,
);
/** Paths below a path that is itself checked. */
const BELOW_ROOT = /^\$\{workspace\.(root_path|file_path)\}\/[^\\]+$/;

/** Why a key may not stand there, of those that people know; of others nobody has looked what they do (facts: bundles#what-is-refused). */
const WHY = new Map([
  ...[...wordSet('host profile account_id client_id auth_type')].map((key) => [key, GOES_WHERE] as const),
  ...[...wordSet('artifacts scripts python experimental apps job_runs')].map((key) => [key, RUNS_CODE] as const),
]);

type Report = (place: string, message: string) => void;

/** The mapping that a section is; an empty one where the section is left out, or reported to be something else. */
function mapping(value: Json | undefined, place: string, report: Report): JsonObject {
  if (value !== undefined && value !== null && !isObject(value)) report(place, 'must be a mapping');
  return objectOf(value);
}

function checkKeys(value: Json | undefined, allowed: ReadonlySet<string>, place: string, report: Report): JsonObject {
  const found = mapping(value, place, report);
  for (const key of Object.keys(found))
    if (!allowed.has(key)) report(place === '' ? key : `${place}.${key}`, `has no place in a bundle here${WHY.get(key) ?? ''}`);
  return found;
}

function checkWorkspace(value: Json | undefined, place: string, report: Report): void {
  for (const [key, path] of Object.entries(checkKeys(value, WORKSPACE, place, report))) {
    if (!WORKSPACE.has(key)) continue;
    const allowed =
      typeof path === 'string' && (HOME.test(path) || WRITTEN_OUT.test(path) || (key !== 'root_path' && BELOW_ROOT.test(path)));
    const known = allowed && referencesIn(path).every((name) => PATH_REFERENCES.has(name));
    if (!known || /(^|\/)\.\.?(\/|$)/.test(path))
      report(`${place}.${key}`, "must be a path below the deployer's home, or below a folder .bundle of the workspace");
  }
}

function checkSync(value: Json | undefined, place: string, report: Report): void {
  for (const [key, list] of Object.entries(checkKeys(value, SYNC, place, report))) {
    if (!SYNC.has(key)) continue;
    const entries = Array.isArray(list) ? list : [list];
    for (const entry of entries) {
      const inside = typeof entry === 'string' && !/^[/\\~]|^[A-Za-z]:|\\|\$\{|(^|\/)\.\.(\/|$)/.test(entry.replace(/^!/, ''));
      if (!inside) report(`${place}.${key}`, 'must list relative paths inside the bundle');
    }
  }
}

function checkResources(value: Json | undefined, place: string, file: string, report: Report): void {
  for (const [type, group] of Object.entries(checkKeys(value, RESOURCES, place, report))) {
    if (!RESOURCES.has(type)) continue;
    for (const [key, resource] of Object.entries(mapping(group, `${place}.${type}`, report))) {
      const at = `${place}.${type}.${key}`;
      if (!RESOURCE_KEY.test(key)) report(at, 'must be named with letters, digits, `-` and `_`');
      if (!isObject(resource)) {
        report(at, 'must be a mapping');
        continue;
      }
      checkPathValues(resource, { place: at, file }, report);
      // `started` would start a cluster or a warehouse while deploying.
      checkKeys(resource.lifecycle, LIFECYCLE, `${at}.lifecycle`, report);
    }
  }
}

/** Variables of the bundle, or of a target, where a bare value stands for the default. */
function checkVariables(value: Json | undefined, place: string, report: Report, inTarget = false): void {
  for (const [name, variable] of Object.entries(mapping(value, place, report))) {
    const at = `${place}.${name}`;
    const bare = inTarget && !(isObject(variable) && Object.keys(variable).some((key) => VARIABLE.has(key)));
    if (isObject(variable) && !bare) {
      checkKeys(variable, VARIABLE, at, report);
      checkLookup(variable.lookup, `${at}.lookup`, report);
    }
    checkComplex(bare ? variable : isObject(variable) ? variable.default : undefined, at, report);
  }
}

function checkLookup(value: Json | undefined, place: string, report: Report): void {
  if (value === undefined) return;
  const names = isObject(value) ? Object.entries(value) : [];
  if (names.length !== 1) report(place, 'must name one thing to look up');
  for (const [kind, name] of names) {
    if (!LOOKUPS.has(kind)) report(`${place}.${kind}`, 'is nothing that can be looked up');
    if (typeof name !== 'string' || name === '' || name.includes('${')) report(`${place}.${kind}`, 'must be a name, without references');
  }
}

/**
 * What a variable of type complex puts somewhere is checked like what stands there. Where that will be is not known,
 * so that nothing in it counts as free text.
 */
function checkComplex(value: Json | undefined, place: string, report: Report): void {
  if (typeof value === 'object' && value !== null) checkPathValues({ value }, { place, file: 'databricks.yml', anywhere: true }, report);
}

function checkTarget(target: JsonObject, place: string, file: string, report: Report): void {
  checkKeys(target, TARGET, place, report);
  if (target.mode !== undefined && !MODES.has(String(target.mode))) report(`${place}.mode`, 'must be development or production');
  checkWorkspace(target.workspace, `${place}.workspace`, report);
  checkSync(target.sync, `${place}.sync`, report);
  checkKeys(target.presets, PRESETS, `${place}.presets`, report);
  checkResources(target.resources, `${place}.resources`, file, report);
  checkVariables(target.variables, `${place}.variables`, report, true);
}

/** Checks one configuration file of the tree: keys at every level that could carry a host, a login, code or a path. */
export function checkConfiguration(file: string, value: JsonObject): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (place, message) => found.push({ level: 'error', place: `${file}: ${place}`, message });
  checkKeys(value, file === 'databricks.yml' ? TOP : INCLUDED, '', report);
  const bundle = checkKeys(value.bundle, BUNDLE, 'bundle', report);
  if (bundle.engine !== undefined && bundle.engine !== 'direct') report('bundle.engine', 'must be direct');
  if (file === 'databricks.yml' && (typeof bundle.name !== 'string' || !BUNDLE_NAME.test(bundle.name) || bundle.name.includes('..'))) {
    report('bundle.name', 'must be a name of letters, digits, `-`, `_`, `.` and spaces');
  }
  if (bundle.uuid !== undefined && !UUID.test(String(bundle.uuid))) report('bundle.uuid', 'must be a UUID');
  checkWorkspace(value.workspace, 'workspace', report);
  checkSync(value.sync, 'sync', report);
  checkKeys(value.presets, PRESETS, 'presets', report);
  checkResources(value.resources, 'resources', file, report);
  checkVariables(value.variables, 'variables', report);
  if (value.targets !== undefined && !isObject(value.targets)) report('targets', 'must be a mapping');
  for (const [name, target] of Object.entries(objectOf(value.targets))) {
    if (!RESOURCE_KEY.test(name)) report(`targets.${name}`, 'must be named with letters, digits, `-` and `_`');
    if (isObject(target)) checkTarget(target, `targets.${name}`, file, report);
    else if (target !== null) report(`targets.${name}`, 'must be a mapping');
  }
  return found;
}
