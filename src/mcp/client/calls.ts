// Listing and calling tools over any connection of the MCP SDK, in the terms of the agent's port: progress becomes steps.
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { type CallToolResult, CallToolResultSchema, ErrorCode, McpError, type Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Step, ToolCall, ToolResult, ToolSpec } from '../../agent/tools.ts';
import { UserError } from '../../values/errors.ts';
import type { Logger } from '../../values/log.ts';
import { LIMITS } from '../limits.ts';
import { STEP_META, StepMessage } from '../meta.ts';
import { errorText } from '../tools/support/error-text.ts';

interface CallOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: Step) => void;
  /** The `_meta` of the call. */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

const Arguments = z.record(z.string(), z.unknown());
const WithBundle = z.object({ bundle_id: z.string(), changed: z.literal(true) });
const WithProposal = z.object({ proposal_id: z.string() });

/** The server's tools, always in the same order and form, because a conversation keeps them. */
export async function listTools(client: Client): Promise<readonly ToolSpec[]> {
  const { tools } = await client.listTools();
  return tools.map(normalise).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The arguments of a call, or undefined where they are no JSON object. */
export function argumentsOf(request: ToolCall): Record<string, unknown> | undefined {
  const input = Arguments.safeParse(request.input);
  return input.success ? input.data : undefined;
}

/** Calls a tool; rejects where the connection fails, or when aborted. */
export async function callTool(
  client: Client,
  name: string,
  input: Record<string, unknown>,
  { signal, onStep, meta }: CallOptions,
): Promise<CallToolResult> {
  const result = await client.callTool({ name, arguments: input, ...(meta === undefined ? {} : { _meta: { ...meta } }) }, undefined, {
    signal,
    // The server ends a long call itself and says so; this is for a server that does not answer at all.
    timeout: LIMITS.callMs + LIMITS.spareMs,
    onprogress: (progress) => {
      const message = StepMessage.safeParse(progress);
      if (message.success && !signal.aborted) onStep(message.data._meta[STEP_META]);
    },
  });
  return CallToolResultSchema.parse(result);
}

export function toolResult({ content, isError, structuredContent }: CallToolResult): ToolResult {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const bundle = WithBundle.safeParse(structuredContent);
  const proposal = WithProposal.safeParse(structuredContent);
  return {
    ...{ text, isError: isError === true },
    ...(bundle.success ? { bundleDigest: bundle.data.bundle_id } : {}),
    ...(proposal.success ? { proposalIds: [proposal.data.proposal_id] } : {}),
  };
}

/** What the model is told of a call that failed on its way; any error but a UserError goes to the log instead. */
export function failedResult(log: Logger, tool: string, error: unknown): ToolResult {
  if (error instanceof UserError) return { text: errorText(error), isError: true };
  const late = error instanceof McpError && error.code === ErrorCode.RequestTimeout;
  log.warn({ tool, error: error instanceof Error ? error.name : 'unknown', late }, 'a tool call failed on its way');
  return {
    text: late ? 'The tool took too long and was given up. Say so, or try once more.' : 'The tool could not be reached. Say so.',
    isError: true,
  };
}

export const NOT_AN_OBJECT: ToolResult = { text: 'The input must be a JSON object.', isError: true };

/** The text of a resource; undefined where it is not text. Rejects where there is no such resource. */
export async function readText(client: Client, uri: string): Promise<string | undefined> {
  const [content] = (await client.readResource({ uri })).contents;
  return content !== undefined && 'text' in content ? content.text : undefined;
}

/** Drops what a new version of the SDK might change in a schema: the prompt that a conversation keeps must not change. */
function normalise(tool: McpTool): ToolSpec {
  const { $schema: _dialect, ...schema } = tool.inputSchema;
  return { name: tool.name, description: tool.description ?? '', input_schema: { ...schema, type: 'object' } };
}
