// Starts the stand-ins and the real bot as a child process with the variables that a real deployment would set.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClaudeStandIn, createClaudeStandIn } from './claude/stand-in.ts';
import { FAST, HUMAN } from './claude/voice.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from './databricks/stand-in.ts';
import { createSlackStandIn, type SlackStandIn } from './slack/stand-in.ts';
import { DEFAULT_USERS, type StandInUser } from './slack/state.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const PAGE_DIR = join(import.meta.dirname, 'page');
const CLIENT_ID = 'dab-bot';
/** The first start of the embedded Postgres takes seconds on a slow machine. */
const READY_WITHIN_MS = 60_000;
/** Asked to end, the bot drains; then it is killed. */
const STOP_WITHIN_MS = 15_000;
/** Variables that the child takes over from ours: how to find programs, the CLI and Go's caches, nothing else. */
const INHERITED =
  /^(PATH|HOME|TMPDIR|DATABRICKS_CLI_PATH|DAB_CACHE_DIR|DAB_CLI_SETUP|LOG_LEVEL|GO[A-Z]+|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR))$/i;

export interface PlaygroundOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly jobsDir?: string | undefined;
  /** The real thing in place of a stand-in. */
  readonly real?: { readonly claude?: { apiKey: string } | undefined; readonly databricks?: { host: string; token: string } | undefined };
  readonly page?: boolean;
  readonly port?: number;
  /** Kept and reused when given: a restart goes on with what was there. */
  readonly dataDir?: string;
  /** More variables for the bot. */
  readonly variables?: Record<string, string>;
}

export interface Playground {
  readonly slack: SlackStandIn;
  readonly databricks: DatabricksStandIn;
  /** Undefined when the real Claude answers. */
  readonly claude: ClaudeStandIn | undefined;
  readonly botUrl: string;
  /** The bot's log so far, JSON lines. */
  log(): Promise<string>;
  /** Kills the bot as a crash would, or ends it politely, and starts it again over the same data. */
  restart(how: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Called when the bot ends although nobody asked it to. */
  onCrash(listener: (log: string) => void): void;
  close(): Promise<void>;
}

export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'dab-playground-')));
  const logFile = join(dataDir, 'bot.log');
  const databricks = await createDatabricksStandIn({ jobsDir: options.jobsDir, forward: options.real?.databricks });
  const claude =
    options.real?.claude === undefined ? await createClaudeStandIn({ pace: options.page === false ? FAST : HUMAN }) : undefined;
  const slack = await createSlackStandIn({
    ...(options.page !== false && { pageDir: PAGE_DIR }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.real?.databricks && { users: usersOf(databricks) }),
  });
  const botUrl = `http://127.0.0.1:${await freePort()}`;
  databricks.registerOAuthClient({ clientId: CLIENT_ID, redirectUri: `${botUrl}/auth/callback` });

  const inherited = Object.fromEntries(Object.entries(options.env).filter(([name]) => INHERITED.test(name)));
  const env = {
    ...inherited,
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
    ...options.variables,
  };

  let bot: ChildProcess | undefined;
  let expected = false;
  const crashListeners: ((log: string) => void)[] = [];
  const log = () => readFile(logFile, 'utf8').catch(() => '');

  async function startBot(): Promise<void> {
    expected = false;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    bot = child;
    const file = createWriteStream(logFile, { flags: 'a' });
    child.stdout.pipe(file, { end: false });
    child.stderr.pipe(file, { end: false });
    let ended = false;
    child.once('exit', async () => {
      ended = true;
      if (!expected) for (const listener of crashListeners) listener(await log());
    });
    const until = Date.now() + READY_WITHIN_MS;
    while (!(await isReady(botUrl))) {
      if (ended || Date.now() > until) throw new Error(`The bot did not start. Its log:\n${await log()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function stopBot(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    expected = true;
    const child = bot;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(late);
  }

  const close = async () => {
    await stopBot('SIGTERM');
    await Promise.all([slack.close(), databricks.close(), claude?.close()]);
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };

  try {
    await startBot();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    slack,
    databricks,
    claude,
    botUrl,
    log,
    async restart(how) {
      await stopBot(how);
      await startBot();
    },
    onCrash: (listener) => crashListeners.push(listener),
    close,
  };
}

async function isReady(botUrl: string): Promise<boolean> {
  return fetch(`${botUrl}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

/** A port nobody listens on just now: the bot's address must be known before it starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Over a real workspace ana is the identity of its token. */
function usersOf(databricks: DatabricksStandIn): StandInUser[] {
  const [me] = databricks.workspace.users;
  return DEFAULT_USERS.map((user) => (user.name === 'ana' && me !== undefined ? { ...user, email: me.userName } : user));
}
