// Golden cases: a small made-up job for every kind of task.
import type { JobDefinition, Source } from '../../src/bundle/model/bundle.ts';
import { sourceReferences } from '../../src/bundle/model/source-references.ts';
import type { JsonObject } from '../../src/values/json.ts';
import { file, job, notebook } from './fixtures.ts';

const HOME = '/Workspace/Users/ana@acme.example/etl';
const ENVIRONMENTS = [{ environment_key: 'default', spec: { environment_version: '2' } }];
const CLUSTER = { spark_version: '15.4.x-scala2.12', node_type_id: 'i3.xlarge', num_workers: 1 };
const WAREHOUSE = '0123456789abcdef';
const SERVERLESS = { environment_key: 'default' };

const inner = (task: JsonObject): JsonObject => ({
  for_each_task: { inputs: '["de", "fr"]', concurrency: 2, task: { task_key: 'one', ...task } },
});

/** Each task as it stands in `tasks`, its key left out. */
const TASKS: Readonly<Record<string, JsonObject>> = {
  notebook: { ...SERVERLESS, notebook_task: { notebook_path: `${HOME}/load`, source: 'WORKSPACE', base_parameters: { full: 'FALSE' } } },
  'notebook-on-warehouse': { notebook_task: { notebook_path: `${HOME}/report`, warehouse_id: WAREHOUSE } },
  'spark-python': {
    ...SERVERLESS,
    spark_python_task: { python_file: `${HOME}/main.py`, parameters: ['--day', '{{job.start_time.iso_date}}'] },
  },
  'python-wheel': {
    new_cluster: CLUSTER,
    python_wheel_task: { package_name: 'sales', entry_point: '', named_parameters: { day: '007' } },
    libraries: [{ whl: `${HOME}/dist/sales-1.0-py3-none-any.whl` }, { pypi: { package: 'simplejson==3.8.0' } }],
  },
  'spark-jar': {
    new_cluster: CLUSTER,
    spark_jar_task: { main_class_name: 'com.acme.Main', parameters: ['a'] },
    libraries: [{ jar: `${HOME}/lib/app.jar` }, { jar: 'dbfs:/jars/b.jar' }, { maven: { coordinates: 'org.x:y:1' } }],
  },
  'spark-submit': { new_cluster: CLUSTER, spark_submit_task: { parameters: ['--class', 'com.acme.Main', 'dbfs:/jars/app.jar'] } },
  'sql-query': {
    sql_task: { query: { query_id: '8f7e6d5c-4b3a-4291-8f7e-6d5c4b3a2918' }, warehouse_id: WAREHOUSE, parameters: { schema: 'gold' } },
  },
  'sql-alert': {
    sql_task: {
      alert: { alert_id: '5d2c1b0a-1f3e-4a6b-8c9d-0e1f2a3b4c5d', subscriptions: [{ user_name: 'ana@acme.example' }] },
      warehouse_id: WAREHOUSE,
    },
  },
  'sql-dashboard': { sql_task: { dashboard: { dashboard_id: 'c2b1a0f9-e8d7-4c6b-a594-837261504f3e' }, warehouse_id: WAREHOUSE } },
  'sql-file': { sql_task: { file: { path: `${HOME}/sql/report.sql`, source: 'WORKSPACE' }, warehouse_id: WAREHOUSE } },
  alert: {
    alert_task: { workspace_path: `${HOME}/late.dbalert.json`, warehouse_id: WAREHOUSE, subscribers: [{ user_name: 'ana@acme.example' }] },
  },
  dashboard: {
    dashboard_task: {
      dashboard_id: '01ef0000000000000000000000000001',
      warehouse_id: WAREHOUSE,
      subscription: { subscribers: [{ user_name: 'ana@acme.example' }] },
    },
  },
  dbt: {
    ...SERVERLESS,
    dbt_task: {
      project_directory: `${HOME}/dbt`,
      profiles_directory: `${HOME}/dbt/profiles`,
      commands: ['dbt deps', 'dbt run'],
      schema: 'gold',
    },
  },
  'dbt-platform': { dbt_platform_task: { connection_resource_name: 'dbt', dbt_platform_job_id: '70471' } },
  'dbt-cloud': { dbt_cloud_task: { connection_resource_name: 'dbt', dbt_cloud_job_id: 70471 } },
  pipeline: { pipeline_task: { pipeline_id: '5d83f3f3-f0ee-458b-a01c-81a9c40a3771', full_refresh: false } },
  'run-job': { run_job_task: { job_id: 4611686018427387905n, job_parameters: { day: '2024-01-01' } } },
  condition: { condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.full}}', right: 'true' } },
  'power-bi': {
    power_bi_task: {
      connection_resource_name: 'pbi',
      warehouse_id: WAREHOUSE,
      refresh_after_update: true,
      power_bi_model: { workspace_name: 'w', model_name: 'm' },
    },
  },
  'clean-rooms': { clean_rooms_notebook_task: { clean_room_name: 'room', notebook_name: 'shared', notebook_base_parameters: { a: '1' } } },
  'ai-runtime': {
    ai_runtime_task: {
      experiment: 'train',
      deployments: [{ command_path: `${HOME}/gpu/run.sh`, compute: { accelerator_type: 'GPU_1xH100', accelerator_count: 1 } }],
    },
  },
  'gen-ai-compute': {
    gen_ai_compute_task: {
      dl_runtime_image: 'img',
      command: 'python',
      training_script_path: `${HOME}/gpu/train.py`,
      yaml_parameters_file_path: `${HOME}/gpu/params.yaml`,
      source: 'WORKSPACE',
    },
  },
  'python-operator': { ...SERVERLESS, python_operator_task: { main: 'sales.main', parameters: [{ name: 'a', value: '1' }] } },
  unknown: { quantum_task: { qubits: 3, path: '/Workspace/Shared/q' }, mood: 'good' },
  'for-each-notebook': inner({
    ...SERVERLESS,
    notebook_task: { notebook_path: `${HOME}/country`, base_parameters: { country: '{{input}}' } },
  }),
  'for-each-sql': inner({ sql_task: { file: { path: `${HOME}/sql/country.sql` }, warehouse_id: WAREHOUSE } }),
  'for-each-wheel': inner({
    new_cluster: CLUSTER,
    python_wheel_task: { package_name: 'p', entry_point: 'main' },
    libraries: [{ whl: `${HOME}/dist/p-1-py3-none-any.whl` }],
  }),
  'for-each-run-job': inner({ run_job_task: { job_id: 42 } }),
  'for-each-dbt': inner({ ...SERVERLESS, dbt_task: { project_directory: `${HOME}/dbt`, commands: ['dbt run'] } }),
};

/** Made-up files for every reference of a definition; of a folder, two. */
export function madeUp(definition: JobDefinition): Source[] {
  return sourceReferences(definition).flatMap(({ path, kind }) => {
    if (kind === 'notebook') return [notebook(path)];
    return kind === 'file' ? [file(path)] : [file(`${path}/dbt_project.yml`, 'name: x\n'), file(`${path}/models/one.sql`, 'select 1\n')];
  });
}

/** By the name of their golden tree. */
export const KIND_CASES: Readonly<Record<string, { definition: JobDefinition; sources: Source[] }>> = Object.fromEntries(
  Object.entries(TASKS).map(([name, task]) => {
    const environments = JSON.stringify(task, (_key, value) => (typeof value === 'bigint' ? null : value)).includes('environment_key');
    const settings = {
      name: `A ${name}`,
      queue: { enabled: true },
      tasks: [{ task_key: 'only', ...task }],
      ...(environments ? { environments: ENVIRONMENTS } : {}),
    };
    const definition = job(settings);
    return [`task-${name}`, { definition, sources: madeUp(definition) }];
  }),
);
