// The MCP server alone: as an app of its own over HTTP, or on stdio (`--stdio`) as whoever sits at this machine.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { loadMcpHttpConfig, loadMcpStdioConfig, type McpHttpConfig, type McpStdioConfig } from '../config/load.ts';
import { openLocalLogin } from '../databricks/local-login.ts';
import { createWorkspace } from '../databricks/workspace.ts';
import { createCli } from '../deployment/cli/open-bundle.ts';
import { createCliLocator } from '../deployment/install/locate.ts';
import { createWriteProposals } from '../deployment/plan/propose-write.ts';
import { createProver } from '../deployment/plan/prove.ts';
import { LIMITS } from '../mcp/limits.ts';
import { createHttpApp } from '../mcp/server/http.ts';
import { createAuthenticate } from '../mcp/server/http-auth.ts';
import { createServer } from '../mcp/server/server.ts';
import type { Caller } from '../mcp/tools/support/define-tool.ts';
import { ownedBundles } from '../storage/bundle-owners.ts';
import { createBundleStore } from '../storage/bundles.ts';
import type { Db } from '../storage/db/db.ts';
import { openDatabase } from '../storage/db/open.ts';
import { createProofStore } from '../storage/proofs.ts';
import { ConfigError, UserError } from '../values/errors.ts';
import { createLogger, type Logger } from '../values/log.ts';
import { createListener } from '../web/listener.ts';

type Stop = () => Promise<void>;

/** What every server needs; nothing in it can carry out a write. */
function createRooms(db: Db, cliConfig: McpStdioConfig['cli'], log: Logger) {
  const locator = createCliLocator({ ...cliConfig, log });
  locator.start();
  const cli = createCli({ locator, scratchDir: join(tmpdir(), 'dab-bot-mcp'), log });
  const proofs = createProofStore(db);
  const workspace = ({ host, token }: Pick<Caller, 'host' | 'token'>) => createWorkspace({ host, token, log });
  const shared = {
    workspace,
    proofs,
    prover: createProver({ cli, store: proofs, log }),
    writes: createWriteProposals({ db, cli, log }),
    log,
  };
  return { locator, workspace, shared, bundles: createBundleStore(db) };
}

async function startHttp(config: McpHttpConfig, log: Logger): Promise<Stop> {
  const host = config.DATABRICKS_HOST;
  const inApps = config.DATABRICKS_APP_NAME !== undefined;
  const publicUrl = config.DAB_MCP_PUBLIC_URL ?? `http://127.0.0.1:${config.DATABRICKS_APP_PORT}`;
  const database = await openDatabase(config.storage, log);
  const { db } = database;
  const { locator, workspace, shared, bundles } = createRooms(db, config.cli, log);
  // Behind the Apps proxy, which nobody gets around, the name in Host is not known before the first deployment.
  const ownNames = inApps ? undefined : [new URL(publicUrl).hostname, 'localhost', '127.0.0.1', '[::1]'];

  const app = createHttpApp({
    ...shared,
    bundlesOf: ({ host: at, userName }) => ownedBundles(bundles, db, `${at} ${userName}`),
    authenticate: createAuthenticate({
      host,
      sources: { forwarded: config.DAB_MCP_FORWARDED_TOKEN ?? inApps, bearer: config.DAB_MCP_BEARER },
      me: (token) => workspace({ host, token: async () => token }).me(),
    }),
    host,
    publicUrl,
    checks: { hosts: config.DAB_MCP_HOSTS ?? ownNames, origins: config.DAB_MCP_ORIGINS },
    callMs: inApps ? LIMITS.callBehindProxyMs : LIMITS.callMs,
    ready: async () => {
      const reached = await db.query('select 1').then(
        () => true,
        () => false,
      );
      const ok = reached && !listener.isStopping();
      return { ok, checks: { database: reached, cli: locator.status().state } };
    },
  });
  const listener = createListener(app);
  const { url } = await listener.start(config.DATABRICKS_APP_PORT);
  log.info({ url, host, storage: database.kind }, 'The MCP server is ready');

  return async () => {
    await listener.stop();
    await database.close();
  };
}

/** For an editor or another agent, which started us and reads stdout: logs go to stderr, and what is made lives as long as we do. */
async function startStdio({ cli, signIn }: McpStdioConfig, log: Logger): Promise<Stop> {
  const [database, { host, token }] = await Promise.all([openDatabase('memory', log), openLocalLogin(signIn)]);
  const { shared, workspace, bundles } = createRooms(database.db, cli, log);
  const { userName } = await workspace({ host, token }).me();
  const server = createServer({ ...shared, bundles }, { host, userName, token });
  await server.connect(new StdioServerTransport());
  log.info({ host, userName }, 'The MCP server is ready on stdio');
  return async () => {
    await server.close();
    await database.close();
  };
}

/** Logs whatever nobody waited for, and ends: a supervisor starts us anew. */
function endOnRejection(log: Logger): Logger {
  process.on('unhandledRejection', (reason) => {
    log.fatal({ err: reason }, 'unhandled rejection');
    process.exit(1);
  });
  return log;
}

const onStdio = process.argv.includes('--stdio');

async function start(): Promise<{ stop: Stop; log: Logger }> {
  if (onStdio) {
    const config = loadMcpStdioConfig();
    const log = endOnRejection(createLogger({ level: config.LOG_LEVEL, destination: process.stderr }));
    return { stop: await startStdio(config, log), log };
  }
  const config = loadMcpHttpConfig();
  const log = endOnRejection(createLogger({ level: config.LOG_LEVEL }));
  return { stop: await startHttp(config, log), log };
}

try {
  const { stop, log } = await start();
  let stopping = false;
  const end = async (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'The MCP server drains');
    await stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal));
  if (onStdio) process.stdin.once('end', () => void end('the client has gone'));
} catch (error) {
  const words =
    error instanceof ConfigError || error instanceof UserError
      ? error.message
      : `The MCP server could not start: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
