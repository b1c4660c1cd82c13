// One turn: the writer's message in; steps, an answer and perhaps a new bundle version out; resumable after a kill at any point.
import { offeredTarget } from '../bundle/yaml/describe-tree.ts';
import type { Identities } from '../identity/identities.ts';
import type { ConversationRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import { isPassingStatement, LeaseLostError, UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Metrics } from '../values/metrics.ts';
import { type ActingTurn, type AskDeps, askAgent } from './ask-agent.ts';
import { generateAnswer } from './history/command-calls.ts';
import { changesBetween, loadWhole, requireOwnSubject } from './stored-versions.ts';
import { nothingWithoutClaude, summaryWithoutClaude } from './story/bundle-summary.ts';
import { hideSecrets } from './story/hide-secrets.ts';
import type { Card, Ending, Thread, ThreadMessage } from './thread-port.ts';
import { openSteps } from './turn-steps.ts';
import { releaseMessage, type VersionCards } from './version-cards.ts';
import type { WaitingCards } from './waiting-cards.ts';

interface TurnDeps extends AskDeps {
  readonly rows: AskDeps['rows'] & Pick<Storage, 'steps' | 'outbox'>;
  readonly identities: Pick<Identities, 'of' | 'token'>;
  readonly cards: VersionCards;
  readonly waiting: Pick<WaitingCards, 'isLate' | 'catchUp'>;
  readonly thread: Thread;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** `stop` is for the turn's own list of steps: it ends this turn and those that wait behind it. */
export type RunTurn = (turnId: string, control: { signal: AbortSignal; stop: (by: string) => void }) => Promise<void>;

/** `giveUp` ends a turn that no try could finish, with words for its writer; of one that is over it leaves out what could not be said. */
export function createTurnRunner(deps: TurnDeps): { run: RunTurn; giveUp: (turnId: string) => Promise<void> } {
  const { rows, thread } = deps;

  /** Its answer may be stored already. */
  async function sayGivenUp({ id, conversationId, slackUser: to }: TurnRow, text: string): Promise<void> {
    const payload: ThreadMessage = { kind: 'reply', to, text };
    await rows.outbox.add({ id: `${id}/given-up`, conversationId, turnId: id, kind: payload.kind, payload });
  }

  async function giveUp(turnId: string): Promise<void> {
    const turn = await rows.turns.get(turnId);
    const conversation = turn && (await rows.conversations.get(turn.conversationId));
    if (turn === undefined || conversation === undefined) return;
    if (turn.state === 'queued' || turn.state === 'running') {
      await sayGivenUp(turn, wordsFor(undefined, turnId));
      await rows.turns.finish(turnId, 'failed');
    } else {
      const [stuck] = await rows.outbox.unsent(turnId);
      if (stuck !== undefined) {
        await sayGivenUp(turn, unsaidWords(stuck.kind, turnId));
        await rows.outbox.leave(stuck.id);
      }
    }
    await deliverUnsent(deps, turnId, conversation);
    await thread.refresh(conversation);
  }

  async function workOn({ log, stop, ...of }: Omit<Working, 'onStep'> & { log: Logger; stop: (by: string) => void }): Promise<void> {
    const { turn, conversation, signal } = of;
    // The work does not wait until that is drawn: where many begin at once, each has to wait for Slack's rates.
    void thread.refresh(conversation);
    const steps = openSteps({ rows, thread, log }, turn, conversation, stop);
    const done = deps.metrics.turnSeconds.startTimer();
    let ending: Ending = 'failed';
    try {
      ending = await work(deps, { ...of, onStep: steps.onStep });
    } catch (error) {
      // Somebody else goes on with it and says how it ends, or the next try.
      if (error instanceof LeaseLostError || signal.reason instanceof LeaseLostError || isPassingStatement(error)) {
        steps.leave();
        throw signal.reason instanceof LeaseLostError ? signal.reason : error;
      }
      ending = signal.aborted ? 'stopped' : 'failed';
      const text = signal.aborted
        ? stoppedWords(hideSecrets(await rows.called.of(conversation.id), await steps.done()))
        : wordsFor(error, turn.id);
      if (!signal.aborted && !(error instanceof UserError)) log.error({ err: error }, 'turn failed');
      await say(deps, turn, { kind: 'reply', to: turn.slackUser, text });
    }
    await rows.turns.finish(turn.id, ending).catch((error: unknown) => {
      steps.leave();
      throw error;
    });
    await steps.end(ending);
    deps.metrics.turns.inc({ outcome: ending });
    done();
  }

  const run: RunTurn = async (turnId, { signal, stop }) => {
    const turn = await rows.turns.get(turnId);
    const conversation = turn && (await rows.conversations.get(turn.conversationId));
    if (turn === undefined || conversation === undefined) return;
    const log = deps.log.child({ turn: turnId, conversation: conversation.id });

    const isOpen = turn.state === 'queued' || turn.state === 'running';
    if (isOpen && !(await rows.turns.start(turnId))) {
      const by = (await rows.turns.get(turnId))?.stoppedBy;
      const text = `Stopped by <@${by}> before I began with this. Write it again to go on.`;
      await say(deps, turn, { kind: 'reply', to: turn.slackUser, text });
      await rows.turns.finish(turnId, 'stopped');
    } else if (isOpen) {
      /** What can be said before the turn is over. */
      let told = Promise.resolve();
      const tell = () => {
        told = told
          .then(() => deliverUnsent(deps, turnId, conversation))
          .catch((error: unknown) => log.info({ err: error }, 'not said before the end of the turn'));
      };
      // Whoever goes on with the turn says the same messages: not at the same time.
      await workOn({ turn, conversation, signal, tell, log, stop }).finally(() => told);
    }
    await deliverUnsent(deps, turnId, conversation);
    await thread.refresh(conversation);
    // A card that was made while the CLI became ready would wait for nobody.
    if (await deps.waiting.isLate(conversation)) await deps.waiting.catchUp(conversation.id);
  };

  return { run, giveUp };
}

const UNSAID: Readonly<Record<string, string>> = {
  reply: 'my answer',
  archive: 'the zip',
  card: 'a card',
  write: 'a card',
  release: 'the file of a plan',
};

/** `kind` is that of a message which no try could say. */
function unsaidWords(kind: string, turnId: string): string {
  return `I could not show all that came of your message: ${UNSAID[kind] ?? 'a message'} is missing, and I have logged it (turn ${turnId}). Write again to get it.`;
}

/** Steps that are named in the words about a turn that was stopped: the last ones. */
const STEPS_NAMED = 5;

function stoppedWords(done: readonly string[]): string {
  const until = done.length === 0 ? '' : ` Until then: ${done.slice(-STEPS_NAMED).join(' · ')}.`;
  return `Stopped.${until} Nothing was changed in the workspace. Reply here to go on.`;
}

interface Working extends Pick<ActingTurn, 'turn' | 'conversation' | 'onStep' | 'signal'> {
  /** Has said what is in the outbox by now, and does not wait for it. */
  readonly tell: () => void;
}

/** From the turn's message to its stored answer; what it says is in the outbox when it returns. */
async function work(deps: TurnDeps, { turn, conversation, onStep, signal, tell }: Working): Promise<Ending> {
  const who = { team: conversation.team, user: turn.slackUser };
  const identity = await deps.identities.of(who);
  if (identity === undefined) {
    throw new UserError({
      doing: 'Working on your message',
      problem: 'you are not connected to Databricks any more.',
      next: 'Write again, and I will send you a Connect button.',
    });
  }
  const token = (refused?: string) => deps.identities.token(who, { refused });
  const versions = async () => deps.rows.conversations.versions(conversation.id);
  const before = (await versions()).findLast((version) => version.turnId !== turn.id);
  const acting = { turn, conversation, identity, token, before, onStep, signal };
  const bundles = deps.rows.bundlesIn(conversation.id);
  const show = async (digest: string) => {
    await requireOwnSubject(bundles, digest, conversation);
    await sayVersion(deps, acting, digest, tell);
  };
  const command = isCommand(turn) ? { subject: conversation.subject, show } : undefined;
  const outcome = await askAgent(deps, acting, command);
  const hidden = async (text: string) => hideSecrets(await deps.rows.called.of(conversation.id), text);

  const made = (await deps.rows.turns.get(turn.id))?.bundleDigest;
  const isNew = made !== undefined && made !== before?.bundleDigest;
  // Nobody has stopped it: another process goes on with it.
  if (signal.reason instanceof LeaseLostError) throw signal.reason;
  if (outcome.kind === 'stopped' || outcome.kind === 'failed') {
    const why = outcome.kind === 'stopped' ? 'Stopped before Claude had looked at it.' : outcome.error.words.problem;
    const isShown = command !== undefined && isNew && (await versions()).some(({ turnId }) => turnId === turn.id);
    // Of a command that was stopped before its end there is nothing to tell but that.
    const answer =
      command !== undefined && outcome.kind === 'failed'
        ? generateAnswer(await deps.rows.messages.ofConversation(conversation.id))
        : undefined;
    if (isShown) await sayVersion(deps, acting, made, tell);
    const said = isShown
      ? summaryWithoutClaude(await loadWhole(bundles, made), why)
      : answer && nothingWithoutClaude(conversation.subject, answer, why);
    if (said === undefined) throw outcome.kind === 'stopped' ? new Error('stopped') : outcome.error;
    await say(deps, turn, { kind: 'reply', to: turn.slackUser, text: await hidden(said), later: { threadTs: conversation.threadTs } });
    return 'done';
  }
  if (isNew) await requireOwnSubject(bundles, made, conversation);
  const changes = isNew && before !== undefined ? await changesBetween(bundles, before.bundleDigest, made) : undefined;
  const text = await hidden(outcome.text);
  await say(deps, turn, { kind: 'reply', to: turn.slackUser, text, ...(changes === undefined ? {} : { changes }) });
  if (isNew) await sayVersion(deps, acting, made, tell);
  await sayProposals(deps, acting, isNew ? made : undefined);
  return 'done';
}

/** Whether the turn is the command that has begun its thread: what that asks for takes no model. */
function isCommand({ eventKey, conversationId }: TurnRow): boolean {
  return eventKey === conversationId;
}

/** Zip and card of the bundle that the turn has made; said a second time, they stay as they are. */
async function sayVersion(deps: TurnDeps, acting: ActingTurn, made: string, tell: () => void): Promise<void> {
  const { turn, conversation, identity } = acting;
  const number = await deps.rows.conversations.addVersion(conversation.id, { turnId: turn.id }, made);
  const { host, userName } = identity;
  await say(deps, turn, { kind: 'archive', to: turn.slackUser, version: number, bundleDigest: made, as: { host, userName } });
  tell();
  await sayCard(deps, acting, { number, bundleDigest: made });
  tell();
}

/** `target` left out: the one that every card offers. */
async function sayCard(
  deps: TurnDeps,
  acting: ActingTurn,
  version: { number: number; bundleDigest: string; target?: string },
): Promise<void> {
  const { turn, conversation, identity, token, onStep, signal } = acting;
  const id = version.target === undefined ? messageId(turn.id, 'card') : `${messageId(turn.id, 'card')}/${version.target}`;
  const made = await deps.rows.outbox.get(id);
  const card =
    (made?.payload as Card | undefined) ??
    (await deps.cards.card({ conversation, slackUser: turn.slackUser, identity, token, ...version, onStep, signal }));
  const of = { conversationId: conversation.id, turnId: turn.id };
  await deps.rows.outbox.add({ id, ...of, kind: 'card', payload: card });
  const release = releaseMessage(id, card);
  if (release !== undefined) await deps.rows.outbox.add({ id: release.id, ...of, kind: 'release', payload: release.message });
}

/**
 * Cards of what the turn has proposed: a deployment is planned first, everything else waits for its click as it is. The bundle that the turn
 * `made` has its card already.
 */
async function sayProposals(deps: TurnDeps, acting: ActingTurn, made: string | undefined): Promise<void> {
  const { turn, conversation } = acting;
  const versions = await deps.rows.conversations.versions(conversation.id);
  for (const { id, write, state } of await deps.writes.ofTurn(turn.id)) {
    const version = write.kind === 'deploy_bundle' ? versions.findLast(({ bundleDigest }) => bundleDigest === write.bundle) : undefined;
    if (write.kind === 'deploy_bundle' && version !== undefined) {
      const { number, bundleDigest } = version;
      const bundle = made === bundleDigest ? (await deps.rows.bundlesIn(conversation.id).load(made))?.bundle : undefined;
      const shown = bundle !== undefined && write.target === offeredTarget(bundle);
      if (!shown && state === 'open') await sayCard(deps, acting, { number, bundleDigest, target: write.target });
    } else {
      const payload: ThreadMessage = { kind: 'write', proposalId: id };
      const message = { id: `${turn.id}/write/${id}`, conversationId: conversation.id, turnId: turn.id };
      await deps.rows.outbox.add({ ...message, kind: 'write', payload });
    }
  }
}

function messageId(turnId: string, kind: ThreadMessage['kind']): string {
  return `${turnId}/${kind}`;
}

async function say({ rows }: TurnDeps, turn: TurnRow, message: ThreadMessage): Promise<void> {
  const { id, conversationId } = turn;
  const { kind } = message;
  const about =
    kind === 'reply' && (await rows.turns.isAmongOthers(id)) ? hideSecrets(await rows.called.of(conversationId), turn.text) : undefined;
  const payload = about === undefined ? message : { ...message, about };
  await rows.outbox.add({ id: messageId(id, kind), conversationId, turnId: id, kind, payload });
}

async function deliverUnsent(deps: TurnDeps, turnId: string, conversation: ConversationRow): Promise<void> {
  for (const row of await deps.rows.outbox.unsent(turnId)) {
    await deps.thread.deliver(row.id, conversation, row.payload as ThreadMessage);
  }
}

/** Words for people; of a bug they learn an id to quote, never its text. */
function wordsFor(error: unknown, turnId: string): string {
  return error instanceof UserError
    ? error.message
    : `Something went wrong on my side while I worked on this, and I have logged it (turn ${turnId}). Nothing was changed in the workspace. Write again to try once more.`;
}
