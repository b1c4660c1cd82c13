// From a click on a proposal to its end, the same for every kind: decided once, queued, run as the person who clicked, and told.
import { randomUUID } from 'node:crypto';
import type { Decided, Decision } from '../deployment/approval/decide.ts';
import type { WriteResult } from '../deployment/approval/write-result.ts';
import type { Identities, Identity } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { Clock } from '../values/clock.ts';
import { isPassingStatement, LeaseLostError, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Metrics } from '../values/metrics.ts';
import { createPatience, type TokenSource, tokenTrouble } from '../values/patience.ts';
import type { RunEnd } from './follow-runs.ts';
import type { CreateQueue } from './queue.ts';
import type { PlanOffer, Thread, ThreadMessage } from './thread-port.ts';

/** Writes that run side by side; of one bundle and target there is never more than one. */
const CONCURRENT_WRITES = 4;
/** A token must outlive the CLI's 15 minutes of silent retries (facts: cli#network-faults). */
const TOKEN_MINUTES = 30;

type KindName = 'deployment' | 'write';

interface Click {
  /** Absent in jobs that were queued before there were two kinds: then a deployment. */
  readonly kind?: KindName;
  readonly proposalId: string;
  readonly team: string;
  readonly user: string;
  /** How it ended, where that came long after the click. */
  readonly ended?: WriteResult;
}

interface DecidingClick extends Click {
  /** Of the press: the same when it is told again. */
  readonly id: string;
  /** The word that was typed where something would be deleted. */
  readonly typed?: string;
}

/** The port to a person who decides: who they are in Databricks, and words that they alone see. */
export interface Asker {
  /** The person's identity; where there is none they are offered to connect (`why` it is needed), and the answer is undefined. */
  identity(why: string): Promise<Identity | undefined>;
  /** Says why not; `again` offers a fresh plan of that version as the way on. */
  refuse(reason: string, again?: PlanOffer): Promise<unknown>;
}

/** What both kinds of proposal have. */
interface Approvable {
  readonly id: string;
  readonly conversationId?: string;
  readonly state: string;
  readonly decidedBy?: string;
  readonly decidedClick?: string;
}

/** One kind of proposal. */
export interface ProposalKind<P extends Approvable = Approvable> {
  /** Why a person who decides must be connected. */
  readonly why: string;
  decide(how: 'approve' | 'decline', decision: Decision): Promise<Decided<P>>;
  get(id: string): Promise<P | undefined>;
  /** Approved proposals with the same key run one after the other. */
  keyOf(proposal: P): Promise<string>;
  run(input: { proposalId: string; token: TokenSource; onProgress: (line: string) => void }): Promise<{ state: string }>;
  abandon(id: string, problem: string): Promise<{ state: string }>;
  /**
   * For whoever knows that the owner of a running one is dead: it is approved still where nothing was written yet, else ended as unknown, as
   * soon as no command of it is seen at work.
   */
  leftBehind(id: string, onProgress: (line: string) => void): Promise<void>;
  /** Those that wait to be carried out, or are being carried out. */
  interrupted(): Promise<P[]>;
  /** Writes down how it ended that had gone on far away. */
  end?(id: string, result: WriteResult): Promise<void>;
  /** Tells the person how it ended; undefined while it has not. */
  ended(proposal: P, to: string): ThreadMessage | undefined;
  /** The fresh plan that helps where this proposal can't be decided on; undefined where none would. */
  planOffer(id: string): Promise<PlanOffer | undefined>;
}

/** Of the message that tells how it ended: one, whoever has found it out, and another one before that where it was not known. */
export function resultId(proposalId: string, state: string): string {
  return `${proposalId}/${state === 'unknown' ? 'result' : 'ended'}`;
}

export interface Approval {
  /** Decides, by a compare-and-set on the row: whoever comes second, too late, or as somebody else is told why not. */
  decide(how: 'approve' | 'decline', click: DecidingClick, asker: Asker): Promise<void>;
  /** Takes up approved proposals. */
  start(): Promise<void>;
  /** Takes down how a write ended that had gone on far away, and tells it; told again, it does nothing twice. */
  end(end: RunEnd): Promise<void>;
}

