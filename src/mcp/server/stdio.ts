// The server on standard input and output, for whoever started this process.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Caller } from '../tools/support/define-tool.ts';
import { createServer, type ServerDeps } from './server.ts';

/** Serves at once, as `caller` and nobody else. */
export async function serveStdio(deps: ServerDeps, caller: Caller): Promise<{ close(): Promise<void> }> {
  const server = createServer(deps, caller);
  await server.connect(new StdioServerTransport());
  return server;
}
