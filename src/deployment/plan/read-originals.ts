// The jobs that a bundle was made from, as they are now: whether one starts by itself, and as whom it runs.
import type { BundleResource } from '../../bundle/model/bundle.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import { startsByItself } from '../policy/rules-of-running.ts';
import type { Original } from '../policy/situation.ts';

export type ReadsJobs = Pick<Workspace, 'getJob'>;

/** Without those that are gone or may not be read. */
export async function readOriginals(workspace: ReadsJobs, resources: readonly BundleResource[], signal?: AbortSignal): Promise<Original[]> {
  const jobs = resources.flatMap(({ type, key, id }) => (type === 'jobs' && id !== undefined && id !== '' ? [{ key, id }] : []));
  const read = await Promise.all(
    jobs.map(async ({ key, id }): Promise<Original[]> => {
      try {
        const { settings, runAs } = await workspace.getJob(id, signal);
        return [{ key, id, live: startsByItself(settings), runAs }];
      } catch (error) {
        if (error instanceof UserError) return [];
        throw error;
      }
    }),
  );
  return read.flat();
}
