// The agent's part of a turn: appends the message to the frozen history and runs the loop, or goes on where a killed process stopped.
import type { Agent, Outcome } from '../agent/agent.ts';
import type { FrozenPrompt } from '../agent/model-call.ts';
import type { Step, Tools } from '../agent/tools.ts';
import type { WriteProposals } from '../deployment/plan/propose-write.ts';
import type { Identity } from '../identity/identities.ts';
import type { BundleStore } from '../storage/bundles/bundles.ts';
import { knownBundles } from '../storage/bundles/known-bundles.ts';
import type { ConversationRow, VersionRow } from '../storage/conversations.ts';
import type { Storage } from '../storage/storage.ts';
import type { TurnRow } from '../storage/turns.ts';
import { hideInHistory, hideSecrets } from './story/hide-secrets.ts';

export interface AgentDeps {
  readonly agent: Agent;
  readonly model: string;
  /** The key of the Claude endpoint for this person: the deployment's own, or their Databricks token. */
  readonly claudeKey: (token: () => Promise<string>) => () => Promise<string>;
  /** Tools that act as `caller` and know the bundles of `bundles` only. */
  readonly toolsFor: (
    caller: { host: string; userName: string; token: () => Promise<string> },
    bundles: BundleStore,
  ) => Promise<Tools & { close(): Promise<void> }>;
}

/** A turn under way, as the person who wrote its message. */
export interface ActingTurn {
  readonly turn: TurnRow;
  readonly conversation: ConversationRow;
  readonly identity: Identity;
  readonly token: () => Promise<string>;
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
  const { turns, messages, conversations } = deps.rows;
  const { host, userName } = identity;
  const own = (await conversations.versions(conversation.id)).map((version) => version.bundleDigest);
  const known = turn.bundleDigest === undefined ? own : [...own, turn.bundleDigest];
  const called = () => deps.rows.called.of(conversation.id);
  const tools = await deps.toolsFor({ host, userName, token }, knownBundles(deps.rows.bundlesIn(conversation.id), known));
  try {
    const frozen = (conversation.frozen as FrozenPrompt | undefined) ?? (await deps.agent.freeze(tools, deps.model));
    await conversations.freeze(conversation.id, frozen);
    const append = (message: { role: string; content: unknown }) => messages.append(conversation.id, turn.id, message);
    let history = await messages.ofConversation(conversation.id);
    if (!history.some((message) => message.turnId === turn.id)) {
      const text = hideSecrets(await called(), turn.text);
      const content = [{ type: 'text', text }];
      if (before !== undefined) content.push({ type: 'text', text: `Current bundle: ${before.bundleDigest} (version ${before.number})` });
      await append({ role: 'user', content });
      history = await messages.ofConversation(conversation.id);
    }
    const recorded: Tools = {
      list: () => tools.list(),
      call: async (call, options) => {
        const result = await tools.call(call, options);
        if (result.bundleDigest !== undefined) await turns.setBundle(turn.id, result.bundleDigest);
        const by = { conversationId: conversation.id, turnId: turn.id, slackUser: turn.slackUser, host, userName };
        for (const id of result.proposalIds ?? []) await deps.writes.assign(id, by);
        return { ...result, text: hideSecrets(await called(), result.text) };
      },
    };
    return await deps.agent.run({
      frozen,
      history: hideInHistory(await called(), history) as Parameters<Agent['run']>[0]['history'],
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
