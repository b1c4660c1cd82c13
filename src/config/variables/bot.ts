// The variables of the bot.
import { z } from 'zod';
import { CliSetup, CliVariables } from './cli.ts';
import { ServerVariables } from './server.ts';
import { StorageVariables } from './storage.ts';
import { count, leaseSeconds, limits, mcpUrl, oneOf, text, url, vaultKey } from './value-types.ts';

/** Models that a deployment starts with, by who serves them (facts: claude-and-mcp#models-and-prices, claude-and-mcp#databricks-endpoint). */
export const DEFAULT_MODEL = { anthropic: 'claude-sonnet-5-5', databricks: 'databricks-claude-sonnet-4-6' } as const;

export const BotVariables = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith('xoxb-', 'must be a bot token (xoxb-…)')
    .meta({ type: '`xoxb-…`', description: 'The bot token of the Slack app.', secret: true }),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be an app-level token (xapp-…) with connections:write')
    .meta({ type: '`xapp-…`', description: 'Its app-level token with `connections:write`, for Socket Mode.', secret: true }),
  SLACK_API_URL: url.optional().meta({ description: 'Another Slack than slack.com; the playground sets it.' }),
  DAB_STREAM_IN: oneOf('dm', 'all', 'none').default('dm').meta({
    description:
      'Where steps are shown with Slack’s own streams: direct messages, everywhere, nowhere. Elsewhere one message is kept current.',
  }),
  ...ServerVariables,
  DAB_PUBLIC_URL: url.meta({ description: 'Where people’s browsers reach the bot, for the sign-in.' }),
  DAB_OAUTH_CLIENT_ID: text.meta({ description: 'The OAuth app of the Databricks account that people sign in with.' }),
  DAB_OAUTH_CLIENT_SECRET: text.optional().meta({ description: 'Its secret; none for a public client.', secret: true }),
  DAB_VAULT_KEY: vaultKey.meta({
    description:
      'Seals people’s access tokens, and what was called a secret in a thread, where they are stored. Make one with `openssl rand -base64 32`.',
    secret: true,
  }),
  DAB_VAULT_KEY_ID: text.default('k1').meta({ description: 'A name for that key, stored beside what it sealed.' }),
  ANTHROPIC_BASE_URL: url.optional().meta({ description: 'Where Claude is asked. Unset: the workspace’s own endpoint, as each person.' }),
  ANTHROPIC_API_KEY: text.optional().meta({ description: 'The key for it; needs `ANTHROPIC_BASE_URL`.', secret: true }),
  DAB_MODEL: text.optional().meta({
    description: 'The model.',
    default: `\`${DEFAULT_MODEL.databricks}\`; with a key \`${DEFAULT_MODEL.anthropic}\``,
  }),
  MCP_REMOTE_URL: mcpUrl.optional().meta({
    description: 'The `/mcp` of a server of the tools: https, or on this machine. Unset: the tools run inside the bot.',
  }),
  DAB_TURNS: count.default(16).meta({
    description: 'How many requests and messages one process works on at once. The default fits 2 cores and 6 GB.',
  }),
  DAB_TURNS_OF_ONE: count.optional().meta({
    description:
      'How many of them may be one person’s, in all processes together: more of theirs wait until others of theirs are done, and whoever has asked for less comes first.',
    default: 'half of `DAB_TURNS`',
  }),
  DAB_MAX_WAITING: limits('40,200,1000').meta({
    description: `Messages that may wait or be worked on at a time: of one person, in a channel, in the team. \`none\` is no limit, here and below.`,
  }),
  DAB_MAX_HOURLY: limits('120,600,3000').meta({ description: 'Messages that are taken within an hour: likewise.' }),
  DAB_MAX_DOLLARS: limits('25,100,500').meta({
    description:
      'Dollars at list price that Claude may cost within 24 hours: likewise. A message that it has begun with is brought to its end.',
  }),
  DAB_MAX_BUNDLES: limits('1000,5000,20000').meta({
    description: 'Bundles that are kept, every version of each: likewise. Beyond, no new thread begins; nothing is deleted.',
  }),
  DAB_MAX_LINKS: limits('5,50,200').meta({ description: 'Connect buttons that are open at a time: likewise. Each is for ten minutes.' }),
  ...StorageVariables,
  DAB_LEASE_SECONDS: leaseSeconds.default(10).meta({
    description:
      'After how long without a sign of life another process on the same database goes on with what this one had in hand; with turns and deployments after 10 seconds at least, since the queue waits for that long.',
  }),
  ...CliVariables.shape,
  ...CliSetup,
});
