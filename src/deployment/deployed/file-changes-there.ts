// What a deployment would change of the files that lie in the workspace now.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { filesRoot } from '../../bundle/proof/resolved-target.ts';
import type { ReadDeployedFiles } from '../../databricks/read/deployed-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { JsonObject } from '../../values/json.ts';
import type { FileChange } from '../policy/release-diff.ts';
import { compareFiles } from './compare-files.ts';

export interface Eyes {
  readonly workspace: Pick<Workspace, 'host' | 'listFolder' | 'exportBytes'>;
  readonly readFiles: ReadDeployedFiles;
}

interface Release {
  readonly files: readonly BundleFile[];
  /** See compareFiles. */
  readonly versions?: readonly (readonly BundleFile[])[] | undefined;
  /** `bundle validate -o json` of the target. */
  readonly resolved: JsonObject;
}

/** Rejects with UserError where the files may not be read. */
export async function readFileChanges(
  { workspace, readFiles }: Eyes,
  { files, versions = [], resolved }: Release,
  signal?: AbortSignal,
): Promise<FileChange[]> {
  const root = filesRoot(resolved);
  if (root === undefined) throw new Error('The target was resolved without a folder for its files.');
  const known = new Set(files.map(({ path }) => path));
  const gone = new Map(versions.flat().flatMap((file) => (known.has(file.path) ? [] : [[file.path, file]])));
  return compareFiles({ files, there: await readFiles(workspace, { root, files: [...files, ...gone.values()] }, signal), versions });
}
