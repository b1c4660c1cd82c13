// The bot: config → rooms → wiring → start → drain on SIGTERM.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '../agent/agent.ts';
import { type BotConfig, loadBotConfig } from '../config/load.ts';
import { createConversations } from '../conversation/conversations.ts';
import { type CreateQueue, createQueue } from '../conversation/queue.ts';
import { createTurnRunner } from '../conversation/turn.ts';
import { createVersions } from '../conversation/versions.ts';
import { createWorkspaceWrites } from '../databricks/api-writes/workspace-writes.ts';
import { requireFolder } from '../databricks/read/folder.ts';
import { createWorkspace } from '../databricks/workspace.ts';
import { createDeploymentApprovals } from '../deployment/approval/decide-deployment.ts';
import { createWriteApprovals } from '../deployment/approval/decide-write.ts';
import { createCli } from '../deployment/cli/open-bundle.ts';
import { createDeployer } from '../deployment/execute/deploy-approved.ts';
import { createWriteExecutor } from '../deployment/execute/execute-write.ts';
import { createCliLocator } from '../deployment/install/locate.ts';
import { createPlanner } from '../deployment/plan/plan-version.ts';
import { createWriteProposals } from '../deployment/plan/propose-write.ts';
import { createProver } from '../deployment/plan/prove.ts';
import { createIdentities } from '../identity/identities.ts';
import { createChoice } from '../mcp/client/choose-server.ts';
import { createClients, createSlack } from '../slack/bolt/app.ts';
import { createPace } from '../slack/bolt/rate-limits.ts';
import { createAsk, registerAsk } from '../slack/listen/commands.ts';
import { createConnect, parseResume } from '../slack/listen/connect.ts';
import { createApprove, registerApprove } from '../slack/listen/decisions.ts';
import { createPoster } from '../slack/thread/poster.ts';
import { createThread } from '../slack/thread/thread.ts';
import { createBundleStore } from '../storage/bundles.ts';
import { createConversationRows } from '../storage/conversations.ts';
import { openStorage } from '../storage/db/open.ts';
import { createInbox } from '../storage/inbox.ts';
import { createOutbox } from '../storage/outbox.ts';
import { createProofStore } from '../storage/proofs.ts';
import { createTurnRows } from '../storage/turns.ts';
import { ConfigError } from '../values/errors.ts';
import { createLogger, type Logger } from '../values/log.ts';
import { createMetrics } from '../values/metrics.ts';
import { createWeb } from '../web/web.ts';

