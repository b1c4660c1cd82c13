// The bundle, or the file of one, that a tool's input names.
import type { BundleFile } from '../../../bundle/model/bundle.ts';
import type { BundleStore, StoredBundle } from '../../../storage/bundles/bundles.ts';
import { UserError } from '../../../values/errors.ts';

/** The stored bundle. Rejects with a UserError that says how to get a right id. */
export async function loadBundle(bundles: BundleStore, id: string, doing: string): Promise<StoredBundle> {
  const stored = await bundles.load(id);
  if (stored !== undefined) return stored;
  throw new UserError({
    doing,
    problem: 'There is no bundle with this bundle_id.',
    next: 'Use the bundle_id that the message or the last tool answer names, or make one with generate_bundle_from_job.',
  });
}

/** The file at a path. Throws a UserError that says how to find the right one. */
export function fileOf(stored: StoredBundle, path: string, doing: string): BundleFile {
  const file = stored.bundle.files.find((candidate) => candidate.path === path);
  if (file !== undefined) return file;
  throw new UserError({ doing, problem: 'The bundle has no such file.', next: 'Call list_bundle_files to see its paths.' });
}
