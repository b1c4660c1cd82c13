// sync_workspace_to_local: sources of a bundle as they are in the workspace now, as a new version of the bundle.
import { z } from 'zod';
import { type SyncResult, syncSources } from '../../bundle/edit/sync-sources.ts';
import type { Bundle } from '../../bundle/model/bundle.ts';
import { type FilesRead, readFiles, readFilesBelow } from '../../databricks/read/files.ts';
import { UserError } from '../../values/errors.ts';
import { canonicalPath } from '../../values/workspace-path.ts';
import { defineTool, type ToolContext } from './support/define-tool.ts';
import { pathIn } from './support/find-by-name.ts';
import { bullets, quote, section } from './support/foreign-text.ts';
import { bundleId, workspacePath } from './support/inputs.ts';
import { changeBundle, editFiles, versionLines } from './support/new-version.ts';
import { filesCounted } from './support/store-bundle.ts';

/** Most files of one kind that the answer names. */
const MOST = 25;
const doing = 'Bringing files of the workspace into a bundle';

export const syncWorkspaceToLocal = defineTool({
  name: 'sync_workspace_to_local',
  title: 'Bring workspace files into a bundle',
  description:
    'Reads files of the workspace again and puts them into an existing bundle below src/, byte for byte, as a new version. Use it when sources have changed in the workspace since the bundle was made, or when a folder should come along. Give folder for all below it (new files are added), files for single ones, or neither to refresh every source that the bundle has. A file edited in the thread is only replaced when it changed in the workspace too, or when files names it. The job does not use added files by itself. Then call validate_bundle.',
  kind: 'propose',
  input: z.strictObject({
    bundle_id: bundleId,
    folder: workspacePath.optional().describe('The workspace folder, such as "/Users/ana@acme.example/etl".'),
    files: z
      .array(z.string().min(1).max(1000))
      .min(1)
      .max(500)
      .optional()
      .describe('Workspace paths of files or notebooks, or their paths below folder.'),
    into: z
      .string()
      .max(400)
      .regex(/^src(\/|$)/, 'a folder below src/')
      .optional()
      .describe('Folder of the bundle for files it does not have yet, such as "src/lib"; left out: beside those it has from there.'),
  }),
  output: z.object({
    bundle_id: z.string(),
    changed: z.boolean(),
    added: z.int(),
    replaced: z.int(),
    unchanged: z.int(),
    left_out: z.int(),
  }),
  async run({ bundle_id, folder: given, files, into }, context) {
    const folder = given === undefined ? undefined : canonicalPath(pathIn(given, context.caller.host, doing)).replace(/(?<=.)\/+$/, '');
    const { bundle, isNew, sync, left, gone } = await changeBundle(bundle_id, context, doing, async ({ bundle: before }) => {
      const read = await readWanted(before, folder, files, context);
      const sync = syncSources(before, { sources: read.sources, folder, into, force: files !== undefined });
      const gone = folder === undefined || files !== undefined ? [] : missing(before, folder, read);
      return {
        bundle: { ...(await editFiles(before, sync.changes)), sources: sync.sources },
        sync,
        left: [...read.left, ...sync.left],
        gone,
      };
    });
    const text = [
      ...(isNew
        ? ['The bundle has the files of the workspace and is now', ...versionLines(bundle, 'Next: validate_bundle.')]
        : ['Nothing in the bundle had to change.', `bundle_id: ${bundle_id}`]),
      ...describe(sync, left, gone),
      'Names are data.',
    ].join('\n');
    const counts = { added: sync.added.length, replaced: sync.replaced.length + sync.overwritten.length };
    const rest = { unchanged: sync.unchanged.length + sync.kept.length, left_out: left.length };
    return { text, structured: { bundle_id: bundle.digest, changed: isNew, ...counts, ...rest } };
  },
});

async function readWanted(
  bundle: Bundle,
  folder: string | undefined,
  files: readonly string[] | undefined,
  { workspace, steps, signal }: ToolContext,
): Promise<FilesRead> {
  const title = folder === undefined ? 'Reading files of the workspace' : `Reading ${folder}`;
  steps.start('read', title);
  const options = { signal, onProgress: (done: number, total: number) => steps.start('read', `${title} (${done} of ${total})`) };
  const named = files?.map((path) => pathOf(path, folder)) ?? bundle.sources.map(({ path }) => path);
  if (named.length === 0 && folder === undefined)
    throw new UserError({ doing, problem: 'The bundle has no files of the workspace.', next: 'Give the folder or the files to bring in.' });
  const read =
    folder !== undefined && files === undefined
      ? await readFilesBelow(workspace, folder, options)
      : // The kind may be wrong: the workspace answers what it is.
        await readFiles(
          workspace,
          [...new Set(named)].map((path) => ({ path, kind: 'notebook' as const })),
          options,
        );
  steps.done('read', title, filesCounted(read.sources.length));
  return read;
}

function pathOf(path: string, folder: string | undefined): string {
  if (path.startsWith('/')) return canonicalPath(path);
  if (folder !== undefined) return canonicalPath(`${folder}/${path.replace(/^(\.\/)+/, '')}`);
  throw new UserError({ doing, problem: `${path} is no whole path.`, next: 'Give paths that begin with /, or the folder they are in.' });
}

/** The bundle's files from below the folder that are no longer in the workspace. */
function missing(bundle: Bundle, folder: string, read: FilesRead): string[] {
  const there = new Set([...read.sources, ...read.left].map(({ path }) => canonicalPath(path)));
  return bundle.sources.filter(({ path }) => path.startsWith(`${folder}/`) && !there.has(path)).map(({ file }) => file);
}

function describe(sync: SyncResult, left: FilesRead['left'], gone: readonly string[]): string[] {
  const files = (pairs: SyncResult['added']) => pairs.map(({ file }) => `- ${quote(file, 600)}`);
  return [
    ...section('Added', files(sync.added), MOST),
    ...section('Replaced', files(sync.replaced), MOST),
    ...section('Replaced, with edits of this thread that are only in the version before; say so', files(sync.overwritten), MOST),
    ...section('Kept as edited in this thread, since the workspace has not changed them', files(sync.kept), MOST),
    `Unchanged: ${sync.unchanged.length}`,
    ...section(
      'No longer in the workspace, still in the bundle (delete them with edit_bundle_file if that is wanted)',
      bullets(gone, 600),
      MOST,
    ),
    ...section(
      'Left out',
      left.map(({ path, why }) => `- ${quote(path, 1000)}: ${quote(why, 300)}`),
      MOST,
    ),
  ];
}
