// What a conversion of a folder starts from: its files, and the job that is proposed for them.
import { analyze } from '../analysis/analyze.ts';
import { orderSources } from '../analysis/order/order.ts';
import { proposeJob } from '../bundle/generate/propose-job.ts';
import type { Diagnostic } from '../bundle/model/bundle.ts';
import { readFolder } from '../databricks/read/folder.ts';
import type { Workspace } from '../databricks/workspace.ts';
import { canonicalFolder } from '../values/workspace-path.ts';
import type { Read, Show } from './read-job.ts';

/** A folder's files, and a job proposed from their names, `%run`s, imports and widgets. */
export async function readFolderWhole(workspace: Workspace, path: string, show: Show): Promise<Read> {
  show(`Reading ${path}`);
  const { sources, diagnostics, usedBy } = await readFolder(workspace, path, {
    onProgress: (done, total) => show(`Reading files: ${done} of ${total}`),
  });
  const { tasks } = orderSources(await Promise.all(sources.map((source) => analyze(source))));
  const used = [...usedBy.jobs.map((job) => `job ${job.jobId}`), ...usedBy.pipelines.map((pipeline) => `pipeline ${pipeline.id}`)];
  const note: Diagnostic[] =
    used.length === 0
      ? []
      : [{ level: 'warning', place: path, message: `already used by ${used.join(', ')}; a bundle of that one may be what you want` }];
  return {
    definition: proposeJob(canonicalFolder(path), tasks, sources),
    sources,
    diagnostics: [...diagnostics, ...note],
  };
}
