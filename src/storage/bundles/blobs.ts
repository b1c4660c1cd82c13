// Contents of files, each kept once under its hash.
import { type BundleFile, sha256 } from '../../bundle/model/bundle.ts';
import type { Db } from '../db/db.ts';

/** A statement carries at most this many files and bytes: PGlite holds the whole message in memory, and Postgres takes 65535 parameters. */
const BATCH_FILES = 500;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Keeps what is not there yet. */
export async function saveBlobs(db: Db, files: readonly BundleFile[]): Promise<void> {
  const byHash = new Map(files.map((file) => [sha256(file.bytes), file.bytes]));
  const known = await db.query<{ sha256: string }>('select sha256 from blobs where sha256 = any($1::text[])', [[...byHash.keys()]]);
  for (const row of known) byHash.delete(row.sha256);
  // In one order for everybody, so that two programs that save the same files do not lock each other out.
  const missing = [...byHash].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const batch of batches(missing)) {
    const places = batch.map((_, index) => `($${index * 2 + 1}, $${index * 2 + 2})`).join(', ');
    await db.query(`insert into blobs (sha256, bytes) values ${places} on conflict (sha256) do nothing`, batch.flat());
  }
}

/** The files of a tree; one whose content is missing is empty. */
export async function loadFiles(db: Db, entries: readonly { readonly path: string; readonly sha256: string }[]): Promise<BundleFile[]> {
  const blobs = new Map<string, Uint8Array>();
  const hashes = [...new Set(entries.map((entry) => entry.sha256))];
  for (let start = 0; start < hashes.length; start += BATCH_FILES) {
    const rows = await db.query<{ sha256: string; bytes: Buffer }>('select sha256, bytes from blobs where sha256 = any($1::text[])', [
      hashes.slice(start, start + BATCH_FILES),
    ]);
    for (const row of rows) blobs.set(row.sha256, new Uint8Array(row.bytes));
  }
  return entries.map(({ path, sha256: hash }) => ({ path, bytes: blobs.get(hash) ?? new Uint8Array() }));
}

function* batches(blobs: readonly (readonly [string, Uint8Array])[]): Generator<(readonly [string, Uint8Array])[]> {
  let batch: (readonly [string, Uint8Array])[] = [];
  let size = 0;
  for (const blob of blobs) {
    const full = batch.length === BATCH_FILES || size + blob[1].byteLength > BATCH_BYTES;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(blob);
    size += blob[1].byteLength;
  }
  if (batch.length > 0) yield batch;
}
