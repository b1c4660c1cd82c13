// The agent's port to its tools: it knows names, schemas and short results; mcp/client.ts implements it.

/** A tool as the Messages API wants it described. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly input_schema: { readonly type: 'object'; readonly [key: string]: unknown };
}

/** A step of a turn as people see it; the same id again replaces title, status and details. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly status: 'in_progress' | 'complete' | 'error';
  readonly details?: string | undefined;
}

export interface ToolCall {
  /** The id of the tool_use block. */
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ToolResult {
  /** Trusted text, or foreign text marked as data. */
  readonly text: string;
  readonly isError: boolean;
  /** The bundle this call made or changed: `bundle://<digest>`'s digest. */
  readonly bundleDigest?: string | undefined;
  /** Writes this call has proposed; a person decides on them. */
  readonly proposalIds?: readonly string[] | undefined;
}

export interface Tools {
  list(): Promise<readonly ToolSpec[]>;
  /** Never rejects for a tool's own failure (that is `isError`); rejects when aborted. */
  call(call: ToolCall, options: { signal: AbortSignal; onStep: (step: Step) => void }): Promise<ToolResult>;
}
