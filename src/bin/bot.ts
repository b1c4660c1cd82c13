// The bot: its configuration, the rooms in the order in which they need each other, start, and drain.
import { createAgent } from '../agent/agent.ts';
import { claudeOptions } from '../config/claude.ts';
import { type BotConfig, loadBotConfig } from '../config/load.ts';
import { createConversation } from '../conversation/conversation.ts';
import { createWorkspaceWrites } from '../databricks/api-writes/workspace-writes.ts';
import { createAppFiles } from '../databricks/app-files.ts';
import { createLookup } from '../databricks/read/lookup.ts';
import { createWorkspace } from '../databricks/workspace.ts';
import { createDeployment } from '../deployment/deployment.ts';
import { createIdentities } from '../identity/identities.ts';
import { createToolsChooser } from '../mcp/client/choose-server.ts';
import { createSlack } from '../slack/slack.ts';
import { openStorage } from '../storage/storage.ts';
import { createScaledClock, systemClock } from '../values/clock.ts';
import type { ProgramLogger } from '../values/log.ts';
import { createMetrics } from '../values/metrics.ts';
import { watchStalls } from '../values/stalls.ts';
import { createReadiness } from '../web/readiness.ts';
import { createWeb } from '../web/web.ts';
import { runProgram } from './run-program.ts';

async function start(config: BotConfig, log: ProgramLogger): Promise<() => Promise<void>> {
  const { DATABRICKS_HOST: host, DAB_PUBLIC_URL: publicUrl } = config;
  const clock = config.DAB_CLOCK_SCALE === undefined ? systemClock : createScaledClock(config.DAB_CLOCK_SCALE);
  const metrics = createMetrics();
  watchStalls(log, (what) => metrics.stalls.inc({ during: what }));
  const readiness = createReadiness(clock, { database: 'it is being opened', slack: 'the database comes first' });
  const web = createWeb({ publicUrl, ready: readiness.look, metrics: () => metrics.registry.metrics(), log });
  // Before all that may have to be waited for, so that somebody can see what it is.
  const { url } = await web.start(config.DATABRICKS_APP_PORT);

  const { DAB_LEASE_SECONDS: leaseSeconds, DAB_DIE_AFTER_WRITES: dieAfterWrites, DAB_STOP_AFTER_WRITES: stopAfterWrites } = config;
  const vaultKey = { keyId: config.DAB_VAULT_KEY_ID, key: config.DAB_VAULT_KEY };
  const onAway = (reason: string) => readiness.watch('database', () => reason);
  // Leases go by the database's clock, which nobody speeds up.
  const leases = { leaseSeconds, clock: systemClock };
  const storage = await openStorage({ ...config.storage, onAway }, { ...leases, vaultKey, log, dieAfterWrites, stopAfterWrites });
  readiness.watch('database', async () => ((await storage.answers()) ? undefined : 'it does not answer'));
  const workspace = (caller: Pick<Parameters<typeof createWorkspace>[0], 'host' | 'token' | 'onWait'>) =>
    createWorkspace({ ...caller, clock, log });

  const identities = createIdentities({
    db: storage.unleased,
    oauth: {
      host,
      clientId: config.DAB_OAUTH_CLIENT_ID,
      clientSecret: config.DAB_OAUTH_CLIENT_SECRET,
      redirectUri: `${publicUrl}/auth/callback`,
    },
    vaultKey,
    publicUrl,
    linkLimits: config.linkLimits,
    me: (at, token) => workspace({ host: at, token: async () => token }).me(),
    clock,
    log,
  });
  const deployment = createDeployment({
    ...storage,
    find: { ...config.cli, ...(config.app && { fromWorkspace: createAppFiles(config.app) }) },
    scratchName: 'dab-bot',
    workspace,
    workspaceWrites: (caller) => createWorkspaceWrites({ ...caller, clock, log }),
    clock,
    log,
  });
  const lookup = createLookup((who: Parameters<typeof identities.token>[0]) =>
    workspace({ host, token: (refused?: string) => identities.token(who, { refused }) }),
  );
  const slack = createSlack({
    ...storage,
    identities,
    lookup,
    botToken: config.SLACK_BOT_TOKEN,
    appToken: config.SLACK_APP_TOKEN,
    apiUrl: config.SLACK_API_URL,
    streamIn: config.DAB_STREAM_IN,
    host,
    proposal: deployment.approvals.get,
    report: deployment.approvals.report,
    write: deployment.writeApprovals.get,
    proposalsOf: deployment.approvals.ofConversation,
    proposalsBeside: deployment.approvals.besideConversation,
    destroyedOf: deployment.writeApprovals.destroyedOf,
    metrics,
    clock,
    log,
  });
  const { agent, keyFor } = claudeOptions(config);
  const conversation = createConversation({
    storage,
    identities,
    deployment,
    thread: slack.thread,
    places: config.places,
    limits: config.limits,
    agent: createAgent({ ...agent, clock, log }),
    model: config.DAB_MODEL,
    claudeKey: keyFor,
    toolsFor: createToolsChooser({
      ...deployment,
      remoteUrl: config.MCP_REMOTE_URL,
      placing: { teamFolder: config.DAB_TEAM_FOLDER, devData: config.devData, answers: storage.devData.of, places: storage.places },
      workspace,
      proofs: storage.proofs,
      clock,
      log,
    }),
    metrics,
    clock,
    log,
  });
  const signIn = identities.createSignIn(slack.listen(conversation));
  web.serveSignIn(signIn.flow);
  readiness.watch('slack', slack.away);
  readiness.mention('cli', deployment.locator.health);

  deployment.locator.start();
  await conversation.start();
  await slack.start();
  await signIn.resumeLinked();
  log.info({ url, host, storage: storage.kind }, 'DAB Bot is ready');
  return async () => {
    await Promise.all([slack.stop(), web.stop()]);
    await storage.close();
  };
}

await runProgram({ name: 'DAB Bot', load: () => loadBotConfig(), start });
