// Which fields of jobs and pipelines name workspace files, and which hold ids of other things (Jobs API 2.2, Pipelines API).
import type { LookupKind, ResourceType } from './bundle.ts';
import type { Leaf } from './leaves.ts';

export interface PathField {
  /** `dependency`: a line for pip that may hold a path; `glob`: a pattern whose folder counts. */
  readonly form: 'path' | 'dependency' | 'glob';
  readonly kind: 'notebook' | 'file' | 'folder';
  /** Whether a `source` beside it can say that the path is one of Git. */
  readonly sourced: boolean;
  /** Whether a path in the tree is written relative to the YAML; else it begins with the deployment's own folder. */
  readonly relative: boolean;
  /** Whether the CLI reads it as a path, of this bundle unless it is absolute (its mutator/paths). */
  readonly read: boolean;
}

const field = (kind: PathField['kind'], more: Partial<PathField> = {}): PathField => ({
  form: 'path',
  kind,
  sourced: false,
  relative: false,
  read: more.relative === true,
  ...more,
});

const FILE = field('file');
const READ_FILE = field('file', { read: true });
const DEPENDENCY = field('file', { form: 'dependency', read: true });

/** By the keys that lead to the field, list items left out; inside a task, also the inner one of a for_each task. */
const OF_A_TASK: Readonly<Record<string, PathField>> = {
  'notebook_task/notebook_path': field('notebook', { sourced: true, relative: true }),
  'spark_python_task/python_file': field('file', { sourced: true, relative: true }),
  'sql_task/file/path': field('file', { sourced: true, relative: true }),
  'dbt_task/project_directory': field('folder', { sourced: true, relative: true }),
  'dbt_task/profiles_directory': field('folder'),
  'alert_task/workspace_path': READ_FILE,
  'ai_runtime_task/code_source_path': FILE,
  'ai_runtime_task/deployments/code_source_path': FILE,
  'ai_runtime_task/deployments/command_path': READ_FILE,
  'gen_ai_compute_task/training_script_path': field('file', { sourced: true }),
  'gen_ai_compute_task/yaml_parameters_file_path': field('file', { sourced: true }),
  'python_operator_task/main': FILE,
  'spark_jar_task/jar_uri': FILE,
  'libraries/whl': READ_FILE,
  'libraries/jar': READ_FILE,
  'libraries/egg': FILE,
  'libraries/requirements': READ_FILE,
  'new_cluster/init_scripts/workspace/destination': FILE,
};
const OF_A_JOB: Readonly<Record<string, PathField>> = {
  'job_clusters/new_cluster/init_scripts/workspace/destination': FILE,
  'environments/spec/dependencies': DEPENDENCY,
  'environments/spec/java_dependencies': FILE,
  'environments/spec/base_environment': FILE,
};
const OF_A_PIPELINE: Readonly<Record<string, PathField>> = {
  root_path: field('folder', { relative: true }),
  'libraries/notebook/path': field('notebook', { relative: true }),
  'libraries/file/path': field('file', { relative: true }),
  'libraries/glob/include': field('folder', { form: 'glob', relative: true }),
  'libraries/jar': FILE,
  'libraries/whl': FILE,
  'environment/dependencies': DEPENDENCY,
  'clusters/init_scripts/workspace/destination': FILE,
};

/** The same for ids of things outside. */
const IDS_OF_A_TASK: Readonly<Record<string, LookupKind>> = {
  existing_cluster_id: 'cluster',
  'new_cluster/policy_id': 'cluster_policy',
  'new_cluster/instance_pool_id': 'instance_pool',
  'new_cluster/driver_instance_pool_id': 'instance_pool',
  'sql_task/query/query_id': 'query',
  'sql_task/alert/alert_id': 'alert',
  'sql_task/alert/subscriptions/destination_id': 'notification_destination',
  'sql_task/dashboard/dashboard_id': 'dashboard',
  'sql_task/dashboard/subscriptions/destination_id': 'notification_destination',
  'alert_task/alert_id': 'alert',
  'alert_task/subscribers/destination_id': 'notification_destination',
  'dashboard_task/dashboard_id': 'dashboard',
  'dashboard_task/subscription/subscribers/destination_id': 'notification_destination',
  'run_job_task/job_id': 'job',
  'pipeline_task/pipeline_id': 'pipeline',
};
const IDS_OF_A_JOB: Readonly<Record<string, LookupKind>> = {
  'job_clusters/new_cluster/policy_id': 'cluster_policy',
  'job_clusters/new_cluster/instance_pool_id': 'instance_pool',
  'job_clusters/new_cluster/driver_instance_pool_id': 'instance_pool',
  'run_as/service_principal_name': 'service_principal',
  'trigger/job_completion/jobs/job_id': 'job',
  'triggers/job_completion/jobs/job_id': 'job',
};
const IDS_OF_A_PIPELINE: Readonly<Record<string, LookupKind>> = {
  'clusters/policy_id': 'cluster_policy',
  'clusters/instance_pool_id': 'instance_pool',
  'clusters/driver_instance_pool_id': 'instance_pool',
  'run_as/service_principal_name': 'service_principal',
};

