// The configuration names every problem at once and never repeats a value.
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';

const GOOD = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  DATABRICKS_HOST: 'acme.databricks.example/',
  DAB_PUBLIC_URL: 'https://dab.example/',
  DAB_OAUTH_CLIENT_ID: 'client',
  DAB_VAULT_KEY: Buffer.alloc(32, 1).toString('base64'),
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loadConfig', () => {
  it('reads a good environment; a host without a scheme is https', () => {
    const config = loadConfig(GOOD);
    expect(config.DATABRICKS_HOST).toBe('https://acme.databricks.example');
    expect(config.DAB_PUBLIC_URL).toBe('https://dab.example');
    expect(config.DATABRICKS_APP_PORT).toBe(8000);
    expect(config.DAB_VAULT_KEY).toHaveLength(32);
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
    expect(problemsOf({ ...GOOD, ANTHROPIC_API_KEY: 'sk' }).join()).toContain('ANTHROPIC_BASE_URL is missing');
  });
});
