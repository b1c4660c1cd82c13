// What somebody asks for with a button on a card: a fresh plan, or what one does next with a deployment. Each ends in a card or in words.
import type { DeploymentProposal } from '../deployment/approval/deployment-proposal.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Release } from '../deployment/policy/release-diff.ts';
import type { Identities, Identity } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import { UserError } from '../values/errors.ts';
import { type Approval, type Asker, resultId } from './approvals.ts';
import { createAskedVersions, type VersionKind, WAYS } from './asked-versions.ts';
import { jobId } from './queue.ts';
import { createDataAnswers, type DataAnswer } from './story/data-answer.ts';
import { type NextSteps, nextStepsOf } from './story/next-steps.ts';
import { createOwnDataWish } from './story/own-data-wish.ts';
import type { Card, Thread, ThreadMessage } from './thread-port.ts';
import { deliverRelease, type VersionCards } from './version-cards.ts';

type NextKind = 'run' | 'production' | 'previous' | 'destroy';
/** `look` looks how a deployment ended. */
type AskedKind = NextKind | VersionKind | 'look';

interface Person {
  readonly team: string;
  readonly slackUser: string;
}

/**
 * A plan of the newest version again (`target` left out: the one that every card offers), or a step on from a deployment; `unasked`: nobody
 * hears why it can't be done.
 */
export type Asked = Person & { readonly conversationId: string } & (
    | { readonly kind: 'again'; readonly version: number; readonly target?: string }
    | { readonly kind: Exclude<AskedKind, 'run'>; readonly proposalId: string; readonly unasked?: true }
  );

/** A press on a button of a deployment; `id` is that of the press, which may be told twice; `channel` is where it was pressed. */
type NextPress = Person & {
  readonly id: string;
  readonly kind: AskedKind | 'own_data';
  readonly proposalId: string;
  readonly channel: string;
  /** Of the kind `data`. */
  readonly answer?: DataAnswer;
};

interface DataQuestion {
  readonly target: string;
  readonly data: NonNullable<Release['ownData']>;
  readonly threadTs: string;
}

export interface AskedSteps {
  /** Does what was asked, when no turn runs. `id` (a UUID) names it, so that a second try says nothing twice. */
  work(id: string, asked: Asked): Promise<void>;
  /** Says that no try could do it. */
  giveUp(asked: Asked): Promise<void>;
  /** What an open plan asks its person about where the copy writes, and in which thread; in words why it asks this one nothing. */
  dataToChoose(of: Person & { readonly proposalId: string; readonly channel: string }): Promise<DataQuestion | string>;
  /** Checks a press, then starts the run or has the rest done; answers words for whoever pressed. */
  press(press: NextPress, asker: Asker): Promise<string | undefined>;
}

interface Possible {
  readonly proposal: DeploymentProposal;
  readonly steps: NextSteps;
}

const NOT_CONNECTED = 'You are not connected to Databricks any more. Reply here, and I will send you a Connect button.';
const UNKNOWN_PLAN = 'I do not know this plan any more. Use the newest card.';
const BROKEN =
  'Something went wrong on my side with what you asked for by that button, and I have logged it. Press it again to try once more.';

