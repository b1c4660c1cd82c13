// The history that the model is told in a turn: the newest segment of its conversation, begun anew where the old one can't go on.
import type { Agent, Message } from '../../agent/agent.ts';
import type { FrozenPrompt } from '../../agent/model-call.ts';
import type { Tools } from '../../agent/tools.ts';
import type { CalledSecret } from '../../bundle/model/bundle.ts';
import type { ConversationRow, VersionRow } from '../../storage/conversations.ts';
import type { Storage } from '../../storage/storage.ts';
import type { TurnRow } from '../../storage/turns.ts';
import { hideInHistory, hideSecrets } from '../story/hide-secrets.ts';
import { openingOf } from './opening.ts';

/**
 * Characters of messages after which the next turn begins a new segment: a quarter of the smallest window that a model in use has (200,000
 * tokens of about four characters; facts: claude-and-mcp#caching-and-token-counts), since a turn may read two quarters more before it ends.
 */
const SEGMENT_CHARACTERS = 200_000;

interface Segment {
  readonly frozen: FrozenPrompt;
  readonly history: readonly Message[];
}

interface SegmentsDeps {
  readonly agent: Agent;
  readonly model: string;
  readonly rows: Pick<Storage, 'conversations' | 'turns' | 'messages' | 'bundlesIn' | 'called'>;
}

interface Segments {
  /** The history of the turn, which ends with its message or with what a killed process has made of it. */
  open(): Promise<Segment>;
  /** Begins anew in the middle of the turn, because the far side did not take the history. */
  renew(reason: string): Promise<Segment>;
  append(message: { role: string; content: unknown }): Promise<void>;
  /** Whether a new segment would be any shorter: not where there is nothing but an opening and the turn's message. */
  isGrown(): Promise<boolean>;
}

/** `before`: the newest version when the turn began. */
export function createSegments(
  { agent, model, rows }: SegmentsDeps,
  of: { readonly turn: TurnRow; readonly conversation: ConversationRow; readonly before: VersionRow | undefined },
  tools: Tools,
): Segments {
  const { messages, conversations, turns } = rows;
  const { turn, conversation, before } = of;
  const { id } = conversation;
  const called = (): Promise<readonly CalledSecret[]> => rows.called.of(id);
  const append: Segments['append'] = (message) => messages.append(id, turn.id, message);

  async function load() {
    const row = await messages.segment(id);
    const frozen = (row?.frozen ?? conversation.frozen) as FrozenPrompt | undefined;
    const opening: unknown[] = Array.isArray(row?.opening) ? row.opening : [];
    return { frozen, opening, said: await messages.ofConversation(id, row?.afterSeq) };
  }

  async function first(): Promise<FrozenPrompt> {
    const frozen = await agent.freeze(tools, model);
    await conversations.freeze(id, frozen);
    return frozen;
  }

  const bundleNow = async () => {
    const made = (await turns.get(turn.id))?.bundleDigest;
    if (made !== undefined && made !== before?.bundleDigest) return { digest: made, of: 'made for this message so far' };
    return before && { digest: before.bundleDigest, of: `version ${before.number}` };
  };

  /** The turn's message as the model gets it; where it had it in an earlier segment, with what was begun then. */
  async function ask(): Promise<void> {
    const texts = [hideSecrets(await called(), turn.text)];
    const bundle = await bundleNow();
    if (bundle !== undefined) texts.push(`Current bundle: ${bundle.digest} (${bundle.of})`);
    const mayBeBegun = (await messages.segment(id))?.turnId === turn.id;
    const earlier = mayBeBegun ? (await messages.ofConversation(id)).filter(({ turnId }) => turnId === turn.id) : [];
    const calls = earlier.flatMap(({ content }) => toolsIn(content));
    if (calls.length > 0)
      texts.push(`You began with this message before, and got as far as: ${calls.join(', ')}. Look before you repeat it.`);
    await append({ role: 'user', content: texts.map((text) => ({ type: 'text', text })) });
  }

  async function begin(reason: string): Promise<void> {
    const all = await messages.ofConversation(id);
    const versions = (await conversations.versions(id)).flatMap(({ turnId, number }) =>
      turnId === undefined ? [] : [[turnId, number] as const],
    );
    const bundle = await bundleNow();
    const loaded = bundle && (await rows.bundlesIn(id).load(bundle.digest));
    const secrets = await called();
    // Before it is shortened, too: the half of a secret that is left where a text is cut would not be known as one.
    const earlier = all.flatMap(({ content, ...row }) =>
      row.turnId === turn.id ? [] : [{ ...row, content: hideSecrets(secrets, content) }],
    );
    const opening = hideSecrets(secrets, openingOf(earlier, new Map(versions), loaded?.bundle));
    const frozen = await agent.freeze(tools, model);
    await messages.beginSegment(id, { turnId: turn.id, reason, afterSeq: all.at(-1)?.seq ?? 0, frozen, opening });
  }

  async function told(): Promise<Segment> {
    if (!(await load()).said.some(({ turnId }) => turnId === turn.id)) await ask();
    const { frozen, opening, said } = await load();
    const history = hideInHistory(await called(), [...opening, ...said].filter(isMessage));
    return { frozen: frozen ?? (await first()), history };
  }

  return {
    append,
    async open() {
      const { frozen, opening, said } = await load();
      // A turn that has begun goes on with what it had: its signed thinking is bound to it.
      const isBegun = said.some(({ turnId }) => turnId === turn.id);
      const outdated = frozen !== undefined && !agent.isCurrent(frozen, model);
      const isFull = JSON.stringify([opening, said]).length > SEGMENT_CHARACTERS;
      if (!isBegun && (outdated || isFull)) await begin(outdated ? 'prompt' : 'size');
      return await told();
    },
    async renew(reason) {
      await begin(reason);
      return await told();
    },
    isGrown: async () => (await load()).said.some(({ role, turnId }) => role === 'assistant' || turnId !== turn.id),
  };
}

/** Whether a row's JSON is a message: nothing else is ever kept, and what the blocks of one hold is as it was kept. */
function isMessage(kept: unknown): kept is Message {
  if (typeof kept !== 'object' || kept === null || !('role' in kept) || !('content' in kept)) return false;
  const { role, content } = kept;
  return (role === 'user' || role === 'assistant') && (typeof content === 'string' || Array.isArray(content));
}

/** Names of the tools that a message calls. */
function toolsIn(content: unknown): string[] {
  const blocks: { readonly type?: unknown; readonly name?: unknown }[] = Array.isArray(content) ? content : [];
  return blocks.flatMap(({ type, name }) => (type === 'tool_use' && typeof name === 'string' ? [name] : []));
}
