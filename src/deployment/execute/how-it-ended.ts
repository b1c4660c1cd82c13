// How a deployment ended that did not end well, read off the workspace: which files and resources are new, and whether its lock is left.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { ProposalRow } from '../../storage/deployment-proposals.ts';
import { isObject, type JsonObject, objectOf, parseJson } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { OpenCli } from '../cli/open-bundle.ts';
import { entriesOf } from '../cli/plan-json.ts';
import { compareFiles } from '../plan/compare-files.ts';
import { jobsLeftBehind } from '../plan/leftover-jobs.ts';

/** `nothing`: all is as before. `mix`: some of it is new. `all`: everything is there, whatever the CLI said. */
export interface Ending {
  readonly verdict: 'nothing' | 'mix' | 'all';
  /** Files that had to change, and how many of them did. */
  readonly files: Share;
  readonly resources: Share;
  /** Jobs that were made, and that no record of the deployment knows. */
  readonly leftBehind: boolean;
  /** Whose lock lies there; absent where none does. */
  readonly lock?: string;
}

interface Share {
  readonly done: number;
  readonly of: number;
}

interface Eyes {
  readonly workspace: Pick<Workspace, 'host' | 'listFolder' | 'exportBytes' | 'listJobs'>;
  readonly readFiles: ReadDeployedFiles;
}

/** The plan that is carried out, as the CLI printed it. */
type CarriedOut = Pick<ProposalRow, 'target' | 'plan'>;

/**
 * Looks, before a deployment, which files it has to add or change. What it answers says how the deployment ended, by the bundle opened in a
 * fresh folder: what that knows comes from the workspace. Both reject with UserError where the workspace can't be read.
 */
export async function lookAfterwards(
  { workspace, readFiles }: Eyes,
  { files, resolved }: { readonly files: readonly BundleFile[]; readonly resolved: JsonObject },
): Promise<(fresh: Pick<OpenCli, 'plan'>, carriedOut: CarriedOut) => Promise<Ending>> {
  const { file_path: root, state_path: statePath } = objectOf(resolved.workspace);
  if (typeof root !== 'string' || typeof statePath !== 'string') throw new Error('The target was resolved without its folders.');
  const before = await readFiles(workspace, { root, files });
  const paths = new Set(compareFiles({ files, there: before }).map(({ path }) => path));
  const changing = files.filter(({ path }) => paths.has(path));

  return async (fresh, { target, plan }) => {
    const again = (await fresh.plan(target)).plan;
    const there = await readFiles(workspace, { root, files: changing });
    const left = compareFiles({ files: changing, there }).length;
    const shares = {
      files: { done: changing.length - left, of: changing.length },
      resources: resourcesDone(objectOf(parseJson(plan)), again),
    };
    const leftBehind = (await jobsLeftBehind(workspace, again)) !== undefined;
    const lock = await lockIn(workspace, statePath);
    return { verdict: leftBehind ? 'mix' : verdictOf(shares), ...shares, leftBehind, ...(lock === undefined ? {} : { lock }) };
  };
}

function verdictOf(shares: Pick<Ending, 'files' | 'resources'>): Ending['verdict'] {
  const both = Object.values(shares);
  if (both.every(({ done, of }) => done === of)) return 'all';
  return both.every(({ done }) => done === 0) ? 'nothing' : 'mix';
}

/** What the plan would have done, and what a plan made now would not do any more. */
function resourcesDone(plan: JsonObject, again: JsonObject): Share {
  const left = new Map(entriesOf(again).map(({ node, action }) => [node, action]));
  const wanted = entriesOf(plan).filter(({ action }) => action !== 'skip');
  const done = wanted.filter(({ node, action }) => (action === 'delete' ? !left.has(node) : left.get(node) === 'skip'));
  return { done: done.length, of: wanted.length };
}

/** Who holds the lock of the deployment (facts: cli#locks); undefined where nobody does. */
async function lockIn(workspace: Pick<Workspace, 'exportBytes'>, statePath: string): Promise<string | undefined> {
  const bytes = await workspace.exportBytes(`${statePath}/deploy.lock`, 'AUTO');
  if (bytes === undefined) return undefined;
  try {
    const lock = parseJson(new TextDecoder().decode(bytes));
    return (isObject(lock) ? textOf(lock.User) : undefined) ?? 'somebody';
  } catch (error) {
    if (error instanceof SyntaxError) return 'somebody';
    throw error;
  }
}
