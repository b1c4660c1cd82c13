// The typed configuration of each program. Every function throws ConfigError naming every missing and bad variable.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { environment, given, read } from './environment.ts';
import { BotVariables, DEFAULT_MODEL } from './variables/bot.ts';
import { type CliSetup, CliVariables, GO_VARIABLES } from './variables/cli.ts';
import { ConverterVariables, HANDED_ON, PlaygroundVariables } from './variables/local.ts';
import { McpHttpVariables, McpStdioVariables, SIGN_IN_PREFIXES } from './variables/mcp-server.ts';
import type { DevDataVariables, ServerVariables } from './variables/server.ts';
import type { StorageVariables } from './variables/storage.ts';

type Values<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export type BotConfig = ReturnType<typeof loadBotConfig>;
export type McpHttpConfig = ReturnType<typeof loadMcpHttpConfig>;
export type McpStdioConfig = ReturnType<typeof loadMcpStdioConfig>;

export function loadBotConfig(env: NodeJS.ProcessEnv = environment) {
  const values = read(BotVariables, env, [
    storageNeeds,
    archiveNeeds,
    (set) =>
      set.ANTHROPIC_API_KEY !== undefined && set.ANTHROPIC_BASE_URL === undefined
        ? ['ANTHROPIC_BASE_URL is missing (ANTHROPIC_API_KEY is set; use https://api.anthropic.com for Anthropic itself)']
        : [],
  ]);
  const model = values.ANTHROPIC_API_KEY === undefined ? DEFAULT_MODEL.databricks : DEFAULT_MODEL.anthropic;
  return {
    ...values,
    DAB_MODEL: values.DAB_MODEL ?? model,
    app: app(values),
    storage: storage(values),
    cli: cli(values, env),
    devData: devData(values),
    places: { turns: values.DAB_TURNS, ofOnePerson: values.DAB_TURNS_OF_ONE ?? Math.ceil(values.DAB_TURNS / 2) },
    limits: {
      waiting: values.DAB_MAX_WAITING,
      hourly: values.DAB_MAX_HOURLY,
      dollars: values.DAB_MAX_DOLLARS,
      bundles: values.DAB_MAX_BUNDLES,
    },
    linkLimits: values.DAB_MAX_LINKS,
  };
}

/** The server of the tools over HTTP. */
export function loadMcpHttpConfig(env: NodeJS.ProcessEnv = environment) {
  const values = read(McpHttpVariables, env, [
    storageNeeds,
    archiveNeeds,
    (set) =>
      set.DATABRICKS_APP_NAME === undefined && set.DAB_MCP_FORWARDED_TOKEN !== 'true' && set.DAB_MCP_BEARER !== 'true'
        ? [
            'DAB_MCP_BEARER must be true outside Databricks Apps (callers send their token as Authorization: Bearer), or DAB_MCP_FORWARDED_TOKEN behind a proxy of yours that sets X-Forwarded-Access-Token',
          ]
        : [],
  ]);
  return { ...values, app: app(values), storage: storage(values), cli: cli(values, env), devData: devData(values) };
}

/** The server of the tools on stdio; `signIn` are the variables from which Databricks' SDK learns who sits at this machine. */
export function loadMcpStdioConfig(env: NodeJS.ProcessEnv = environment) {
  const values = read(McpStdioVariables, env);
  const signIn = Object.entries(given(env)).filter(([name]) => SIGN_IN_PREFIXES.some((prefix) => name.startsWith(prefix)));
  return { ...values, cli: cli(values, env), devData: devData(values), signIn: Object.fromEntries(signIn) };
}

/** The workspace and token of whoever runs the converter; both absent: it works without a workspace. */
export function loadConverterConfig(env: NodeJS.ProcessEnv = environment) {
  const values = read(ConverterVariables, env);
  const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token, DAB_TEAM_FOLDER: teamFolder } = values;
  return { host, token, teamFolder, devData: devData(values) };
}

export function loadPlaygroundConfig(env: NodeJS.ProcessEnv = environment) {
  return read(PlaygroundVariables, env);
}

/** The variables that the playground's programs take over from it: how to find programs, the CLI and Go's caches, nothing else. */
export function handedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(given(env)).filter(([name]) => HANDED_ON.includes(name) || isForGo(name)));
}

/** Where the Databricks CLI is found or prepared, as deployment/install takes it. */
export function loadCliConfig(env: NodeJS.ProcessEnv = environment) {
  return cli({ ...read(CliVariables, env), DAB_CLI_SETUP: true }, env);
}

