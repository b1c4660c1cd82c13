// Every notebook and file below a folder, in the order of their paths.
import type { Diagnostic, Source } from '../../bundle/model/bundle.ts';
import { LIMITS } from '../http/limits.ts';
import type { ListFolder } from './python-modules.ts';

/** Folders that tools make; they hold nobody's sources. */
const SKIPPED = new Set(['.git', '.databricks', '.venv', '__pycache__', '.ipynb_checkpoints', 'node_modules', '.pytest_cache']);
/** What dbt writes into a project when it runs (its docs: target-path, log-path, packages-install-path). */
const SKIPPED_IN_DBT = new Set(['target', 'logs', 'dbt_packages']);

export type TreeFile = Pick<Source, 'path' | 'kind'>;

/** All files below a folder (or the file itself); `files` is undefined where it does not exist or may not be listed. */
export async function listTree(list: ListFolder, root: string): Promise<{ files: TreeFile[] | undefined; diagnostics: Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const warn = (place: string, message: string) => diagnostics.push({ level: 'warning', place, message });

  async function below(folder: string, depth: number): Promise<TreeFile[] | undefined> {
    const entries = await list(folder);
    if (entries === undefined) return undefined;
    const isDbt = entries.has('dbt_project.yml');
    const parts = await Promise.all(
      [...entries].map(async ([name, { path, type }]): Promise<TreeFile[]> => {
        if (type === 'NOTEBOOK') return [{ path, kind: 'notebook' }];
        if (type === 'FILE' || type === 'DASHBOARD') return [{ path, kind: 'file' }];
        if (type !== 'DIRECTORY' && type !== 'REPO') {
          warn(path, 'is neither a file nor a notebook, and was left out');
          return [];
        }
        if (SKIPPED.has(name) || (isDbt && SKIPPED_IN_DBT.has(name))) {
          diagnostics.push({ level: 'note', place: path, message: 'is a folder that tools write, and was left out' });
          return [];
        }
        if (depth >= LIMITS.depth) {
          warn(path, `lies more than ${LIMITS.depth} folders deep, and was left out`);
          return [];
        }
        const found = await below(path, depth + 1);
        if (found === undefined) warn(path, 'may not be read, and was left out');
        return found ?? [];
      }),
    );
    return parts.flat();
  }

  const files = await below(root, 0);
  return { files: files?.sort((a, b) => (a.path < b.path ? -1 : 1)), diagnostics };
}
