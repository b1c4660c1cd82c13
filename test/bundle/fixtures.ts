// Jobs and sources made up for the bundle tests.
import type { JobDefinition, Source } from '../../src/bundle/model/bundle.ts';
import { parseJob } from '../../src/bundle/model/definition.ts';
import { sourceReferences } from '../../src/bundle/model/source-references.ts';
import { type Json, type JsonObject, stringifyJson } from '../../src/values/json.ts';

export const HOST = 'https://acme.example';

export function job(settings: JsonObject, rest: JsonObject = {}): JobDefinition {
  const body = { job_id: 77, creator_user_name: 'ana@acme.example', run_as_user_name: 'ana@acme.example', ...rest, settings };
  return { ...parseJob(stringifyJson(body)), grants: [] };
}

export function notebook(path: string, content = `# Databricks notebook source\nprint("${path}")\n`): Source {
  return { path, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes: Buffer.from(content) };
}

export function file(path: string, content = `# ${path}\n`): Source {
  return { path, kind: 'file', bytes: Buffer.from(content) };
}

/** A source for every reference of a job. */
export function allSources(definition: JobDefinition): Source[] {
  return sourceReferences(definition).map(({ path, kind }) => (kind === 'notebook' ? notebook(path) : file(path)));
}

export function notebookTask(key: string, path: string, more: JsonObject = {}): JsonObject {
  return { task_key: key, notebook_task: { notebook_path: path, source: 'WORKSPACE' }, environment_key: 'default', ...more };
}

export function textOf(bundle: { readonly files: readonly { path: string; bytes: Uint8Array }[] }, path: string): string {
  const found = bundle.files.find((one) => one.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return Buffer.from(found.bytes).toString();
}

const etl = '/Workspace/Users/ana@acme.example/etl';

/** The golden cases: a definition and its sources by name. */
export const CASES: Readonly<Record<string, { definition: JobDefinition; sources: Source[] }>> = {
  nightly: both(
    job({
      name: 'Nightly Sales',
      email_notifications: { on_failure: ['data@acme.example'] },
      max_concurrent_runs: 1,
      schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
      tags: { team: 'sales', 'cost center': '007' },
      tasks: [
        {
          task_key: 'load',
          job_cluster_key: 'main',
          notebook_task: { notebook_path: `${etl}/load`, base_parameters: { catalog: 'main', schema: 'raw', full: 'FALSE' } },
        },
        {
          task_key: 'clean',
          depends_on: [{ task_key: 'load' }],
          job_cluster_key: 'main',
          spark_python_task: { python_file: `${etl}/lib/clean.py`, parameters: ['--day', '2024-01-01'] },
        },
        {
          task_key: 'report',
          depends_on: [{ task_key: 'clean' }],
          sql_task: { file: { path: `${etl}/sql/report.sql` }, warehouse_id: '0123456789abcdef', parameters: { schema: 'gold' } },
        },
        { task_key: 'next', depends_on: [{ task_key: 'report' }], run_job_task: { job_id: 4611686018427387905n } },
      ],
      job_clusters: [
        {
          job_cluster_key: 'main',
          new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'i3.xlarge', num_workers: 2, spark_conf: { 'spark.x': 'true' } },
        },
      ],
      format: 'MULTI_TASK',
    }),
  ),
  'names-that-clash': both(
    job({
      name: '04',
      queue: { enabled: true },
      tasks: [
        notebookTask('a', `${etl}/04.1-a`),
        notebookTask('b', `${etl}/04.2-b`),
        notebookTask('x', '/Users/ana@acme.example/etl/x'),
        notebookTask('y', `${etl}/X`),
        { task_key: 'z', environment_key: 'default', spark_python_task: { python_file: `${etl}/x.py` } },
        notebookTask('percent', `${etl}/100% sure?`),
        notebookTask('same', `${etl}/04.1-a`),
      ],
      environments: [{ environment_key: 'default', spec: { environment_version: '2' } }],
    }),
  ),
  'git-and-run-as': both(
    job({
      name: 'Von Git — täglich',
      git_source: { git_url: 'https://git.example/x.git', git_provider: 'gitHub', git_branch: 'main' },
      run_as: { service_principal_name: '0a0a0a0a-0000-4000-8000-000000000001' },
      tasks: [
        { task_key: 'git', environment_key: 'default', notebook_task: { notebook_path: 'notebooks/a', source: 'GIT' } },
        notebookTask('mine', `${etl}/mine`),
        notebookTask('gone', `${etl}/gone`),
      ],
      environments: [{ environment_key: 'default', spec: { environment_version: '2' } }],
    }),
    (path) => !path.endsWith('/gone'),
  ),
};

function both(definition: JobDefinition, keep: (path: string) => boolean = () => true) {
  return { definition, sources: allSources(definition).filter(({ path }) => keep(path)) };
}

/** What `validate -o json` would answer for a bundle's job, as far as tests need it: the given job under its key. */
export function resolvedWith(key: string, value: JsonObject, more: Readonly<Record<string, Json>> = {}): JsonObject {
  return {
    bundle: { mode: 'production' },
    workspace: { file_path: '/Workspace/Users/ana@acme.example/.bundle/x/prod/files' },
    resources: { jobs: { [key]: value } },
    ...more,
  };
}
