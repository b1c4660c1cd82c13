// The only reader of process.env: turns it into a typed configuration, or names every missing and bad variable at once.
import { z } from 'zod';
import { ConfigError } from './errors.ts';

/** For the one other place that looks up variables by name: where the CLI is found (deployment/settings.ts). */
export const environment: NodeJS.ProcessEnv = process.env;

/** Databricks Apps may hand over the host without a scheme (facts: databricks 1). */
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

const Variables = z.object({
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token (xoxb-…)'),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'must be an app-level token (xapp-…) with connections:write'),
  SLACK_API_URL: url.optional(),
  DATABRICKS_HOST: host,
  DATABRICKS_APP_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  DAB_PUBLIC_URL: url,
  DAB_OAUTH_CLIENT_ID: z.string().min(1),
  DAB_OAUTH_CLIENT_SECRET: z.string().min(1).optional(),
  DAB_VAULT_KEY: vaultKey,
  DAB_VAULT_KEY_ID: z.string().min(1).default('k1'),
  ANTHROPIC_BASE_URL: url.optional(),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  DAB_MODEL: z.string().min(1).optional(),
  DAB_STREAM_IN: z.enum(['dm', 'all', 'none'], 'must be dm, all or none').default('dm'),
  DAB_DATA_DIR: z.string().min(1).default('.data'),
  DAB_CLI_SETUP: flag.default(true),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be a pino level').default('info'),
  PGHOST: z.string().min(1).optional(),
  PGPORT: z.coerce.number().int().default(5432),
  PGDATABASE: z.string().min(1).default('databricks_postgres'),
  PGUSER: z.string().min(1).optional(),
  PGPASSWORD: z.string().min(1).optional(),
  PGSSLMODE: z.enum(['disable', 'prefer', 'require', 'verify-full'], 'must be disable, prefer, require or verify-full').default('require'),
});

export type Config = Readonly<z.infer<typeof Variables>>;

/** Models that a deployment starts with, by who serves them (facts: claude-and-mcp 5 and 6). */
export const DEFAULT_MODEL = { anthropic: 'claude-sonnet-5-5', databricks: 'databricks-claude-sonnet-4-6' } as const;

/** Reads the environment (an empty variable counts as unset). Throws ConfigError naming every problem. */
export function loadConfig(env: NodeJS.ProcessEnv = environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${problem(issue, given)}`));
  const problems: string[] = [];
  if (parsed.data.PGHOST !== undefined && parsed.data.PGUSER === undefined) problems.push('PGUSER is missing (PGHOST is set)');
  if (parsed.data.ANTHROPIC_API_KEY !== undefined && parsed.data.ANTHROPIC_BASE_URL === undefined)
    problems.push('ANTHROPIC_BASE_URL is missing (ANTHROPIC_API_KEY is set; use https://api.anthropic.com for Anthropic itself)');
  if (problems.length > 0) throw new ConfigError(problems);
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

/** Words for one problem; a value is never repeated, it may be a secret. */
function problem(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  return issue.path[0] !== undefined && !(String(issue.path[0]) in given) ? 'is missing' : issue.message;
}
