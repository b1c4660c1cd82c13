// Approving: [Deploy] runs the stored proposal once, as the person who pressed it; [Not now]; [Show the proof].
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Conversations } from '../conversation/conversations.ts';
import type { CreateQueue } from '../conversation/queue.ts';
import type { Thread } from '../conversation/thread.ts';
import type { Versions } from '../conversation/versions.ts';
import type { Approvals } from '../deployment/approve.ts';
import type { Deployer } from '../deployment/deploy.ts';
import type { DeployResult } from '../deployment/proposal.ts';
import { UserError } from '../errors.ts';
import type { Identities } from '../identity/identities.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Connect, Whisper } from './connect.ts';
import { renderWords } from './views/answers.ts';
import { renderProofModal } from './views/proof.ts';
import { escapeButMentions } from './views/text.ts';

/** Deployments that run side by side; of one target there is never more than one. */
const CONCURRENT_DEPLOYMENTS = 2;
/** A token must outlive the CLI's 15 minutes of silent retries (facts: cli 13). */
const TOKEN_MINUTES = 30;

export interface ApproveDeps {
  readonly client: WebClient;
  readonly createQueue: CreateQueue;
  readonly conversations: Conversations;
  readonly approvals: Approvals;
  readonly deployer: Pick<Deployer, 'deploy' | 'abandon'>;
  readonly identities: Pick<Identities, 'token'>;
  readonly connect: Connect;
  readonly thread: Thread;
  readonly versions: Pick<Versions, 'proof'>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

interface Click {
  readonly proposalId: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
}

export function createApprove(deps: ApproveDeps) {
  const { approvals, deployer, log } = deps;

  // Never retried: what a lost deployment has done is for people to look at.
  const queue = deps.createQueue<Click>({ name: 'deployments', retries: 0, concurrency: CONCURRENT_DEPLOYMENTS, work: deploy });

  async function deploy(click: Click): Promise<void> {
    const proposal = await approvals.get(click.proposalId);
    const conversation = proposal && (await deps.conversations.get(proposal.conversationId));
    if (proposal === undefined || conversation === undefined || proposal.state !== 'approved') return;
    const redraw = () => deps.thread.refresh(conversation);
    await redraw();
    const result = await runAs(click, proposal.id);
    deps.metrics.deployments.inc({ outcome: result.state });
    await redraw();
    const id = `${proposal.id}/result`;
    await deps.thread.deliver(id, conversation, {
      kind: 'reply',
      to: click.user,
      text: resultWords(proposal.target, proposal.version, result),
    });
  }

  async function runAs(click: Click, proposalId: string): Promise<DeployResult> {
    let token: string;
    try {
      token = await deps.identities.token(click, { minMinutes: TOKEN_MINUTES });
    } catch (error) {
      if (!(error instanceof UserError)) log.error({ err: error, proposal: proposalId }, 'no token for an approved deployment');
      const problem = error instanceof UserError ? error.words.problem : 'Databricks gave me no token for you just now.';
      return deployer.abandon(proposalId, problem);
    }
    return deployer.deploy({ proposalId, token, onProgress: (line) => log.info({ proposal: proposalId, line }, 'deploying') });
  }

  return {
    queue,

    approve: (click: Click, whisper: Whisper) => decide('approve', click, whisper),
    decline: (click: Click, whisper: Whisper) => decide('decline', click, whisper),

    async showProof(bundleDigest: string, triggerId: string, whisper: Whisper): Promise<void> {
      const found = await deps.versions.proof(bundleDigest);
      if (found === undefined) await whisper(renderWords('There is no proof for this version.'));
      else await deps.client.views.open({ trigger_id: triggerId, view: renderProofModal(found.proof, found.line) });
    },
  };

  /** The decision is a compare-and-set on the row: whoever comes second, late, or as somebody else learns why not. */
  async function decide(how: 'approve' | 'decline', click: Click, whisper: Whisper): Promise<void> {
    const identity = await deps.connect.identityOf(click, WHY_CONNECT, { kind: 'none', user: click.user, channel: click.channel }, whisper);
    if (identity === undefined) return;
    const decision = await approvals[how]({ proposalId: click.proposalId, by: { slackUser: click.user, identity }, now: new Date() });
    if (!decision.ok) {
      await whisper(renderWords(escapeButMentions(decision.reason)));
      return;
    }
    const { id, host, bundleDigest, target, conversationId } = decision.proposal;
    if (how === 'approve') await queue.send(id, `${host} ${bundleDigest} ${target}`, click);
    const conversation = await deps.conversations.get(conversationId);
    if (conversation !== undefined) await deps.thread.refresh(conversation);
  }
}

const WHY_CONNECT = 'To decide on a deployment I act as you, and you are not connected to Databricks yet, so this click did nothing.';

export type Approving = ReturnType<typeof createApprove>;

/** Bolt's listeners of this file's subject. */
export function registerApprove(app: App, approving: Approving): void {
  for (const [action, decide] of [
    ['deploy', approving.approve],
    ['not_now', approving.decline],
  ] as const) {
    app.action(action, async ({ body, action: pressed, respond }) => {
      if (body.type !== 'block_actions' || pressed.type !== 'button' || pressed.value === undefined) return;
      const click = { proposalId: pressed.value, team: body.team?.id ?? '', user: body.user.id, channel: body.channel?.id ?? '' };
      await decide(click, (said) =>
        respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<typeof respond>[0]),
      );
    });
  }

  app.action('deploy_unavailable', async ({ respond }) => {
    await respond({
      text: 'This can’t be deployed from here yet: the card says what is missing.',
      response_type: 'ephemeral',
      replace_original: false,
    });
  });

  app.action('show_proof', async ({ body, action, respond }) => {
    if (body.type !== 'block_actions' || action.type !== 'button' || action.value === undefined) return;
    await approving.showProof(action.value, body.trigger_id, (said) =>
      respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<typeof respond>[0]),
    );
  });
}

function resultWords(target: string, version: number, result: DeployResult): string {
  if (result.ok) {
    const jobs = result.jobs.map((job) => `- ${job.name}: [job ${job.id}](${encodeURI(job.url)})`);
    return [`Version ${version} is deployed to **${target}**.`, ...jobs].join('\n');
  }
  const { problem = 'the deployment did not end well.', next = 'Reply here to get a new plan.' } = result;
  return `Version ${version} was ${result.state === 'unknown' ? 'perhaps' : 'not'} deployed to **${target}**: ${problem} ${next}`;
}
