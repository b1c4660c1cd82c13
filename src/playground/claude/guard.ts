// What Databricks' endpoint would refuse, checked on the raw body before anybody answers it.
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { blocksOf, MessagesRequest, type WireMessage } from './conversation/wire.ts';
import { changedPrefixAt, halfStrippedAt } from './signature.ts';

interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

type Checked = { readonly ok: true; readonly request: MessagesRequest } | { readonly ok: false; readonly refusal: Refusal };

/** Cache breakpoints that one request may have. */
const MOST_BREAKPOINTS = 4;

/** Checks headers and body; `apiKey` is the bearer token that is right. */
export function check(headers: IncomingHttpHeaders, body: string, apiKey: string): Checked {
  if (!isBearer(headers.authorization, apiKey)) return refuse('invalid bearer token', 'authentication_error', 401);
  if (headers['anthropic-beta'] !== undefined) return refuse('anthropic-beta: betas are not supported by this endpoint');
  if (headers['anthropic-version'] !== '2023-06-01') return refuse('anthropic-version: must be 2023-06-01');
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return refuse('the request body is not valid JSON');
  }
  const parsed = MessagesRequest.safeParse(raw);
  if (!parsed.success) return refuse(describeIssue(parsed.error.issues[0]));
  const request = parsed.data;
  const trouble = pairing(request.messages) ?? prefix(request) ?? breakpoints(body);
  return trouble === undefined ? { ok: true, request } : refuse(trouble);
}

function refuse(message: string, type = 'invalid_request_error', status = 400): Checked {
  return { ok: false, refusal: { status, type, message } };
}

function isBearer(header: string | undefined, key: string): boolean {
  const given = Buffer.from(header ?? '');
  const right = Buffer.from(`Bearer ${key}`);
  return given.length === right.length && timingSafeEqual(given, right);
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** The first problem in the API's own manner: `messages.0.content.1.foo: Extra inputs are not permitted`. */
function describeIssue(issue: Issue | undefined, above: readonly PropertyKey[] = []): string {
  if (issue === undefined) return 'invalid request';
  const path = [...above, ...issue.path];
  // Of a union: the branch that came furthest says most.
  const branch = issue.errors?.filter((branch) => branch.length > 0).sort((a, b) => depth(b) - depth(a))[0];
  if (branch !== undefined) return describeIssue(branch[0], path);
  const key = issue.keys?.[0];
  if (key !== undefined) return `${[...path, key].join('.')}: Extra inputs are not permitted`;
  return `${path.join('.')}: ${issue.message}`;
}

function depth(branch: readonly Issue[]): number {
  return Math.max(...branch.map((issue) => issue.path.length + (issue.errors === undefined ? 0 : Math.max(0, ...issue.errors.map(depth)))));
}

/** Every tool_use is answered at the start of the next message, every tool_result answers one. */
function pairing(messages: readonly WireMessage[]): string | undefined {
  for (const [index, message] of messages.entries()) {
    const open = new Set(blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
    const next = messages[index + 1];
    const answered = new Set(
      next === undefined ? [] : blocksOf(next).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
    );
    const missing = [...open].filter((id) => !answered.has(id));
    if (missing.length > 0) {
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}.`;
    }
    const orphan = [...answered].find((id) => !open.has(id));
    if (orphan !== undefined) return `messages.${index + 1}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}.`;
  }
  const [first] = messages;
  if (first !== undefined && blocksOf(first).some((block) => block.type === 'tool_result')) {
    return 'messages.0: `tool_result` block without a `tool_use` block before it';
  }
  if (first?.role !== 'user') return 'messages.0: the first message must have the role user';
  if (messages.at(-1)?.role !== 'user') return 'the conversation must end with a user message (no prefill)';
  return undefined;
}

function prefix(request: MessagesRequest): string | undefined {
  const changed = changedPrefixAt(request);
  if (changed !== undefined) {
    return `messages.${changed}.content.0: Invalid \`signature\` in \`thinking\` block (system, tools or an earlier message changed)`;
  }
  const stripped = halfStrippedAt(request);
  return stripped === undefined ? undefined : `messages.${stripped}.content: \`thinking\` blocks must be kept as they were, or all removed`;
}

function breakpoints(body: string): string | undefined {
  const count = body.split('"cache_control":{').length - 1;
  return count > MOST_BREAKPOINTS
    ? `a maximum of ${MOST_BREAKPOINTS} blocks with cache_control may be provided; found ${count}`
    : undefined;
}
