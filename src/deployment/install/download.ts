// Makes the executable in the cache of the pinned CLI's archive, whose sum is checked wherever it comes from.
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unzip } from 'fflate';
import { fetchArchive, type Sources } from './fetch-archive.ts';
import { LIMITS } from './limits.ts';
import type { Archive } from './release.ts';

/** Fetches, compares, unpacks, and renames into place, so that two programs that do it at once do not meet. Rejects with a reason for people. */
export async function downloadCli(from: Archive, to: string, sources: Sources): Promise<void> {
  const archive = await fetchArchive(from.at, sources);
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== from.sha256) {
    const published = `the published one of ${from.name} (${from.sha256.slice(0, 12)}…)`;
    throw new Error(`the archive has another checksum (${sum.slice(0, 12)}…) than ${published}`);
  }
  sources.onProgress('unpacking', 100);
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
