// Golden cases: what has gone wrong in conversions, or could.

import { bringGit } from '../../src/bundle/generate/bring-git.ts';
import type { generateBundle } from '../../src/bundle/generate/generate.ts';
import type { Grant, JobDefinition, LookupName, PipelineDefinition, Related, Source } from '../../src/bundle/model/bundle.ts';
import type { JsonObject } from '../../src/values/json.ts';
import { madeUp } from './case-kinds.ts';
import { file, job, notebook, notebookTask } from './fixtures.ts';

const HOME = '/Workspace/Users/ana@acme.example/etl';
const ENVIRONMENTS = [{ environment_key: 'default', spec: { environment_version: '2' } }];
const PIPELINE = '5d83f3f3-f0ee-458b-a01c-81a9c40a3771';
const DASHBOARD = '01ef0000000000000000000000000001';
const PRINCIPAL = '0a0a0a0a-0000-4000-8000-000000000001';

type Options = NonNullable<Parameters<typeof generateBundle>[0]['options']>;

export interface GoldenCase {
  readonly definition: JobDefinition;
  readonly sources: Source[];
  readonly options?: Options;
}

function runs(jobId: number | bigint, key = 'next'): JsonObject {
  return { task_key: key, run_job_task: { job_id: jobId } };
}

function child(jobId: string, settings: JsonObject, more: Partial<JobDefinition> = {}): Related {
  return { type: 'jobs', definition: { ...job(settings, { job_id: Number(jobId) }), ...more } };
}

const pipeline: PipelineDefinition = {
  type: 'pipelines',
  id: PIPELINE,
  creator: 'ana@acme.example',
  runAs: PRINCIPAL,
  spec: {
    id: PIPELINE,
    name: 'Sales tables',
    pipeline_type: 'WORKSPACE',
    storage: `dbfs:/pipelines/${PIPELINE}`,
    catalog: 'main',
    schema: 'sales',
    development: true,
    continuous: true,
    serverless: true,
    root_path: `${HOME}/tables`,
    libraries: [{ glob: { include: `${HOME}/tables/transformations/**` } }, { notebook: { path: `${HOME}/tables/extra` } }],
    configuration: { 'sales.environment': 'prod' },
    environment: { dependencies: ['pandas', `-r ${HOME}/tables/requirements.txt`] },
  },
  grants: [{ principal: 'group_name', name: 'data-team', level: 'CAN_RUN' }],
};

const together = {
  ...job({
    name: 'Together',
    tasks: [
      { task_key: 'tables', pipeline_task: { pipeline_id: PIPELINE } },
      { task_key: 'board', dashboard_task: { dashboard_id: DASHBOARD, warehouse_id: '0123456789abcdef' } },
      runs(501),
    ],
  }),
  related: [
    {
      type: 'dashboards',
      id: DASHBOARD,
      name: 'Sales',
      warehouseId: '0123456789abcdef',
      serialized: '{"pages":[{"name":"one"}]}',
      parentPath: '/Users/ana@acme.example/boards',
      embedCredentials: true,
      grants: [{ principal: 'group_name', name: 'data-team', level: 'CAN_READ' }],
    },
    child('501', { name: 'Together', tasks: [notebookTask('a', `${HOME}/child`)], environments: ENVIRONMENTS }),
    pipeline,
  ] satisfies Related[],
  lookups: [{ kind: 'warehouse', id: '0123456789abcdef', name: 'Starter Warehouse' }] satisfies LookupName[],
};

const circles = {
  ...job({ name: 'Circle', tasks: [runs(77, 'again'), runs(502)] }),
  related: [
    child('502', { name: 'Second', tasks: [runs(77, 'back'), runs(503)] }),
    child('503', { name: 'Third', tasks: [runs(502, 'back')] }),
  ],
};

