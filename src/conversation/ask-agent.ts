// The agent's part of a turn: has the history with its message and runs the loop, or goes on where a killed process stopped. What a command asks
// for is done before that, in calls that the model then finds as its own.
import type { Agent, Outcome } from '../agent/agent.ts';
import type { Cost } from '../agent/limits.ts';
import type { Step, ToolCall, ToolResult, Tools } from '../agent/tools.ts';
import type { WriteProposals } from '../deployment/plan/propose-write.ts';
import type { Identity } from '../identity/identities.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import { knownBundles } from '../storage/bundles/known-bundles.ts';
import type { ConversationRow, VersionRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import { isPassingStatement, LeaseLostError } from '../values/errors.ts';
import type { Metrics } from '../values/metrics.ts';
import type { TokenSource } from '../values/patience.ts';
import { generateCall, validateCall } from './history/command-calls.ts';
import { createSegments } from './history/segments.ts';
import type { Limits } from './limits/limits.ts';
import { hideSecrets } from './story/hide-secrets.ts';

export interface AgentDeps {
  readonly agent: Agent;
  readonly model: string;
  /** The key of the Claude endpoint for this person: the deployment's own, or their Databricks token. */
  readonly claudeKey: (token: () => Promise<string>) => () => Promise<string>;
  /** Tools that act as `caller` and know the bundles of `bundles` only. */
  readonly toolsFor: (
    caller: { host: string; userName: string; token: TokenSource },
    bundles: BundleStore,
  ) => Promise<Tools & { close(): Promise<void> }>;
}

/** A turn under way, as the person who wrote its message. */
export interface ActingTurn {
  readonly turn: TurnRow;
  readonly conversation: ConversationRow;
  readonly identity: Identity;
  readonly token: TokenSource;
  /** The newest version when the turn began. */
  readonly before: VersionRow | undefined;
  readonly onStep: (step: Step) => void;
  readonly signal: AbortSignal;
}

/** What a thread was begun for, which takes no model. */
interface Command {
  readonly subject: ConversationRow['subject'];
  /** Shows the bundle that came of it; before that, Claude is not asked. Told again, it shows nothing twice. */
  readonly show: (digest: string) => Promise<void>;
}

export interface AskDeps extends AgentDeps {
  readonly rows: Pick<Storage, 'conversations' | 'turns' | 'messages' | 'costs' | 'bundlesIn' | 'called'>;
  readonly writes: Pick<WriteProposals, 'assign' | 'ofTurn'>;
  readonly limits: Pick<Limits, 'spending'>;
  readonly metrics: Pick<Metrics, 'dollars'>;
}

/** Milliseconds for which Claude is tried again where a command's bundle is shown already: what it would say is worth no longer wait. Our choice. */
const REMARK_PATIENCE_MS = 30_000;
const REMARK_STEP = { id: 'remark', title: 'Claude looks at what came of it' } as const;

const KEPT: ToolResult = {
  text: 'Not taken: what the command asked for is shown already, and nobody has asked for another bundle. Say in words what you would change.',
  isError: true,
};

export async function askAgent(
  deps: AskDeps,
  { turn, conversation, identity, token, before, onStep, signal }: ActingTurn,
  command?: Command,
): Promise<Outcome> {
  const { turns, conversations, costs } = deps.rows;
  const { host, userName } = identity;
  const onCost = (cost: Cost) => {
    deps.metrics.dollars.inc({ model: cost.model }, cost.dollars);
    const { team, channel } = conversation;
    return costs.add({ ...cost, turnId: turn.id, team, channel, slackUser: turn.slackUser });
  };
  const own = (await conversations.versions(conversation.id)).map((version) => version.bundleDigest);
  const known = turn.bundleDigest === undefined ? own : [...own, turn.bundleDigest];
  const called = () => deps.rows.called.of(conversation.id);
  const tools = await deps.toolsFor({ host, userName, token }, knownBundles(deps.rows.bundlesIn(conversation.id), known));
  try {
    const segments = createSegments(deps, { turn, conversation, before }, tools);
    const by = { conversationId: conversation.id, turnId: turn.id, slackUser: turn.slackUser, host, userName };
    /** The bundle of the command, once it is shown. */
    let shown: string | undefined;
    const record = async (result: ToolResult) => {
      if (shown !== undefined && result.bundleDigest !== undefined && result.bundleDigest !== shown) return KEPT;
      if (result.bundleDigest !== undefined) await turns.setBundle(turn.id, result.bundleDigest);
      for (const id of result.proposalIds ?? []) await deps.writes.assign(id, by);
      return { ...result, text: hideSecrets(await called(), result.text) };
    };
    /** What came of a call is not known, or not stored: it is made again, whatever its result said. */
    let unrecorded: { readonly why: unknown } | undefined;
    const unlessMadeAgain = (isMadeAgain: (error: unknown) => boolean) => (error: unknown) => {
      if (isMadeAgain(error)) unrecorded = { why: error };
      throw error;
    };
    const recorded: Tools = {
      list: () => tools.list(),
      async call(call, options) {
        const result = await tools.call(call, options).catch(unlessMadeAgain(isPassingStatement));
        return await record(result).catch(unlessMadeAgain(() => true));
      },
    };
    const append: typeof segments.append = async (message) => {
      // Not a person's Stop: whoever goes on with the turn makes the calls again that are cut off here.
      if (signal.reason instanceof LeaseLostError) throw signal.reason;
      if (unrecorded !== undefined) throw unrecorded.why;
      await segments.append(message);
    };
    const ways = { tools: recorded, append, onStep, signal };
    const run = async (segment: Awaited<ReturnType<typeof segments.open>>): Promise<Outcome> => {
      const [spent, { refusal, told }] = [await costs.ofTurn(turn.id), await deps.limits.spending(conversation, turn.slackUser)];
      // What has begun is brought to its end; what was stopped asks for nothing.
      if (refusal !== undefined && spent.steps === 0 && !signal.aborted) return { kind: 'failed', error: refusal, text: '', usage: spent };
      const outcome = await deps.agent.run({
        ...{ ...segment, ...ways, spent, onCost, apiKey: deps.claudeKey(token) },
        patienceMs: shown === undefined ? undefined : REMARK_PATIENCE_MS,
      });
      void told();
      return outcome;
    };
    if (command !== undefined) {
      const write = async (call: ToolCall) => deps.agent.call(call, { ...(await segments.open()), ...ways });
      const made = async () => (await turns.get(turn.id))?.bundleDigest;
      const isMade = (await conversations.versions(conversation.id)).some(({ turnId }) => turnId === turn.id);
      const digest = isMade ? await made() : await obey(command, { write, made, signal });
      if (digest !== undefined && !signal.aborted) {
        await command.show(digest);
        shown = digest;
        onStep({ ...REMARK_STEP, status: 'in_progress' });
      }
    }
    const segment = await segments.open();
    const outcome = await run(segment);
    if (shown !== undefined)
      onStep({ ...REMARK_STEP, status: outcome.kind === 'failed' || outcome.kind === 'stopped' ? 'error' : 'complete' });
    const notTaken = outcome.kind === 'failed' ? outcome.notTaken : undefined;
    const mayHelp = notTaken === 'model' ? segment.frozen.model !== deps.model : notTaken === 'history' && (await segments.isGrown());
    if (notTaken === undefined || !mayHelp) return outcome;
    onStep({ id: 'segment', title: 'Claude did not take the thread as it was; I go on from a summary', status: 'complete' });
    return await run(await segments.renew(notTaken));
  } finally {
    await tools.close();
  }
}

/** Makes the calls of a command; answers the bundle that has come of it, if one has. */
async function obey(
  { subject }: Command,
  {
    write,
    made,
    signal,
  }: {
    readonly write: (call: ToolCall) => Promise<void>;
    readonly made: () => Promise<string | undefined>;
    readonly signal: AbortSignal;
  },
): Promise<string | undefined> {
  await write(generateCall(subject));
  const digest = await made();
  if (digest !== undefined && !signal.aborted) await write(validateCall(digest));
  return digest;
}
