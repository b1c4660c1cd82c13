// The server of the tools as a program of its own, over the stand-in workspace.
import { join } from 'node:path';
import { handedOn } from '../config/load.ts';
import { type Child, createChild, freePort } from './child.ts';

const MAIN = join(import.meta.dirname, '..', 'bin', 'mcp-server.ts');

export interface ToolsServer extends Child {
  /** Its `/mcp`. */
  readonly url: string;
}

/** Not started yet. It takes tokens from Authorization, since no Apps proxy stands before it. `variables` are more of its own. */
export async function createToolsServer(options: {
  env: NodeJS.ProcessEnv;
  host: string;
  dataDir: string;
  variables?: Readonly<Record<string, string>>;
}): Promise<ToolsServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...handedOn(options.env),
    DATABRICKS_HOST: options.host,
    DATABRICKS_APP_PORT: String(port),
    DAB_MCP_BEARER: 'true',
    DAB_DATA_DIR: join(options.dataDir, 'tools-postgres'),
    ...options.variables,
  };
  const child = createChild({ name: 'The server of the tools', main: MAIN, env, url, logFile: join(options.dataDir, 'tools.log') });
  return { ...child, url: `${url}/mcp` };
}
