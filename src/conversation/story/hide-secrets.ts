// Hides what was called a secret in a conversation from what is said in it later: the model's messages, proofs, plans.
import type { Message } from '../../agent/agent.ts';
import type { CalledSecret } from '../../bundle/model/bundle.ts';
import { createMask } from '../../bundle/secrets/mask-secrets.ts';

/** Fields whose words are ours or the API's: a password may be called `user`, and a message must keep its role. */
const OURS = new Set(['role', 'type', 'id', 'tool_use_id', 'verdict', 'action', 'change', 'rule', 'weight', 'environment']);
/** Below these everything is somebody else's. */
const FOREIGN = new Set(['input', 'was', 'is']);

/** The value with a mask for every secret in its texts. */
export function hideSecrets<Value>(called: readonly CalledSecret[], value: Value): Value {
  if (called.length === 0) return value;
  const { mask } = createMask({ files: [], secrets: [], called });
  const hide = (part: unknown, foreign: boolean): unknown => {
    if (typeof part === 'string') return mask(part);
    if (Array.isArray(part)) return part.map((one) => hide(one, foreign));
    if (typeof part !== 'object' || part === null) return part;
    // A tool's name is the API's too.
    const isCall = 'input' in part;
    const kept = (key: string, inner: unknown) => !foreign && (OURS.has(key) || (isCall && key === 'name')) && typeof inner === 'string';
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [key, kept(key, inner) ? inner : hide(inner, foreign || FOREIGN.has(key))]),
    );
  };
  return hide(value, false) as Value;
}

/**
 * The messages as the model may see them from now on. Where one of them held a value before it was called a secret, all thinking is taken
 * out: its signatures cover every message before it (facts: claude-and-mcp#preserved-thinking).
 */
export function hideInHistory(called: readonly CalledSecret[], history: readonly Message[]): Message[] {
  const said: Message[] = history.map(({ role, content }) => ({ role, content }));
  const hidden = hideSecrets(called, said);
  return JSON.stringify(hidden) === JSON.stringify(said) ? said : hidden.map(({ role, content }) => ({ role, content: spoken(content) }));
}

/** A message must hold something. */
const NOTHING_SAID: Message['content'] = [{ type: 'text', text: '…' }];

function spoken(content: Message['content']): Message['content'] {
  if (typeof content === 'string') return content;
  const rest = content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
  return rest.length === 0 ? NOTHING_SAID : rest;
}