function cli(values: Values<typeof CliVariables.shape & typeof CliSetup>, env: NodeJS.ProcessEnv) {
  const home = values.HOME ?? homedir();
  const { DATABRICKS_CLI_PATH: path, DAB_CLI_ARCHIVE: archive } = values;
  return {
    ...(path === undefined ? {} : { cliPath: path }),
    ...(archive === undefined ? {} : { archive }),
    cacheDir: values.DAB_CACHE_DIR ?? join(home, '.cache', 'dab-bot'),
    path: values.PATH ?? '',
    /** What a Go build needs of the environment; no secrets. */
    goEnv: { HOME: home, ...Object.fromEntries(Object.entries(given(env)).filter(([name]) => isForGo(name))) },
    /** false: neither download nor build. */
    allowSetup: values.DAB_CLI_SETUP,
  };
}

const isForGo = (name: string) => GO_VARIABLES.includes(name.toUpperCase());

/** Where development copies write. */
function devData({ DAB_DEV_SCHEMA: schema, DAB_DEV_CATALOG: catalog }: Values<typeof DevDataVariables>) {
  return { schema, catalog };
}

/** The app's own identity, where it has one. */
function app({
  DATABRICKS_HOST: host,
  DATABRICKS_CLIENT_ID: clientId,
  DATABRICKS_CLIENT_SECRET: clientSecret,
}: Values<typeof ServerVariables>) {
  return clientId === undefined || clientSecret === undefined ? undefined : { host, clientId, clientSecret };
}

/** Where rows are kept, as openStorage takes it. */
function storage({ PGHOST, PGUSER, PGPASSWORD, ...values }: Values<typeof StorageVariables & typeof ServerVariables>) {
  if (PGHOST === undefined || PGUSER === undefined)
    return { dataDir: values.DAB_DATA_DIR, endsWithDeployment: values.DATABRICKS_APP_NAME !== undefined };
  const { LAKEBASE_ENDPOINT: endpoint } = values;
  const identity = app(values);
  const login = {
    host: PGHOST,
    port: values.PGPORT,
    database: values.PGDATABASE,
    user: PGUSER,
    schema: values.DAB_DB_SCHEMA,
    ...(PGPASSWORD === undefined ? {} : { password: PGPASSWORD }),
    ...(PGPASSWORD !== undefined || endpoint === undefined || identity === undefined ? {} : { lakebase: { endpoint, ...identity } }),
  };
  return { postgres: { ...login, ssl: values.PGSSLMODE === 'disable' ? false : { rejectUnauthorized: values.PGSSLMODE !== 'prefer' } } };
}

/** The names of the app's own identity that are not set. */
const identityLacks = (set: Readonly<Record<string, string>>) =>
  ['DATABRICKS_CLIENT_ID', 'DATABRICKS_CLIENT_SECRET'].filter((name) => set[name] === undefined);

/** A file of the workspace is read as the app itself. */
function archiveNeeds(set: Readonly<Record<string, string>>): readonly string[] {
  if (set.DAB_CLI_ARCHIVE?.startsWith('/') !== true) return [];
  return identityLacks(set).map((name) => `${name} is missing (DAB_CLI_ARCHIVE is a file of the workspace)`);
}

/**
 * What rows need besides PGHOST. In Databricks Apps there is no disk that stays, so they need that too, and its server is Lakebase, where
 * nobody gets in without a password.
 */
function storageNeeds(set: Readonly<Record<string, string>>): readonly string[] {
  const inApps = set.DATABRICKS_APP_NAME !== undefined;
  if (set.PGHOST === undefined)
    return inApps && set.DAB_EMBEDDED_IN_APPS !== 'true'
      ? [
          'PGHOST is missing (give the app a database as a resource; or DAB_EMBEDDED_IN_APPS=true, and each deployment of the app forgets all)',
        ]
      : [];
  const because = 'PGHOST is set';
  const user = set.PGUSER === undefined ? [`PGUSER is missing (${because})`] : [];
  if (set.PGPASSWORD !== undefined) return user;
  if (set.LAKEBASE_ENDPOINT === undefined)
    return !inApps ? user : [...user, `LAKEBASE_ENDPOINT is missing (${because} and PGPASSWORD is not)`];
  return [...user, ...identityLacks(set).map((name) => `${name} is missing (LAKEBASE_ENDPOINT is set)`)];
}
