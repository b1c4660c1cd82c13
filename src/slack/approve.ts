// Approving: [Deploy] runs the stored proposal once, as the person who pressed it; [Not now]; [Show the proof].
import type { App, RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Conversations } from '../conversation/conversations.ts';
import type { CreateQueue } from '../conversation/queue.ts';
import type { ConversationRow, Outbox } from '../conversation/rows.ts';
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
import { planAgainButton } from './views/card.ts';
import { renderProofModal } from './views/proof.ts';
import { escapeButMentions } from './views/text.ts';
import { wordsFor } from './words.ts';

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
  readonly versions: Pick<Versions, 'proof' | 'contents'>;
  readonly outbox: Outbox;
  /** What each running deployment is at; the cards show it. */
  readonly deploying: Map<string, string>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What our own buttons carry; a click is checked again whatever it says. */
const ProofValue = z.object({ digest: z.string(), host: z.string(), userName: z.string() });
const AgainValue = z.object({ conversationId: z.string(), version: z.number().int() });

interface Click {
  readonly proposalId: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
}

export function createApprove(deps: ApproveDeps) {
  const { approvals, deployer, log } = deps;

  // A try after a crash runs nothing again (an approval is used once): it tells how the deployment ended.
  const queue = deps.createQueue<Click>({ name: 'deployments', retries: 12, concurrency: CONCURRENT_DEPLOYMENTS, work: deploy });

  async function deploy(click: Click): Promise<void> {
    const before = await approvals.get(click.proposalId);
    const conversation = before && (await deps.conversations.get(before.conversationId));
    if (before === undefined || conversation === undefined) return;
    if (before.state === 'approved') {
      await deps.thread.refresh(conversation);
      const { state } = await runAs(click, before.id, conversation);
      deps.metrics.deployments.inc({ outcome: state });
    }
    await deps.thread.refresh(conversation);
    const { result, target, version } = (await approvals.get(before.id)) ?? before;
    if (result === undefined) return;
    const id = `${before.id}/result`;
    const message = { kind: 'result', to: click.user, target, version, result } as const;
    await deps.outbox.add({ id, conversationId: conversation.id, kind: 'result', payload: message });
    await deps.thread.deliver(id, conversation, message);
  }

  async function runAs(click: Click, proposalId: string, conversation: ConversationRow): Promise<DeployResult> {
    let token: string;
    try {
      token = await deps.identities.token(click, { minMinutes: TOKEN_MINUTES });
    } catch (error) {
      if (!(error instanceof UserError)) log.error({ err: error, proposal: proposalId }, 'no token for an approved deployment');
      const problem = error instanceof UserError ? error.words.problem : 'Databricks gave me no token for you just now.';
      return deployer.abandon(proposalId, problem);
    }
    const onProgress = (line: string) => {
      log.info({ proposal: proposalId, line }, 'deploying');
      deps.deploying.set(proposalId, line);
      void deps.thread.refresh(conversation);
    };
    return deployer.deploy({ proposalId, token, onProgress }).finally(() => deps.deploying.delete(proposalId));
  }

  return {
    queue,

    approve: (click: Click, whisper: Whisper) => decide('approve', click, whisper),
    decline: (click: Click, whisper: Whisper) => decide('decline', click, whisper),

    async planAgain(conversationId: string, version: number, who: Omit<Click, 'proposalId'>, whisper: Whisper): Promise<void> {
      const identity = await deps.connect.identityOf(who, WHY_PLAN, { kind: 'none', user: who.user, channel: who.channel }, whisper);
      if (identity === undefined) return;
      await deps.conversations.planAgain({ conversationId, version, team: who.team, slackUser: who.user });
      await whisper(renderWords('I am planning it again; the new card appears below in this thread if no newer version has come.'));
    },

    async showProof(value: string, triggerId: string, whisper: Whisper): Promise<void> {
      const { digest, host, userName } = ProofValue.parse(JSON.parse(value));
      const found = await deps.versions.proof(digest, { host, userName });
      if (found === undefined) await whisper(renderWords('There is no proof for this version.'));
      else await deps.client.views.open({ trigger_id: triggerId, view: renderProofModal(found.proof, found.line) });
    },
  };

  /** Why not, and a way on: a plan of one's own. */
  async function refusal(proposalId: string, reason: string) {
    const words = renderWords(escapeButMentions(reason));
    const proposal = await approvals.get(proposalId);
    if (proposal === undefined || ['superseded', 'approved', 'running', 'done'].includes(proposal.state)) return words;
    const again = planAgainButton(proposal.conversationId, proposal.version);
    return { ...words, blocks: [...words.blocks, { type: 'actions', block_id: 'again', elements: [again] }] };
  }

  /** The decision is a compare-and-set on the row: whoever comes second, late, or as somebody else learns why not. */
  async function decide(how: 'approve' | 'decline', click: Click, whisper: Whisper): Promise<void> {
    const identity = await deps.connect.identityOf(click, WHY_CONNECT, { kind: 'none', user: click.user, channel: click.channel }, whisper);
    if (identity === undefined) return;
    const decision = await approvals[how]({ proposalId: click.proposalId, by: { slackUser: click.user, identity }, now: new Date() });
    if (!decision.ok) {
      await whisper(await refusal(click.proposalId, decision.reason));
      return;
    }
    const { id, host, bundleDigest, target, conversationId, userName } = decision.proposal;
    if (how === 'approve') {
      try {
        const { name } = await deps.versions.contents(bundleDigest, { host, userName });
        await queue.send(id, `${host} ${name} ${target}`, click);
      } catch (error) {
        log.error({ err: error, proposal: id }, 'approved deployment not queued');
        await deployer.abandon(id, 'I could not start it.');
      }
    }
    const conversation = await deps.conversations.get(conversationId);
    if (conversation !== undefined) await deps.thread.refresh(conversation);
  }
}

