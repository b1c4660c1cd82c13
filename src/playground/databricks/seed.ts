// The demo workspace: five jobs of Acme's data team with real sources, kept as plain files in ../workspace.
import { fileURLToPath } from 'node:url';
import { loadCompute, loadFiles, loadJobs } from './load.ts';
import type { Workspace } from './state.ts';

const FOLDER = fileURLToPath(new URL('../workspace/', import.meta.url));

export function loadSeed(workspace: Workspace): void {
  loadCompute(workspace.clusters, `${FOLDER}compute/clusters.json`, 'cluster_id');
  loadCompute(workspace.warehouses, `${FOLDER}compute/warehouses.json`, 'id');
  loadCompute(workspace.policies, `${FOLDER}compute/policies.json`, 'policy_id');
  loadFiles(workspace, `${FOLDER}files`);
  loadJobs(workspace, `${FOLDER}jobs`);
}
