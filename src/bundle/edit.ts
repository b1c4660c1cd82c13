// Changes one file of a bundle: a new bundle comes out, its description read again from the YAML.
import { UserError } from '../errors.ts';
import { type Bundle, digestFiles, type SecretFinding } from './bundle.ts';
import { pathProblem } from './paths.ts';
import { describeTree } from './tree.ts';

export { describeTree } from './tree.ts';

export interface BundleChange {
  readonly path: string;
  /** null deletes the file. */
  readonly content: string | Uint8Array | null;
}

/** A bundle with one file changed; `secrets` are all that the changed tree holds. Throws UserError for a path outside the tree, a missing file to delete, or YAML that can't be read. */
export function editBundle(bundle: Bundle, change: BundleChange, secrets: readonly SecretFinding[]): Bundle {
  const doing = change.content === null ? `Deleting ${JSON.stringify(change.path)}` : `Writing ${JSON.stringify(change.path)}`;
  const problem = pathProblem(change.path);
  if (problem !== undefined) throw new UserError({ doing, problem: `${problem}.`, next: 'Use a relative path inside the bundle.' });
  if (change.content === null && !bundle.files.some((file) => file.path === change.path)) {
    throw new UserError({ doing, problem: 'the bundle has no such file.', next: 'List its files first.' });
  }
  const others = bundle.files.filter((file) => file.path !== change.path);
  const bytes = typeof change.content === 'string' ? new TextEncoder().encode(change.content) : change.content;
  const files = [...others, ...(bytes === null ? [] : [{ path: change.path, bytes }])].sort((a, b) => (a.path < b.path ? -1 : 1));
  const described = describeTree(files);
  const idOf = new Map(bundle.resources.map(({ type, key, id }) => [`${type}.${key}`, id]));
  const paths = new Set(files.map(({ path }) => path));
  return {
    ...bundle,
    ...described,
    resources: described.resources.map((one) => ({ ...one, id: idOf.get(`${one.type}.${one.key}`) })),
    sources: bundle.sources.filter(({ file }) => paths.has(file)),
    secrets,
    files,
    digest: digestFiles(files),
  };
}
