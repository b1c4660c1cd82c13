// The room's factory for the bot: everything that proposes, what people decide, and what carries out their decisions.

import type { WorkspaceWrites } from '../databricks/api-writes/workspace-writes.ts';
import { createDeployedFiles } from '../databricks/read/deployed-files.ts';
import type { Workspace } from '../databricks/workspace.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import type { OnWait, TokenSource } from '../values/patience.ts';
import { createDeploymentApprovals } from './approval/decide-deployment.ts';
import { createWriteApprovals } from './approval/decide-write.ts';
import { createDeployer } from './execute/deploy-approved.ts';
import { createWriteExecutor } from './execute/execute-write.ts';
import { createRunFollower } from './execute/follow-run.ts';
import { createLookAgain, createUnseen } from './execute/look-again.ts';
import { createMovePlace } from './place/move-place.ts';
import { createPlanner } from './plan/plan-version.ts';
import { createTakeEdits } from './plan/take-edits.ts';
import { createProposing, type ProposingDeps } from './proposing.ts';

interface Caller {
  readonly host: string;
  readonly token: TokenSource;
  readonly onWait?: OnWait | undefined;
}

interface DeploymentDeps extends ProposingDeps {
  readonly bundles: Pick<BundleStore, 'load'>;
  readonly bundlesIn: (conversationId: string) => Pick<BundleStore, 'load'>;
  readonly workspace: (caller: Caller) => Workspace;
  /** The calls that change a workspace. */
  readonly workspaceWrites: (caller: Caller) => WorkspaceWrites;
}

export type Deployment = ReturnType<typeof createDeployment>;

export function createDeployment(deps: DeploymentDeps) {
  const { db, clock, log, bundles } = deps;
  const { locator, cli, prover, writes } = createProposing(deps);
  const execution = { db, cli, clock, log, loadBundle: async (digest: string) => (await bundles.load(digest))?.bundle };
  const bundleOf = async (row: { conversationId: string; bundleDigest: string }) =>
    (await deps.bundlesIn(row.conversationId).load(row.bundleDigest))?.bundle;
  const readFiles = createDeployedFiles({ clock });
  const { workspace, workspaceWrites: writesAs } = deps;
  return {
    locator,
    prover,
    writes,
    planner: createPlanner({ ...execution, workspace, readFiles }),
    lookAgain: createLookAgain({ ...execution, workspace, readFiles }),
    unseen: createUnseen({ db, clock }),
    movePlace: createMovePlace({ db }),
    takeEdits: createTakeEdits({ cli, workspace, readFiles }),
    approvals: createDeploymentApprovals({ db }),
    writeApprovals: createWriteApprovals({ db }),
    deployer: createDeployer({ ...execution, bundleOf, workspace, readFiles, writes: writesAs }),
    follower: createRunFollower({ db, workspace, clock }),
    executor: createWriteExecutor({
      ...execution,
      writes: writesAs,
    }),
  };
}
