// manifest.yml is valid against Slack's published schema, and asks for what the code uses.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const manifest = parse(readFileSync(join(ROOT, 'manifest.yml'), 'utf8'));
const schemas = process.env.SLACK_SCHEMA_DIR;

describe('manifest.yml', () => {
  it.skipIf(schemas === undefined || !existsSync(schemas))('is valid against the published schema (SLACK_SCHEMA_DIR)', () => {
    const ajv = new Ajv({ strict: false, formats: { uri: true } });
    const files = readdirSync(schemas ?? '').filter((file) => file.endsWith('.json'));
    const read = (file: string) => JSON.parse(readFileSync(join(schemas ?? '', file), 'utf8'));
    for (const file of files.filter((name) => /\d/.test(name))) ajv.addSchema(read(file), `https://schema.test/${file}`);
    const versions = files.filter((name) => /\d/.test(name)).map(read);
    const [, two] = versions;
    expect(versions).toHaveLength(2);
    const validate = ajv.compile({ ...two, $id: 'https://schema.test/checked' });
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...manifest, display_information: { name: 'n'.repeat(36) } })).toBe(false);
  });

  it('subscribes to the events and asks for the scopes that the Slack room uses', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(
      expect.arrayContaining(['app_mention', 'message.channels', 'message.im']),
    );
    expect(manifest.oauth_config.scopes.bot).toEqual(
      expect.arrayContaining(['chat:write', 'commands', 'files:write', 'users:read.email', 'im:write', 'channels:read', 'groups:read']),
    );
    expect(manifest.features.slash_commands.map((one: { command: string }) => one.command)).toEqual(['/dab']);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
  });
});
