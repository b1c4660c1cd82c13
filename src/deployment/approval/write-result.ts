// How an approved write ended, and the proposal of a write as other rooms see it.
import { z } from 'zod';
import type { WriteRow } from '../../storage/write-proposals.ts';
import { isDangerousWrite, type Write, writeOf } from './write.ts';

const Result = z.object({
  /** `running`: it was started, and goes on in the workspace. */
  state: z.enum(['running', 'done', 'failed', 'unknown']),
  /** A run of a job that was started, or an update of a pipeline; `startedAt` in milliseconds since 1970. */
  run: z.object({ runId: z.string(), pipelineId: z.string().optional(), startedAt: z.number() }).optional(),
  /** How long it took. */
  ms: z.number().optional(),
  /** It was started, and nobody follows it. */
  startedOnly: z.boolean().optional(),
  problem: z.string().optional(),
  next: z.string().optional(),
  /** What Databricks said, word for word: data, for people only. */
  said: z.string().optional(),
  link: z.object({ text: z.string(), url: z.string() }).optional(),
  /** Of a statement: capped, `more` when there were more rows or columns. */
  table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())), more: z.boolean() }).optional(),
  /** The CLI was still at work when it was last seen. */
  mayRun: z.boolean().optional(),
});

/** `unknown`: it may or may not have happened, a person has to look; it is never done again by itself. */
export type WriteResult = z.infer<typeof Result>;

type Shown = 'id' | 'conversationId' | 'digest' | 'host' | 'userName' | 'state' | 'expiresAt' | 'decidedBy' | 'decidedClick';

export interface WriteProposal extends Pick<WriteRow, Shown> {
  readonly write: Write;
  readonly danger: boolean;
  readonly result?: WriteResult;
}

export function writeProposalOf(row: WriteRow): WriteProposal {
  const { result, ...shown } = row;
  const write = writeOf(row);
  return { ...shown, write, danger: isDangerousWrite(write), ...(result === undefined ? {} : { result: Result.parse(result) }) };
}

/** It certainly did not happen. */
export function notDone(problem: string, next: string): WriteResult {
  return { state: 'failed', problem: `${problem} Nothing was done.`, next };
}

export function unknown(problem: string): WriteResult {
  return {
    state: 'unknown',
    problem: `${problem} It may or may not have been done.`,
    next: 'Look at it in the workspace before anybody does it again.',
  };
}
