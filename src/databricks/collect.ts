// Collects the sources of a definition, each once, within the workspace's rate, and says what is missing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostic, Source, SourceReference } from '../bundle/bundle.ts';
import { UpstreamError, UserError } from '../errors.ts';
import type { Workspace } from './client.ts';
import { LIMITS } from './limits.ts';

/**
 * Exports every file that the references name, in the order they name them. What does not exist, may not be read or is too large becomes
 * a warning; `onProgress` counts files. Rejects when the sign-in or the workspace itself fails, or when aborted.
 */
export async function collectSources(
  workspace: Workspace,
  references: readonly SourceReference[],
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<{ sources: Source[]; diagnostics: Diagnostic[] }> {
  const wanted = [...new Map(references.map((reference) => [`${reference.kind} ${reference.path}`, reference])).values()];
  const answers = new Array<Source | Diagnostic>(wanted.length);
  const turn = paceOf(workspace.host);
  let next = 0;
  let done = 0;
  options.onProgress?.(0, wanted.length);

  async function work(): Promise<void> {
    for (let index = next++; index < wanted.length; index = next++) {
      const reference = wanted[index];
      if (reference === undefined) return;
      await turn(options.signal);
      answers[index] = await collect(workspace, reference, options.signal);
      options.onProgress?.(++done, wanted.length);
    }
  }
  await Promise.all(Array.from({ length: Math.min(LIMITS.sourcesAtOnce, wanted.length) }, work));
  return {
    sources: answers.filter((answer): answer is Source => 'bytes' in answer),
    diagnostics: answers.filter((answer): answer is Diagnostic => 'level' in answer),
  };
}

async function collect(workspace: Workspace, reference: SourceReference, signal: AbortSignal | undefined): Promise<Source | Diagnostic> {
  const { path, place } = reference;
  const kind = reference.kind === 'notebook' ? 'notebook' : 'file';
  try {
    const source = await workspace.exportSource(path, kind, signal);
    return (
      source ?? {
        level: 'warning',
        place,
        message: `The ${kind} ${path} does not exist in the workspace; the bundle keeps the path as it is.`,
      }
    );
  } catch (error) {
    // One file that can't be read must not stop the rest; a sign-in that ended or a workspace that is down must.
    if (!(error instanceof UserError) || !isOfThisFile(error)) throw error;
    return { level: 'warning', place, message: `${error.words.doing}: ${error.words.problem} The bundle keeps the path as it is.` };
  }
}

function isOfThisFile(error: UserError): boolean {
  const { cause } = error;
  if (cause === undefined) return true;
  const status = cause instanceof UpstreamError ? cause.failure.status : undefined;
  return status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
}

/** When the next source of a host may be asked for, in ms; shared by everybody in the process, as the limit is. */
const nextTurn = new Map<string, number>();

function paceOf(host: string): (signal: AbortSignal | undefined) => Promise<void> {
  return async (signal) => {
    const now = Date.now();
    const at = Math.max(now, nextTurn.get(host) ?? 0);
    nextTurn.set(host, at + 1000 / LIMITS.sourcesPerSecond);
    signal?.throwIfAborted();
    if (at > now) await sleep(at - now, undefined, signal === undefined ? {} : { signal });
  };
}
