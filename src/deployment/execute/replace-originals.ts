// A copy takes its original's place without the two ever running beside each other: copy paused, then original paused, then copy unpaused.
import { resolvedResource } from '../../bundle/proof/resolved-target.ts';
import type { CallOutcome, WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import { triggersOf } from '../plan/live-originals.ts';
import type { LivePair } from '../policy/refusals.ts';
import { startsByItself } from '../policy/rules-of-running.ts';

/** What follows a deployment with paused copies. Says on the result where it stopped; what runs then is never both. */
export async function replaceOriginals(
  workspace: Pick<Workspace, 'getJob'>,
  writes: Pick<WorkspaceWrites, 'updateJob'>,
  { pairs, resolved, result }: { readonly pairs: readonly LivePair[]; readonly resolved: JsonObject; readonly result: DeployResult },
  onProgress: (line: string) => void,
): Promise<DeployResult> {
  for (const { key, id: original } of pairs) {
    const copy = result.jobs.find((job) => job.key === key)?.id;
    try {
      onProgress(`Pausing the original, job ${original}`);
      const paused = await writes.updateJob(original, triggersOf((await workspace.getJob(original)).settings, true));
      if (startsByItself((await workspace.getJob(original)).settings))
        return stopped(
          result,
          `The copy is deployed, and paused: its original, job ${original}, could not be paused${why(paused)}.`,
          PAUSE,
        );
      if (copy === undefined) return stopped(result, `The original, job ${original}, is paused; its copy could not be found.`, UNPAUSE);
      onProgress(`Unpausing the copy, job ${copy}`);
      const unpaused = await writes.updateJob(copy, triggersOf(resolvedResource(resolved, 'jobs', key) ?? {}, false));
      if (!startsByItself((await workspace.getJob(copy)).settings))
        return stopped(result, `Both the copy and its original, job ${original}, are paused now${why(unpaused)}.`, UNPAUSE);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const problem = `The copy is deployed, and paused; whether its original, job ${original}, is paused could not be read: ${error.words.problem}`;
      return stopped(result, problem, PAUSE);
    }
  }
  return result;
}

const PAUSE = 'Pause it in the workspace, or ask somebody who may; then press Plan again: that plan unpauses the copy.';
const UNPAUSE = 'Press Plan again: that plan unpauses the copy.';

function stopped(result: DeployResult, problem: string, next: string): DeployResult {
  return { ...result, problem, next };
}

function why(outcome: CallOutcome<unknown>): string {
  if (outcome.kind === 'done') return '';
  return outcome.kind === 'lost' ? ` (${outcome.why})` : ` (${[outcome.code, outcome.message].filter((part) => part !== '').join(': ')})`;
}
