// Reading definitions: what is refused, what stays untouched, which sources are found.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, test } from 'vitest';
import { bringGit } from '../../../src/bundle/generate/bring-git.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { parseJob } from '../../../src/bundle/model/definition.ts';
import { idReferences } from '../../../src/bundle/model/id-references.ts';
import { sourceReferences } from '../../../src/bundle/model/source-references.ts';
import { UserError } from '../../../src/values/errors.ts';
import { type JsonObject, stringifyJson } from '../../../src/values/json.ts';
import { fc } from '../../fast-check.ts';
import { HOST, job } from '../fixtures.ts';

const MALFORMED: Record<string, string> = {
  'no JSON': 'hello',
  nothing: '',
  'a list': '[]',
  'no settings': '{"job_id": 1}',
  'settings that are text': '{"job_id": 1, "settings": "x"}',
  'no id': '{"settings": {}}',
  'an id with letters': '{"job_id": "1a", "settings": {}}',
  'a fraction as id': '{"job_id": 1.5, "settings": {}}',
  'a name that is a number': '{"job_id": 1, "settings": {"name": 1}}',
  'tasks that are a mapping': '{"job_id": 1, "settings": {"tasks": {}}}',
  'a task without key': '{"job_id": 1, "settings": {"tasks": [{}]}}',
  'a task that is null': '{"job_id": 1, "settings": {"tasks": [null]}}',
  'two tasks of one key': '{"job_id": 1, "settings": {"tasks": [{"task_key": "a"}, {"task_key": "a"}]}}',
  'a path that is a number': '{"job_id": 1, "settings": {"tasks": [{"task_key": "a", "notebook_task": {"notebook_path": 1}}]}}',
  'a cluster without key': '{"job_id": 1, "settings": {"job_clusters": [{}]}}',
};

