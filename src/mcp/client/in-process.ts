// The agent's tools in this process: the SDK's client and our server, joined by messages that are plain JSON.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { ToolSpec, Tools } from '../../agent/tools.ts';
import { schemas } from '../schemas.ts';
import { createServer, type ServerDeps } from '../server/server.ts';
import type { Caller } from '../tools/support/define-tool.ts';
import { argumentsOf, callTool, failedResult, listTools, NOT_AN_OBJECT, readText, toolResult } from './calls.ts';

export interface ToolsClient extends Tools {
  /** Reads a resource such as `bundle://<digest>/<path>`: its text, or undefined where it is not text. */
  readResource(uri: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The same for every caller, and made of schemas, which takes a while: asked for once. */
let listed: Promise<readonly ToolSpec[]> | undefined;

/** Tools that act as `caller`. Make one for each turn and close it afterwards. `edits`: those that another server has made in this turn. */
export async function createToolsClient(deps: ServerDeps, caller: Caller, edits?: Map<string, string>): Promise<ToolsClient> {
  const client = new Client({ name: 'dab-bot-agent', version: '1' }, { jsonSchemaValidator: schemas });
  let unanswered: { readonly why: unknown } | undefined;
  const onUnanswered = (why: unknown) => {
    unanswered ??= { why };
  };
  const server = createServer({ ...deps, onUnanswered }, caller, edits);
  const [near, far] = InMemoryTransport.createLinkedPair();
  for (const end of [near, far]) asJson(end);
  // Answers to cancelled calls come late and end here; that is expected (facts: claude-and-mcp#mcp-transports-and-cancelling).
  client.onerror = (error) => deps.log.debug({ error: error.name }, 'mcp client');
  await server.connect(far);
  await client.connect(near);

  return {
    async list() {
      listed ??= listTools(client);
      try {
        return await listed;
      } catch (error) {
        listed = undefined;
        throw error;
      }
    },
    async call(request, options) {
      options.signal.throwIfAborted();
      const input = argumentsOf(request);
      if (input === undefined) return NOT_AN_OBJECT;
      const result = await callTool(client, request.name, input, options).then(toolResult, (error: unknown) => {
        options.signal.throwIfAborted();
        return failedResult(deps.log, request.name, error);
      });
      // The turn is tried again, which makes this call and those beside it once more.
      if (unanswered !== undefined) throw unanswered.why;
      return result;
    },
    readResource: (uri) => readText(client, uri),
    async close() {
      await client.close();
      await server.close();
    },
  };
}

/** In memory the SDK passes objects by reference; a JSON round trip makes this connection as strict as HTTP. */
function asJson(transport: InMemoryTransport): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(JSON.parse(JSON.stringify(message)), options);
}
