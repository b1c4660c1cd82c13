// What the bot looks up before a conversation begins: a job's name, jobs by name, whether a folder is there.
import type { JobSummary } from '../api/jobs.ts';
import type { Workspace } from '../workspace.ts';
import { requireFolder } from './folder.ts';

/** `workspaceOf` answers the workspace as that person. Everything rejects with UserError where the workspace says no. */
export function createLookup<Who>(workspaceOf: (who: Who) => Workspace) {
  return {
    jobName: async (who: Who, jobId: string): Promise<string> => String((await workspaceOf(who).getJob(jobId)).settings.name ?? 'Untitled'),
    listJobs: (who: Who, name: string, limit: number): Promise<JobSummary[]> => workspaceOf(who).listJobs({ name, limit }),
    requireFolder: async (who: Who, path: string): Promise<void> => {
      await requireFolder(workspaceOf(who), path);
    },
  };
}
