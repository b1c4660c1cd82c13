// The configuration names every problem at once and never repeats a value.
import { describe, expect, it } from 'vitest';
import {
  handedOn,
  loadBotConfig,
  loadCliConfig,
  loadConverterConfig,
  loadMcpHttpConfig,
  loadMcpStdioConfig,
} from '../../src/config/load.ts';
import { ConfigError } from '../../src/values/errors.ts';

const GOOD = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  DATABRICKS_HOST: 'acme.databricks.example/',
  DAB_PUBLIC_URL: 'https://dab.example/',
  DAB_OAUTH_CLIENT_ID: 'client',
  DAB_VAULT_KEY: Buffer.alloc(32, 1).toString('base64'),
};

function problemsOf(env: Record<string, string>, load: (env: Record<string, string>) => unknown = loadBotConfig): readonly string[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loadBotConfig', () => {
  it('reads a good environment; a host without a scheme is https', () => {
    const config = loadBotConfig(GOOD);
    expect(config.DATABRICKS_HOST).toBe('https://acme.databricks.example');
    expect(config.DAB_PUBLIC_URL).toBe('https://dab.example');
    expect(config.DATABRICKS_APP_PORT).toBe(8000);
    expect(config.DAB_VAULT_KEY).toHaveLength(32);
    expect(config.places).toEqual({ turns: 16, ofOnePerson: 8 });
    expect(loadBotConfig({ ...GOOD, DAB_TURNS: '5' }).places).toEqual({ turns: 5, ofOnePerson: 3 });
    expect(config.storage).toEqual({ dataDir: '.data', endsWithDeployment: false });
    expect(loadBotConfig({ ...GOOD, PGHOST: 'db.example', PGUSER: 'dab', PGSSLMODE: 'prefer' }).storage).toEqual({
      postgres: {
        host: 'db.example',
        port: 5432,
        database: 'databricks_postgres',
        user: 'dab',
        schema: 'dab',
        ssl: { rejectUnauthorized: false },
      },
    });
  });

  it('takes limits as three numbers or none, for a person, a channel and the team', () => {
    expect(loadBotConfig(GOOD).limits.waiting).toEqual({ person: 40, channel: 200, team: 1000 });
    const set = loadBotConfig({ ...GOOD, DAB_MAX_DOLLARS: '0.5, none ,1000' }).limits;
    expect(set.dollars).toEqual({ person: 0.5, channel: Number.POSITIVE_INFINITY, team: 1000 });
    for (const bad of ['5', '1,2', '1,2,3,4', '-1,2,3', 'no,2,3'])
      expect(problemsOf({ ...GOOD, DAB_MAX_HOURLY: bad })).toEqual([expect.stringContaining('DAB_MAX_HOURLY must be three numbers')]);
  });

  it('fetches passwords as the app itself where Lakebase is named, unless there is one that lasts', () => {
    const identity = { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_CLIENT_SECRET: 's' };
    const env = { ...GOOD, ...identity, PGHOST: 'db.example', PGUSER: 'app', LAKEBASE_ENDPOINT: 'projects/a/branches/b/endpoints/c' };
    const lakebase = { endpoint: env.LAKEBASE_ENDPOINT, host: 'https://acme.databricks.example', clientId: 'app', clientSecret: 's' };
    expect(loadBotConfig(env).storage).toHaveProperty('postgres.lakebase', lakebase);
    const lasting = loadBotConfig({ ...env, PGPASSWORD: 'p' }).storage;
    expect(lasting).toHaveProperty('postgres.password', 'p');
    expect(lasting).not.toHaveProperty('postgres.lakebase');
  });

  it('reads the CLI’s archive in the workspace as the app itself, which it then must know', () => {
    const identity = { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_CLIENT_SECRET: 's' };
    const inVolume = { ...GOOD, DAB_CLI_ARCHIVE: '/Volumes/main/tools/cli/{archive}' };
    const config = loadBotConfig({ ...inVolume, ...identity });
    expect(config.cli.archive).toBe('/Volumes/main/tools/cli/{archive}');
    expect(config.app).toEqual({ host: 'https://acme.databricks.example', clientId: 'app', clientSecret: 's' });
    expect(problemsOf(inVolume)).toEqual([
      'DATABRICKS_CLIENT_ID is missing (DAB_CLI_ARCHIVE is a file of the workspace)',
      'DATABRICKS_CLIENT_SECRET is missing (DAB_CLI_ARCHIVE is a file of the workspace)',
    ]);
    expect(loadBotConfig({ ...GOOD, DAB_CLI_ARCHIVE: 'https://mirror.example/{archive}' }).app).toBeUndefined();
    expect(problemsOf({ ...GOOD, DAB_CLI_ARCHIVE: 'cli.zip' })).toEqual([expect.stringContaining('DAB_CLI_ARCHIVE must be an address')]);
  });

  it('takes a faster clock as a factor and the moment it begins, which the playground hands to several programs', () => {
    expect(loadBotConfig(GOOD).DAB_CLOCK_SCALE).toBeUndefined();
    const scaled = { DAB_CLOCK_SCALE: '20@1764000000000' };
    expect(loadBotConfig({ ...GOOD, ...scaled }).DAB_CLOCK_SCALE).toEqual({ factor: 20, since: 1_764_000_000_000 });
    expect(loadMcpHttpConfig({ ...GOOD, ...scaled, DAB_MCP_BEARER: 'true' }).DAB_CLOCK_SCALE).toEqual({
      factor: 20,
      since: 1_764_000_000_000,
    });
    for (const bad of ['20', '0@1764000000000', '20@now', '@1764000000000'])
      expect(problemsOf({ ...GOOD, DAB_CLOCK_SCALE: bad })).toEqual([expect.stringContaining('DAB_CLOCK_SCALE')]);
  });

  it('asks the workspace’s own Claude unless there is a key for another', () => {
    expect(loadBotConfig(GOOD).DAB_MODEL).toMatch(/^databricks-/);
    const own = { ...GOOD, ANTHROPIC_BASE_URL: 'https://api.anthropic.com', ANTHROPIC_API_KEY: 'sk' };
    expect(loadBotConfig(own).DAB_MODEL).toMatch(/^claude-/);
    expect(loadBotConfig({ ...own, DAB_MODEL: 'mine' }).DAB_MODEL).toBe('mine');
  });

  it('names all that is missing and bad together, without the values', () => {
    const problems = problemsOf({ SLACK_BOT_TOKEN: 'secret-in-the-wrong-place', DATABRICKS_APP_PORT: 'eighty', DAB_VAULT_KEY: 'short' });
    const text = problems.join('\n');
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'DATABRICKS_HOST',
      'DATABRICKS_APP_PORT',
      'DAB_PUBLIC_URL',
      'DAB_OAUTH_CLIENT_ID',
      'DAB_VAULT_KEY',
    ])
      expect(text).toContain(name);
    expect(text).toContain('SLACK_APP_TOKEN is missing');
    expect(text).not.toContain('secret-in-the-wrong-place');
    expect(text).not.toContain('eighty');
  });

  it('counts an empty variable as unset, and asks for what belongs together', () => {
    expect(problemsOf({ ...GOOD, SLACK_BOT_TOKEN: '' })).toEqual(['SLACK_BOT_TOKEN is missing']);
    expect(problemsOf({ ...GOOD, PGHOST: 'db.example' })).toEqual(['PGUSER is missing (PGHOST is set)']);
    expect(problemsOf({ ...GOOD, DAB_DB_SCHEMA: 'public' })).toEqual([expect.stringContaining('DAB_DB_SCHEMA must be')]);
    const app = { ...GOOD, DATABRICKS_APP_NAME: 'dab-bot' };
    expect(problemsOf(app)).toEqual([expect.stringMatching(/^PGHOST is missing .*DAB_EMBEDDED_IN_APPS=true/)]);
    expect(loadBotConfig({ ...app, DAB_EMBEDDED_IN_APPS: 'true' }).storage).toEqual({ dataDir: '.data', endsWithDeployment: true });
    const inApps = { ...app, PGHOST: 'db.example', PGUSER: 'app' };
    expect(problemsOf(inApps)).toEqual(['LAKEBASE_ENDPOINT is missing (PGHOST is set and PGPASSWORD is not)']);
    expect(problemsOf({ ...inApps, PGPASSWORD: 'p' })).toEqual([]);
    expect(problemsOf({ ...inApps, LAKEBASE_ENDPOINT: 'projects/a/branches/b/endpoints/c' })).toEqual([
      'DATABRICKS_CLIENT_ID is missing (LAKEBASE_ENDPOINT is set)',
      'DATABRICKS_CLIENT_SECRET is missing (LAKEBASE_ENDPOINT is set)',
    ]);
    const data = { DAB_DEV_SCHEMA: '{short_name}_sandbox', DAB_DEV_CATALOG: 'lab' };
    expect(loadBotConfig({ ...GOOD, ...data }).devData).toEqual({ schema: '{short_name}_sandbox', catalog: 'lab' });
    expect(problemsOf({ ...GOOD, DAB_DEV_CATALOG: 'lab.dev' })).toEqual([expect.stringContaining('DAB_DEV_CATALOG must be')]);
    for (const schema of ['sandbox', 'dev{short_name}', 'main.dev_{short_name}'])
      expect(problemsOf({ ...GOOD, DAB_DEV_SCHEMA: schema })).toEqual([expect.stringContaining('DAB_DEV_SCHEMA must be')]);
    expect(problemsOf({ ...GOOD, MCP_REMOTE_URL: 'tools' })).toEqual(['MCP_REMOTE_URL must be a URL']);
    expect(problemsOf({ ...GOOD, MCP_REMOTE_URL: 'http://tools.example/mcp' })).toEqual([
      'MCP_REMOTE_URL must be https, or on this machine',
    ]);
    expect(problemsOf({ ...GOOD, MCP_REMOTE_URL: 'http://127.0.0.1:8000/mcp' })).toEqual([]);
    for (const given of ['https://tools.example/mcp', 'https://tools.example/', 'https://tools.example'])
      expect(loadBotConfig({ ...GOOD, MCP_REMOTE_URL: given }).MCP_REMOTE_URL?.href).toBe('https://tools.example/mcp');
    expect(problemsOf({ ...GOOD, ANTHROPIC_API_KEY: 'sk' }).join()).toContain('ANTHROPIC_BASE_URL is missing');
  });
});

