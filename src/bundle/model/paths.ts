// Paths in the tree and paths written in its YAML: which stay inside, and which would lead out of it.
import { joinPath } from '../../values/workspace-path.ts';
import { byteLength, clashKey, MAX_COMPONENT_BYTES, MAX_PATH_BYTES } from './safe-names.ts';

/** Folders of tools that the CLI (or git, which it asks) trusts; anywhere in a tree they are refused (facts: bundles#what-is-refused). */
const TRUSTED = new Set(['.databricks', '.git']);

/** The pattern by which a generated bundle includes its resources, as Databricks' templates do. */
export const RESOURCE_FILES = 'resources/*.yml';

/** Why a file of the tree can't have this path; undefined where it can. */
export function pathProblem(path: string): string | undefined {
  if (path === '' || path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path)) return 'its path is not relative';
  if (/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u.test(path)) return 'its path holds a control character';
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'its path has an empty, `.` or `..` part';
  const trusted = parts.find((part) => TRUSTED.has(clashKey(part)));
  if (trusted !== undefined) return `a bundle must not carry ${trusted}`;
  if (byteLength(path) > MAX_PATH_BYTES || parts.some((part) => byteLength(part) > MAX_COMPONENT_BYTES)) return 'its path is too long';
  return undefined;
}

/** Whether a relative path, read from a folder of the tree, stays in the tree. */
export function staysInside(path: string, folder: string): boolean {
  return !/^\.\.(\/|$)/.test(joinPath(folder, path));
}
