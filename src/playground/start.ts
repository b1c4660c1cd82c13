// Starts the stand-ins and the real bot as a child process with the variables that a real deployment would set.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handedOn } from '../config/load.ts';
import { createScaledClock, systemClock } from '../values/clock.ts';
import { type Child, createChild, freePort } from './child.ts';
import { type ClaudeStandIn, createClaudeStandIn } from './claude/stand-in.ts';
import { FAST, HUMAN, type Pace } from './claude/voice.ts';
import { createCrowd } from './crowd.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from './databricks/stand-in.ts';
import { createSlackStandIn, type SlackStandIn } from './slack/stand-in.ts';
import { DEFAULT_USERS, type StandInUser } from './slack/team/state.ts';
import { createToolsServer, type ToolsServer } from './tools-server.ts';

const MAIN = join(import.meta.dirname, '..', 'bin', 'bot.ts');
const PAGE_DIR = join(import.meta.dirname, 'page');
const CLIENT_ID = 'dab-bot';
interface PlaygroundOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly jobsDir?: string | undefined;
  /** The real thing in place of a stand-in. */
  readonly real?: { readonly claude?: { apiKey: string } | undefined; readonly databricks?: { host: string; token: string } | undefined };
  readonly page?: boolean;
  readonly port?: number;
  /** Kept and reused when given: a restart goes on with what was there. */
  readonly dataDir?: string;
  /** The tools on a server of their own, as MCP_REMOTE_URL has it. */
  readonly remoteTools?: boolean;
  /** Hears a line as each step begins. */
  readonly say?: (line: string) => void;
  /** How many times as fast time goes, for the programs and the stand-ins alike; for tests. */
  readonly clockScale?: number;
  /** Processes of the bot, side by side; more than one need a Postgres server, which `variables` name. */
  readonly processes?: number | undefined;
  /** As it goes on for hours, not for the few minutes of a test: what is used much is made fast, which costs a start. */
  readonly lasting?: boolean;
  /** For measuring: what every answer of the workspace takes, in real milliseconds; how Claude speaks; and a team that is big. */
  readonly latencyMs?: number;
  readonly pace?: Pace;
  readonly crowd?: { readonly people: number; readonly channels: number };
  /** More variables for the bot. */
  readonly variables?: Record<string, string>;
}

export interface Playground {
  readonly slack: SlackStandIn;
  readonly databricks: DatabricksStandIn;
  /** Undefined when the real Claude answers. */
  readonly claude: ClaudeStandIn | undefined;
  readonly botUrl: string;
  /** Those of a big team: names of people, ids of channels. */
  readonly crowd: Pick<ReturnType<typeof createCrowd>, 'names' | 'channels'>;
  /** Its processes; people's browsers reach the first one. */
  readonly bots: readonly Child[];
  /** The server of the tools, where they have one of their own. */
  readonly toolsServer: ToolsServer | undefined;
  /** The bot's log so far, JSON lines. */
  log(): Promise<string>;
  /** Kills the bot as a crash would, or ends it politely, and starts it again over the same data. */
  restart(how: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Called when the bot ends although nobody asked it to. */
  onCrash(listener: (log: string) => void): void;
  close(): Promise<void>;
}

export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const say = options.say ?? (() => undefined);
  say(`Starting ${standIns(options.real)} …`);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'dab-playground-')));
  const scale = options.clockScale === undefined ? undefined : { factor: options.clockScale, since: systemClock.now() };
  const clock = scale === undefined ? systemClock : createScaledClock(scale);
  const scaled = scale === undefined ? {} : { DAB_CLOCK_SCALE: `${scale.factor}@${scale.since}` };
  const { latencyMs, pace = options.page === false ? FAST : HUMAN } = options;
  const crowd = createCrowd(options.crowd ?? { people: 0, channels: 0 });
  const databricks = await createDatabricksStandIn({
    ...{ clock, latencyMs, jobsDir: options.jobsDir, forward: options.real?.databricks, moreUsers: crowd.databricks },
  });
  const claude = options.real?.claude === undefined ? await createClaudeStandIn({ clock, pace }) : undefined;
  const slack = await createSlackStandIn({
    clock,
    ...(options.page !== false ? { pageDir: PAGE_DIR } : {}),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...crowd.slack,
    ...(options.real?.databricks ? { users: usersOf(databricks) } : {}),
  });
  const botUrl = `http://127.0.0.1:${await freePort()}`;
  databricks.registerOAuthClient({ clientId: CLIENT_ID, redirectUri: `${botUrl}/auth/callback` });

  const toolsServer =
    options.remoteTools === true
      ? await createToolsServer({ env: options.env, host: databricks.url, dataDir, variables: scaled })
      : undefined;
  const env = {
    ...handedOn(options.env),
    ...(toolsServer ? { MCP_REMOTE_URL: toolsServer.url } : {}),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.url,
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_APP_PORT: new URL(botUrl).port,
    DAB_PUBLIC_URL: botUrl,
    DAB_OAUTH_CLIENT_ID: CLIENT_ID,
    DAB_VAULT_KEY: randomBytes(32).toString('base64'),
    DAB_DATA_DIR: join(dataDir, 'postgres'),
    ANTHROPIC_BASE_URL: claude?.url ?? 'https://api.anthropic.com',
    ANTHROPIC_API_KEY: claude?.apiKey ?? options.real?.claude?.apiKey ?? '',
    ...scaled,
    ...options.variables,
  };

  const { lasting } = options;
  const bot = createChild({ name: 'The bot', main: MAIN, env, lasting, url: botUrl, logFile: join(dataDir, 'bot.log') });
  const bots = [bot];
  for (let number = 2; number <= (options.processes ?? 1); number++) {
    const port = await freePort();
    const files = { logFile: join(dataDir, `bot-${number}.log`) };
    const own = { env: { ...env, DATABRICKS_APP_PORT: String(port) }, url: `http://127.0.0.1:${port}` };
    bots.push(createChild({ name: `Bot ${number}`, main: MAIN, lasting, ...own, ...files }));
  }

  const close = async () => {
    await Promise.all([...bots.map((one) => one.stop('SIGTERM')), toolsServer?.stop('SIGTERM')]);
    await Promise.all([slack.close(), databricks.close(), claude?.close()]);
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };

  try {
    if (toolsServer !== undefined) say('Starting the server of the tools …');
    await toolsServer?.start();
    say('Starting the bot with its embedded Postgres …');
    await Promise.all(bots.map((one) => one.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    slack,
    databricks,
    claude,
    botUrl,
    crowd,
    bots,
    toolsServer,
    log: async () => (await Promise.all(bots.map((one) => one.log()))).join(''),
    async restart(how) {
      await bot.stop(how);
      await bot.start();
    },
    onCrash: bot.onCrash,
    close,
  };
}

/** The far sides that are played here, in words. */
function standIns(real: PlaygroundOptions['real']): string {
  const names = ['Slack', ...(real?.databricks === undefined ? ['Databricks'] : []), ...(real?.claude === undefined ? ['Claude'] : [])];
  const list = new Intl.ListFormat('en').format(names);
  return names.length === 1 ? `the stand-in of ${list}` : `the stand-ins of ${list}`;
}

/** Over a real workspace ana is the identity of its token. */
function usersOf(databricks: DatabricksStandIn): StandInUser[] {
  const [me] = databricks.workspace.users;
  return DEFAULT_USERS.map((user) => (user.name === 'ana' && me !== undefined ? { ...user, email: me.userName } : user));
}
