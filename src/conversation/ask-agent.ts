// The agent's part of a turn: has the history with its message and runs the loop, or goes on where a killed process stopped.
import type { Agent, Outcome } from '../agent/agent.ts';
import type { Step, ToolResult, Tools } from '../agent/tools.ts';
import type { WriteProposals } from '../deployment/plan/propose-write.ts';
import type { Identity } from '../identity/identities.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import { knownBundles } from '../storage/bundles/known-bundles.ts';
import type { ConversationRow, VersionRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import { isPassingStatement, LeaseLostError } from '../values/errors.ts';
import type { TokenSource } from '../values/patience.ts';
import { createSegments } from './history/segments.ts';
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

export interface AskDeps extends AgentDeps {
  readonly rows: Pick<Storage, 'conversations' | 'turns' | 'messages' | 'bundlesIn' | 'called'>;
  readonly writes: Pick<WriteProposals, 'assign' | 'ofTurn'>;
}

export async function askAgent(
  deps: AskDeps,
  { turn, conversation, identity, token, before, onStep, signal }: ActingTurn,
): Promise<Outcome> {
  const { turns, conversations } = deps.rows;
  const { host, userName } = identity;
  const own = (await conversations.versions(conversation.id)).map((version) => version.bundleDigest);
  const known = turn.bundleDigest === undefined ? own : [...own, turn.bundleDigest];
  const called = () => deps.rows.called.of(conversation.id);
  const tools = await deps.toolsFor({ host, userName, token }, knownBundles(deps.rows.bundlesIn(conversation.id), known));
  try {
    const segments = createSegments(deps, { turn, conversation, before }, tools);
    const by = { conversationId: conversation.id, turnId: turn.id, slackUser: turn.slackUser, host, userName };
    const record = async (result: ToolResult) => {
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
    const run = (segment: Awaited<ReturnType<typeof segments.open>>) =>
      deps.agent.run({ ...segment, tools: recorded, append, onStep, signal, apiKey: deps.claudeKey(token) });
    const segment = await segments.open();
    const outcome = await run(segment);
    const notTaken = outcome.kind === 'failed' ? outcome.notTaken : undefined;
    const mayHelp = notTaken === 'model' ? segment.frozen.model !== deps.model : notTaken === 'history' && (await segments.isGrown());
    if (notTaken === undefined || !mayHelp) return outcome;
    onStep({ id: 'segment', title: 'Claude did not take the thread as it was; I go on from a summary', status: 'complete' });
    return await run(await segments.renew(notTaken));
  } finally {
    await tools.close();
  }
}
