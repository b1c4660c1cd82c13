// Which keys a configuration file may have, and what may stand in them: everything that is not listed here is refused.
import type { Diagnostic } from './bundle.ts';
import { checkPathValues } from './check-path-values.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

const TOP = new Set(['bundle', 'include', 'variables', 'resources', 'targets', 'permissions', 'presets', 'run_as', 'sync', 'workspace']);
/** Included files may add resources and variables; the rest belongs in databricks.yml. */
const INCLUDED = new Set(['resources', 'variables', 'targets']);
const TARGET = new Set(['mode', 'default', 'variables', 'resources', 'permissions', 'presets', 'run_as', 'sync', 'workspace']);
const BUNDLE = new Set(['name', 'engine', 'databricks_cli_version', 'uuid']);
const WORKSPACE = new Set(['root_path', 'file_path', 'artifact_path', 'state_path', 'resource_path']);
const PRESETS = new Set(['name_prefix', 'tags', 'trigger_pause_status', 'jobs_max_concurrent_runs', 'pipelines_development']);
const SYNC = new Set(['include', 'exclude', 'paths']);
const VARIABLE = new Set(['default', 'description', 'type', 'lookup']);
/** No job_runs (they start runs while deploying), no apps (they run code); unknown kinds are refused with them. */
const RESOURCES = new Set(
  ['jobs', 'pipelines', 'schemas', 'volumes', 'dashboards', 'alerts', 'experiments', 'models', 'registered_models'].concat([
    'clusters',
    'sql_warehouses',
    'quality_monitors',
  ]),
);
const MODES = new Set(['development', 'production']);
const BUNDLE_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_. -]*$/u;
const RESOURCE_KEY = /^[A-Za-z][\w-]*$/;
/** Paths below the deployer's home; `~` is the CLI's own word for it. */
const HOME = /^(~|\/(Workspace\/)?Users\/\$\{workspace\.current_user\.userName\})\/[^\\]+$/;
/** Paths below a path that is itself checked. */
const BELOW_ROOT = /^\$\{workspace\.(root_path|file_path)\}\/[^\\]+$/;

type Report = (place: string, message: string) => void;

function checkKeys(value: Json | undefined, allowed: ReadonlySet<string>, place: string, report: Report): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    report(place, 'must be a mapping');
    return {};
  }
  for (const key of Object.keys(value))
    if (!allowed.has(key)) report(place === '' ? key : `${place}.${key}`, 'is not allowed in a bundle here');
  return value;
}

function checkWorkspace(value: Json | undefined, place: string, report: Report): void {
  for (const [key, path] of Object.entries(checkKeys(value, WORKSPACE, place, report))) {
    const inHome = typeof path === 'string' && (HOME.test(path) || (key !== 'root_path' && BELOW_ROOT.test(path)));
    if (!inHome || /(^|\/)\.\.?(\/|$)/.test(path)) report(`${place}.${key}`, "must be a path below the deployer's home");
  }
}

function checkSync(value: Json | undefined, place: string, report: Report): void {
  for (const [key, list] of Object.entries(checkKeys(value, SYNC, place, report))) {
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
    if (!isObject(group)) {
      if (group !== null) report(`${place}.${type}`, 'must be a mapping');
      continue;
    }
    for (const [key, resource] of Object.entries(group)) {
      const at = `${place}.${type}.${key}`;
      if (!RESOURCE_KEY.test(key)) report(at, 'must be named with letters, digits, `-` and `_`');
      if (isObject(resource)) checkPathValues(resource, at, file, report);
      else report(at, 'must be a mapping');
    }
  }
}

function checkVariables(value: Json | undefined, place: string, report: Report): void {
  if (!isObject(value)) {
    if (value !== undefined && value !== null) report(place, 'must be a mapping');
    return;
  }
  for (const [name, variable] of Object.entries(value)) {
    if (isObject(variable)) checkKeys(variable, VARIABLE, `${place}.${name}`, report);
    checkComplex(isObject(variable) && 'default' in variable ? variable.default : undefined, `${place}.${name}`, report);
  }
}

/** What a variable of type complex puts somewhere is checked like what stands there. */
function checkComplex(value: Json | undefined, place: string, report: Report): void {
  if (typeof value === 'object' && value !== null) checkPathValues({ value }, place, 'databricks.yml', report);
}

function checkPresets(value: Json | undefined, place: string, report: Report): void {
  checkKeys(value, PRESETS, place, report);
}

function checkTarget(target: JsonObject, place: string, file: string, report: Report): void {
  checkKeys(target, TARGET, place, report);
  if (target.mode !== undefined && !MODES.has(String(target.mode))) report(`${place}.mode`, 'must be development or production');
  checkWorkspace(target.workspace, `${place}.workspace`, report);
  checkSync(target.sync, `${place}.sync`, report);
  checkPresets(target.presets, `${place}.presets`, report);
  checkResources(target.resources, `${place}.resources`, file, report);
  for (const [name, value] of Object.entries(isObject(target.variables) ? target.variables : {})) {
    checkComplex(isObject(value) && 'default' in value ? value.default : value, `${place}.variables.${name}`, report);
  }
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
  checkWorkspace(value.workspace, 'workspace', report);
  checkSync(value.sync, 'sync', report);
  checkPresets(value.presets, 'presets', report);
  checkResources(value.resources, 'resources', file, report);
  checkVariables(value.variables, 'variables', report);
  if (value.targets !== undefined && !isObject(value.targets)) report('targets', 'must be a mapping');
  for (const [name, target] of Object.entries(isObject(value.targets) ? value.targets : {})) {
    if (!RESOURCE_KEY.test(name)) report(`targets.${name}`, 'must be named with letters, digits, `-` and `_`');
    if (isObject(target)) checkTarget(target, `targets.${name}`, file, report);
    else if (target !== null) report(`targets.${name}`, 'must be a mapping');
  }
  return found;
}
