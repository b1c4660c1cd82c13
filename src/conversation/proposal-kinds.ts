// The two kinds of proposal that people decide on: a planned deployment, and any other write.
import type { DeploymentProposal } from '../deployment/approval/deployment-proposal.ts';
import type { WriteProposal } from '../deployment/approval/write-result.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import type { ProposalKind } from './approvals.ts';

export function deploymentKind(
  { approvals, deployer }: Pick<Deployment, 'approvals' | 'deployer'>,
  bundles: Pick<BundleStore, 'load'>,
): ProposalKind<DeploymentProposal> {
  return {
    why: 'To decide on a deployment I act as you, and you are not connected to Databricks yet, so this click did nothing.',
    decide: (how, decision) => approvals[how](decision),
    get: approvals.get,
    async keyOf({ bundleDigest, host, target }) {
      const loaded = await bundles.load(bundleDigest);
      if (loaded === undefined) throw new Error(`bundle ${bundleDigest} is not stored`);
      return placeKey(host, loaded.bundle.name, target);
    },
    run: deployer.deploy,
    abandon: deployer.abandon,
    leftBehind: deployer.leftBehind,
    interrupted: deployer.interrupted,
    ended: ({ result, target, version }, to) => result && { kind: 'result', to, target, version, result },
    async planOffer(id) {
      const proposal = await approvals.get(id);
      if (proposal === undefined || ['superseded', 'approved', 'running', 'done'].includes(proposal.state)) return undefined;
      const { conversationId, version, target } = proposal;
      return { conversationId, version, target };
    },
  };
}

export function writeKind({
  writeApprovals,
  executor,
  follower,
}: Pick<Deployment, 'writeApprovals' | 'executor' | 'follower'>): ProposalKind<WriteProposal> {
  return {
    why: 'To decide on this I act as you, and you are not connected to Databricks yet, so this click did nothing.',
    decide: (how, decision) => writeApprovals[how](decision),
    get: writeApprovals.get,
    keyOf: async ({ id, host, write }) => (write.kind === 'destroy_bundle' ? placeKey(host, write.bundle_name, write.target) : id),
    run: executor.execute,
    abandon: executor.abandon,
    leftBehind: executor.leftBehind,
    interrupted: executor.interrupted,
    end: follower.end,
    ended: ({ id, result }, to) =>
      result === undefined || result.state === 'running' ? undefined : { kind: 'write_result', to, proposalId: id },
    planOffer: async () => undefined,
  };
}

function placeKey(host: string, bundle: string, target: string): string {
  return `${host} ${bundle} ${target}`;
}