describe('loadMcpHttpConfig', () => {
  const HOST = { DATABRICKS_HOST: 'acme.databricks.example' };

  it('in Databricks Apps needs nothing but what Apps sets', () => {
    const config = loadMcpHttpConfig({ ...HOST, DATABRICKS_APP_NAME: 'dab-tools', DAB_EMBEDDED_IN_APPS: 'true' });
    expect(config).toMatchObject({ DATABRICKS_HOST: 'https://acme.databricks.example', DAB_MCP_BEARER: false, DAB_MCP_ORIGINS: [] });
  });

  it('elsewhere asks which header to believe: none is believed unasked', () => {
    expect(problemsOf(HOST, loadMcpHttpConfig).join()).toContain('DAB_MCP_BEARER must be true');
    expect(problemsOf({ ...HOST, DAB_MCP_BEARER: 'false' }, loadMcpHttpConfig)).toHaveLength(1);
    expect(problemsOf({ ...HOST, DAB_MCP_BEARER: 'true' }, loadMcpHttpConfig)).toEqual([]);
    expect(problemsOf({ ...HOST, DAB_MCP_FORWARDED_TOKEN: 'true' }, loadMcpHttpConfig)).toEqual([]);
  });

  it('reads lists, and names bad values together', () => {
    const lists = { DAB_MCP_HOSTS: 'tools.example, 127.0.0.1', DAB_MCP_ORIGINS: 'https://a.example' };
    expect(loadMcpHttpConfig({ ...HOST, ...lists, DAB_MCP_BEARER: 'true' })).toMatchObject({
      DAB_MCP_HOSTS: ['tools.example', '127.0.0.1'],
      DAB_MCP_ORIGINS: ['https://a.example'],
    });
    const bad = problemsOf({ DAB_MCP_BEARER: 'yes', DAB_MCP_HOSTS: 'a,,b', PGHOST: 'db.example' }, loadMcpHttpConfig).join('\n');
    for (const name of ['DATABRICKS_HOST is missing', 'DAB_MCP_BEARER', 'DAB_MCP_HOSTS', 'PGUSER is missing']) expect(bad).toContain(name);
  });
});

