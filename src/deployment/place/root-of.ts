// Where a target of a bundle lies in the workspace, without the CLI: its validate already makes folders there (facts: cli#validate-summary-and-run).
import type { Bundle, BundleFile } from '../../bundle/model/bundle.ts';
import { resolveBundle } from '../../bundle/proof/resolve-offline.ts';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import { canonicalFolder } from '../../values/workspace-path.ts';

/** Written out, with /Workspace, as it is for this person. Throws UserError where the YAML can't be read. */
export function rootOf({ files }: Pick<Bundle, 'files'>, target: string, userName: string): string {
  return rootIn(resolveBundle(files, target, { userName }), userName);
}

/** The same of a target that the CLI has resolved. */
export function rootIn({ workspace }: JsonObject, userName: string): string {
  const path = textOf(objectOf(workspace).root_path) ?? '';
  return `/Workspace${canonicalFolder(path.replace(/^~(?=\/)/, `/Users/${userName}`))}`;
}

/** The user whose home a path lies in; undefined for a folder that is nobody's. */
export function homeOwner(rootPath: string): string | undefined {
  return /^\/Workspace\/Users\/([^/]+)\//.exec(rootPath)?.[1];
}

/** The folder that a place is kept in, such as the team's of the configuration. */
export function sharedFolder(rootPath: string): string {
  const at = rootPath.indexOf('/.bundle/');
  return rootPath.slice(0, at === -1 ? rootPath.lastIndexOf('/') : at);
}

/**
 * The files with the target in one's own home, to ask the CLI what it resolves to: its validate makes a folder there, which not everybody may
 * where production lies. Nothing is deployed from them.
 */
export function filesAtHome(bundle: Pick<Bundle, 'files' | 'name'>, target: string, userName: string): readonly BundleFile[] {
  const root = rootOf(bundle, target, userName);
  if (homeOwner(root)?.toLowerCase() === userName.toLowerCase()) return bundle.files;
  const own = `/Workspace/Users/${userName}/.bundle/${bundle.name}/${target}`;
  return bundle.files.map((file) => {
    if (file.path !== 'databricks.yml') return file;
    const text = new TextDecoder().decode(file.bytes).replaceAll(root, () => own);
    return { path: file.path, bytes: new TextEncoder().encode(text) };
  });
}
