// Finds the job that somebody means by its id, its address in the workspace, or its exact name.
import type { Workspace } from '../../../databricks/workspace.ts';
import type { ToolContext } from './define-tool.ts';
import { findId } from './find-by-name.ts';

/** Jobs that are looked up by a part of the name where none has the whole: one more than an answer names. */
const NEAR = 11;

/** The job's id. Rejects with UserError as `findId` does. */
export function findJob(given: string, { workspace, caller, signal }: Pick<ToolContext, 'workspace' | 'caller' | 'signal'>, doing: string) {
  return findId(given, caller.host, {
    doing,
    noun: 'job',
    lister: 'list_jobs',
    id: /^\d{1,19}$/,
    inAddress: /[/#]jobs?\/(\d{1,19})(?!\d)/,
    named: async (name) => {
      // For a whole name one request is enough; for a part of one the list is searched.
      const exact = await workspace.listJobs({ name, exact: true }, signal);
      const found = exact.some((job) => job.name === name) ? exact : await workspace.listJobs({ name, limit: NEAR }, signal);
      return found.map(summary);
    },
  });
}

function summary({ jobId, name }: Awaited<ReturnType<Workspace['listJobs']>>[number]): { id: string; name: string } {
  return { id: jobId, name };
}
