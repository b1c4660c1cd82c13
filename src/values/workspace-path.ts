// Paths of workspace files: one spelling for each, the parts of them, and which paths are no workspace files at all.

/** `/Users/x` and `/Workspace/Users/x` are the same file: the spelling without `/Workspace` and without doubled slashes. */
export function canonicalPath(path: string): string {
  return path.replace(/^\/Workspace(?=\/)/, '').replace(/\/+/g, '/');
}

/** The same for a folder, without a slash at its end. */
export function canonicalFolder(path: string): string {
  return canonicalPath(path).replace(/\/$/, '');
}

/** One key for all spellings of a source. */
export function sourceKey({ path, kind }: { readonly path: string; readonly kind: 'notebook' | 'file' | 'folder' }): string {
  return `${kind}:${canonicalPath(path)}`;
}

/** What a path's last part is called. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder that a path lies in; empty at the top. */
export function parentFolder(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path without `.`, empty parts and `x/..`. What leads out of a relative path's start stays as `..`; above `/` there is nothing. */
export function normalizePath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
}

/** A path as it is read from a folder, by the same rules; the folder may be empty. */
export function joinPath(folder: string, path: string): string {
  return normalizePath(folder === '' ? path : `${folder}/${path}`);
}

/** Volumes, DBFS, and every address with a scheme (RFC 3986), such as `s3://bucket/x`. */
const STORAGE = /^(?:\/(?:Volumes|dbfs)\/|[a-z][a-z0-9+.-]*:)/i;
const DRIVER_DISK = /^\/(?:tmp|local_disk0)\//i;

/** Whether a path that a definition names is no workspace file. */
export function isOutsideWorkspace(path: string): boolean {
  return STORAGE.test(path);
}

/** The same for a path in code, where `/tmp` and `/local_disk0` are on the machine that runs it. */
export function isOutsideWorkspaceInCode(path: string): boolean {
  return STORAGE.test(path) || DRIVER_DISK.test(path);
}
