// Small changes to a bundle that is deployed, or to its jobs: dangerous ones, milder ones and harmless ones, each with what must be said.
import { type Bundle, digestFiles } from '../../../src/bundle/model/bundle.ts';
import type { Finding } from '../../../src/deployment/policy/release-diff.ts';
import type { DatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { TREE } from './planted-tree.ts';

/** The job that `load` was made from. */
export const ORIGINAL = '77';

/** Text for text in the tree; every text must be there. */
type Edit = readonly [string, string];
export interface Planted {
  readonly edits?: readonly Edit[];
  /** What somebody does in the workspace. */
  readonly live?: (far: DatabricksStandIn) => void;
  readonly target?: string;
}

export function bundleWith(edits: readonly Edit[]): Bundle {
  const tree = { ...TREE };
  for (const [from, to] of edits) {
    const path = Object.keys(tree).find((one) => tree[one]?.includes(from));
    if (path === undefined) throw new Error(`The tree has no ${from}`);
    tree[path] = tree[path]?.replace(from, to) ?? '';
  }
  const files = Object.entries(tree).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const none = { variables: [], adoption: {}, sources: [], secrets: [], diagnostics: [] };
  const resources = [{ type: 'jobs' as const, key: 'load', id: ORIGINAL }];
  return { ...none, name: 'planted', files, resources, targets: ['dev', 'prod'], digest: digestFiles(files) };
}

const jobNamed = ({ workspace }: DatabricksStandIn, name: string) => {
  const job = [...workspace.jobs.values()].find(({ jobId, settings }) => jobId !== ORIGINAL && settings.name === name);
  if (job === undefined) throw new Error(`There is no job ${name}`);
  return job;
};
const byHand = (change: object, name = 'Load'): Planted => ({
  live: (far) => {
    const job = jobNamed(far, name);
    job.settings = { ...job.settings, ...change };
  },
});
const edit = (...edits: Edit[]): Planted => ({ edits });
const inDev = (...edits: Edit[]): Planted => ({ edits, target: 'dev' });

const TASK = '        - task_key: report\n';
const ONE_TASK = '        - task_key: clean\n          job_cluster_key: main\n';
const LOAD = 'notebook_path: ../src/load.py\n        - task_key: report';
const JOB = '      description: loads\n';
const CLUSTER = '            num_workers: 2\n            spark_conf:\n';
const OF_DEV = '            pause_status: PAUSED\n  prod:';
const GRANT = '            - level: CAN_VIEW\n              group_name: data\n';
const CLEAN = /\n {4}clean:\n[\s\S]*?(?=\n {2}pipelines:)/.exec(TREE['resources/all.yml'] ?? '')?.[0] ?? '';
const FLOW = /\n {2}pipelines:\n[\s\S]*$/.exec(TREE['resources/all.yml'] ?? '')?.[0] ?? '';

export const DANGERS: readonly (readonly [string, string, Planted])[] = [
  ['delete', 'a job is taken out', edit([CLEAN, ''])],
  ['delete', 'a pipeline is taken out', edit([FLOW, '\n'])],
  ['delete', 'the key of a job changes', edit(['    clean:\n', '    clean_up:\n'])],
  ['recreate', 'a pipeline moves its storage', edit(['dbfs:/flow', 'dbfs:/elsewhere'])],
  ['hand edit', 'a job was renamed', byHand({ name: 'Load 2' })],
  [
    'hand edit',
    'a schedule was changed',
    byHand({ schedule: { quartz_cron_expression: '0 0 9 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' } }),
  ],
  ['hand edit', 'a tag is only there', byHand({ tags: { owner: 'sales' } })],
  ['hand edit', 'a notification is only there', byHand({ email_notifications: { on_failure: ['ops@acme.example'] } })],
  ['hand edit', 'a parameter was changed', byHand({ parameters: [{ name: 'day', default: 'yesterday' }] })],
  ['hand edit', 'a limit was set', byHand({ timeout_seconds: 600 })],
  ['identity', 'another user runs it', edit(['      user_name: ana@acme.example', '      user_name: ben@acme.example'])],
  [
    'identity',
    'a service principal runs it',
    edit(['      user_name: ana@acme.example', '      service_principal_name: 0a0a0a0a-0000-4000-8000-000000000001']),
  ],
  ['permissions', 'everybody may change it', edit([GRANT, `${GRANT}            - level: CAN_MANAGE\n              group_name: users\n`])],
  ['permissions', 'everybody may see it', edit([GRANT, `${GRANT}            - level: CAN_VIEW\n              group_name: users\n`])],
  ['permissions', 'a group may change it that could see it', edit([GRANT, GRANT.replace('CAN_VIEW', 'CAN_MANAGE')])],
  [
    'permissions',
    'a person may change it',
    edit([GRANT, `${GRANT}            - level: CAN_MANAGE\n              user_name: eve@acme.example\n`]),
  ],
  ['unpaused', 'a development copy starts by itself', inDev([OF_DEV, OF_DEV.replace('PAUSED', 'UNPAUSED')])],
  [
    'two live jobs',
    'it runs beside its original already',
    {
      ...edit(
        [JOB, '      description: loads more\n'],
        ['pause_status: PAUSED\n      parameters', 'pause_status: UNPAUSED\n      parameters'],
      ),
      live: (far) => {
        Object.assign(jobNamed(far, 'Load').settings.schedule ?? {}, { pause_status: 'UNPAUSED' });
        Object.assign(far.workspace.jobs.get(ORIGINAL)?.settings ?? {}, { continuous: {} });
      },
    },
  ],
  ['compute', 'four times the workers', edit([CLUSTER, CLUSTER.replace('2', '8')])],
  [
    'compute',
    'as many workers as it likes',
    edit([CLUSTER, CLUSTER.replace('num_workers: 2', 'autoscale:\n              min_workers: 2\n              max_workers: 50')]),
  ],
  ['compute', 'larger machines', edit(['node_type_id: i3.xlarge', 'node_type_id: i3.8xlarge'])],
  ['compute', 'machines with GPUs', edit(['node_type_id: i3.xlarge', 'node_type_id: g5.xlarge'])],
  ['compute', 'more workers for a pipeline', edit(['num_workers: 1\n', 'num_workers: 10\n'])],
  ['foreign code', 'a notebook in somebody’s home', edit([LOAD, LOAD.replace('../src/load.py', '/Workspace/Users/eve@acme.example/load')])],
  ['foreign code', 'a script in a shared folder', edit(['../src/report.py', '/Workspace/Shared/tools/report.py'])],
  [
    'foreign code',
    'one more task that runs other code',
    edit([
      TASK,
      `        - task_key: more\n          job_cluster_key: main\n          notebook_task:\n            notebook_path: /Users/eve@acme.example/more\n${TASK}`,
    ]),
  ],
  [
    'network',
    'a script at the start of clusters',
    edit([
      CLUSTER,
      `            init_scripts:\n              - volumes:\n                  destination: /Volumes/main/x/y/init.sh\n${CLUSTER}`,
    ]),
  ],
  [
    'network',
    'code from a repository',
    edit([
      JOB,
      `${JOB}      git_source:\n        git_url: https://git.example/eve/x.git\n        git_provider: gitHub\n        git_branch: main\n`,
    ]),
  ],
  ['network', 'packages from another index', edit(['- pandas==2.2.0', '- --extra-index-url https://pypi.example/simple'])],
  [
    'network',
    'a package from an address',
    edit(['- pandas==2.2.0', '- pandas==2.2.0\n              - https://files.example/tool-1.0-py3-none-any.whl']),
  ],
  [
    'network',
    'a package of another repository',
    edit([
      TASK,
      `          libraries:\n            - pypi:\n                package: tool\n                repo: https://pypi.example/simple\n${TASK}`,
    ]),
  ],
  ['network', 'a library in a bucket', edit([TASK, `          libraries:\n            - jar: s3://eve/tool.jar\n${TASK}`])],
  [
    'network',
    'an address in the configuration of Spark',
    edit(['spark.speculation: "true"', 'spark.speculation: "true"\n              spark.sql.catalog.x.uri: https://catalog.example/api']),
  ],
  [
    'network',
    'an address in the environment of a cluster',
    edit([CLUSTER, `            spark_env_vars:\n              PROXY: http://proxy.example:3128\n${CLUSTER}`]),
  ],
  [
    'network',
    'another identity of the cloud',
    edit([CLUSTER, `            aws_attributes:\n              instance_profile_arn: arn:aws:iam::1:instance-profile/admin\n${CLUSTER}`]),
  ],
  [
    'own of target',
    'other code in dev alone',
    inDev([
      OF_DEV,
      OF_DEV.replace(
        '\n  prod:',
        '\n          tasks:\n            - task_key: report\n              spark_python_task:\n                python_file: /Workspace/Users/eve@acme.example/x.py\n  prod:',
      ),
    ]),
  ],
  [
    'own of target',
    'grants in dev alone',
    inDev([
      OF_DEV,
      OF_DEV.replace('\n  prod:', '\n          permissions:\n            - level: CAN_VIEW\n              group_name: others\n  prod:'),
    ]),
  ],
  ['own of target', 'a job in dev alone', inDev([OF_DEV, OF_DEV.replace('\n  prod:', '\n        only:\n          name: Only\n  prod:')])],
];

/** What deserves a look, and what is only told. */
export const MILDER: readonly (readonly [Finding['weight'], string, string, Planted])[] = [
  [
    'warning',
    'unpaused',
    'production starts by itself',
    edit(['        pause_status: PAUSED\n      parameters', '        pause_status: UNPAUSED\n      parameters']),
  ],
  ['warning', 'paused', 'production no longer starts by itself', edit(['7 * * ?\n', '7 * * ?\n        pause_status: PAUSED\n'])],
  ['warning', 'permissions', 'a group may run it', edit([GRANT, GRANT.replace('CAN_VIEW', 'CAN_MANAGE_RUN')])],
  ['warning', 'compute', 'one more worker', edit([CLUSTER, CLUSTER.replace('2', '3')])],
  [
    'warning',
    'secrets',
    'a secret is read',
    edit([CLUSTER, `            spark_env_vars:\n              PASSWORD: "{{secrets/etl/db}}"\n${CLUSTER}`]),
  ],
  [
    'warning',
    'network',
    'runs are told elsewhere',
    edit([JOB, `${JOB}      webhook_notifications:\n        on_failure:\n          - id: 0a0a0a0a-1111-4000-8000-000000000001\n`]),
  ],
  [
    'warning',
    'network',
    'another cluster',
    edit([ONE_TASK, ONE_TASK.replace('job_cluster_key: main', 'existing_cluster_id: 1127-081500-abcdefgh')]),
  ],
  [
    'note',
    'network',
    'one more package',
    edit([TASK, `          libraries:\n            - pypi:\n                package: numpy==2.0\n${TASK}`]),
  ],
  [
    'note',
    'own of target',
    'another value in dev alone',
    inDev([OF_DEV, OF_DEV.replace('\n  prod:', '\n          timeout_seconds: 60\n  prod:')]),
  ],
];

export const HARMLESS: readonly (readonly [string, Planted])[] = [
  ['nothing', {}],
  ['nothing, in dev', { target: 'dev' }],
  ['another description', edit([JOB, '      description: loads more\n'])],
  ['another time of day', edit(['0 0 6 * * ?', '0 30 6 * * ?'])],
  ['another parameter', edit(['default: today', 'default: yesterday'])],
  ['a tag', edit([JOB, `${JOB}      tags:\n        team: sales\n`])],
  ['somebody is told of failures', edit([JOB, `${JOB}      email_notifications:\n        on_failure: [ops@acme.example]\n`])],
  ['tries', edit([TASK, `          max_retries: 2\n${TASK}`])],
  [
    'one more task of the bundle',
    edit([
      TASK,
      `        - task_key: more\n          job_cluster_key: main\n          notebook_task:\n            notebook_path: ../src/load.py\n${TASK}`,
    ]),
  ],
  ['fewer workers', edit([CLUSTER, CLUSTER.replace('2', '1')])],
  ['smaller machines', edit(['node_type_id: i3.xlarge', 'node_type_id: i3.large'])],
  ['a newer version of a package', edit(['pandas==2.2.0', 'pandas==2.2.3'])],
  ['another code in a file', edit(['print("load")', 'print("more")'])],
  ['another description, in dev', inDev([JOB, '      description: loads more\n'])],
];
