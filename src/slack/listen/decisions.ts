// Approving: [Deploy] and [Run it] carry out a stored proposal once, as the person who pressed; [Not now]; [Plan again]; [Show the proof].
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Versions } from '../../conversation/versions.ts';
import type { Approvals } from '../../deployment/approval/decide.ts';
import type { DeploymentProposal } from '../../deployment/approval/deployment-proposal.ts';
import type { WriteProposal } from '../../deployment/approval/write-result.ts';
import type { Deployer } from '../../deployment/execute/deploy-approved.ts';
import type { WriteExecutor } from '../../deployment/execute/execute-write.ts';
import type { Metrics } from '../../values/metrics.ts';
import { type ApprovalDeps, type Click, createApproval, onButton, onDecision, type ProposalKind } from '../approval.ts';
import { renderWords } from '../views/answers.ts';
import { planAgainButton } from '../views/card.ts';
import { renderProofModal } from '../views/proof.ts';
import { escapeButMentions } from '../views/text.ts';
import type { Whisper } from './connect.ts';

export interface ApproveDeps extends Omit<ApprovalDeps, 'count'> {
  readonly client: WebClient;
  readonly approvals: Approvals<DeploymentProposal>;
  readonly deployer: Pick<Deployer, 'deploy' | 'abandon'>;
  readonly writeApprovals: Approvals<WriteProposal>;
  readonly executor: Pick<WriteExecutor, 'execute' | 'abandon'>;
  readonly versions: Pick<Versions, 'proof' | 'contents'>;
  readonly metrics: Metrics;
}

/** What our own buttons carry; a click is checked again whatever it says. */
const ProofValue = z.object({ digest: z.string(), host: z.string(), userName: z.string() });
const AgainValue = z.object({ conversationId: z.string(), version: z.number().int(), target: z.string().optional() });

const WHY_PLAN = 'To plan a deployment I act as you.';

export function createApprove(deps: ApproveDeps) {
  const count: ApprovalDeps['count'] = (kind, outcome) => deps.metrics[kind === 'write' ? 'writes' : 'deployments'].inc({ outcome });
  const approval = createApproval({ ...deps, count }, { deployment: deploymentKind(deps), write: writeKind(deps) });

  return {
    ...approval,

    async planAgain({ value, ...who }: { value: string } & Omit<Click, 'proposalId'>, whisper: Whisper): Promise<void> {
      const { target, ...version } = AgainValue.parse(JSON.parse(value));
      const identity = await deps.connect.identityOf(who, WHY_PLAN, { kind: 'none', user: who.user, channel: who.channel }, whisper);
      if (identity === undefined) return;
      const input = { ...version, team: who.team, slackUser: who.user, ...(target !== undefined && { target }) };
      await deps.conversations.planAgain(input);
      await whisper(renderWords('I am planning it again; the new card appears below in this thread if no newer version has come.'));
    },

    async showProof(value: string, triggerId: string, whisper: Whisper): Promise<void> {
      const { digest, host, userName } = ProofValue.parse(JSON.parse(value));
      const found = await deps.versions.proof(digest, { host, userName });
      if (found === undefined) await whisper(renderWords('There is no proof for this version.'));
      else await deps.client.views.open({ trigger_id: triggerId, view: renderProofModal(found.proof, found.line) });
    },
  };
}

function deploymentKind({ approvals, deployer, versions }: ApproveDeps): ProposalKind<DeploymentProposal> {
  return {
    why: 'To decide on a deployment I act as you, and you are not connected to Databricks yet, so this click did nothing.',
    decide: (how, decision) => approvals[how](decision),
    get: approvals.get,
    async keyOf({ bundleDigest, host, userName, target }) {
      const { name } = (await versions.contents(bundleDigest, { host, userName })).bundle;
      return placeKey(host, name, target);
    },
    run: deployer.deploy,
    abandon: deployer.abandon,
    ended: ({ result, target, version }, to) => result && { kind: 'result', to, target, version, result },
    /** Why not, and a way on: a plan of one's own. */
    async refusal(id, reason) {
      const words = renderWords(escapeButMentions(reason));
      const proposal = await approvals.get(id);
      if (proposal === undefined || ['superseded', 'approved', 'running', 'done'].includes(proposal.state)) return words;
      const again = planAgainButton(proposal.conversationId, proposal.version, proposal.target);
      return { ...words, blocks: [...words.blocks, { type: 'actions', block_id: 'again', elements: [again] }] };
    },
  };
}

function writeKind({ writeApprovals, executor }: ApproveDeps): ProposalKind<WriteProposal> {
  return {
    why: 'To decide on this I act as you, and you are not connected to Databricks yet, so this click did nothing.',
    decide: (how, decision) => writeApprovals[how](decision),
    get: writeApprovals.get,
    keyOf: async ({ id, host, write }) => (write.kind === 'destroy_bundle' ? placeKey(host, write.bundle_name, write.target) : id),
    run: executor.execute,
    abandon: executor.abandon,
    ended: ({ id, result }, to) => result && { kind: 'write_result', to, proposalId: id },
    refusal: async (_id, reason) => renderWords(escapeButMentions(reason)),
  };
}

function placeKey(host: string, bundle: string, target: string): string {
  return `${host} ${bundle} ${target}`;
}

export type Approving = ReturnType<typeof createApprove>;

/** Bolt's listeners of this file's subject. */
export function registerApprove(app: App, approving: Approving, log: ApproveDeps['log']): void {
  onDecision(app, { approve: 'deploy', decline: 'not_now' }, 'deployment', approving, log);
  onDecision(app, { approve: 'write_run', decline: 'write_not_now' }, 'write', approving, log);
  onButton(app, 'plan_again', log, ({ body: _, ...pressed }, whisper) => approving.planAgain(pressed, whisper));
  onButton(app, 'show_proof', log, ({ value, body }, whisper) => approving.showProof(value, body.trigger_id, whisper));

  app.action('deploy_unavailable', async ({ respond }) => {
    await respond({
      text: 'This can’t be deployed from here yet: the card says what is missing.',
      response_type: 'ephemeral',
      replace_original: false,
    });
  });
}
