// What one turn may use, and what a model costs: the room's named limits.

/** Limits of one run; createAgent takes others. Our choice unless a source is named. */
export interface Limits {
  /** Model calls in one run. */
  readonly stepsPerTurn: number;
  /** Dollars at list price in one run; replies that are not stored count too. */
  readonly dollarsPerTurn: number;
  /** Tokens that a reply may have at first; doubled, up to the ceiling, whenever a tool call was cut off. */
  readonly maxTokens: number;
  readonly maxTokensCeiling: number;
  /** Characters of one tool result that the model gets. */
  readonly resultCharacters: number;
  /** Tool calls of one reply that run at the same time. */
  readonly parallelCalls: number;
  /** Milliseconds before each retry of a model call, one entry a retry (facts: claude-and-mcp#errors-and-retries). */
  readonly retryDelaysMs: readonly number[];
  /** Milliseconds after the first failure of a model call in which a retry may still begin. */
  readonly patienceMs: number;
  /** Milliseconds without an event after which a stream counts as lost. */
  readonly streamIdleMs: number;
}

export const LIMITS: Limits = {
  stepsPerTurn: 40,
  dollarsPerTurn: 2,
  maxTokens: 16_000,
  maxTokensCeiling: 64_000,
  resultCharacters: 24_000,
  parallelCalls: 8,
  retryDelaysMs: [500, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000],
  patienceMs: 150_000,
  streamIdleMs: 300_000,
};

/** Dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

/** Anthropic's list prices with the 5-minute cache (facts: claude-and-mcp#models-and-prices); Databricks' own are unknown. */
export const PRICES: Readonly<Record<string, Price>> = {
  'claude-opus-5-5': { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 },
  'claude-sonnet-5-5': { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
  'claude-haiku-5-5': { input: 0.5, output: 2.5, cacheWrite: 0.625, cacheRead: 0.05 },
  'claude-fable-5-1': { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 },
};

/** For a model without a price: as much as the dearest one, so that a budget is rather too small. */
const DEAREST: Price = { input: 10, output: 50, cacheWrite: 12.5, cacheRead: 1 };

/** Token counts of a reply, as the Messages API reports them. */
export interface Used {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens?: number | null | undefined;
  readonly cache_read_input_tokens?: number | null | undefined;
}

/** What one reply has cost. */
export interface Cost {
  readonly model: string;
  /** At list price. */
  readonly dollars: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
}

/** Of one reply. Databricks writes models as `databricks-claude-…` or `system.ai.claude-…`: the end of the name decides. */
export function costOf(model: string, used: Used, prices: Readonly<Record<string, Price>> = PRICES): Cost {
  const known = Object.keys(prices).find((name) => model === name || model.endsWith(name));
  const price = (known === undefined ? undefined : prices[known]) ?? DEAREST;
  const { input_tokens: inputTokens, output_tokens: outputTokens } = used;
  const [cacheWriteTokens, cacheReadTokens] = [used.cache_creation_input_tokens ?? 0, used.cache_read_input_tokens ?? 0];
  const millionths =
    inputTokens * price.input + outputTokens * price.output + cacheWriteTokens * price.cacheWrite + cacheReadTokens * price.cacheRead;
  return { model, dollars: millionths / 1_000_000, inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens };
}