describe('loadMcpStdioConfig', () => {
  it('hands on what signs this machine’s user in, and nothing else', () => {
    const config = loadMcpStdioConfig({
      DATABRICKS_CONFIG_PROFILE: 'dev',
      ARM_CLIENT_ID: 'x',
      DATABRICKS_HOST: '',
      SLACK_BOT_TOKEN: 'canary',
    });
    expect(config.signIn).toEqual({ DATABRICKS_CONFIG_PROFILE: 'dev', ARM_CLIENT_ID: 'x' });
    expect(JSON.stringify(config)).not.toContain('canary');
    expect(problemsOf({ LOG_LEVEL: 'loud' }, loadMcpStdioConfig)).toEqual([
      'LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    ]);
  });

  it('keeps no rows, so it asks for no Postgres', () => {
    expect(problemsOf({ PGHOST: 'db.example' }, loadMcpStdioConfig)).toEqual([]);
  });
});

describe('loadConverterConfig', () => {
  it('takes the workspace and the token, or neither', () => {
    expect(loadConverterConfig({ DATABRICKS_TOKEN: '' })).toEqual({ host: undefined, token: undefined, devData: {} });
    const given = { DATABRICKS_HOST: 'acme.databricks.example', DATABRICKS_TOKEN: 't' };
    expect(loadConverterConfig(given)).toEqual({ host: 'https://acme.databricks.example', token: 't', devData: {} });
    expect(problemsOf({ ...given, DATABRICKS_HOST: 'not a host' }, loadConverterConfig).join()).toContain('DATABRICKS_HOST must be a URL');
  });
});

describe('loadCliConfig', () => {
  const MACHINE = {
    HOME: '/home/x',
    PATH: '/bin',
    DATABRICKS_CLI_PATH: '',
    GOPROXY: 'https://proxy.test',
    https_proxy: 'http://proxy.test',
    DATABRICKS_TOKEN: 'dapi-canary',
    GOOGLE_CREDENTIALS: 'canary',
  };

  it('counts an empty variable as unset, and hands Go no secret', () => {
    expect(loadCliConfig(MACHINE)).toEqual({
      cacheDir: '/home/x/.cache/dab-bot',
      path: '/bin',
      goEnv: { HOME: '/home/x', GOPROXY: 'https://proxy.test', https_proxy: 'http://proxy.test' },
      allowSetup: true,
    });
    expect(loadBotConfig({ ...GOOD, ...MACHINE, DAB_CLI_SETUP: 'false' }).cli).toEqual({ ...loadCliConfig(MACHINE), allowSetup: false });
  });

  it('the playground hands its programs no more than that', () => {
    expect(Object.keys(handedOn({ ...MACHINE, LOG_LEVEL: 'warn', TMPDIR: '/tmp' })).sort()).toEqual(
      ['GOPROXY', 'HOME', 'LOG_LEVEL', 'PATH', 'TMPDIR', 'https_proxy'].sort(),
    );
  });
});
