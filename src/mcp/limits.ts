// The limits of the server and its clients, each with its source.

export const LIMITS = {
  /** Milliseconds for one call; our choice, long enough to export all sources of the largest job. */
  callMs: 600_000,
  /** The same behind the Apps proxy, less than the 120 s after which it ends a request (facts: databricks#the-apps-proxy). */
  callBehindProxyMs: 110_000,
  /** Milliseconds beyond that for which a client waits: what the server says of a call that took too long has to arrive. */
  spareMs: 5_000,
  /** Milliseconds between comments on a silent stream: often enough that no proxy closes it and a dead server is noticed soon. */
  keepAliveMs: 5_000,
  /** Milliseconds without even a comment after which a client asks whether a remote server is up: two comments are missing. */
  silentMs: 11_000,
  /** Milliseconds for a short exchange: connecting, listing, health with its two calls to the workspace. */
  connectMs: 15_000,
  /** Milliseconds for which a client remembers whether a server reaches Jobs for a person. */
  reachMs: 600_000,
  /** Milliseconds that a server may take to answer that it is up. */
  healthMs: 3_000,
  /** Milliseconds for which a client waits for a server that went away; our choice, a restart of an app takes less. */
  returnMs: 60_000,
  /** Milliseconds between looks whether it is back: first, and at most. */
  lookMs: 250,
  lookMostMs: 3_000,
  /** How often a call is sent to a server that goes away in the middle of it. */
  tries: 3,
  /** Bytes of one JSON-RPC message: what the SDK's transport takes when it parses for itself (facts: claude-and-mcp#mcp-over-http). */
  messageBytes: 4 * 1024 * 1024,
  /** Bytes of a bundle on its way: 200 MB of files (bundle/check) in base64, and room for what is said about them. */
  bundleBytes: 300 * 1024 * 1024,
  /** Milliseconds for which a token counts as valid after the workspace has accepted it; our choice, well below the hour that it lives. */
  tokenMs: 300_000,
  /** Tokens that are remembered at once; our choice. */
  tokens: 1_000,
} as const;
