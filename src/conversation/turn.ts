// One turn: the writer's message in; steps, an answer and perhaps a new bundle version out; resumable after a kill at any point.
import type { Agent, FrozenPrompt, Outcome } from '../agent/agent.ts';
import type { Step, Tools } from '../agent/tools.ts';
import type { WriteProposals } from '../deployment/plan/propose-write.ts';
import type { Identities, Identity } from '../identity/identities.ts';
import { type BundleStore, knownBundles } from '../storage/bundles.ts';
import type { ConversationRow, ConversationRows } from '../storage/conversations.ts';
import type { Outbox } from '../storage/outbox.ts';
import type { TurnRow, TurnRows } from '../storage/turns.ts';
import { UserError } from '../values/errors.ts';
import type { Logger } from '../values/log.ts';
import type { Metrics } from '../values/metrics.ts';
import { diffVersions } from './diff.ts';
import type { Ending, Progress, Thread, ThreadMessage } from './thread.ts';
import { OFFERED_TARGET, type Versions } from './versions.ts';

export interface TurnDeps {
  readonly rows: { conversations: ConversationRows; turns: TurnRows; outbox: Outbox };
  readonly bundles: BundleStore;
  readonly agent: Agent;
  readonly model: string;
  /** The key of the Claude endpoint for this person: the deployment's own, or their Databricks token. */
  readonly claudeKey: (token: () => Promise<string>) => () => Promise<string>;
  /** Tools that act as `caller` and know the bundles of `bundles` only. */
  readonly toolsFor: (
    caller: { host: string; userName: string; token: () => Promise<string> },
    bundles: BundleStore,
  ) => Promise<Tools & { close(): Promise<void> }>;
  readonly identities: Pick<Identities, 'of' | 'token'>;
  readonly versions: Versions;
  readonly writes: Pick<WriteProposals, 'adopt' | 'ofTurn'>;
  readonly thread: Thread;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export type RunTurn = (turnId: string, signal: AbortSignal) => Promise<void>;

/** `giveUp` ends a turn that no try could finish, with words for its writer. */
export function createTurnRunner(deps: TurnDeps): { run: RunTurn; giveUp: (turnId: string) => Promise<void> } {
  const { rows, thread } = deps;

  async function giveUp(turnId: string): Promise<void> {
    const turn = await rows.turns.get(turnId);
    const conversation = turn && (await rows.conversations.get(turn.conversationId));
    if (turn === undefined || conversation === undefined) return;
    await say(deps, turn, conversation, 'reply', { kind: 'reply', to: turn.slackUser, text: wordsFor(undefined, turnId) });
    await rows.turns.finish(turnId, 'failed');
    await deliverUnsent(deps, turnId, conversation);
    await thread.refresh(conversation, false);
  }

  const run: RunTurn = async (turnId, signal) => {
    const turn = await rows.turns.get(turnId);
    const conversation = turn && (await rows.conversations.get(turn.conversationId));
    if (turn === undefined || conversation === undefined) return;
    const log = deps.log.child({ turn: turnId, conversation: conversation.id });

    if (turn.state === 'queued' || turn.state === 'running') {
      await rows.turns.start(turnId);
      await thread.refresh(conversation, true);
      const progress = openProgress(deps, turn, conversation, log);
      const done = deps.metrics.turnSeconds.startTimer();
      let ending: Ending = 'failed';
      try {
        ending = await work(deps, turn, conversation, progress.onStep, signal);
      } catch (error) {
        ending = signal.aborted ? 'stopped' : 'failed';
        const text = signal.aborted ? STOPPED : wordsFor(error, turnId);
        if (!signal.aborted && !(error instanceof UserError)) log.error({ err: error }, 'turn failed');
        await say(deps, turn, conversation, 'reply', { kind: 'reply', to: turn.slackUser, text });
      }
      await progress.end(ending);
      await rows.turns.finish(turnId, ending);
      deps.metrics.turns.inc({ outcome: ending });
      done();
    }
    await deliverUnsent(deps, turnId, conversation);
    await thread.refresh(conversation, false);
    // A card that was made while the CLI became ready would wait for nobody.
    if (await deps.versions.isLate(conversation)) await deps.versions.catchUp(conversation);
  };

  return { run, giveUp };
}

const STOPPED = 'Stopped. Nothing was changed in the workspace. Reply here to go on.';

/** From the turn's message to its stored answer; what it says is in the outbox when it returns. */
async function work(
  deps: TurnDeps,
  turn: TurnRow,
  conversation: ConversationRow,
  onStep: (step: Step) => void,
  signal: AbortSignal,
): Promise<Ending> {
  const who = { team: conversation.team, user: turn.slackUser };
  const identity = await deps.identities.of(who);
  if (identity === undefined) {
    throw new UserError({
      doing: 'Working on your message',
      problem: 'you are not connected to Databricks any more.',
      next: 'Write again, and I will send you a Connect button.',
    });
  }
  const token = () => deps.identities.token(who);
  const before = (await deps.rows.conversations.versions(conversation.id)).findLast((version) => version.turnId !== turn.id);
  const outcome = await ask(deps, turn, conversation, identity, token, before, onStep, signal);
  if (outcome.kind === 'stopped') throw new Error('stopped');
  if (outcome.kind === 'failed') throw outcome.error;

  const made = (await deps.rows.turns.get(turn.id))?.bundleDigest;
  const isNew = made !== undefined && made !== before?.bundleDigest;
  if (isNew) await requireOwnSubject(deps.bundles, made, conversation);
  const changes = isNew && before !== undefined ? await changesBetween(deps.bundles, before.bundleDigest, made) : undefined;
  await say(deps, turn, conversation, 'reply', { kind: 'reply', to: turn.slackUser, text: outcome.text, ...(changes && { changes }) });
  const sayCard = async (of: { number: number; bundleDigest: string; target?: string }) => {
    const id = of.target === undefined ? messageId(turn.id, 'card') : `${messageId(turn.id, 'card')}/${of.target}`;
    if ((await deps.rows.outbox.get(id)) !== undefined) return;
    const payload = await deps.versions.card({ conversation, slackUser: turn.slackUser, identity, token, ...of, onStep, signal });
    await deps.rows.outbox.add({ id, conversationId: conversation.id, turnId: turn.id, kind: 'card', payload });
  };
  if (isNew) {
    const number = await deps.rows.conversations.addVersion(conversation.id, turn.id, made);
    const { host, userName } = identity;
    await say(deps, turn, conversation, 'archive', { kind: 'archive', version: number, bundleDigest: made, as: { host, userName } });
    await sayCard({ number, bundleDigest: made });
  }
  const offered = isNew ? { bundleDigest: made, target: OFFERED_TARGET } : undefined;
  await sayWrites(deps, turn, conversation, { offered, sayCard });
  return 'done';
}

/** Cards of what the turn has proposed: a deployment is planned first, everything else waits for its click as it is. */
async function sayWrites(
  deps: TurnDeps,
  turn: TurnRow,
  conversation: ConversationRow,
  cards: {
    offered: { bundleDigest: string; target: string } | undefined;
    sayCard: (card: { number: number; bundleDigest: string; target: string }) => Promise<void>;
  },
): Promise<void> {
  const versions = await deps.rows.conversations.versions(conversation.id);
  for (const { id, write, state } of await deps.writes.ofTurn(turn.id)) {
    const version = write.kind === 'deploy_bundle' ? versions.findLast(({ bundleDigest }) => bundleDigest === write.bundle) : undefined;
    if (write.kind === 'deploy_bundle' && version !== undefined) {
      const shown = cards.offered?.bundleDigest === write.bundle && cards.offered.target === write.target;
      if (!shown && state === 'open') await cards.sayCard({ ...version, target: write.target });
    } else {
      const payload: ThreadMessage = { kind: 'write', proposalId: id };
      await deps.rows.outbox.add({
        id: `${turn.id}/write/${id}`,
        conversationId: conversation.id,
        turnId: turn.id,
        kind: 'write',
        payload,
      });
    }
  }
}

/** The agent's part: appends this turn's message to the frozen history and runs the loop, or goes on where a killed process stopped. */
async function ask(
  deps: TurnDeps,
  turn: TurnRow,
  conversation: ConversationRow,
  identity: Identity,
  token: () => Promise<string>,
  before: { number: number; bundleDigest: string } | undefined,
  onStep: (step: Step) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const { turns, conversations } = deps.rows;
  const own = (await conversations.versions(conversation.id)).map((version) => version.bundleDigest);
  const known = turn.bundleDigest === undefined ? own : [...own, turn.bundleDigest];
  const tools = await deps.toolsFor({ host: identity.host, userName: identity.userName, token }, knownBundles(deps.bundles, known));
  try {
    const frozen = (conversation.frozen as FrozenPrompt | undefined) ?? (await deps.agent.freeze(tools, deps.model));
    await conversations.freeze(conversation.id, frozen);
    const append = (message: { role: string; content: unknown }) => turns.appendMessage(conversation.id, turn.id, message);
    let history = await turns.messages(conversation.id);
    if (!history.some((message) => message.turnId === turn.id)) {
      const content = [{ type: 'text', text: turn.text }];
      if (before !== undefined) content.push({ type: 'text', text: `Current bundle: ${before.bundleDigest} (version ${before.number})` });
      await append({ role: 'user', content });
      history = await turns.messages(conversation.id);
    }
    const recorded: Tools = {
      list: () => tools.list(),
      call: async (call, options) => {
        const result = await tools.call(call, options);
        if (result.bundleDigest !== undefined) await turns.setBundle(turn.id, result.bundleDigest);
        const { host, userName } = identity;
        const by = { conversationId: conversation.id, turnId: turn.id, slackUser: turn.slackUser, host, userName };
        for (const id of result.proposalIds ?? []) await deps.writes.adopt(id, by);
        return result;
      },
    };
    return await deps.agent.run({
      frozen,
      history: history.map(({ role, content }) => ({ role, content })) as Parameters<Agent['run']>[0]['history'],
      tools: recorded,
      append,
      onStep,
      signal,
      apiKey: deps.claudeKey(token),
    });
  } finally {
    await tools.close();
  }
}

const FIRST_STEP = { id: 'begin', title: 'Reading the message' } as const;

/** Steps go to their row first and to the screen second, in order. */
function openProgress(deps: TurnDeps, turn: TurnRow, conversation: ConversationRow, log: Logger) {
  const progress: Progress = deps.thread.progress({
    turnId: turn.id,
    conversation,
    to: turn.slackUser,
    resumeTs: turn.progressTs,
    shown: (ts) => deps.rows.turns.setProgress(turn.id, ts),
  });
  let tail = Promise.resolve();
  let begun = false;
  const show = (step: Step) => {
    tail = tail
      .then(() => deps.rows.turns.saveStep(turn.id, step))
      .then(() => progress.step(step))
      .catch((error: unknown) => log.error({ err: error }, 'step not shown'));
  };
  const onStep = (step: Step) => {
    if (!begun) show({ ...FIRST_STEP, status: 'complete' });
    begun = true;
    show(step);
  };
  // What a killed process had shown stays on the list.
  if (turn.progressTs !== undefined) {
    tail = tail.then(async () => {
      for (const step of await deps.rows.turns.steps(turn.id)) progress.step(step as Step);
    });
  }
  // At once: until the model calls its first tool there would be nothing to see.
  show({ ...FIRST_STEP, status: 'in_progress' });
  return { onStep, end: (ending: Ending) => tail.then(() => progress.end(ending)) };
}

function messageId(turnId: string, kind: ThreadMessage['kind']): string {
  return `${turnId}/${kind}`;
}

async function say(
  deps: TurnDeps,
  turn: TurnRow,
  conversation: ConversationRow,
  kind: ThreadMessage['kind'],
  message: ThreadMessage,
): Promise<void> {
  await deps.rows.outbox.add({ id: messageId(turn.id, kind), conversationId: conversation.id, turnId: turn.id, kind, payload: message });
}

async function deliverUnsent(deps: TurnDeps, turnId: string, conversation: ConversationRow): Promise<void> {
  for (const row of await deps.rows.outbox.unsent(turnId)) {
    await deps.thread.deliver(row.id, conversation, row.payload as ThreadMessage);
  }
}

/** Whatever a notebook talked the model into: a thread's bundles are of its own job or folder, and are proven against it. */
async function requireOwnSubject(bundles: BundleStore, digest: string, conversation: ConversationRow): Promise<void> {
  const loaded = await bundles.load(digest);
  const definition = loaded?.definitionId === undefined ? undefined : await bundles.loadDefinition(loaded.definitionId);
  const { subject } = conversation;
  const own = 'jobId' in subject ? definition?.jobId === subject.jobId : definition?.folder === subject.folder;
  if (own) return;
  const about = 'jobId' in subject ? `job ${subject.jobId}` : `the folder ${subject.folder}`;
  throw new UserError({
    doing: 'Making a new version',
    problem: `the result is not a bundle of ${about}, which this thread is about, so I dropped it.`,
    next: 'Use `/dab job` or `/dab workspace` for another one, or ask again here.',
  });
}

async function changesBetween(bundles: BundleStore, before: string, after: string) {
  const [old, now] = [await bundles.load(before), await bundles.load(after)];
  return old && now && diffVersions(old.bundle, now.bundle);
}

/** Words for people; of a bug they learn an id to quote, never its text. */
function wordsFor(error: unknown, turnId: string): string {
  return error instanceof UserError
    ? error.message
    : `Something went wrong on my side while I worked on this, and I have logged it (turn ${turnId}). Nothing was changed in the workspace. Write again to try once more.`;
}
