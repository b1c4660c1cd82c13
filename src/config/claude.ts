// Which Claude a deployment talks to: Databricks' own endpoint with each person's token, unless there is a key for another one.
import type { BotConfig } from './load.ts';

export function claudeOptions({ ANTHROPIC_API_KEY: ownKey, ANTHROPIC_BASE_URL, DATABRICKS_HOST }: BotConfig) {
  const baseURL = ANTHROPIC_BASE_URL ?? `${DATABRICKS_HOST}/serving-endpoints/anthropic`;
  return {
    /** As createAgent takes it. */
    agent: {
      client: { baseURL, apiKey: async () => ownKey ?? Promise.reject(new Error('every turn brings its own key')) },
      // Without it the newest models say nothing between tool calls; other endpoints are not known to take it
      // (facts: claude-and-mcp#thinking-display, claude-and-mcp#databricks-endpoint).
      ...(new URL(baseURL).host === 'api.anthropic.com' ? { thinking: { type: 'adaptive', display: 'summarized' } as const } : {}),
    },
    /** The key for a turn of the person with this token. */
    keyFor: (token: () => Promise<string>): (() => Promise<string>) => (ownKey === undefined ? token : async () => ownKey),
  };
}
