// What a tool is: its definition, and what it gets to work with.
import type { z } from 'zod';
import type { Step } from '../../../agent/tools.ts';
import type { Placing } from '../../../conversion/choose-places.ts';
import type { BundleWish } from '../../../conversion/make-bundle.ts';
import type { Workspace } from '../../../databricks/workspace.ts';
import type { AskedWrite } from '../../../deployment/approval/write.ts';
import type { ProposedWrite } from '../../../deployment/plan/propose-write.ts';
import type { Prover } from '../../../deployment/plan/prove.ts';
import type { BundleStore } from '../../../storage/bundles/bundles.ts';
import type { ProofStore } from '../../../storage/bundles/proofs.ts';
import type { Clock } from '../../../values/clock.ts';
import type { OnWait, TokenSource } from '../../../values/patience.ts';
import { stripInvisible } from './foreign-text.ts';

/** The person the tools act as. The token is never part of an MCP message. */
export interface Caller {
  readonly host: string;
  readonly userName: string;
  readonly token: TokenSource;
}

/** Reports the steps of one call; those still open when the call fails are shown as failed. */
export interface StepReporter {
  start(id: string, title: string): void;
  done(id: string, title: string, details?: string): void;
  /** Passes on a whole step. */
  report(step: Step): void;
  /** Shows that Databricks is waited for. */
  readonly waits: OnWait;
}

export interface ToolContext {
  readonly caller: Caller;
  readonly workspace: Workspace;
  readonly bundles: BundleStore;
  /** Where bundles may lie in the workspace, where some do, and where development copies write. */
  readonly placing: Pick<Placing, 'teamFolder' | 'places'> & {
    readonly devData?: BundleWish['devData'];
    /** Where this person has answered that their copies shall write, by the catalog of production. */
    readonly answers?: (of: { host: string; userName: string }) => Promise<NonNullable<BundleWish['devData']>['answers']>;
    /** Whether `places` tells of deployments; absent: it does. */
    readonly areKnown?: () => Promise<boolean>;
  };
  readonly prover: Prover;
  /** The proofs that are kept; without them the first version of an edited bundle is proved again. */
  readonly proofs: Pick<ProofStore, 'load'> | undefined;
  /** Which bundle has been edited into which in this connection: a second edit of the same version would lose the first. */
  readonly edits: Map<string, string>;
  /**
   * Stores a write for this person to approve; nothing happens before their click. The answer must hold its `text`, and its `id` as
   * `proposal_id` in the structured part. Rejects with UserError where it can't be proposed.
   */
  readonly propose: (write: AskedWrite) => Promise<ProposedWrite>;
  readonly steps: StepReporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** `text` is for the model, `structured` for programs; its `bundle_id` says which bundle the call made. */
interface ToolAnswer<Output> {
  readonly text: string;
  readonly structured: Output;
}

/** A tool as its own file defines it. */
interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** Says when to use it. */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** A tool of kind `propose` stores a bundle, or a write that a person may approve. No tool changes a workspace. */
  readonly kind: 'read' | 'propose';
  run(input: z.output<Input>, context: ToolContext): Promise<ToolAnswer<z.output<Output>>>;
}

/** A tool as the server uses it: it checks its input against the schema. */
export interface Tool extends Omit<ToolDefinition<z.ZodObject, z.ZodObject>, 'run'> {
  run(input: unknown, context: ToolContext): Promise<ToolAnswer<Record<string, unknown>>>;
}

/** MCP's hints: tools only add, never destroy, and a repeated call does no harm. */
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
 * A tool from its definition, whose `run` gets an input of the schema's type. The structured answer loses its invisible characters too,
 * because some hosts show it to their model.
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
  if (typeof value === 'string') return stripInvisible(value).text;
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visible(inner)]));
}
