// The agent's port to its tools: names, schemas and short results; mcp/client implements it.

/** A tool as the Messages API wants it described. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly input_schema: { readonly type: 'object'; readonly [key: string]: unknown };
}

/** A step of a turn as people see it. A later one with the same id replaces its title, status and details. */
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
  /** The digest of the bundle that this call made. */
  readonly bundleDigest?: string | undefined;
  /** The writes that this call has proposed; a person decides on them. */
  readonly proposalIds?: readonly string[] | undefined;
}

export interface Tools {
  list(): Promise<readonly ToolSpec[]>;
  /** Rejects when aborted, and where statements fail for the moment; but never because the tool failed: that is `isError`. */
  call(call: ToolCall, options: { signal: AbortSignal; onStep: (step: Step) => void }): Promise<ToolResult>;
}
