// The demo workspace: jobs of Acme's data team with real sources, kept as plain files in ../workspace.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toGrant } from '../state/grants.ts';
import type { Workspace } from '../state/state.ts';
import { addDeployed } from './deployed.ts';
import { loadCompute, loadDashboards, loadFiles, loadJobs, loadPipelines } from './load.ts';
import { packWheel } from './wheel.ts';

const FOLDER = fileURLToPath(new URL('../../workspace/', import.meta.url));
const HOME = '/Users/ana@acme.example';
const SALES = `${HOME}/sales`;

export function loadSeed(workspace: Workspace): void {
  loadCompute(workspace.clusters, `${FOLDER}compute/clusters.json`, 'cluster_id');
  loadCompute(workspace.warehouses, `${FOLDER}compute/warehouses.json`, 'id');
  loadCompute(workspace.policies, `${FOLDER}compute/policies.json`, 'policy_id');
  loadFiles(workspace, `${FOLDER}files`);
  addWheels(workspace);
  addMadeUpToken(workspace);
  loadPipelines(workspace, `${FOLDER}pipelines`);
  loadDashboards(workspace, `${FOLDER}dashboards`);
  loadJobs(workspace, `${FOLDER}jobs`);
  addDeployed(workspace, `${FOLDER}deployed/footfall`);
  for (const shared of ['churn', 'inventory', 'quality', 'sales']) share(workspace, `${HOME}/${shared}`, 'users', 'CAN_READ');
  share(workspace, '/Teams/data', 'data-platform', 'CAN_MANAGE');
  workspace.catalogs.set('main', ['users']);
  for (const schema of ['churn', 'inventory', 'logistics', 'orders', 'sales']) workspace.schemas.set(`main.${schema}`, ['users']);
}

/** As its owner would: homes are private, so what colleagues convert is shared with them, and the team has a folder of its own. */
function share({ files, grants }: Workspace, folder: string, group: string, level: string): void {
  grants.set(`/directories/${files.get(folder)?.id}`, [toGrant({ group_name: group, permission_level: level })]);
}

/** Wheels lie in the repository as their sources: nothing binary is kept. */
function addWheels({ files }: Workspace): void {
  files.mkdirs(`${SALES}/dist`);
  for (const folder of readdirSync(`${FOLDER}wheels`)) {
    const { name, bytes } = packWheel(`${FOLDER}wheels/${folder}`);
    files.put(`${SALES}/dist/${name}`, { type: 'FILE', read: () => bytes });
  }
}

/** A token in a notebook, as people leave them. It is put together here, so that nobody's scanner takes the repository for a leak. */
function addMadeUpToken({ files }: Workspace): void {
  const notebook = files.get(`${SALES}/02_publish`);
  if (notebook === undefined) throw new Error('The demo workspace has no notebook for the made-up token.');
  const text = Buffer.from(notebook.read())
    .toString()
    .replace('MADE_UP_TOKEN', ['dapi', 'c0ffee00'.repeat(4)].join(''));
  notebook.read = () => Buffer.from(text);
}
