// Bundles by digest: immutable trees whose files are kept once per content, and the definitions they were made from.
import { z } from 'zod';
import type { BroughtFrom, Bundle, BundleFile, Grant, JobDefinition, LookupName, Related } from '../bundle/model/bundle.ts';
import { digestFiles, sha256 } from '../bundle/model/bundle.ts';
import { isObject, type Json, parseJson, stringifyJson } from '../values/json.ts';
import type { Db } from './db/db.ts';

export interface StoredBundle {
  bundle: Bundle;
  definitionId?: string;
  parent?: string;
}

export interface Origin {
  readonly definitionId?: string | undefined;
  readonly parent?: string | undefined;
  /** Somebody brought it along: what is kept of this tree already stays as it is. */
  readonly brought?: boolean | undefined;
}

export interface BundleStore {
  /** Keeps a tree and where it came from; answers its digest. Saving the same tree again is harmless. */
  save(bundle: Bundle, of?: Origin): Promise<string>;
  load(digest: string): Promise<StoredBundle | undefined>;
  /** Keeps a definition with every digit of its integers; answers an id (equal definitions of a host have equal ids). */
  saveDefinition(host: string, definition: JobDefinition): Promise<string>;
  loadDefinition(id: string): Promise<JobDefinition | undefined>;
}

/** A statement carries at most this many files and bytes: PGlite holds the whole message in memory, and Postgres takes 65535 parameters. */
const BATCH_FILES = 500;
const BATCH_BYTES = 8 * 1024 * 1024;

const Files = z.array(z.object({ path: z.string(), sha256: z.string() }));
/** What is kept of a bundle beside its files and digest. */
export const BundleMeta = z.object({
  name: z.string(),
  resources: z.array(z.object({ type: z.enum(['jobs', 'pipelines', 'dashboards']), key: z.string(), id: z.string().optional() })),
  variables: z.array(z.object({ name: z.string(), value: z.string(), description: z.string() })),
  targets: z.array(z.string()),
  adoption: z.record(z.string(), z.enum(['copy', 'bind'])).default({}),
  sources: z.array(z.object({ path: z.string(), file: z.string(), sha256: z.string() })).default([]),
  secrets: z.array(z.object({ path: z.string(), line: z.int(), start: z.int(), end: z.int(), kind: z.string() })).default([]),
  diagnostics: z.array(z.object({ level: z.enum(['error', 'warning', 'note']), place: z.string(), message: z.string() })),
});

/** What saveDefinition wrote beside the settings. The rows are ours, so only the outer shape is checked. */
const Referred = z.object({
  folder: z.string().optional(),
  broughtFrom: z.custom<BroughtFrom>((value) => typeof value === 'object' && value !== null).optional(),
  grants: z.custom<readonly Grant[]>(Array.isArray).optional(),
  related: z.custom<readonly Related[]>(Array.isArray).optional(),
  lookups: z.custom<readonly LookupName[]>(Array.isArray).optional(),
});

export function createBundleStore(db: Db): BundleStore {
  return {
    async save(bundle, of = {}) {
      const digest = digestFiles(bundle.files);
      if (digest !== bundle.digest) throw new Error(`The bundle's digest is not that of its files: ${bundle.digest}`);
      const { files: _files, digest: _digest, ...meta } = bundle;
      const files = bundle.files.map((file) => ({ path: file.path, sha256: sha256(file.bytes) }));
      await db.transaction(async (tx) => {
        await saveBlobs(tx, bundle.files);
        // A tree that was generated again stands for the definition it was last made from. A parent is never rewritten: an edit
        // that leads back to an older tree would make a circle.
        await tx.query(
          `insert into bundles (digest, files, meta, definition_id, parent) values ($1, $2::jsonb, $3::jsonb, $4, $5)
           on conflict (digest) do update set definition_id = excluded.definition_id, meta = excluded.meta
           where excluded.definition_id is not null and excluded.parent is null and not $6::boolean`,
          [digest, JSON.stringify(files), JSON.stringify(meta), of.definitionId ?? null, of.parent ?? null, of.brought === true],
        );
      });
      return digest;
    },

    async load(digest) {
      const [row] = await db.query<{ files: unknown; meta: unknown; definition_id: string | null; parent: string | null }>(
        'select files, meta, definition_id, parent from bundles where digest = $1',
        [digest],
      );
      if (row === undefined) return undefined;
      const files = await loadFiles(db, Files.parse(row.files));
      if (digestFiles(files) !== digest) throw new Error(`The stored files of bundle ${digest} are not those that were saved.`);
      return {
        bundle: { ...BundleMeta.parse(row.meta), files, digest },
        ...(row.definition_id === null ? {} : { definitionId: row.definition_id }),
        ...(row.parent === null ? {} : { parent: row.parent }),
      };
    },

    async saveDefinition(host, definition) {
      const { jobId } = definition;
      const body = definitionText(definition);
      const id = sha256(`${host}\n${jobId}\n${body}`);
      await db.query('insert into definitions (id, host, job_id, body) values ($1, $2, $3, $4) on conflict (id) do nothing', [
        id,
        host,
        jobId,
        body,
      ]);
      return id;
    },

    async loadDefinition(id) {
      const [row] = await db.query<{ job_id: string; body: string }>('select job_id, body from definitions where id = $1', [id]);
      if (row === undefined) return undefined;
      const definition = definitionFrom(row.job_id, row.body);
      if (definition === undefined) throw new Error(`The stored definition ${id} is damaged.`);
      return definition;
    },
  };
}

/**
 * The store as one conversation sees it: the bundles of `known` digests and those saved through it. A digest is no secret (it stands in
 * messages), and what somebody else's thread made may hold sources that this person may not read.
 */
export function knownBundles(store: BundleStore, known: Iterable<string>): BundleStore {
  const seen = new Set(known);
  return {
    ...store,
    async save(bundle, of) {
      const digest = await store.save(bundle, of);
      seen.add(digest);
      return digest;
    },
    load: async (digest) => (seen.has(digest) ? store.load(digest) : undefined),
  };
}

/** A definition without its job id as JSON text. */
export function definitionText({ jobId: _, ...rest }: JobDefinition): string {
  return stringifyJson(withoutUndefined(rest));
}

/** A definition out of the text of `definitionText`; undefined where it is none. */
export function definitionFrom(jobId: string, text: string): JobDefinition | undefined {
  const body = parseJson(text);
  const settings = isObject(body) ? body.settings : undefined;
  if (!isObject(body) || !isObject(settings)) return undefined;
  return { jobId, ...textOf('creator', body.creator), ...textOf('runAs', body.runAs), settings, ...Referred.parse(body) };
}

/** A value of ours as JSON: what is undefined is absent. */
function withoutUndefined(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutUndefined(item)]])));
}

function textOf<K extends string>(key: K, value: Json | undefined): { [P in K]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { [P in K]: string }) : {};
}

async function saveBlobs(db: Db, files: readonly BundleFile[]): Promise<void> {
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

async function loadFiles(db: Db, entries: z.infer<typeof Files>): Promise<BundleFile[]> {
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