const libraries = job({
  name: 'Libraries',
  tasks: [
    {
      task_key: 'wheel',
      job_cluster_key: 'main',
      python_wheel_task: { package_name: 'p', entry_point: 'main' },
      libraries: [
        { whl: `${HOME}/dist/p-1.whl` },
        { egg: `${HOME}/dist/old.egg` },
        { jar: '/Volumes/main/raw/jars/x.jar' },
        { requirements: `${HOME}/requirements.txt` },
      ],
    },
    { task_key: 'jar', job_cluster_key: 'main', spark_jar_task: { main_class_name: 'M', jar_uri: `${HOME}/lib/legacy.jar` } },
    { task_key: 'files', environment_key: 'default', spark_python_task: { python_file: `${HOME}/main.py` } },
  ],
  job_clusters: [
    {
      job_cluster_key: 'main',
      new_cluster: {
        spark_version: '15.4.x-scala2.12',
        num_workers: 1,
        node_type_id: 'i3.xlarge',
        init_scripts: [{ workspace: { destination: `${HOME}/init.sh` } }, { volumes: { destination: '/Volumes/main/raw/init.sh' } }],
      },
    },
  ],
  environments: [
    {
      environment_key: 'default',
      spec: {
        environment_version: '2',
        dependencies: ['pandas>=2', `-r ${HOME}/requirements.txt`, `${HOME}/dist/p-1.whl`, '--index-url https://pypi.acme.example/simple'],
        java_dependencies: [`${HOME}/lib/legacy.jar`],
      },
    },
  ],
});

const lookups = {
  ...job({
    name: 'Lookups',
    webhook_notifications: { on_failure: [{ id: 'd3f4c2b1-90aa-4b6e-8c11-27f0a9b8e6d5' }] },
    tasks: [
      { task_key: 'a', existing_cluster_id: '0717-132531-5opeqon1', notebook_task: { notebook_path: `${HOME}/a` } },
      { task_key: 'b', sql_task: { file: { path: `${HOME}/b.sql` }, warehouse_id: '0123456789abcdef' } },
      {
        task_key: 'c',
        sql_task: { file: { path: `${HOME}/b.sql` }, warehouse_id: 'fedcba9876543210', parameters: { warehouse_id: '0123456789abcdef' } },
      },
      runs(4611686018427387905n, 'd'),
      { task_key: 'e', pipeline_task: { pipeline_id: PIPELINE } },
      { task_key: 'f', job_cluster_key: 'main', notebook_task: { notebook_path: `${HOME}/a` } },
    ],
    job_clusters: [
      {
        job_cluster_key: 'main',
        new_cluster: {
          spark_version: '15.4.x-scala2.12',
          num_workers: 1,
          policy_id: 'E05E27B13F0003A0',
          instance_pool_id: '1203-101500-pond42-pool-7k2m9qxe',
        },
      },
    ],
  }),
  lookups: [
    { kind: 'warehouse', id: '0123456789abcdef', name: 'Starter Warehouse' },
    { kind: 'warehouse', id: 'fedcba9876543210', name: 'Größe "XL": #1' },
    { kind: 'cluster', id: '0717-132531-5opeqon1', name: 'Shared' },
    { kind: 'cluster_policy', id: 'E05E27B13F0003A0', name: 'Small jobs' },
    { kind: 'instance_pool', id: '1203-101500-pond42-pool-7k2m9qxe', name: 'Warm' },
    { kind: 'job', id: '4611686018427387905', name: 'After sales' },
    { kind: 'pipeline', id: PIPELINE, name: 'Sales tables' },
    { kind: 'notification_destination', id: 'd3f4c2b1-90aa-4b6e-8c11-27f0a9b8e6d5', name: 'a $' + '{x}' },
  ] satisfies LookupName[],
};

const GRANTS: Grant[] = [
  { principal: 'group_name', name: 'data-team', level: 'CAN_MANAGE_RUN' },
  { principal: 'user_name', name: 'reader@acme.example', level: 'CAN_VIEW' },
  { principal: 'service_principal_name', name: PRINCIPAL, level: 'CAN_MANAGE' },
];

