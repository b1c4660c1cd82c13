// The way from a click to an ended write, the same for deployments and all other writes: decide once, queue, run as the person who clicked, tell how it ended.
import type { App, BlockAction, RespondFn } from '@slack/bolt';
import type { Conversations } from '../conversation/conversations.ts';
import type { CreateQueue } from '../conversation/queue.ts';
import type { ConversationRow, Outbox } from '../conversation/rows.ts';
import type { Thread, ThreadMessage } from '../conversation/thread.ts';
import type { Decided, Decision } from '../deployment/approval/decide.ts';
import type { Identities } from '../identity/identities.ts';
import { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Connect, Whisper } from './listen/connect.ts';
import { renderWords } from './views/answers.ts';
import { wordsFor } from './views/error-words.ts';

/** Writes that run side by side; of one bundle and target there is never more than one. */
const CONCURRENT_WRITES = 4;
/** A token must outlive the CLI's 15 minutes of silent retries (facts: cli#network-faults). */
const TOKEN_MINUTES = 30;

export interface Click {
  /** Which kind of proposal; absent in jobs of before there were two. */
  readonly kind?: 'deployment' | 'write';
  readonly proposalId: string;
  readonly team: string;
  readonly user: string;
  readonly channel: string;
}

/** What the machinery needs to know of a proposal. */
export interface Approvable {
  readonly id: string;
  readonly conversationId?: string;
  readonly state: string;
}

/** One kind of proposal. */
export interface ProposalKind<P extends Approvable = Approvable> {
  /** Why a person who decides must be connected. */
  readonly why: string;
  decide(how: 'approve' | 'decline', decision: Decision): Promise<Decided<P>>;
  get(id: string): Promise<P | undefined>;
  /** Of approved proposals with one key, one runs after the other. */
  keyOf(proposal: P): Promise<string>;
  run(input: { proposalId: string; token: string; onProgress: (line: string) => void }): Promise<{ state: string }>;
  abandon(id: string, problem: string): Promise<{ state: string }>;
  /** Tells the person how it ended; undefined while it has not. */
  ended(proposal: P, to: string): ThreadMessage | undefined;
  /** The words of a refusal, and a way on. */
  refusal(id: string, reason: string): Promise<{ text: string; blocks: object[] }>;
}

export interface ApprovalDeps {
  readonly createQueue: CreateQueue;
  readonly conversations: Conversations;
  readonly identities: Pick<Identities, 'token'>;
  readonly connect: Connect;
  readonly thread: Thread;
  readonly outbox: Outbox;
  /** What each running write is at; the cards show it. */
  readonly deploying: Map<string, string>;
  readonly count: (kind: 'deployment' | 'write', outcome: string) => void;
  readonly log: Logger;
}

export function createApproval(deps: ApprovalDeps, kinds: Readonly<Record<'deployment' | 'write', ProposalKind>>) {
  const { log } = deps;

  // One queue for all, so that a deploy and a destroy of one place never run side by side. A try after a crash runs nothing again (an
  // approval is used once): it tells how the write ended.
  const queue = deps.createQueue<Click>({ name: 'deployments', retries: 12, concurrency: CONCURRENT_WRITES, work });

  async function work(click: Click): Promise<void> {
    const name = click.kind ?? 'deployment';
    const kind = kinds[name];
    const before = await kind.get(click.proposalId);
    const conversation = await conversationOf(before);
    if (before === undefined || conversation === undefined) return;
    if (before.state === 'approved') {
      await deps.thread.refresh(conversation);
      const { state } = await runAs(kind, click, conversation);
      deps.count(name, state);
    }
    await deps.thread.refresh(conversation);
    const message = kind.ended((await kind.get(before.id)) ?? before, click.user);
    if (message === undefined) return;
    const id = `${before.id}/result`;
    await deps.outbox.add({ id, conversationId: conversation.id, kind: message.kind, payload: message });
    await deps.thread.deliver(id, conversation, message);
  }

  async function runAs(kind: ProposalKind, click: Click, conversation: ConversationRow): Promise<{ state: string }> {
    const { proposalId } = click;
    let token: string;
    try {
      token = await deps.identities.token(click, { minMinutes: TOKEN_MINUTES });
    } catch (error) {
      if (!(error instanceof UserError)) log.error({ err: error, proposal: proposalId }, 'no token for an approved write');
      const problem = error instanceof UserError ? error.words.problem : 'Databricks gave me no token for you just now.';
      return kind.abandon(proposalId, problem);
    }
    const onProgress = (line: string) => {
      log.info({ proposal: proposalId, line }, 'working');
      deps.deploying.set(proposalId, line);
      void deps.thread.refresh(conversation);
    };
    return kind.run({ proposalId, token, onProgress }).finally(() => deps.deploying.delete(proposalId));
  }

  async function conversationOf(proposal: Approvable | undefined): Promise<ConversationRow | undefined> {
    return proposal?.conversationId === undefined ? undefined : deps.conversations.get(proposal.conversationId);
  }

  return {
    queue,

    /** The decision is a compare-and-set on the row: whoever comes second, late, or as somebody else learns why not. */
    async decide(how: 'approve' | 'decline', click: Click, whisper: Whisper): Promise<void> {
      const kind = kinds[click.kind ?? 'deployment'];
      const resume = { kind: 'none', user: click.user, channel: click.channel } as const;
      const identity = await deps.connect.identityOf(click, kind.why, resume, whisper);
      if (identity === undefined) return;
      const { proposalId } = click;
      const decision = await kind.decide(how, { proposalId, by: { slackUser: click.user, identity }, now: new Date() });
      if (!decision.ok) {
        await whisper(await kind.refusal(proposalId, decision.reason));
        return;
      }
      if (how === 'approve') {
        try {
          await queue.send(proposalId, await kind.keyOf(decision.proposal), click);
        } catch (error) {
          log.error({ err: error, proposal: proposalId }, 'approved write not queued');
          await kind.abandon(proposalId, 'I could not start it.');
        }
      }
      const conversation = await conversationOf(decision.proposal);
      if (conversation !== undefined) await deps.thread.refresh(conversation);
    },
  };
}

export type Approval = ReturnType<typeof createApproval>;

/** Listens to a button of ours; whatever goes wrong, the person who clicked hears of it. */
export function onButton(
  app: App,
  action: string,
  log: Logger,
  work: (pressed: { value: string; team: string; user: string; channel: string; body: BlockAction }, whisper: Whisper) => Promise<void>,
): void {
  app.action(action, async ({ body, action: pressed, respond }) => {
    if (body.type !== 'block_actions' || pressed.type !== 'button' || pressed.value === undefined) return;
    const whisper = whisperBy(respond);
    const who = { team: body.team?.id ?? '', user: body.user.id, channel: body.channel?.id ?? '' };
    await work({ value: pressed.value, ...who, body }, whisper).catch((error: unknown) =>
      whisper(renderWords(wordsFor(error, body.trigger_id, log))),
    );
  });
}

/** The two buttons that decide on a proposal. */
export function onDecision(
  app: App,
  actions: { approve: string; decline: string },
  kind: NonNullable<Click['kind']>,
  approval: Approval,
  log: Logger,
) {
  for (const how of ['approve', 'decline'] as const) {
    onButton(app, actions[how], log, ({ value, team, user, channel }, whisper) =>
      approval.decide(how, { kind, proposalId: value, team, user, channel }, whisper),
    );
  }
}

function whisperBy(respond: RespondFn): Whisper {
  return (said) => respond({ ...said, response_type: 'ephemeral', replace_original: false } as Parameters<RespondFn>[0]);
}
