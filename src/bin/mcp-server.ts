// The MCP server alone: as an app of its own over HTTP, or on stdio (`--stdio`) as whoever sits at this machine.
import { loadMcpHttpConfig, loadMcpStdioConfig, type McpHttpConfig, type McpStdioConfig } from '../config/load.ts';
import { type AppIdentity, createAppFiles } from '../databricks/app-files.ts';
import { openLocalLogin } from '../databricks/local-login.ts';
import { createWorkspace } from '../databricks/workspace.ts';
import { createProposing } from '../deployment/proposing.ts';
import { LIMITS } from '../mcp/limits.ts';
import { createHttpApp } from '../mcp/server/http.ts';
import { createAuthenticate } from '../mcp/server/http-auth.ts';
import { serveStdio } from '../mcp/server/stdio.ts';
import { type BundleStorage, openBundleStorage } from '../storage/storage.ts';
import { type Clock, createScaledClock, systemClock } from '../values/clock.ts';
import type { Logger } from '../values/log.ts';
import { watchStalls } from '../values/stalls.ts';
import { createHttpListener } from '../web/http-listener.ts';
import { createReadiness } from '../web/readiness.ts';
import { createStarting } from '../web/starting.ts';
import { runProgram } from './run-program.ts';

/** What the tools work with; nothing in it can carry out a write. */
function createTools(
  { db, proofs, places, devData: answered }: BundleStorage,
  {
    cli,
    app,
    DAB_TEAM_FOLDER: teamFolder,
    devData,
  }: Pick<McpStdioConfig, 'cli' | 'DAB_TEAM_FOLDER' | 'devData'> & { app?: AppIdentity | undefined },
  deps: { clock: Clock; log: Logger },
) {
  const find = { ...cli, ...(app && { fromWorkspace: createAppFiles(app) }) };
  const { locator, prover, writes } = createProposing({ db, proofs, find, scratchName: 'dab-bot-mcp', ...deps });
  locator.start();
  const workspace = (caller: Pick<Parameters<typeof createWorkspace>[0], 'host' | 'token' | 'onWait'>) =>
    createWorkspace({ ...caller, ...deps });
  const placing = { teamFolder, devData, answers: answered.of, places, areKnown: places.areKnown };
  return { locator, tools: { workspace, placing, proofs, prover, writes, ...deps } };
}

async function startHttp(config: McpHttpConfig, log: Logger): Promise<() => Promise<void>> {
  const { DATABRICKS_HOST: host, DATABRICKS_APP_PORT: port } = config;
  const inApps = config.DATABRICKS_APP_NAME !== undefined;
  const publicUrl = config.DAB_MCP_PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  // Behind the Apps proxy, which nobody gets around, the name in Host is not known before the first deployment.
  const ownNames = inApps ? undefined : [new URL(publicUrl).hostname, 'localhost', '127.0.0.1', '[::1]'];
  const clock = config.DAB_CLOCK_SCALE === undefined ? systemClock : createScaledClock(config.DAB_CLOCK_SCALE);
  watchStalls(log);
  const readiness = createReadiness(clock, { database: 'it is being opened' });
  const listener = createHttpListener();
  // Before all that may have to be waited for, so that somebody can see what it is.
  let answer = createStarting(readiness.look);
  const { url } = await listener.start((request, response) => answer(request, response), port);
  const onAway = (reason: string) => readiness.watch('database', () => reason);
  const storage = await openBundleStorage({ ...config.storage, onAway }, log);
  readiness.watch('database', async () => ((await storage.answers()) ? undefined : 'it does not answer'));
  const { locator, tools } = createTools(storage, config, { clock, log });
  readiness.mention('cli', locator.health);
  answer = createHttpApp({
    ...tools,
    bundlesOf: (caller) => storage.bundlesOf(`${caller.host} ${caller.userName}`),
    authenticate: createAuthenticate({
      host,
      sources: { forwarded: config.DAB_MCP_FORWARDED_TOKEN ?? inApps, bearer: config.DAB_MCP_BEARER },
      me: (token) => tools.workspace({ host, token: async () => token }).me(),
      clock,
    }),
    host,
    publicUrl,
    senders: { hosts: config.DAB_MCP_HOSTS ?? ownNames, origins: config.DAB_MCP_ORIGINS },
    callMs: inApps ? LIMITS.callBehindProxyMs : LIMITS.callMs,
    ready: async () => {
      const { ok, checks } = await readiness.look();
      return { ok: ok && !listener.isStopping(), checks };
    },
  });
  log.info({ url, host, storage: storage.kind }, 'The MCP server is ready');
  return async () => {
    await listener.stop();
    await storage.close();
  };
}

/** For an editor or another agent, which started us and reads stdout; what is made lives as long as we do. */
async function startStdio(config: McpStdioConfig, log: Logger): Promise<() => Promise<void>> {
  const [storage, { host, token }] = await Promise.all([openBundleStorage('memory', log), openLocalLogin(config.signIn)]);
  const { tools } = createTools(storage, config, { clock: systemClock, log });
  const { userName } = await tools.workspace({ host, token }).me();
  const server = await serveStdio({ ...tools, bundles: storage.bundles }, { host, userName, token });
  log.info({ host, userName }, 'The MCP server is ready on stdio');
  return async () => {
    await server.close();
    await storage.close();
  };
}

const name = 'The MCP server';
if (process.argv.includes('--stdio')) await runProgram({ name, load: () => loadMcpStdioConfig(), start: startStdio, onStdio: true });
else await runProgram({ name, load: () => loadMcpHttpConfig(), start: startHttp });
