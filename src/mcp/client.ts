// The agent's tools over MCP: the SDK's client and our server in one process, joined by messages that are plain JSON.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { type CallToolResult, ErrorCode, McpError, type Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Step, ToolCall, ToolResult, ToolSpec, Tools } from '../agent/tools.ts';
import type { Logger } from '../log.ts';
import { createServer, type ServerDeps } from './server.ts';
import { STEP_META } from './steps.ts';
import type { Caller } from './tool.ts';

/** A call may be silent this long, and last this long in all, in ms (facts: claude-and-mcp 3, step 1). */
const SILENCE_MS = 60_000;
const TOTAL_MS = 600_000;

const StepMessage = z.object({
  _meta: z.object({
    [STEP_META]: z.object({
      id: z.string(),
      title: z.string(),
      status: z.enum(['in_progress', 'complete', 'error']),
      details: z.string().optional(),
    }),
  }),
});
const Arguments = z.record(z.string(), z.unknown());
const WithBundle = z.object({ bundle_id: z.string(), changed: z.literal(true) });
const WithProposal = z.object({ proposal_id: z.string() });

export interface ToolsClient extends Tools {
  /** Reads a resource such as `bundle://<digest>/<path>`: its text, or undefined where it is not text. */
  readResource(uri: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Tools that act as `caller`. One per turn; close it afterwards. */
export async function createToolsClient(deps: ServerDeps, caller: Caller): Promise<ToolsClient> {
  const client = new Client({ name: 'dab-bot-agent', version: '1' });
  const server = createServer(deps, caller);
  const [near, far] = InMemoryTransport.createLinkedPair();
  for (const end of [near, far]) asJson(end);
  // Late answers to cancelled calls arrive here; they are expected (facts: claude-and-mcp 8).
  client.onerror = (error) => deps.log.debug({ error: error.name }, 'mcp client');
  await server.connect(far);
  await client.connect(near);

  async function list(): Promise<readonly ToolSpec[]> {
    const { tools } = await client.listTools();
    return tools.map(normalise).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async function call(request: ToolCall, options: { signal: AbortSignal; onStep: (step: Step) => void }): Promise<ToolResult> {
    options.signal.throwIfAborted();
    const input = Arguments.safeParse(request.input);
    if (!input.success) return { text: 'The input must be a JSON object.', isError: true };
    try {
      const result = await client.callTool({ name: request.name, arguments: input.data }, undefined, {
        signal: options.signal,
        timeout: SILENCE_MS,
        maxTotalTimeout: TOTAL_MS,
        resetTimeoutOnProgress: true,
        onprogress: (progress) => {
          const message = StepMessage.safeParse(progress);
          if (message.success && !options.signal.aborted) options.onStep(stepOf(message.data._meta[STEP_META]));
        },
      });
      return toResult(result);
    } catch (error) {
      options.signal.throwIfAborted();
      return failed(deps.log, request.name, error);
    }
  }

  return {
    list,
    call,
    async readResource(uri) {
      const [content] = (await client.readResource({ uri })).contents;
      return content !== undefined && 'text' in content ? content.text : undefined;
    },
    async close() {
      await client.close();
      await server.close();
    },
  };
}

/** In memory the SDK hands objects over by reference; a JSON round trip makes the door as strict as HTTP. */
function asJson(transport: InMemoryTransport): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(JSON.parse(JSON.stringify(message)), options);
}

/** What the SDK adds to a schema and versions of it may change must not change a frozen prefix. */
function normalise(tool: McpTool): ToolSpec {
  const { $schema: _dialect, ...schema } = tool.inputSchema;
  return { name: tool.name, description: tool.description ?? '', input_schema: { ...schema, type: 'object' } };
}

function stepOf(step: { id: string; title: string; status: Step['status']; details?: string | undefined }): Step {
  return step;
}

function toResult(result: Awaited<ReturnType<Client['callTool']>>): ToolResult {
  const { content, isError, structuredContent } = result as CallToolResult;
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const bundle = WithBundle.safeParse(structuredContent);
  const proposal = WithProposal.safeParse(structuredContent);
  return {
    ...{ text, isError: isError === true },
    ...(bundle.success ? { bundleDigest: bundle.data.bundle_id } : {}),
    ...(proposal.success ? { proposalIds: [proposal.data.proposal_id] } : {}),
  };
}

function failed(log: Logger, tool: string, error: unknown): ToolResult {
  const late = error instanceof McpError && error.code === ErrorCode.RequestTimeout;
  log.warn({ tool, error: error instanceof Error ? error.name : 'unknown', late }, 'a tool call failed on its way');
  return {
    text: late ? 'The tool took too long and was given up. Say so, or try once more.' : 'The tool could not be reached. Say so.',
    isError: true,
  };
}
