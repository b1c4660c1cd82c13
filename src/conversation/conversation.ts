// The room's one factory: turns, cards and approvals of all threads, over the rows and ports that it is handed.
import type { Proof } from '../bundle/proof/proof.ts';
import { proofLine } from '../bundle/proof/render.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Release } from '../deployment/policy/release-diff.ts';
import type { Identities } from '../identity/identities.ts';
import type { ConversationRow, SubjectKey } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { Who } from '../storage/usage/usage.ts';
import type { Clock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import type { Metrics } from '../values/metrics.ts';
import { type Approval, createApproval } from './approvals.ts';
import type { AgentDeps } from './ask-agent.ts';
import { type AskedSteps, createAskedSteps } from './asked-steps.ts';
import { createRunWatch } from './follow-runs.ts';
import { createLimits, type Limits, type UsageLimits } from './limits/limits.ts';
import { deploymentKind, writeKind } from './proposal-kinds.ts';
import { type CreateQueue, createQueue, jobId } from './queue.ts';
import { hideSecrets } from './story/hide-secrets.ts';
import type { ProvedAs, Thread } from './thread-port.ts';
import { createTurnRunner } from './turn.ts';
import { createTurnQueue, type Places, type TurnQueue } from './turn-queue.ts';
import { createVersionCards } from './version-cards.ts';
import { createWaitingCards } from './waiting-cards.ts';

interface ConversationDeps extends AgentDeps {
  readonly storage: Storage;
  readonly deployment: Deployment;
  readonly identities: Pick<Identities, 'of' | 'token'>;
  readonly thread: Thread;
  readonly places: Places;
  readonly limits: UsageLimits;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

interface ShownProof {
  readonly proof: Proof;
  readonly line: string;
  readonly subject: SubjectKey;
}

export interface Conversation
  extends Omit<TurnQueue, 'start' | 'catchUp'>,
    Pick<Approval, 'decide'>,
    Pick<AskedSteps, 'dataToChoose' | 'press'>,
    Pick<Limits, 'used'> {
  /**
   * Asked before a message is taken, with the id of the request that it came in, which may be told twice; `talks`: Claude has to answer it.
   * Throws a UserError where too much is used already; answers in words what is nearly used up by now.
   */
  admit(wish: Who & { readonly request: string; readonly talks: boolean }): Promise<string | undefined>;
  /** The proof as its conversation may see it, what it says in a line, and whose settings are in it. */
  proof(of: { conversationId: string; bundleDigest: string; as: ProvedAs }): Promise<ShownProof | undefined>;
  /** Whether a conversation is in this channel: what a button carries may name one that others have. */
  isIn(conversationId: string, channel: string): Promise<boolean>;
  /** What a planned deployment would change, and whose card says so; undefined for a plan that is not known, or older than that. */
  release(proposalId: string): Promise<{ release: Release; conversation: ConversationRow } | undefined>;
  /** What an open plan would delete, and in which thread its card is; undefined where it deletes nothing, or is not open any more. */
  doomed(proposalId: string): Promise<{ target: string; doomed: readonly string[]; channel: string; threadTs: string } | undefined>;
  /** Takes up work, what dead processes left among it. */
  start(): Promise<void>;
}

export function createConversation(deps: ConversationDeps): Conversation {
  const { storage: rows, deployment, identities, thread, log } = deps;
  const cli = deployment.locator;
  const alone = rows.kind === 'pglite';
  const createQueueHere: CreateQueue = (options) => createQueue({ ...rows, clock: deps.clock, log }, options);

  const cards = createVersionCards({ ...deployment, cli, rows, log });
  const waiting = createWaitingCards({ rows, cli, identities, cards, thread, clock: deps.clock });
  const limits = createLimits({ rows, limits: deps.limits, tell: thread.whisper, metrics: deps.metrics, log });
  const { run, giveUp } = createTurnRunner({ ...deps, rows, cards, waiting, limits, writes: deployment.writes });
  const asked = createAskedSteps({
    ...{ rows, deployment, identities, cards, thread },
    ask: (...asking) => turns.ask(...asking),
    decide: (...click) => approval.decide(...click),
    async reply(conversation, user, text, press) {
      await limits.admit({ turnId: jobId(press), team: conversation.team, channel: conversation.channel, user, talks: true });
      return turns.reply(conversation, user, text, press);
    },
  });
  const { start, catchUp, ...turns } = createTurnQueue({
    createQueue: createQueueHere,
    places: deps.places,
    alone,
    rows,
    clock: deps.clock,
    runTurn: run,
    log,
    giveUpTurn: giveUp,
    asked,
    catchUp: waiting.catchUp,
  });
  const approval = createApproval(
    {
      ...{ ...deps, createQueue: createQueueHere, rows, alone },
      // A deployment that was cut off has often ended by now: what lies in the workspace says it.
      look: deployment.lookAgain,
    },
    { deployment: deploymentKind(deployment, rows.bundles), write: writeKind(deployment) },
  );

  const watchRuns = createRunWatch({
    ...{ follower: deployment.follower, unseen: deployment.unseen, rows, identities, tell: approval.end, clock: deps.clock, log },
    look: ({ user: slackUser, ...proposal }) =>
      turns.ask(`look ${proposal.proposalId} ${deps.clock.now()}`, { ...proposal, kind: 'look', slackUser, unasked: true }),
  });

  return {
    ...turns,
    used: limits.used,
    admit: ({ request, ...wish }) => limits.admit({ turnId: jobId(request), ...wish }),
    decide: approval.decide,
    press: asked.press,
    dataToChoose: asked.dataToChoose,
    async proof({ conversationId, bundleDigest, as }) {
      const proof = await rows.proofs.load({ bundleDigest, ...as });
      const about = await rows.conversations.get(conversationId);
      // Who may read it is asked by what the conversation is about, so it must be a proof of that.
      const isOurs = (await rows.conversations.versions(conversationId)).some((version) => version.bundleDigest === bundleDigest);
      if (proof === undefined || about === undefined || !isOurs) return undefined;
      return { proof: hideSecrets(await rows.called.of(conversationId), proof), line: proofLine(proof), subject: about.subject };
    },
    isIn: async (conversationId, channel) => (await rows.conversations.get(conversationId))?.channel === channel,

    async release(proposalId) {
      const proposal = await deployment.approvals.get(proposalId);
      const conversation = proposal && (await rows.conversations.get(proposal.conversationId));
      if (proposal?.release === undefined || conversation === undefined) return undefined;
      return { release: hideSecrets(await rows.called.of(conversation.id), proposal.release), conversation };
    },

    async doomed(proposalId) {
      const [doomed, proposal] = [await deployment.approvals.doomed(proposalId), await deployment.approvals.get(proposalId)];
      const conversation = proposal && (await rows.conversations.get(proposal.conversationId));
      if (doomed.length === 0 || proposal === undefined || conversation === undefined) return undefined;
      return { target: proposal.target, doomed, channel: conversation.channel, threadTs: conversation.threadTs };
    },

    async start() {
      await approval.start();
      await start();
      void watchRuns();
      void waiting.watchCli(catchUp).catch((error: unknown) => log.error({ err: error }, 'cards do not follow the CLI'));
    },
  };
}