export function createAskedSteps(deps: {
  rows: Pick<Storage, 'conversations' | 'turns' | 'outbox' | 'bundlesIn' | 'devData'>;
  deployment: Pick<Deployment, 'approvals' | 'writeApprovals' | 'writes' | 'takeEdits' | 'movePlace' | 'lookAgain'>;
  identities: Pick<Identities, 'of' | 'token'>;
  cards: VersionCards;
  thread: Thread;
  /** Has it worked on when no turn of its conversation runs, and answers whether one does; once for a press. */
  ask: (press: string, asked: Asked) => Promise<boolean>;
  decide: Approval['decide'];
  /** One more turn, as if its words had been written in the thread; of one event key, once. */
  reply: (conversation: ConversationRow, slackUser: string, text: string, eventKey: string) => Promise<unknown>;
}): AskedSteps {
  const { rows, identities, thread } = deps;
  const { approvals, writeApprovals, writes } = deps.deployment;
  const story = {
    proposalsOf: approvals.ofConversation,
    proposalsBeside: approvals.besideConversation,
    destroyedOf: writeApprovals.destroyedOf,
  };
  const bundleIn = async (conversationId: string, digest: string) => (await rows.bundlesIn(conversationId).load(digest))?.bundle;

  /** The deployment and the step on from it, or in words why this person can't take it (any more). */
  async function possible(kind: NextKind, proposalId: string, by: Identity): Promise<Possible | string> {
    const proposal = await approvals.get(proposalId);
    const bundle = proposal && (await bundleIn(proposal.conversationId, proposal.bundleDigest));
    if (proposal === undefined || bundle === undefined) return 'I do not know this deployment any more. Use the newest card.';
    const { target, host, userName, environment } = proposal;
    const steps = await nextStepsOf(story, proposal, bundle);
    if (steps === undefined)
      return `This is not what is deployed to ${target} any more. Use the newest card, here or in the thread that deployed it.`;
    const own = host === by.host && userName.toLowerCase() === by.userName.toLowerCase();
    if (kind !== 'production' && environment !== 'production' && !own)
      return `This is the copy of ${userName} in ${target}, and only they go on with it. Press Plan again on a card, or ask me here, for one of your own.`;
    const no = {
      run: steps.run === undefined && 'There is nothing in this deployment that can be run.',
      production: steps.production === undefined && 'This version is in production already, or its bundle has no target for production.',
      previous: steps.previous === undefined && `What was in ${target} before was not deployed from this thread, or there was nothing.`,
      destroy: !steps.destroy && 'This deployment has taken over what existed before it, and destroying it would delete that.',
    }[kind];
    return no === false ? { proposal, steps } : no;
  }

  async function say(id: string, conversation: ConversationRow, payload: ThreadMessage): Promise<void> {
    await rows.outbox.add({ id, conversationId: conversation.id, kind: payload.kind, payload });
    await thread.deliver(id, conversation, (await rows.outbox.get(id))?.payload as ThreadMessage);
  }

  async function whisper(asked: Asked, conversation: ConversationRow, words: string | undefined): Promise<void> {
    if (words !== undefined && !('unasked' in asked)) await thread.whisper(conversation, asked.slackUser, words);
  }

  async function deliver(id: string, conversation: ConversationRow, payload: ThreadMessage): Promise<void> {
    await say(id, conversation, payload);
    await thread.refresh(conversation);
  }

  /** A card of its own with a fresh plan of a version. */
  async function plan(
    id: string,
    as: { conversation: ConversationRow; identity: Identity } & Person,
    version: { number: number; bundleDigest: string; target?: string | undefined },
  ): Promise<void> {
    const { conversation, slackUser, identity, team } = as;
    const token = (refused?: string) => identities.token({ team, user: slackUser }, { refused });
    const messageId = `${id}/card`;
    const planned = (await rows.outbox.get(messageId))?.payload as Card | undefined;
    const card = planned ?? (await deps.cards.card({ conversation, slackUser, identity, token, ...version }));
    await say(messageId, conversation, card);
    await deliverRelease({ rows, thread }, conversation, { id: messageId, card });
    await thread.refresh(conversation);
  }

  /** A proposed write as a card of its own; `id` is that of the proposal too. */
  async function propose(
    id: string,
    as: { conversation: ConversationRow; identity: Identity } & Person,
    write: Parameters<typeof writes.propose>[0],
  ): Promise<void> {
    const { host, userName } = as.identity;
    const token = (refused?: string) => identities.token({ team: as.team, user: as.slackUser }, { refused });
    const loadBundle = (digest: string) => bundleIn(as.conversation.id, digest);
    if ((await writeApprovals.get(id)) === undefined) await writes.propose(write, { host, userName, token, loadBundle }, id);
    await writes.assign(id, { conversationId: as.conversation.id, slackUser: as.slackUser, host, userName });
    await deliver(`${id}/card`, as.conversation, { kind: 'write', proposalId: id });
  }

  const wishOwnData = createOwnDataWish({ rows, approvals, reply: deps.reply });
  const answers = createDataAnswers({ rows });
  const versions = createAskedVersions({ ...deps, answers, deliver, plan });

  /** A deployment whose end nobody saw; or in words why this person can't look at it. */
  async function unseen(proposalId: string, by: Identity): Promise<{ proposal: DeploymentProposal } | string> {
    const proposal = await approvals.get(proposalId);
    if (proposal?.state !== 'unknown') return 'How this deployment ended is known by now: its card says it.';
    if (proposal.host === by.host && proposal.userName.toLowerCase() === by.userName.toLowerCase()) return { proposal };
    return `This was deployed as ${proposal.userName}, and I look at it as them: they can press Look again.`;
  }

  /** Answers words for whoever asked, where nothing is said in the thread. */
  async function lookAgain({ conversation, identity, slackUser, team }: Parameters<typeof plan>[1], proposalId: string) {
    const found = await unseen(proposalId, identity);
    if (typeof found === 'string') return found;
    const token = (refused?: string) => identities.token({ team, user: slackUser }, { refused });
    const result = await deps.deployment.lookAgain({ proposalId, token });
    await thread.refresh(conversation);
    if (result === undefined) return undefined;
    const { target, version } = found.proposal;
    if (result.state === 'unknown') return `${result.problem ?? ''} ${result.next ?? ''}`;
    await deliver(resultId(proposalId, result.state), conversation, { kind: 'result', to: slackUser, target, version, result });
    return undefined;
  }

  async function next(id: string, as: Parameters<typeof plan>[1], asked: Exclude<Asked, { kind: 'again' }>): Promise<void> {
    if (isVersion(asked.kind)) return versions.change(id, as, asked.proposalId, asked.kind);
    if (asked.kind === 'look') return whisper(asked, as.conversation, await lookAgain(as, asked.proposalId));
    const found = await possible(asked.kind, asked.proposalId, as.identity);
    if (typeof found === 'string') return thread.whisper(as.conversation, as.slackUser, found);
    const { version, bundleDigest, target } = found.proposal;
    if (asked.kind === 'destroy') return propose(id, as, { kind: 'destroy_bundle', bundle: bundleDigest, target });
    if (asked.kind === 'production') return plan(id, as, { number: version, bundleDigest, target: found.steps.production });
    const { previous } = found.steps;
    if (previous !== undefined) await plan(id, as, { number: previous.version, bundleDigest: previous.bundleDigest, target });
  }

  return {
    async work(id, asked) {
      const { conversationId, team, slackUser } = asked;
      const conversation = await rows.conversations.get(conversationId);
      if (conversation === undefined) return;
      const identity = await identities.of({ team, user: slackUser });
      if (identity === undefined) return whisper(asked, conversation, NOT_CONNECTED);
      const as = { conversation, identity, team, slackUser };
      try {
        if (asked.kind !== 'again') return await next(id, as, asked);
        const newest = (await rows.conversations.versions(conversationId)).at(-1);
        if (newest === undefined) return;
        const { number, bundleDigest } = newest;
        if (number === asked.version || newest.askedId === id) {
          const version = { number, bundleDigest, target: asked.target };
          if (!(await versions.move(id, as, version))) await plan(id, as, version);
          return;
        }
        const words = `Version ${number} has come since, so I did not plan version ${asked.version} again.`;
        await thread.whisper(conversation, slackUser, words, { conversationId, version: number, target: asked.target });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        await whisper(asked, conversation, `${error.words.problem} ${error.words.next}`);
      }
    },

    async giveUp(asked) {
      const conversation = await rows.conversations.get(asked.conversationId);
      if (conversation !== undefined) await whisper(asked, conversation, BROKEN);
    },

    async dataToChoose({ proposalId, channel, team, slackUser }) {
      const proposal = await approvals.get(proposalId);
      const conversation = proposal && (await rows.conversations.get(proposal.conversationId));
      if (proposal?.release?.ownData === undefined || conversation?.channel !== channel) return UNKNOWN_PLAN;
      const identity = await identities.of({ team, user: slackUser });
      if (identity === undefined) return NOT_CONNECTED;
      const found = await versions.changeable(proposalId, identity);
      return typeof found === 'string'
        ? found
        : { target: proposal.target, data: proposal.release.ownData, threadTs: conversation.threadTs };
    },

    async press({ id, kind, proposalId, team, slackUser, channel, answer }, asker) {
      const identity = await asker.identity('To go on with a deployment I act as you.');
      if (identity === undefined) return undefined;
      const proposal = await approvals.get(proposalId);
      const conversation = proposal && (await rows.conversations.get(proposal.conversationId));
      // What a button carries may be the plan of another thread, where this person has nothing to say.
      if (proposal === undefined || conversation?.channel !== channel) return UNKNOWN_PLAN;
      if (kind === 'own_data') return wishOwnData(proposal, conversation, slackUser);
      // Told again after a crash: its own version has taken the place of the plan.
      if (isVersion(kind) && (await rows.conversations.versions(conversation.id)).some(({ askedId }) => askedId === jobId(id)))
        return ON_IT[kind];
      const found = isVersion(kind)
        ? await versions.changeable(proposalId, identity)
        : kind === 'look'
          ? await unseen(proposalId, identity)
          : await possible(kind, proposalId, identity);
      if (typeof found === 'string') return found;
      const { conversationId, bundleDigest, target } = found.proposal;
      if (kind === 'data') {
        const words = await answers.keep(found.proposal, identity, answer ?? {});
        if (words !== undefined) return words;
      }
      if (kind !== 'run') {
        const waits = await deps.ask(id, { kind, proposalId, conversationId, team, slackUser });
        return waits ? `${ON_IT[kind]} First I finish what I am at in this thread.` : ON_IT[kind];
      }
      const key = 'steps' in found ? found.steps.run?.key : undefined;
      if (key === undefined) return undefined;
      // The same press, told again, is the same run.
      const writeId = jobId(id);
      await propose(
        writeId,
        { conversation, identity, team, slackUser },
        { kind: 'run_bundle', bundle: bundleDigest, target, key, parameters: {} },
      );
      const { state = '' } = (await writeApprovals.get(writeId)) ?? {};
      if (['open', 'approved'].includes(state))
        await deps.decide('approve', { id, kind: 'write', proposalId: writeId, team, user: slackUser }, asker);
      return undefined;
    },
  };
}

function isVersion(kind: AskedKind): kind is VersionKind {
  return kind === 'edits' || kind === 'data' || WAYS.some((way) => way === kind);
}

const OR_WORDS = 'The card comes below in this thread, or I tell you here why not.';
const ON_IT = {
  production: `I am planning it for production as you. ${OR_WORDS}`,
  previous: `I am planning the version that was there before as you. ${OR_WORDS}`,
  look: 'I am looking in the workspace how it ended. The answer comes below in this thread.',
  edits: `I am making a version with what was edited there. ${OR_WORDS}`,
  data: `I have noted that, and I am making a version whose copy writes there. ${OR_WORDS}`,
  bind: `I am making a version that takes the original over. ${OR_WORDS}`,
  beside: `I am making a version that stands beside the original, paused. ${OR_WORDS}`,
  replace: `I am making a version that takes the place of the original, which is then paused. ${OR_WORDS}`,
  destroy: `I am looking what that would delete; nothing is deleted before you confirm it. ${OR_WORDS}`,
} as const;