describe('parseJob', () => {
  test.each(Object.entries(MALFORMED))('refuses %s', (_name, text) => {
    expect(() => parseJob(text)).toThrow(UserError);
  });

  test('keeps every digit of an id and every unknown field', () => {
    const parsed = parseJob('{"job_id": 9007199254740993, "settings": {"new_thing": {"deep": [1, {"n": 9223372036854775807}]}}}');
    expect(parsed.jobId).toBe('9007199254740993');
    expect(parsed.settings).toEqual({ new_thing: { deep: [1, { n: 9223372036854775807n }] } });
  });

  test('any JSON either parses and generates or is refused in words', () => {
    const settings = fc.oneof(
      fc.jsonValue(),
      fc.record({ tasks: fc.jsonValue(), name: fc.jsonValue(), job_clusters: fc.jsonValue() }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.record({ job_id: fc.oneof(fc.nat(), fc.jsonValue()), settings }), (body) => {
        try {
          const definition = parseJob(JSON.stringify(body));
          expect(generateBundle({ definition, sources: [], host: HOST }).files.length).toBeGreaterThan(3);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('sources: workspace files of all places, none of Git, storage or run time', () => {
  const inner = { task_key: 'inner', notebook_task: { notebook_path: '/Shared/inner' } };
  const definition = job({
    tasks: [
      { task_key: 'a', notebook_task: { notebook_path: '/Workspace/Users/a/x' } },
      { task_key: 'b', spark_python_task: { python_file: 'dbfs:/x.py' } },
      { task_key: 'c', spark_python_task: { python_file: '/Volumes/a/b/c/x.py' } },
      { task_key: 'd', notebook_task: { notebook_path: 'x', source: 'GIT' } },
      { task_key: 'e', notebook_task: { notebook_path: '/Shared/{{job.parameters.x}}' } },
      { task_key: 'f', sql_task: { file: { path: '/Shared/q.sql' } } },
      { task_key: 'g', for_each_task: { inputs: '[]', task: inner } },
    ],
  });
  expect(sourceReferences(definition)).toEqual([
    { path: '/Workspace/Users/a/x', kind: 'notebook', place: 'tasks[a].notebook_task.notebook_path' },
    { path: '/Shared/q.sql', kind: 'file', place: 'tasks[f].sql_task.file.path' },
    { path: '/Shared/inner', kind: 'notebook', place: 'tasks[g].for_each_task.task.notebook_task.notebook_path' },
  ]);
  expect(sourceReferences(job({ git_source: {}, tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/x' } }] }))).toEqual([]);
});

test('sources: every kind of task, library, environment, cluster and pipeline, with its place', () => {
  const script = (path: string) => ({
    new_cluster: { init_scripts: [{ workspace: { destination: path } }, { volumes: { destination: '/Volumes/x' } }] },
  });
  const definition = {
    ...job({
      tasks: [
        { task_key: 'dbt', dbt_task: { project_directory: '/Workspace/dbt/', profiles_directory: '/Workspace/profiles', commands: [] } },
        {
          task_key: 'lib',
          ...script('/Shared/a.sh'),
          libraries: [{ whl: '/Shared/a.whl' }, { jar: 'dbfs:/b.jar' }, { pypi: { package: 'x' } }],
        },
        { task_key: 'req', libraries: [{ requirements: '/Shared/r.txt' }, { egg: '/Shared/e.egg' }, { whl: '/Volumes/a/b/c/x.whl' }] },
        { task_key: 'each', for_each_task: { inputs: '[]', task: { task_key: 'in', spark_jar_task: { jar_uri: '/Shared/i.jar' } } } },
        { task_key: 'gpu', ai_runtime_task: { deployments: [{ command_path: '/Shared/run.sh' }] } },
        { task_key: 'map', notebook_task: { notebook_path: '/Shared/{{x}}', base_parameters: { notebook_path: '/Shared/no' } } },
      ],
      job_clusters: [{ job_cluster_key: 'main', ...script('/Shared/b.sh') }],
      environments: [
        {
          environment_key: 'e',
          spec: {
            dependencies: [
              'pandas',
              '-r /Shared/more.txt',
              '"/Shared/q.whl"',
              '-e /Shared/pkg',
              '--index-url https://x.example/',
              '-e /Shared/own-1.tar.gz',
              '--find-links=/Shared/wheels',
              '--find-links="/Shared/my wheels/own-1.whl"',
              "-r '/Shared/my list.txt'",
            ],
          },
        },
      ],
    }),
    related: [
      {
        type: 'pipelines' as const,
        id: 'p-1',
        spec: {
          root_path: '/Workspace/pipe',
          libraries: [
            { notebook: { path: '/Workspace/pipe/n' } },
            { glob: { include: '/Workspace/pipe/t/**' } },
            { file: { path: '/Workspace/pipe/f.sql' } },
          ],
        },
      },
      {
        type: 'jobs' as const,
        definition: { jobId: '9', settings: { tasks: [{ task_key: 'c', notebook_task: { notebook_path: '/Shared/c' } }] } },
      },
    ],
  };
  expect(sourceReferences(definition).map(({ kind, path, place }) => `${kind} ${path} ${place}`)).toEqual([
    'folder /Workspace/dbt tasks[dbt].dbt_task.project_directory',
    'folder /Workspace/profiles tasks[dbt].dbt_task.profiles_directory',
    'file /Shared/a.sh tasks[lib].new_cluster.init_scripts[0].workspace.destination',
    'file /Shared/a.whl tasks[lib].libraries[0].whl',
    'file /Shared/r.txt tasks[req].libraries[0].requirements',
    'file /Shared/e.egg tasks[req].libraries[1].egg',
    'file /Shared/i.jar tasks[each].for_each_task.task.spark_jar_task.jar_uri',
    'file /Shared/run.sh tasks[gpu].ai_runtime_task.deployments[0].command_path',
    'notebook /Shared/{{x}} tasks[map].notebook_task.notebook_path',
    'file /Shared/b.sh job_clusters[main].new_cluster.init_scripts[0].workspace.destination',
    'file /Shared/more.txt environments[e].spec.dependencies[1]',
    'file /Shared/q.whl environments[e].spec.dependencies[2]',
    'folder /Shared/pkg environments[e].spec.dependencies[3]',
    'file /Shared/own-1.tar.gz environments[e].spec.dependencies[5]',
    'folder /Shared/wheels environments[e].spec.dependencies[6]',
    'file /Shared/my wheels/own-1.whl environments[e].spec.dependencies[7]',
    'file /Shared/my list.txt environments[e].spec.dependencies[8]',
    'notebook /Shared/c related[jobs.9].tasks[c].notebook_task.notebook_path',
    'folder /Workspace/pipe related[pipelines.p-1].root_path',
    'notebook /Workspace/pipe/n related[pipelines.p-1].libraries[0].notebook.path',
    'folder /Workspace/pipe/t related[pipelines.p-1].libraries[1].glob.include',
    'file /Workspace/pipe/f.sql related[pipelines.p-1].libraries[2].file.path',
  ]);
});

test('ids that have a name somewhere, with their kind and place', () => {
  const cluster = { policy_id: 'P', instance_pool_id: 'I', driver_instance_pool_id: 'D' };
  const definition = {
    ...job({
      run_as: { service_principal_name: 'sp' },
      webhook_notifications: { on_failure: [{ id: 'w' }] },
      triggers: [{ job_completion: { jobs: [{ job_id: 555 }, { job_id: 556, workspace_id: 1 }] } }],
      tasks: [
        { task_key: 'a', existing_cluster_id: 'c', webhook_notifications: { on_start: [{ id: 'x' }] } },
        { task_key: 'b', new_cluster: cluster, pipeline_task: { pipeline_id: 'p' } },
        { task_key: 'c', run_job_task: { job_id: 9007199254740993n, job_parameters: { warehouse_id: '0123456789abcdef', job_id: '5' } } },
        {
          task_key: 'd',
          sql_task: { warehouse_id: 'w1', query: { query_id: 'q' }, alert: { alert_id: 'l', subscriptions: [{ destination_id: 'n' }] } },
        },
        {
          task_key: 'e',
          for_each_task: { task: { task_key: 'f', notebook_task: { notebook_path: '/x', warehouse_id: '{{job.parameters.w}}' } } },
        },
        { task_key: 'g', dashboard_task: { dashboard_id: 'b', warehouse_id: 'w2' } },
      ],
    }),
    related: [
      { type: 'dashboards' as const, id: 'b', name: 'B', warehouseId: 'w3', serialized: '{}' },
      { type: 'pipelines' as const, id: 'p', spec: { clusters: [cluster] } },
    ],
  };
  expect(idReferences(definition).map(({ kind, id, place }) => `${kind} ${id} ${place}`)).toEqual([
    'service_principal sp run_as.service_principal_name',
    'notification_destination w webhook_notifications.on_failure[0].id',
    'job 555 triggers[0].job_completion.jobs[0].job_id',
    'job 556 triggers[0].job_completion.jobs[1].job_id',
    'cluster c tasks[a].existing_cluster_id',
    'notification_destination x tasks[a].webhook_notifications.on_start[0].id',
    'cluster_policy P tasks[b].new_cluster.policy_id',
    'instance_pool I tasks[b].new_cluster.instance_pool_id',
    'instance_pool D tasks[b].new_cluster.driver_instance_pool_id',
    'pipeline p tasks[b].pipeline_task.pipeline_id',
    'job 9007199254740993 tasks[c].run_job_task.job_id',
    'warehouse 0123456789abcdef tasks[c].run_job_task.job_parameters.warehouse_id',
    'warehouse w1 tasks[d].sql_task.warehouse_id',
    'query q tasks[d].sql_task.query.query_id',
    'alert l tasks[d].sql_task.alert.alert_id',
    'notification_destination n tasks[d].sql_task.alert.subscriptions[0].destination_id',
    'dashboard b tasks[g].dashboard_task.dashboard_id',
    'warehouse w2 tasks[g].dashboard_task.warehouse_id',
    'warehouse w3 related[dashboards.b].warehouse_id',
    'cluster_policy P related[pipelines.p].clusters[0].policy_id',
    'instance_pool I related[pipelines.p].clusters[0].instance_pool_id',
    'instance_pool D related[pipelines.p].clusters[0].driver_instance_pool_id',
  ]);
});

test('the older form with one task becomes a list of one', () => {
  const old = {
    name: 'x',
    timeout_seconds: 5,
    max_retries: 2,
    notebook_task: { notebook_path: '/Shared/n' },
    existing_cluster_id: 'c',
    libraries: [],
  };
  expect(job(old).settings).toEqual({
    name: 'x',
    timeout_seconds: 5,
    tasks: [{ task_key: 'main', max_retries: 2, notebook_task: { notebook_path: '/Shared/n' }, existing_cluster_id: 'c', libraries: [] }],
    format: 'SINGLE_TASK',
  });
  expect(job({ ...old, task_key: 'own' }).settings.tasks).toMatchObject([{ task_key: 'own' }]);
  const modern = { name: 'x', tasks: [{ task_key: 'a' }], notebook_task: { notebook_path: '/x' } };
  expect(job(modern).settings).toEqual(modern);
  expect(() => job({ notebook_task: { notebook_path: 1 } })).toThrow(UserError);
});

describe('bringGit', () => {
  const git = { git_url: 'https://git.example/x.git', git_provider: 'gitHub', git_branch: 'main' };
  const brought = (...tasks: JsonObject[]) => bringGit(job({ git_source: git, tasks }), { path: '/Repos/ana/x/' }).settings;

  test('names the same files in the Git folder, whatever the task', () => {
    const settings = brought(
      { task_key: 'a', notebook_task: { notebook_path: './notebooks/a', source: 'GIT' } },
      { task_key: 'b', notebook_task: { notebook_path: 'lib/../b' } },
      { task_key: 'c', spark_python_task: { python_file: 'c.py' } },
      { task_key: 'd', sql_task: { warehouse_id: 'w', file: { path: 'q.sql', source: 'GIT' } } },
      { task_key: 'e', for_each_task: { inputs: '[]', task: { task_key: 'f', notebook_task: { notebook_path: 'inner' } } } },
      { task_key: 'g', dbt_task: { commands: ['dbt run'], profiles_directory: 'p' } },
      { task_key: 'h', dbt_task: { commands: [], project_directory: 'models' } },
    );
    expect(settings).not.toHaveProperty('git_source');
    expect(sourceReferences(job(settings)).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'notebook /Repos/ana/x/notebooks/a',
      'notebook /Repos/ana/x/b',
      'file /Repos/ana/x/c.py',
      'file /Repos/ana/x/q.sql',
      'notebook /Repos/ana/x/inner',
      'folder /Repos/ana/x',
      'folder /Repos/ana/x/models',
    ]);
    expect(stringifyJson(settings)).not.toContain('"GIT"');
  });

  test('leaves what is not of Git, and says what leads out of the repository', () => {
    const mine = { task_key: 'a', notebook_task: { notebook_path: '/Shared/a', source: 'WORKSPACE' } };
    const cloud = { task_key: 'b', environment_key: 'e', spark_python_task: { python_file: 'dbfs:/b.py' } };
    expect(brought(mine, cloud)).toMatchObject({ tasks: [mine, cloud] });
    expect(bringGit(job({ tasks: [mine] }), { path: '/Repos/ana/x' })).toEqual(job({ tasks: [mine] }));
    const out = job(brought({ task_key: 'a', notebook_task: { notebook_path: '../../other' } }));
    expect(generateBundle({ definition: out, sources: [], host: HOST }).diagnostics).toContainEqual(
      expect.objectContaining({ level: 'error', place: 'tasks[a].notebook_task.notebook_path' }),
    );
  });
});
