// The list of all tools, by name; none of them can change a workspace.
import { analyzeNotebook } from './analyze-notebook.ts';
import { createTests } from './create-tests.ts';
import { editBundleFile } from './edit-bundle-file.ts';
import { executeDbsql } from './execute-dbsql.ts';
import { exportNotebook } from './export-notebook.ts';
import { generateBundle } from './generate-bundle.ts';
import { generateBundleFromJob } from './generate-bundle-from-job.ts';
import { getCluster } from './get-cluster.ts';
import { getJob } from './get-job.ts';
import { getPipeline } from './get-pipeline.ts';
import { health } from './health.ts';
import { listBundleFiles } from './list-bundle-files.ts';
import { listDbfsFiles } from './list-dbfs-files.ts';
import { listJobs } from './list-jobs.ts';
import { listNotebooks } from './list-notebooks.ts';
import { listPipelines } from './list-pipelines.ts';
import { listWarehouses } from './list-warehouses.ts';
import { readBundleFile } from './read-bundle-file.ts';
import { runBundleCommand } from './run-bundle-command.ts';
import { runJob } from './run-job.ts';
import type { Tool } from './support/define-tool.ts';
import { syncWorkspaceToLocal } from './sync-workspace-to-local.ts';
import { uploadBundle } from './upload-bundle.ts';
import { validateBundle } from './validate-bundle.ts';

export const TOOLS: readonly Tool[] = [
  analyzeNotebook,
  createTests,
  editBundleFile,
  executeDbsql,
  exportNotebook,
  generateBundle,
  generateBundleFromJob,
  getCluster,
  getJob,
  getPipeline,
  health,
  listBundleFiles,
  listDbfsFiles,
  listJobs,
  listNotebooks,
  listPipelines,
  listWarehouses,
  readBundleFile,
  runBundleCommand,
  runJob,
  syncWorkspaceToLocal,
  uploadBundle,
  validateBundle,
];