export function createApproval(
  deps: {
    createQueue: CreateQueue;
    /** True when no other process can be working on this database. */
    alone: boolean;
    /** Looks in the workspace how a deployment ended that nobody saw end, and writes that down. */
    look: (of: { proposalId: string; token: TokenSource }) => Promise<unknown>;
    rows: Pick<Storage, 'conversations' | 'outbox'>;
    identities: Pick<Identities, 'token'>;
    thread: Thread;
    metrics: Metrics;
    clock: Clock;
    log: Logger;
  },
  kinds: Readonly<Record<KindName, ProposalKind>>,
): Approval {
  const { rows, thread, metrics, log } = deps;

  // One queue for all, so that a deploy and a destroy of one place never run side by side. A try after a crash begins what was not begun, its
  // checks made anew, and tells how the rest ended: an approval is used once.
  const queue = deps.createQueue<Click>({ name: 'deployments', retries: 12, concurrency: CONCURRENT_WRITES, work, giveUp });

  // How a run ended does not wait behind deployments.
  const ends = deps.createQueue<Click>({ name: 'ends', retries: 12, concurrency: 1, work });

  async function work(click: Click): Promise<void> {
    const name = click.kind ?? 'deployment';
    const kind = kinds[name];
    const found = await kind.get(click.proposalId);
    // Whoever had it in hand is dead: else this job would not be ours.
    if (found?.state === 'running' && click.ended === undefined) await leftBehind(kind, found);
    const before = found?.state === 'running' ? await kind.get(found.id) : found;
    const conversation = await conversationOf(before);
    if (before === undefined || conversation === undefined) return;
    if (before.state === 'approved') {
      await thread.refresh(conversation);
      const { state } = await runAs(kind, click, conversation);
      if (state !== 'running') metrics[name === 'write' ? 'writes' : 'deployments'].inc({ outcome: state });
    } else if (before.state === 'running' && click.ended !== undefined) {
      await kind.end?.(before.id, click.ended);
      metrics.writes.inc({ outcome: click.ended.state });
    }
    // Also where another process had died after it was called unknown, and before it was told.
    if (before.state === 'unknown' && name === 'deployment') await look(click, conversation);
    await tell(kind, before, click.user);
  }

  /** What can't be seen now stays unknown, and is told so. */
  async function look(click: Click, conversation: ConversationRow): Promise<void> {
    const { proposalId } = click;
    progressOf(proposalId, conversation)('Looking in the workspace how it ended');
    try {
      await deps.look({ proposalId, token: (refused) => deps.identities.token(click, { refused }) });
    } catch (error) {
      if (error instanceof LeaseLostError || isPassingStatement(error)) throw error;
      log.warn({ err: error, proposal: proposalId }, 'It could not be seen how a deployment ended');
    } finally {
      thread.atWork(proposalId, undefined);
    }
  }

  /** After the last try: else it would stand as approved, or as running in its place, for ever. */
  async function giveUp({ kind: name = 'deployment', proposalId, user }: Click): Promise<void> {
    const kind = kinds[name];
    const found = await kind.get(proposalId);
    if (found !== undefined) await leftBehind(kind, found);
    const left = await kind.get(proposalId);
    if (left === undefined) return;
    if (left.state === 'approved') await kind.abandon(proposalId, 'I tried it several times and could not begin.');
    await tell(kind, left, user);
  }

  /** Draws its card, and tells the person how it ended, if it has. */
  async function tell(kind: ProposalKind, before: Approvable, to: string): Promise<void> {
    const conversation = await conversationOf(before);
    if (conversation === undefined) return;
    await thread.refresh(conversation);
    const now = (await kind.get(before.id)) ?? before;
    const message = kind.ended(now, to);
    if (message === undefined) return;
    const id = resultId(now.id, now.state);
    await rows.outbox.add({ id, conversationId: conversation.id, kind: message.kind, payload: message });
    await thread.deliver(id, conversation, message);
  }

  function progressOf(proposalId: string, conversation: ConversationRow): (line: string) => void {
    return (line) => {
      log.info({ proposal: proposalId, line }, 'working');
      thread.atWork(proposalId, line);
      void thread.refresh(conversation);
    };
  }

  async function leftBehind(kind: ProposalKind, left: Approvable): Promise<void> {
    const conversation = await conversationOf(left);
    if (conversation === undefined) return;
    await kind.leftBehind(left.id, progressOf(left.id, conversation)).finally(() => thread.atWork(left.id, undefined));
  }

  async function runAs(kind: ProposalKind, click: Click, conversation: ConversationRow): Promise<{ state: string }> {
    const { proposalId } = click;
    const onProgress = progressOf(proposalId, conversation);
    const token = (refused?: string) => deps.identities.token(click, { refused });
    try {
      // The one that is kept now is the one that is asked for from here on.
      await createPatience({ of: 'Databricks', clock: deps.clock, onWait: onProgress }).tryOn(
        () => deps.identities.token(click, { minMinutes: TOKEN_MINUTES }),
        tokenTrouble,
      );
    } catch (error) {
      if (isPassingStatement(error)) throw error;
      if (!(error instanceof UserError)) log.error({ err: error, proposal: proposalId }, 'no token for an approved write');
      const problem = error instanceof UserError ? error.words.problem : 'Databricks gave me no token for you just now.';
      return kind.abandon(proposalId, problem);
    }
    return kind.run({ proposalId, token, onProgress }).finally(() => thread.atWork(proposalId, undefined));
  }

  async function conversationOf(proposal: Approvable | undefined): Promise<ConversationRow | undefined> {
    return proposal?.conversationId === undefined ? undefined : rows.conversations.get(proposal.conversationId);
  }

  async function drawPressed(proposal: Approvable): Promise<void> {
    const conversation = await conversationOf(proposal);
    if (conversation !== undefined) await thread.refresh(conversation, true);
  }

  return {
    async start() {
      const left = await Promise.all(
        (['deployment', 'write'] as const).map(async (name) => (await kinds[name].interrupted()).map((proposal) => ({ name, proposal }))),
      );
      for (const { name, proposal } of left.flat()) {
        const team = (await conversationOf(proposal))?.team;
        // Queued already, unless its process died between the two.
        if (team !== undefined && proposal.decidedBy !== undefined)
          await queue.send(proposal.id, await kinds[name].keyOf(proposal), {
            ...{ kind: name, proposalId: proposal.id, team, user: proposal.decidedBy },
          });
      }
      await queue.start(deps.alone ? left.flat().map(({ proposal }) => proposal.id) : []);
      await ends.start();
    },

    async end({ result, ...click }) {
      const proposal = await kinds.write.get(click.proposalId);
      if (proposal !== undefined)
        await ends.send(randomUUID(), await kinds.write.keyOf(proposal), { ...click, kind: 'write', ended: result });
    },

    async decide(how, { id, typed, ...click }, asker) {
      const kind = kinds[click.kind ?? 'deployment'];
      const identity = await asker.identity(kind.why);
      if (identity === undefined) return;
      const { proposalId } = click;
      const by = { slackUser: click.user, identity };
      const decision = await kind.decide(how, { proposalId, by, now: new Date(deps.clock.now()), typed, click: id });
      if (!decision.ok) {
        const decided = await kind.get(proposalId);
        if (decided?.decidedClick === id) {
          // Told again after a process died, perhaps between the decision and the queue, which takes it once.
          if (decided.state === 'approved') await queue.send(proposalId, await kind.keyOf(decided), click);
          return drawPressed(decided);
        }
        await asker.refuse(decision.reason, await kind.planOffer(proposalId));
        return;
      }
      if (how === 'approve') {
        const send = async () => queue.send(proposalId, await kind.keyOf(decision.proposal), click);
        try {
          // Once more: a write that somebody has approved is not worth a statement that failed for a moment.
          await send().catch((error: unknown) => (isPassingStatement(error) ? send() : Promise.reject(error)));
        } catch (error) {
          log.error({ err: error, proposal: proposalId }, 'approved write not queued');
          await kind.abandon(proposalId, 'I could not start it.');
        }
      }
      await drawPressed(decision.proposal);
    },
  };
}
