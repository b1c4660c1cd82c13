// Inputs that several tools share.
import { z } from 'zod';
import { TARGET_NAME } from '../../../bundle/model/safe-names.ts';
import type { BundleStore, StoredBundle } from '../../../storage/bundles/bundles.ts';
import { UserError } from '../../../values/errors.ts';

/** What `findJob` understands. An id is an int64, hence a string: JSON numbers of that size would be rounded. */
export const job = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .describe('The job: its id as a string such as "123", its exact name, or its address in the workspace.');

export const bundleId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a bundle_id is 64 hexadecimal digits')
  .describe('The bundle_id that a tool answered or the message names; always in full.');

export const bundlePath = z.string().min(1).max(1000).describe('A path inside the bundle, such as "databricks.yml".');

export const workspacePath = z
  .string()
  .min(2)
  .max(1000)
  .regex(/^(\/|https?:\/\/)/, 'a workspace path begins with /')
  .describe('The workspace path, such as "/Users/ana@acme.example/etl/load".');

const targetName = z.string().regex(TARGET_NAME, 'a target is named with letters, digits, - and _');

export const moreTargets = z.array(targetName).max(10).optional().describe('Targets beside dev and prod, such as ["staging"].');

export const adoptTargets = z
  .array(targetName)
  .max(10)
  .optional()
  .describe(
    'Targets whose first deployment takes the original job over (bind) instead of making a copy; only when the person asks for it.',
  );

export const offset = z.int().min(0).max(100_000_000).optional().describe('Where to begin, in characters; left out: at the start.');

/** For lists: entries, not characters. */
export const from = z.int().min(0).max(1_000_000).optional().describe('Where to begin, as the last page said; left out: at the start.');

/** What `findId` understands. */
export const named = z.string().trim().min(1).max(1000).describe('Its id, its address in the workspace, or its exact name.');

/** The stored bundle, or words that say how to get a right id. */
export async function loadBundle(bundles: BundleStore, id: string, doing: string): Promise<StoredBundle> {
  const stored = await bundles.load(id);
  if (stored !== undefined) return stored;
  throw new UserError({
    doing,
    problem: 'There is no bundle with this bundle_id.',
    next: 'Use the bundle_id that the message or the last tool answer names, or make one with generate_bundle_from_job.',
  });
}

/** The file of a bundle, or words that name what is there. */
export function fileOf(stored: StoredBundle, path: string, doing: string) {
  const file = stored.bundle.files.find((candidate) => candidate.path === path);
  if (file !== undefined) return file;
  throw new UserError({ doing, problem: 'The bundle has no such file.', next: 'Call list_bundle_files to see its paths.' });
}
