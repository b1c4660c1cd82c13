// What a conversion starts from, read whole, and how far the reading is.
import type { Diagnostic, JobDefinition, Source } from '../bundle/model/bundle.ts';

/** How far jobs, pipelines and dashboards that a job refers to may be asked to come along. */
export const MAX_DEPTH = 5;

export interface WholeSubject {
  readonly definition: JobDefinition;
  readonly sources: readonly Source[];
  /** Nobody has written the sources: nothing can be learnt of them. */
  readonly madeUp?: true;
  /** What people should know of the reading. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What has been done, as it is done; each door says it in its own words. `done` of the `total` that is known of so far. */
export type ReadingProgress =
  | { readonly stage: 'job'; readonly done: number; readonly total: number }
  | { readonly stage: 'job read'; readonly name: string }
  | { readonly stage: 'sources'; readonly done: number; readonly total: number }
  | { readonly stage: 'sources read'; readonly files: number }
  | { readonly stage: 'order' }
  | { readonly stage: 'order found'; readonly tasks: number };

export interface ReadingOptions {
  readonly onProgress?: ((progress: ReadingProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
