// Fetches the pinned CLI's archive, checks its sum, and puts the executable into the cache.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unzip } from 'fflate';
import type { Clock } from '../../values/clock.ts';
import { codeOf } from '../../values/errors.ts';
import { LIMITS } from './limits.ts';

export type SetupProgress = (doing: string, percent?: number) => void;

/** Fetches, compares, unpacks, and renames into place, so that two programs that do it at once do not meet. Rejects with a reason for people. */
export async function downloadCli(
  from: { url: string; sha256: string },
  to: string,
  onProgress: SetupProgress,
  clock: Clock,
): Promise<void> {
  const archive = await fetchArchive(from.url, onProgress, clock);
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== from.sha256)
    throw new Error(`the archive has another checksum (${sum.slice(0, 12)}…) than the published one (${from.sha256.slice(0, 12)}…)`);
  onProgress('unpacking', 100);
  await install(await unpack(archive), to);
}

/** Writes an executable beside its place, then renames. */
async function install(executable: Uint8Array, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const part = `${to}.${randomUUID()}.part`;
  try {
    await writeFile(part, executable);
    await chmod(part, 0o755);
    await rename(part, to);
  } finally {
    await rm(part, { force: true });
  }
}

async function fetchArchive(url: string, onProgress: SetupProgress, clock: Clock): Promise<Uint8Array> {
  const stop = new AbortController();
  const within = (problem: string) => clock.deadline(LIMITS.downloadIdleMs, () => stop.abort(new Error(problem)));
  let heard = within('no answer');
  try {
    const answer = await fetch(url, { signal: stop.signal });
    if (!answer.ok || answer.body === null) throw new Error(`the download was answered with ${answer.status}`);
    const total = Number(answer.headers.get('content-length') ?? 0);
    const chunks: Uint8Array[] = [];
    let size = 0;
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

function unpack(archive: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    unzip(archive, { filter: (file) => file.name === 'databricks' && file.originalSize <= LIMITS.archiveBytes }, (error, files) => {
      const executable = files?.databricks;
      if (error !== null || executable === undefined)
        reject(new Error('the archive holds no executable named databricks', { cause: error }));
      else resolve(executable);
    });
  });
}
