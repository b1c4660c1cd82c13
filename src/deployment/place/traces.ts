// What the folders of a deployment tell of its last one: when it ended well, and whether something was begun since.
import type { FolderEntry } from '../../databricks/api/workspace-files.ts';
import type { Workspace } from '../../databricks/workspace.ts';
import type { JsonObject } from '../../values/json.ts';
import { objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { baseName } from '../../values/workspace-path.ts';

export interface Traces {
  /** Milliseconds since 1970; undefined where none has ended well. */
  readonly finishedAt?: number | undefined;
  /** Something was begun that did not end well: what it made may be in no record. */
  readonly unfinished: boolean;
}

/**
 * The metadata is written last of all, and only where all went well; a lock, or a record that is newer, was left by something else
 * (facts: cli#what-is-left-behind).
 */
export async function readTraces(workspace: Pick<Workspace, 'listFolder'>, resolved: JsonObject, signal?: AbortSignal): Promise<Traces> {
  const { state_path: statePath, file_path: filePath } = objectOf(resolved.workspace);
  const [state = [], files = []] = await Promise.all([statePath, filePath].map((path) => workspace.listFolder(textOf(path) ?? '', signal)));
  const written = (name: string) => state.find(({ path }: FolderEntry) => baseName(path) === name);
  const finishedAt = written('metadata.json')?.modifiedAt;
  if (finishedAt === undefined) return { unfinished: state.length > 0 || files.length > 0 };
  const newer = ['resources.json', 'deployment.json'].some((name) => (written(name)?.modifiedAt ?? 0) > finishedAt);
  return { finishedAt, unfinished: newer || written('deploy.lock') !== undefined };
}
