// The only reader of process.env: turns it into a typed configuration, or names every missing and bad variable at once.
import { z } from 'zod';
import { ConfigError } from '../values/errors.ts';

/** For the one other place that looks up variables by name: where the CLI is found (deployment/settings.ts). */
export const environment: NodeJS.ProcessEnv = process.env;

/** Databricks Apps may hand over the host without a scheme (facts: databricks#apps-runtime). */
const host = z
  .string()
  .transform((text) => (text.includes('://') ? text : `https://${text}`).replace(/\/+$/, ''))
  .pipe(z.url('must be a URL such as https://my-workspace.cloud.databricks.com'));
const url = z.url('must be a URL').transform((text) => text.replace(/\/+$/, ''));
const vaultKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64 (make one with: openssl rand -base64 32)');
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Where rows are kept: Postgres on a server, or else embedded in a folder. */
const Storage = {
  DAB_DATA_DIR: z.string().min(1).default('.data'),
  PGHOST: z.string().min(1).optional(),
  PGPORT: z.coerce.number().int().default(5432),
  PGDATABASE: z.string().min(1).default('databricks_postgres'),
  PGUSER: z.string().min(1).optional(),
  PGPASSWORD: z.string().min(1).optional(),
  PGSSLMODE: z.enum(['disable', 'prefer', 'require', 'verify-full'], 'must be disable, prefer, require or verify-full').default('require'),
};
const level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be a pino level').default('info');
const port = z.coerce.number().int().min(0).max(65535).default(8000);

/** People's tokens go there. Whoever gives the app's address alone means its `/mcp`. */
const remote = url
  .refine((text) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(text), 'must be https, or on this machine')
  .transform((text) => (new URL(text).pathname === '/' ? new URL('/mcp', text) : new URL(text)));

const Variables = z.object({
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token (xoxb-…)'),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must be an app-level token (xapp-…) with connections:write'),
  SLACK_API_URL: url.optional(),
  DATABRICKS_HOST: host,
  DATABRICKS_APP_PORT: port,
  DAB_PUBLIC_URL: url,
  DAB_OAUTH_CLIENT_ID: z.string().min(1),
  DAB_OAUTH_CLIENT_SECRET: z.string().min(1).optional(),
  DAB_VAULT_KEY: vaultKey,
  DAB_VAULT_KEY_ID: z.string().min(1).default('k1'),
  ANTHROPIC_BASE_URL: url.optional(),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  DAB_MODEL: z.string().min(1).optional(),
  DAB_STREAM_IN: z.enum(['dm', 'all', 'none'], 'must be dm, all or none').default('dm'),
  DAB_CLI_SETUP: flag.default(true),
  LOG_LEVEL: level,
  MCP_REMOTE_URL: remote.optional(),
  ...Storage,
});

export type Config = Readonly<z.infer<typeof Variables>>;

/** Models that a deployment starts with, by who serves them (facts: claude-and-mcp#models-and-prices, claude-and-mcp#databricks-endpoint). */
export const DEFAULT_MODEL = { anthropic: 'claude-sonnet-5-5', databricks: 'databricks-claude-sonnet-4-6' } as const;

/** Reads the environment (an empty variable counts as unset). Throws ConfigError naming every problem. */
export function loadConfig(env: NodeJS.ProcessEnv = environment): Config {
  const config = load(Variables, env);
  if (config.ANTHROPIC_API_KEY !== undefined && config.ANTHROPIC_BASE_URL === undefined)
    throw new ConfigError(['ANTHROPIC_BASE_URL is missing (ANTHROPIC_API_KEY is set; use https://api.anthropic.com for Anthropic itself)']);
  return config;
}

const list = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(z.string().min(1, 'holds an empty entry')));

const McpVariables = z.object({
  DATABRICKS_HOST: host,
  DATABRICKS_APP_PORT: port,
  /** Set by Databricks Apps: a proxy stands before us that signs people in (facts: databricks#the-apps-proxy). */
  DATABRICKS_APP_NAME: z.string().min(1).optional(),
  DAB_MCP_PUBLIC_URL: url.optional(),
  DAB_MCP_FORWARDED_TOKEN: flag.optional(),
  DAB_MCP_BEARER: flag.default(false),
  DAB_MCP_HOSTS: list.optional(),
  DAB_MCP_ORIGINS: list.default([]),
  DAB_CLI_SETUP: flag.default(true),
  LOG_LEVEL: level,
  ...Storage,
});

export type McpConfig = Readonly<z.infer<typeof McpVariables>>;

/** The environment of the MCP server over HTTP. Throws ConfigError naming every problem. */
export function loadMcpConfig(env: NodeJS.ProcessEnv = environment): McpConfig {
  const config = load(McpVariables, env);
  if (config.DATABRICKS_APP_NAME === undefined && config.DAB_MCP_FORWARDED_TOKEN !== true && !config.DAB_MCP_BEARER)
    throw new ConfigError([
      'DAB_MCP_BEARER must be true outside Databricks Apps (callers send their token as Authorization: Bearer), or DAB_MCP_FORWARDED_TOKEN behind a proxy of yours that sets X-Forwarded-Access-Token',
    ]);
  return config;
}

const McpStdioVariables = McpVariables.pick({ DAB_CLI_SETUP: true, LOG_LEVEL: true });

/** The environment of the MCP server on stdio, beside the sign-in of whoever sits at this machine. Throws ConfigError. */
export function loadMcpStdioConfig(env: NodeJS.ProcessEnv = environment): Readonly<z.infer<typeof McpStdioVariables>> {
  return load(McpStdioVariables, env);
}

function load<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  const lacksUser = given.PGHOST !== undefined && given.PGUSER === undefined;
  const problems = lacksUser ? ['PGUSER is missing (PGHOST is set)'] : [];
  if (!parsed.success) problems.unshift(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${problem(issue, given)}`));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

const Login = z.object({ DATABRICKS_HOST: host.optional(), DATABRICKS_TOKEN: z.string().min(1).optional() });

/** The workspace and token of whoever runs the converter; both absent: it works without a workspace. Throws ConfigError. */
export function loadLogin(env: NodeJS.ProcessEnv = environment): { host: string | undefined; token: string | undefined } {
  const { DATABRICKS_HOST, DATABRICKS_TOKEN } = env;
  const parsed = Login.safeParse({ DATABRICKS_HOST: DATABRICKS_HOST || undefined, DATABRICKS_TOKEN: DATABRICKS_TOKEN || undefined });
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  return { host: parsed.data.DATABRICKS_HOST, token: parsed.data.DATABRICKS_TOKEN };
}

/** Where rows are kept, as openStorage takes it. */
export function storageOptions(config: Pick<Config, keyof typeof Storage>) {
  const { PGHOST, PGUSER, PGPASSWORD } = config;
  if (PGHOST === undefined || PGUSER === undefined) return { dataDir: config.DAB_DATA_DIR };
  const login = {
    host: PGHOST,
    port: config.PGPORT,
    database: config.PGDATABASE,
    user: PGUSER,
    ...(PGPASSWORD !== undefined && { password: PGPASSWORD }),
  };
  return { postgres: { ...login, ssl: config.PGSSLMODE === 'disable' ? false : { rejectUnauthorized: config.PGSSLMODE !== 'prefer' } } };
}

/** Words for one problem; a value is never repeated, it may be a secret. */
function problem(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  return issue.path[0] !== undefined && !(String(issue.path[0]) in given) ? 'is missing' : issue.message;
}