const WHY_PLAN = 'To plan a deployment I act as you.';
const WHY_CONNECT = 'To decide on a deployment I act as you, and you are not connected to Databricks yet, so this click did nothing.';

export type Approving = ReturnType<typeof createApprove>;

/** Bolt's listeners of this file's subject. */
export function registerApprove(app: App, approving: Approving, log: Logger): void {
  const whisperBy =
    (respond: RespondFn): Whisper =>
    (said) =>
      respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<RespondFn>[0]);
  /** Whatever goes wrong, the person who clicked hears of it. */
  const answered = (id: string, whisper: Whisper, work: (whisper: Whisper) => Promise<void>) =>
    work(whisper).catch((error: unknown) => whisper(renderWords(wordsFor(error, id, log))));

  for (const [action, decide] of [
    ['deploy', approving.approve],
    ['not_now', approving.decline],
  ] as const) {
    app.action(action, async ({ body, action: pressed, respond }) => {
      if (body.type !== 'block_actions' || pressed.type !== 'button' || pressed.value === undefined) return;
      const click = { proposalId: pressed.value, team: body.team?.id ?? '', user: body.user.id, channel: body.channel?.id ?? '' };
      await answered(click.proposalId, whisperBy(respond), (whisper) => decide(click, whisper));
    });
  }

  app.action('plan_again', async ({ body, action, respond }) => {
    if (body.type !== 'block_actions' || action.type !== 'button' || action.value === undefined) return;
    const { conversationId, version } = AgainValue.parse(JSON.parse(action.value));
    const who = { team: body.team?.id ?? '', user: body.user.id, channel: body.channel?.id ?? '' };
    await answered(conversationId, whisperBy(respond), (whisper) => approving.planAgain(conversationId, version, who, whisper));
  });

  app.action('deploy_unavailable', async ({ respond }) => {
    await respond({
      text: 'This can’t be deployed from here yet: the card says what is missing.',
      response_type: 'ephemeral',
      replace_original: false,
    });
  });

  app.action('show_proof', async ({ body, action, respond }) => {
    if (body.type !== 'block_actions' || action.type !== 'button' || action.value === undefined) return;
    const { value } = action;
    await answered(body.trigger_id, whisperBy(respond), (whisper) => approving.showProof(value, body.trigger_id, whisper));
  });
}
