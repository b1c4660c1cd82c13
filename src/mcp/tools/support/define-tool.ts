// What a tool of ours is: one definition that knows how to register itself on an MCP server and what it may touch.
import type { z } from 'zod';
import type { Step } from '../../../agent/tools.ts';
import type { Workspace } from '../../../databricks/workspace.ts';
import type { AskedWrite } from '../../../deployment/approval/write.ts';
import type { ProposedWrite } from '../../../deployment/plan/propose-write.ts';
import type { Prover } from '../../../deployment/plan/prove.ts';
import type { BundleStore } from '../../../storage/bundles/bundles.ts';
import type { ProofStore } from '../../../storage/bundles/proofs.ts';
import { strip } from './foreign-text.ts';

/** Whom the tools act as. The token stays in this closure; it is never part of an MCP message. */
export interface Caller {
  readonly host: string;
  readonly userName: string;
  readonly token: () => Promise<string>;
}

/** Reports the steps of one call; those still open when the call fails are shown as failed. */
export interface StepReporter {
  start(id: string, title: string): void;
  done(id: string, title: string, details?: string): void;
  /** Passes on a step that another room reports. */
  report(step: Step): void;
}

export interface ToolContext {
  readonly caller: Caller;
  readonly workspace: Workspace;
  readonly bundles: BundleStore;
  readonly prover: Prover;
  /** Proofs that are kept, to tell edits from losses; without them the first version is proved again. */
  readonly proofs: Pick<ProofStore, 'load'> | undefined;
  /** Which bundle an edit in this connection made of which: an edit based on a superseded one would lose the first. */
  readonly edits: Map<string, string>;
  /**
   * Stores a write for this person to approve; nothing happens before their click. Put its `id` into the structured answer as
   * `proposal_id`, and its `text` into the answer. Rejects with UserError where it can't be proposed.
   */
  readonly propose: (write: AskedWrite) => Promise<ProposedWrite>;
  readonly steps: StepReporter;
  readonly signal: AbortSignal;
}

/** `text` is what the model reads; `structured` is for programs, its `bundle_id` says which bundle the call made. */
export interface ToolAnswer<Output> {
  readonly text: string;
  readonly structured: Output;
}

/** A tool as its file writes it. */
interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** Says when to use it. */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** `read` looks; `propose` makes a bundle in our own store, or stores a write that a person may approve. No kind writes to a workspace. */
  readonly kind: 'read' | 'propose';
  run(input: z.output<Input>, context: ToolContext): Promise<ToolAnswer<z.output<Output>>>;
}

/** A tool as the server uses it: whatever comes in is checked against its schema. */
export interface Tool extends Omit<ToolDefinition<z.ZodObject, z.ZodObject>, 'run'> {
  run(input: unknown, context: ToolContext): Promise<ToolAnswer<Record<string, unknown>>>;
}

/** The four hints of MCP; both kinds add and never destroy, and the same call again does no harm. */
export function annotationsOf(tool: { title: string; kind: 'read' | 'propose' }) {
  return {
    title: tool.title,
    readOnlyHint: tool.kind === 'read',
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  };
}

/**
 * A tool from its definition, whose `run` gets an input of the schema's type. What it answers for programs loses its invisible characters
 * too: some hosts show that part to their model.
 */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(definition: ToolDefinition<Input, Output>): Tool {
  return {
    ...definition,
    async run(input, context) {
      const { text, structured } = await definition.run(definition.input.parse(input), context);
      return { text, structured: Object.fromEntries(Object.entries(structured).map(([key, value]) => [key, visible(value)])) };
    },
  };
}

function visible(value: unknown): unknown {
  if (typeof value === 'string') return strip(value).text;
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visible(inner)]));
}
