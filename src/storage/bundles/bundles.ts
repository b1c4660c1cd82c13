// Bundles by digest: immutable trees, and what they were made from.
import { z } from 'zod';
import { ADOPTIONS, type Bundle, type CalledSecret, digestFiles, type JobDefinition, sha256 } from '../../bundle/model/bundle.ts';
import type { TreeWithSecrets } from '../../bundle/secrets/called-secrets.ts';
import { type Db, jsonbOf } from '../db/db.ts';
import { loadFiles, saveBlobs } from './blobs.ts';
import { loadDefinition, saveDefinition } from './definitions.ts';

export interface StoredBundle {
  bundle: Bundle;
  definitionId?: string;
  parent?: string;
}

interface Origin {
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
  /** Takes note of what is called a secret in some files, and answers all that ever was; only a conversation remembers it. */
  called?(tree: TreeWithSecrets): Promise<readonly CalledSecret[]>;
}

const Files = z.array(z.object({ path: z.string(), sha256: z.string() }));
/** What is kept of a bundle beside its files and digest. */
export const BundleMeta = z.object({
  name: z.string(),
  resources: z.array(z.object({ type: z.enum(['jobs', 'pipelines', 'dashboards']), key: z.string(), id: z.string().optional() })),
  variables: z.array(z.object({ name: z.string(), value: z.string(), description: z.string() })),
  targets: z.array(z.string()),
  adoption: z.record(z.string(), z.enum(ADOPTIONS)).default({}),
  added: z.array(z.string()).optional(),
  sources: z.array(z.object({ path: z.string(), file: z.string(), sha256: z.string() })).default([]),
  secrets: z
    .array(z.object({ path: z.string(), line: z.int(), start: z.int(), end: z.int(), kind: z.string(), name: z.string().optional() }))
    .default([]),
  diagnostics: z.array(z.object({ level: z.enum(['error', 'warning', 'note']), place: z.string(), message: z.string() })),
});

export function createBundleStore(db: Db): BundleStore {
  return {
    async save(bundle, of = {}) {
      const digest = digestFiles(bundle.files);
      if (digest !== bundle.digest) throw new Error(`The bundle's digest is not that of its files: ${bundle.digest}`);
      const { files: _files, digest: _digest, called: _called, ...meta } = bundle;
      const files = bundle.files.map((file) => ({ path: file.path, sha256: sha256(file.bytes) }));
      await db.transaction(async (tx) => {
        await saveBlobs(tx, bundle.files);
        // A tree that was generated again stands for the definition it was last made from. A parent is never rewritten: an edit
        // that leads back to an older tree would make a circle.
        await tx.query(
          `insert into bundles (digest, files, meta, definition_id, parent) values ($1, $2::jsonb, $3::jsonb, $4, $5)
           on conflict (digest) do update set definition_id = excluded.definition_id, meta = excluded.meta
           where excluded.definition_id is not null and excluded.parent is null and not $6::boolean`,
          [digest, JSON.stringify(files), jsonbOf(meta), of.definitionId ?? null, of.parent ?? null, of.brought === true],
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

    saveDefinition: (host, definition) => saveDefinition(db, host, definition),
    loadDefinition: (id) => loadDefinition(db, id),
  };
}