/** Most fields are told apart by their last key alone, which is quick. */
const PATH_ENDS = new Set(
  [OF_A_TASK, OF_A_JOB, OF_A_PIPELINE].flatMap((table) => Object.keys(table).map((way) => way.replace(/^.*\//, ''))),
);
const ID_ENDS = /(?:^|_)id$|^service_principal_name$|^default$/i;

const TASK_WAY = /^tasks\/(?:for_each_task\/task\/)?/;
const WEBHOOK = /^(?:tasks\/(?:for_each_task\/task\/)?)?webhook_notifications\/on_\w+\/id$/;
const WAREHOUSE = /^\w+_task\/warehouse_id$/;
const WAREHOUSE_ID = /^[0-9a-f]{16}$/;
/** Mappings of parameters that people name: notebook, run_job, wheel and SQL tasks (facts: databricks#job-definitions). */
const PARAMETER_MAPS = new Set(['base_parameters', 'job_parameters', 'named_parameters', 'parameters', 'notebook_params']);

/** The parameter whose value this is, in lists of words too; undefined where it is none. */
export function parameterGiven(leaf: Leaf): { name: string; counted?: string | undefined; value: Leaf['value'] } | undefined {
  const { value, option } = leaf;
  const name = parameterName(leaf) ?? option?.name;
  if (name === undefined) return undefined;
  return { name, counted: option?.counted, value: typeof value === 'string' ? value.slice(option?.before.length ?? 0) : value };
}

/** The parameter of the job that a value stands for, as in `{{job.parameters.schema}}`. */
export function parameterOfJob(value: Leaf['value'] | undefined): string | undefined {
  return typeof value === 'string' ? /^\{\{\s{0,4}job\.parameters\.([\w.-]{1,100})\s{0,4}\}\}$/.exec(value)?.[1] : undefined;
}

/** The name that a parameter has in a mapping or list of its own. */
function parameterName({ fields, keys }: Leaf): string | undefined {
  const [last, parent] = [fields.at(-1), fields.at(-2)];
  if (last === undefined || parent === undefined) return undefined;
  if (last === 'default' && parent === 'parameters' && fields.length === 2) return keys[1];
  if (PARAMETER_MAPS.has(parent) && fields.length > 2 && keys.at(-1) === last)
    // These become `--out-schema=…`, which parsers of arguments call `out_schema`.
    return parent === 'named_parameters' ? last.replaceAll('-', '_') : last;
  return parent === 'dbt_task' && (last === 'catalog' || last === 'schema') ? last : undefined;
}

/** In which way a value names a path; undefined where its field names none. */
export function pathField(type: ResourceType, leaf: Leaf): PathField | undefined {
  if (!PATH_ENDS.has(leaf.fields.at(-1) ?? '')) return undefined;
  const way = leaf.fields.join('/');
  if (type === 'dashboards') return undefined;
  if (type === 'pipelines') return own(OF_A_PIPELINE, way);
  return own(OF_A_JOB, way) ?? (way.startsWith('tasks/') ? own(OF_A_TASK, way.replace(TASK_WAY, '')) : undefined);
}

/** Which kind of thing a value is the id of; undefined where it is none. */
export function idField(type: ResourceType, leaf: Leaf): LookupKind | undefined {
  if (!ID_ENDS.test(leaf.fields.at(-1) ?? '')) return undefined;
  const way = leaf.fields.join('/');
  if (type === 'dashboards') return way === 'warehouse_id' ? 'warehouse' : undefined;
  if (type === 'pipelines') return own(IDS_OF_A_PIPELINE, way);
  if (WEBHOOK.test(way)) return 'notification_destination';
  const inTask = way.startsWith('tasks/') ? way.replace(TASK_WAY, '') : undefined;
  if (inTask !== undefined && WAREHOUSE.test(inTask)) return 'warehouse';
  // People hand warehouses to notebooks by parameter too; only what looks like the id of one counts.
  if (/warehouse_id$/i.test(parameterName(leaf) ?? '')) return isWarehouseId(leaf) ? 'warehouse' : undefined;
  return own(IDS_OF_A_JOB, way) ?? (inTask === undefined ? undefined : own(IDS_OF_A_TASK, inTask));
}

function isWarehouseId(leaf: Leaf): boolean {
  return typeof leaf.value === 'string' && WAREHOUSE_ID.test(leaf.value);
}

function own<T>(table: Readonly<Record<string, T>>, way: string): T | undefined {
  return Object.hasOwn(table, way) ? table[way] : undefined;
}
