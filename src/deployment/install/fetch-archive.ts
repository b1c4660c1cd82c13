// Fetches the archive of the CLI: from an address, or as a file of a volume or of the workspace, whole or in parts.
import type { Clock } from '../../values/clock.ts';
import { codeOf } from '../../values/errors.ts';
import { LIMITS } from './limits.ts';

export type SetupProgress = (doing: string, percent?: number) => void;

/** How a file is fetched as the app itself. */
export type FromWorkspace = (path: string) => Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>;

export interface Sources {
  /** Absent in programs that are not the app. */
  readonly fromWorkspace?: FromWorkspace | undefined;
  readonly onProgress: SetupProgress;
  readonly clock: Clock;
}

/** `at` is an address or a path. Rejects with a reason for people. */
export async function fetchArchive(at: string, { fromWorkspace, ...meter }: Sources): Promise<Uint8Array> {
  if (!at.startsWith('/')) {
    const archive = await fetchFile({ url: at, headers: {} }, meter);
    if (archive === undefined) throw new Error('the download was answered with 404');
    return archive;
  }
  if (fromWorkspace === undefined) throw new Error(`${at} is read by the app itself alone`);
  return await fetchParts(at, async (path, got) => fetchFile(await fromWorkspace(path), { ...meter, got, path }));
}

/** A file, or else its parts: the workspace hands out 10 MB at once. */
async function fetchParts(path: string, fetchPart: (path: string, got?: number) => Promise<Uint8Array | undefined>): Promise<Uint8Array> {
  const whole = await fetchPart(path);
  if (whole !== undefined) return whole;
  const parts: Uint8Array[] = [];
  for (let got = 0; parts.length < LIMITS.parts; ) {
    const part = await fetchPart(`${path}.${String(parts.length).padStart(2, '0')}`, got);
    if (part === undefined) break;
    parts.push(part);
    got += part.byteLength;
  }
  if (parts.length === 0) throw new Error(`the app sees nothing at ${path}, whole or in parts (.00, .01, …)`);
  return Buffer.concat(parts);
}

interface Meter extends Pick<Sources, 'onProgress' | 'clock'> {
  /** Of a part: the bytes of the parts before it. */
  readonly got?: number | undefined;
  /** Of a file that the app reads as itself. */
  readonly path?: string;
}

/** undefined where there is no such file. */
async function fetchFile(from: Awaited<ReturnType<FromWorkspace>>, meter: Meter): Promise<Uint8Array | undefined> {
  const { onProgress, clock, got, path } = meter;
  const stop = new AbortController();
  const within = (problem: string) => clock.deadline(LIMITS.downloadIdleMs, () => stop.abort(new Error(problem)));
  let heard = within('no answer');
  try {
    const answer = await fetch(from.url, { headers: from.headers, signal: stop.signal });
    if (!answer.ok || answer.body === null) {
      await answer.body?.cancel();
      if (answer.status === 404) return undefined;
      throw new Error(path === undefined ? `the download was answered with ${answer.status}` : refusal(answer.status, path));
    }
    // How much all parts are is not known.
    const total = got === undefined ? Number(answer.headers.get('content-length') ?? 0) : 0;
    const chunks: Uint8Array[] = [];
    let size = got ?? 0;
    for await (const chunk of answer.body) {
      heard();
      heard = within('the download stood still');
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > LIMITS.archiveBytes) throw new Error('the archive is far too large');
      const of = total > 0 ? ` of ${megabytes(total)}` : '';
      onProgress(
        `downloading ${megabytes(size).replace(' MB', of === '' ? ' MB' : '')}${of}`,
        total > 0 ? Math.floor((100 * size) / total) : undefined,
      );
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    heard();
  }
}

function refusal(status: number, path: string): string {
  if (status === 401 || status === 403) return `the app itself may not read ${path} (${status})`;
  // MAX_NOTEBOOK_SIZE_EXCEEDED (facts: databricks#error-answers); a volume has no such limit.
  if (path.startsWith('/Workspace/') && (status === 400 || status === 413))
    return `${path} was refused (${status}): in the workspace it must lie in parts below 10 MB (.00, .01, …)`;
  return `${path} was answered with ${status}`;
}

/** fetch says "fetch failed" and hides why in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the download failed';
  const code = codeOf(error.cause);
  if (code !== undefined) return `the download server could not be reached (${code})`;
  return error.message === 'fetch failed' ? 'the download server could not be reached' : error.message;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
