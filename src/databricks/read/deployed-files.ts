// The files of a deployment as they lie in the workspace now; what was read once and has not been written since is not read again.
import type { BundleFile } from '../../bundle/model/bundle.ts';
import { isNotebookFile, remotePath } from '../../bundle/model/notebooks.ts';
import type { Clock } from '../../values/clock.ts';
import { createSlots } from '../../values/slots.ts';
import { baseName, parentFolder } from '../../values/workspace-path.ts';
import type { FolderEntry } from '../api/workspace-files.ts';
import { LIMITS } from '../http/limits.ts';
import type { Workspace } from '../workspace.ts';

export type ReadDeployedFiles = ReturnType<typeof createDeployedFiles>;

interface Deployment {
  /** The folder of the workspace that the bundle's files are uploaded to. */
  readonly root: string;
  /** The files to look for, by the paths that they have in a bundle. */
  readonly files: readonly BundleFile[];
}

/** Creates the reading; readings share what they have read, up to `LIMITS.deployedBytes`. */
export function createDeployedFiles({ clock }: { clock: Clock }) {
  const known = createKnown(LIMITS.deployedBytes);
  /** Undefined where the workspace does not say when it was written, or that is so fresh that the next write could bear the same time. */
  const keyOf = (host: string, { objectId, modifiedAt }: FolderEntry, format: string) =>
    objectId === undefined || modifiedAt === undefined || modifiedAt > clock.now() - LIMITS.freshMs
      ? undefined
      : `${host} ${objectId} ${modifiedAt} ${format}`;

  /**
   * The bytes of those files that lie there, by their paths in the bundle. A notebook comes in the format that its ending in the bundle
   * says. Rejects with UserError where a folder or file may not be read.
   */
  return async (
    workspace: Pick<Workspace, 'host' | 'listFolder' | 'exportBytes'>,
    { root, files }: Deployment,
    signal?: AbortSignal,
  ): Promise<Map<string, Uint8Array>> => {
    const slot = createSlots(LIMITS.atOnce);
    const wanted = new Map(files.map((file) => [`${root}/${remotePath(file)}`, file]));
    const folders = [...new Set([...wanted.keys()].map(parentFolder))];
    const listed = await Promise.all(folders.map((folder) => slot(() => workspace.listFolder(folder, signal), signal)));
    const there = listed.flatMap((entries, i) =>
      (entries ?? []).flatMap((entry) => {
        const file = wanted.get(`${folders[i]}/${baseName(entry.path)}`);
        return file === undefined || entry.type === 'DIRECTORY' ? [] : [{ entry, file }];
      }),
    );
    const read = await Promise.all(
      there.map(async ({ entry, file }) => {
        const format = formatOf(entry, file);
        const key = keyOf(workspace.host, entry, format);
        const bytes = known.get(key) ?? (await slot(() => workspace.exportBytes(entry.path, format, signal), signal));
        if (bytes !== undefined) known.keep(key, bytes);
        return [file.path, bytes] as const;
      }),
    );
    return new Map(read.flatMap(([path, bytes]) => (bytes === undefined ? [] : [[path, bytes] as const])));
  };
}

function formatOf({ type }: FolderEntry, file: BundleFile): 'SOURCE' | 'JUPYTER' | 'AUTO' {
  if (type !== 'NOTEBOOK') return 'AUTO';
  return isNotebookFile(file) && file.path.toLowerCase().endsWith('.ipynb') ? 'JUPYTER' : 'SOURCE';
}

/** Bytes by key, the oldest forgotten first where they are more than `most`. */
function createKnown(most: number) {
  const kept = new Map<string, Uint8Array>();
  let size = 0;
  return {
    get: (key: string | undefined) => (key === undefined ? undefined : kept.get(key)),
    keep(key: string | undefined, bytes: Uint8Array): void {
      if (key === undefined || kept.has(key) || bytes.byteLength > most) return;
      kept.set(key, bytes);
      size += bytes.byteLength;
      for (const [oldest, { byteLength }] of kept) {
        if (size <= most) return;
        kept.delete(oldest);
        size -= byteLength;
      }
    },
  };
}
