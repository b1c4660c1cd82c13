// Deploys a plan that somebody has seen, for both doors: whether it still holds, originals taken over, carried out, and how it ended.
import type { Bundle, BundleFile } from '../../bundle/model/bundle.ts';
import { lostSettings } from '../../bundle/proof/lost-settings.ts';
import { isDevelopment } from '../../bundle/proof/resolved-target.ts';
import type { WorkspaceWrites } from '../../databricks/api-writes/workspace-writes.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import { type JsonObject, objectOf, parseJson, stringifyJson } from '../../values/json.ts';
import type { Logger } from '../../values/log.ts';
import type { TokenSource } from '../../values/patience.ts';
import type { DeployResult } from '../approval/deployment-proposal.ts';
import type { Cli, OpenCli } from '../cli/open-bundle.ts';
import { readFileChanges } from '../deployed/file-changes-there.ts';
import { rootIn } from '../place/root-of.ts';
import { liveOriginals, pairsOf, withCopiesPaused } from '../plan/live-originals.ts';
import { unboundOriginals } from '../plan/originals-to-adopt.ts';
import { losesSettings } from '../policy/lost-settings.ts';
import { besideOriginal, type Refusal, refusal } from '../policy/refusals.ts';
import type { Release } from '../policy/release-diff.ts';
import { deployPlan, obstacleTo, SEE_AGAIN, type ShownPlan } from './deploy-plan.ts';
import { howItEnded } from './how-it-ended.ts';
import { replaceOriginals } from './replace-originals.ts';
import { takeOver } from './take-over.ts';

interface With {
  readonly cli: Pick<Cli, 'open' | 'understands'>;
  readonly workspace: Workspace;
  readonly readFiles: ReadDeployedFiles;
  readonly token: TokenSource;
  /** Pauses an original; absent where no target can ask for it. */
  readonly writes?: Pick<WorkspaceWrites, 'updateJob'> | undefined;
  /** Called before each kind of write, if nothing is in the way of it; rejects where it is somebody else's by now. */
  readonly begin?: (() => Promise<void>) | undefined;
  readonly onProgress: (line: string) => void;
  readonly log: Logger;
}

interface ToDeploy {
  readonly bundle: Bundle;
  readonly shown: ShownPlan;
  /** What the target resolves to, for whoever deploys; asked for beside the plan. */
  readonly resolve: () => Promise<JsonObject>;
  readonly userName: string;
  /** What a card has said of it; absent where nobody looked at one. */
  readonly release?: Release | undefined;
  /** The files of what was deployed there before, the newest first. */
  readonly versions?: Parameters<typeof readFileChanges>[1]['versions'];
  /** Somebody has confirmed that things are deleted. */
  readonly deletes: boolean;
}

/** A refusal where nothing was deployed because something is not as it was shown. */
export async function deployShown(
  open: OpenCli,
  { cli, workspace, readFiles, token, writes, begin, onProgress, log }: With,
  { bundle, shown, resolve, userName, release, versions, deletes }: ToDeploy,
): Promise<DeployResult | Refusal> {
  const { host, target } = shown;
  onProgress('Checking that nothing has changed since the plan');
  const planning = open.plan(target);
  // Awaited below, unless it must not count: whom the target resolves for comes first.
  planning.catch(() => {});
  const resolved = await resolve();
  const rootPath = rootIn(resolved, userName);
  const eyes = { workspace, readFiles };
  const files: readonly BundleFile[] = bundle.files;
  const reading = readFileChanges(eyes, { files, resolved, ...(versions === undefined ? {} : { versions }) });
  const checking = planning.then(({ plan }) => obstacleTo(open, shown, workspace, { plan, resolved, bundle }));
  const [obstacle] = await Promise.all([checking, reading.catch(() => undefined)]);
  if (obstacle !== undefined) return obstacle;
  const changes = await reading;
  if (release?.first === false && JSON.stringify(changes) !== JSON.stringify(release.files))
    return refusal('changed', 'Files of the deployment have changed in the workspace since this plan was made.', SEE_AGAIN);
  // Another CLI than the one that planned may be here by now.
  const models = isDevelopment(resolved) ? undefined : await cli.understands();
  const loss = models && losesSettings(lostSettings(files, target, models), open.version);
  if (loss !== undefined) return loss;
  // A bind is a command of its own, after which another may follow.
  const bind: OpenCli['bind'] = async (...original) => {
    await begin?.();
    return await open.bind(...original);
  };
  const taken = await takeOver(
    { ...open, bind },
    workspace,
    { bundle, target, rootPath, resolved, plan: shown.plan, shown: release?.resources },
    onProgress,
  );
  if (!('plan' in taken)) return taken;
  // An original may have been unpaused since the card was made.
  const plan = objectOf(parseJson(taken.plan));
  const live = isDevelopment(resolved) ? [] : await liveOriginals(workspace, bundle.resources, plan);
  const { replaced: pairs, waiting, beside } = pairsOf(live, bundle.adoption[target]);
  const paused = [...pairs, ...waiting];
  const twice = besideOriginal(writes === undefined ? [...paused, ...beside] : beside);
  if (twice !== undefined) return twice;
  const carriedOut = { ...shown, plan: paused.length === 0 ? taken.plan : stringifyJson(withCopiesPaused(plan, paused)) };
  const originals = unboundOriginals(bundle, target, objectOf(parseJson(shown.plan)));
  const look = () =>
    cli.open({ files, host, token, onWait: onProgress }, (fresh) =>
      howItEnded(fresh, eyes, { bundle, resolved, changes, carriedOut, originals }),
    );
  await begin?.();
  const result = await deployPlan(open, carriedOut, { deletes, onProgress, look, log });
  if (result.state !== 'done' || writes === undefined || pairs.length === 0) return result;
  await begin?.();
  return await replaceOriginals(workspace, writes, { pairs, resolved, result }, onProgress);
}
