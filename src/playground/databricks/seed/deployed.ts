// A job that a bundle has deployed, as CLI 1.9.0 leaves it: files, state and metadata in the team's folder; and a notebook that was edited there afterwards.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type JsonObject, stringifyJson } from '../http/json.ts';
import { acceptSettings } from '../routes/job-settings.ts';
import { toGrant } from '../state/grants.ts';
import { recognise } from '../state/notebooks.ts';
import type { Workspace } from '../state/state.ts';
import { addJob } from './load.ts';

const JOB_ID = '655';
const OWNER = 'ana@acme.example';
const TEAM = 'data-platform';
const ROOT = '/Workspace/Teams/data/.bundle/footfall/prod';
const CLI_VERSION = '1.9.0';
const DEPLOYED_AT = '2026-06-08T08:12:44.096835622Z';
/** Somebody's edit in the workspace: what the bundle says, and what stands there now. */
const [SAID, EDITED] = ['DAYS_AHEAD = 14', 'DAYS_AHEAD = 28'];

/** The settings that the CLI sent, made of `resources/footfall.job.yml`. */
const SETTINGS: JsonObject = {
  deployment: { kind: 'BUNDLE', metadata_file_path: `${ROOT}/state/metadata.json` },
  description: 'How many people each store will see, for the rota.',
  edit_mode: 'UI_LOCKED',
  format: 'MULTI_TASK',
  max_concurrent_runs: 1,
  name: 'Footfall forecast',
  queue: { enabled: true },
  schedule: { pause_status: 'UNPAUSED', quartz_cron_expression: '0 15 5 * * ?', timezone_id: 'UTC' },
  tags: { team: 'data-platform' },
  tasks: [
    {
      existing_cluster_id: '1114-093012-ka7x2f9q',
      notebook_task: { notebook_path: `${ROOT}/files/src/forecast` },
      task_key: 'forecast',
    },
  ],
};

/** `folder` holds the bundle as it was deployed. */
export function addDeployed(workspace: Workspace, folder: string): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());
  const files = paths.sort().map((path) => ({ path: relative('.', path), bytes: readFileSync(join(folder, path)) }));
  for (const { path, bytes } of files) upload(workspace, `${ROOT}/files/${path}`, bytes);
  for (const [name, body] of Object.entries(
    stateOf(files.map(({ path, bytes }) => ({ path, notebook: recognise(path, bytes) !== undefined }))),
  ))
    upload(workspace, `${ROOT}/state/${name}`, Buffer.from(`${stringifyJson(body)}\n`));

  addJob(workspace, {
    job_id: BigInt(JOB_ID),
    creator_user_name: OWNER,
    created_time: Date.parse(DEPLOYED_AT),
    settings: acceptSettings(SETTINGS),
  });
  const manage = toGrant({ group_name: TEAM, permission_level: 'CAN_MANAGE' });
  workspace.grants.set(`/jobs/${JOB_ID}`, [manage, toGrant({ user_name: OWNER, permission_level: 'IS_OWNER' })]);
  workspace.grants.set(`/directories/${workspace.files.get(ROOT)?.id}`, [manage]);
  editByHand(workspace);
}

function upload({ files }: Workspace, path: string, bytes: Uint8Array): void {
  files.mkdirs(path.slice(0, path.lastIndexOf('/')));
  const notebook = recognise(path, bytes);
  const read = () => bytes;
  if (notebook === undefined) files.put(path, { type: 'FILE', read });
  else files.put(notebook.path, { type: 'NOTEBOOK', language: notebook.language, format: notebook.format, read });
}

function editByHand({ files }: Workspace): void {
  const notebook = files.get(`${ROOT}/files/src/forecast`);
  const text = Buffer.from(notebook?.read() ?? []).toString();
  if (notebook === undefined || !text.includes(SAID)) throw new Error('The deployed bundle of the demo has nothing to edit by hand.');
  const edited = Buffer.from(text.replace(SAID, EDITED));
  notebook.read = () => edited;
}

/** The files of the state folder by name (facts: bundles#deployment-folders). */
function stateOf(files: readonly { path: string; notebook: boolean }[]): Record<string, JsonObject> {
  const job = 'resources.jobs.footfall';
  const grants = [
    { level: 'CAN_MANAGE', group_name: TEAM },
    { level: 'IS_OWNER', user_name: OWNER },
  ];
  return {
    'deployment.json': {
      version: 1,
      seq: 1,
      cli_version: CLI_VERSION,
      timestamp: DEPLOYED_AT,
      files: files.map(({ path, notebook }) => ({ local_path: path, is_notebook: notebook })),
      id: 'bdb64c7d-35d8-4e74-8425-2a0719c5b5bb',
    },
    'resources.json': {
      state_version: 2,
      cli_version: CLI_VERSION,
      lineage: '5f097218-7f5d-49da-8555-c5bf62710378',
      serial: 1,
      state: {
        [job]: { __id__: JOB_ID, state: SETTINGS },
        [`${job}.permissions`]: {
          __id__: `/jobs/${JOB_ID}`,
          state: { object_id: `/jobs/${JOB_ID}`, __embed__: grants },
          depends_on: [{ node: job, label: `\${${job}.id}` }],
        },
      },
    },
    'metadata.json': {
      version: 1,
      config: {
        bundle: {
          name: 'footfall',
          target: 'prod',
          mode: 'production',
          git: { branch: 'main', origin_url: 'https://git.example/acme/footfall.git', bundle_root_path: '.' },
        },
        workspace: { file_path: `${ROOT}/files` },
        resources: { jobs: { footfall: { id: JOB_ID, relative_path: 'resources/footfall.job.yml' } } },
        presets: { source_linked_deployment: false },
      },
      extra: {},
    },
  };
}