async function start(log: Logger, config: BotConfig): Promise<() => Promise<void>> {
  const host = config.DATABRICKS_HOST;
  const metrics = createMetrics();
  const storage = await openStorage(config.storage, log);
  const { db, boss } = storage;
  const rows = { conversations: createConversationRows(db), turns: createTurnRows(db), outbox: createOutbox(db) };
  const bundles = createBundleStore(db);
  const proofs = createProofStore(db);
  const queueOf: CreateQueue = (options) => createQueue(boss, log, options);

  // Databricks: who people are, and the workspace as one of them.
  const identities = createIdentities({
    db,
    oauth: {
      host,
      clientId: config.DAB_OAUTH_CLIENT_ID,
      ...(config.DAB_OAUTH_CLIENT_SECRET !== undefined && { clientSecret: config.DAB_OAUTH_CLIENT_SECRET }),
      redirectUri: `${config.DAB_PUBLIC_URL}/auth/callback`,
    },
    vaultKey: { keyId: config.DAB_VAULT_KEY_ID, key: config.DAB_VAULT_KEY },
    publicUrl: config.DAB_PUBLIC_URL,
    me: (at, token) => createWorkspace({ host: at, token: async () => token, log }).me(),
    onLinked: ({ resume, identity }) => ask.resume(parseResume(resume), identity),
    log,
  });
  const workspace = (caller: { host: string; token: () => Promise<string> }) =>
    createWorkspace({ host: caller.host, token: caller.token, log });
  const workspaceOf = (who: { team: string; user: string }) => workspace({ host, token: () => identities.token(who) });

  // Deployment: the CLI is found or prepared in the background.
  const locator = createCliLocator({ ...config.cli, log });
  locator.start();
  const cli = createCli({ locator, scratchDir: join(tmpdir(), 'dab-bot'), log });
  const prover = createProver({ cli, store: proofs, log });
  const asToken = (as: { host: string; token: string }) => workspace({ host: as.host, token: async () => as.token });
  const planner = createPlanner({ cli, db, log, workspace: asToken });
  const approvals = createDeploymentApprovals({ db });
  const loadBundle = async (digest: string) => (await bundles.load(digest))?.bundle;
  const deployer = createDeployer({
    cli,
    db,
    loadBundle,
    workspace: asToken,
    log,
  });

  // Writes other than deployments: tools propose, a person's click executes.
  const writes = createWriteProposals({ db, cli, log });
  const writeApprovals = createWriteApprovals({ db });
  const executor = createWriteExecutor({
    db,
    cli,
    loadBundle,
    writes: ({ host: at, token }) => createWorkspaceWrites({ host: at, token: async () => token, log }),
    log,
  });

  // Claude: Databricks' own endpoint with the person's token, unless there is a key for another one.
  const ownKey = config.ANTHROPIC_API_KEY;
  const baseURL = config.ANTHROPIC_BASE_URL ?? `${host}/serving-endpoints/anthropic`;
  const agent = createAgent({
    client: {
      baseURL,
      apiKey: async () => ownKey ?? Promise.reject(new Error('every turn brings its own key')),
    },
    // Without it the newest models say nothing between tool calls; other endpoints are not known to take it
    // (facts: claude-and-mcp#thinking-display, claude-and-mcp#databricks-endpoint).
    ...(new URL(baseURL).host === 'api.anthropic.com' && { thinking: { type: 'adaptive', display: 'summarized' } as const }),
    log,
  });

  // Slack: the thread shows what conversations do; conversations know it as a port.
  const inbox = createInbox(db);
  const slack = createSlack({
    botToken: config.SLACK_BOT_TOKEN,
    appToken: config.SLACK_APP_TOKEN,
    apiUrl: config.SLACK_API_URL,
    inbox,
    metrics,
    log,
  });
  const { client, create } = createClients({ botToken: config.SLACK_BOT_TOKEN, apiUrl: config.SLACK_API_URL, log });
  const deploying = new Map<string, string>();
  const poster = createPoster({ create, read: client, outbox: rows.outbox, log });
  const thread = createThread({
    client,
    create,
    poster,
    outbox: rows.outbox,
    deploying,
    versions: () => versions,
    proposal: approvals.get,
    write: writeApprovals.get,
    pace: createPace(),
    streamIn: config.DAB_STREAM_IN,
    stop: (id, by) => conversations.stop(id, by),
    log,
  });
  const versions = createVersions({
    rows,
    bundles,
    prover,
    storedProof: (bundleDigest, as) => proofs.load({ bundleDigest, ...as }),
    planner,
    cli: locator,
    identities,
    thread,
    log,
  });
  const turns = createTurnRunner({
    rows,
    bundles,
    agent,
    model: config.DAB_MODEL,
    claudeKey: (token) => (ownKey === undefined ? token : async () => ownKey),
    toolsFor: createChoice({ remoteUrl: config.MCP_REMOTE_URL, workspace, prover, proofs, writes, log }),
    identities,
    versions,
    writes,
    thread,
    metrics,
    log,
  });
  const catchUp = async (id: string) => {
    const conversation = await rows.conversations.get(id);
    if (conversation !== undefined) await versions.catchUp(conversation);
  };
  const conversations = createConversations({
    createQueue: queueOf,
    alone: storage.kind === 'pglite',
    rows,
    runTurn: turns.run,
    giveUpTurn: turns.giveUp,
    planAgain: versions.planAgain,
    catchUp,
  });
  const connect = createConnect({ client, identities });
  const jobs = {
    name: async (who: { team: string; user: string }, jobId: string) =>
      String((await workspaceOf(who).getJob(jobId)).settings.name ?? 'Untitled'),
    folder: async (who: { team: string; user: string }, path: string) => {
      await requireFolder(workspaceOf(who), path);
    },
    list: (who: { team: string; user: string }, name: string, limit: number) => workspaceOf(who).listJobs({ name, limit }),
  };
  const ask = createAsk({ client, thread, conversations, connect, identities, jobs, host, log });
  const approving = createApprove({
    client,
    outbox: rows.outbox,
    deploying,
    createQueue: queueOf,
    conversations,
    approvals,
    deployer,
    writeApprovals,
    executor,
    identities,
    connect,
    thread,
    versions,
    metrics,
    log,
  });
  registerAsk(slack.app, ask, { conversations, log });
  registerApprove(slack.app, approving, log);

  const web = createWeb({
    flow: identities.flow,
    publicUrl: config.DAB_PUBLIC_URL,
    ready: async () => {
      const database = await db.query('select 1').then(
        () => true,
        () => false,
      );
      const checks = { slack: slack.connected(), database, cli: locator.status().state };
      return { ok: checks.slack && checks.database, checks };
    },
    metrics: () => metrics.registry.metrics(),
    log,
  });

  // What a dead process left is settled before new work comes in.
  const recovered = [...(await deployer.recover()), ...(await executor.recover())];
  for (const proposal of recovered) {
    const conversation = proposal.conversationId === undefined ? undefined : await conversations.get(proposal.conversationId);
    if (conversation !== undefined) await thread.refresh(conversation);
  }
  const { url } = await web.start(config.DATABRICKS_APP_PORT);
  await approving.queue.start(recovered.map((proposal) => proposal.id));
  await conversations.begin();
  await slack.start();
  await identities.resumeLinked();
  void versions.watchCli(conversations.catchUp).catch((error: unknown) => log.error({ err: error }, 'cards do not follow the CLI'));
  log.info({ url, host, storage: storage.kind }, 'DAB Bot is ready');

  return async () => {
    await slack.stop();
    await web.stop();
    await storage.close();
  };
}

let stopping = false;
try {
  const config = loadBotConfig();
  const log = createLogger({ level: config.LOG_LEVEL });
  process.on('unhandledRejection', (reason) => {
    // Socket Mode rejects with nothing when it is stopped in the middle of a handshake (facts: slack#socket-mode).
    if (stopping && reason === undefined) return;
    log.fatal({ err: reason }, 'unhandled rejection');
    process.exit(1);
  });
  const stop = await start(log, config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      stopping = true;
      log.info({ signal }, 'DAB Bot drains');
      await stop();
      process.exit(0);
    });
  }
} catch (error) {
  const words =
    error instanceof ConfigError
      ? error.message
      : `DAB Bot could not start: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