const plain = {
  name: 'Plain',
  tasks: [notebookTask('a', `${HOME}/a`, { notebook_task: { notebook_path: `${HOME}/a`, base_parameters: { catalog: 'main' } } })],
  environments: ENVIRONMENTS,
};
const long = 'x'.repeat(240);

const git = job({
  name: 'From Git',
  git_source: { git_url: 'https://git.example/x.git', git_provider: 'gitHub', git_branch: 'main' },
  tasks: [
    { task_key: 'a', environment_key: 'default', notebook_task: { notebook_path: 'notebooks/a', source: 'GIT' } },
    { task_key: 'b', environment_key: 'default', spark_python_task: { python_file: 'b.py', source: 'GIT' } },
  ],
  environments: ENVIRONMENTS,
});

function withFiles(definition: JobDefinition, options?: Options, more: Source[] = []): GoldenCase {
  return { definition, sources: [...madeUp(definition), ...more], ...(options === undefined ? {} : { options }) };
}

/** By the name of their golden tree. */
export const HARD_CASES: Readonly<Record<string, GoldenCase>> = {
  related: withFiles(together, {}, [file(`${HOME}/tables/transformations/gold.sql`, 'select 1\n')]),
  'related-adopted': withFiles(together, { adoption: { prod: 'bind' } }),
  circles: withFiles(circles),
  libraries: withFiles(libraries),
  lookups: withFiles(lookups),
  'grants-and-run-as': withFiles({ ...job(plain, { run_as_user_name: PRINCIPAL }), grants: GRANTS }),
  'grants-unknown': withFiles({ ...job(plain), grants: undefined }),
  adopted: withFiles(job(plain), { adoption: { prod: 'bind' } }),
  'more-targets': withFiles(job({ ...plain, schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC' } }), {
    targets: [{ name: 'staging', environment: 'production' }],
  }),
  'older-form': withFiles(
    job({
      name: 'Older',
      notebook_task: { notebook_path: '/Users/ana@acme.example/a' },
      existing_cluster_id: '0717-132531-5opeqon1',
      max_retries: 2,
    }),
  ),
  'git-brought-in': withFiles(bringGit(git, { path: '/Repos/ana@acme.example/x', commit: '1a2b3c4d' }), {}, [
    file('/Repos/ana@acme.example/x/lib/util.py'),
  ]),
  'unicode-and-long-names': withFiles(
    job({
      name: '売上 🚀 — ÄÖÜ',
      tasks: [
        notebookTask('ä', `${HOME}/Größe/日本語`),
        notebookTask('long', `${HOME}/${long}${long}`),
        notebookTask('spaces', `${HOME}/my folder/a b`),
      ],
      environments: ENVIRONMENTS,
    }),
  ),
  closure: withFiles(job({ ...plain, tasks: [notebookTask('a', `${HOME}/jobs/main`)] }), {}, [
    notebook(`${HOME}/common/setup`),
    file(`${HOME}/jobs/helpers/__init__.py`, ''),
    file(`${HOME}/jobs/helpers/tool.py`),
    file(`${HOME}/common/table.py`, '# Databricks notebook source\n'),
  ]),
  inexpressible: withFiles(
    job({
      name: 'Not all',
      tasks: [
        {
          task_key: 'text',
          environment_key: 'default',
          notebook_task: { notebook_path: `${HOME}/a`, base_parameters: { home: 'in $' + '{HOME}', fine: '$' + '{x:-1}' } },
        },
        { task_key: 'relative', environment_key: 'default', notebook_task: { notebook_path: 'a/b' } },
        { task_key: 'percent', environment_key: 'default', spark_python_task: { python_file: 'dbfs:/100%/a.py' } },
        { task_key: 'compute', spark_jar_task: { main_class_name: 'M' } },
        { task_key: 'local', new_cluster: { spark_version: 'x' }, libraries: [{ whl: '../dist/a.whl' }] },
      ],
      environments: [{ environment_key: 'default', spec: { environment_version: '2', dependencies: ['pandas', 'numpy==1.*', './a.whl'] } }],
    }),
  ),
};
