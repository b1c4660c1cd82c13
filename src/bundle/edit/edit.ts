// Changes files of a bundle: a new bundle comes out, its description read again from the YAML.
import { UserError } from '../../values/errors.ts';
import { type Bundle, digestFiles, type SecretFinding } from '../model/bundle.ts';
import { pathProblem } from '../model/paths.ts';
import { calledIn, callSecrets } from '../secrets/called-secrets.ts';
import { describeTree } from '../yaml/describe-tree.ts';

interface BundleChange {
  readonly path: string;
  /** null deletes the file. */
  readonly content: string | Uint8Array | null;
  /** Those that stand in the new content. */
  readonly secrets?: readonly SecretFinding[] | undefined;
}

/**
 * A bundle with some files changed. What was called a secret in it stays one, wherever it stands now. Throws UserError for a path outside
 * the tree, a missing file to delete, or YAML that can't be read.
 */
export function editBundle(bundle: Bundle, changes: readonly BundleChange[]): Bundle {
  const tree = new Map(bundle.files.map((file) => [file.path, file]));
  for (const { path, content } of changes) {
    const doing = content === null ? `Deleting ${JSON.stringify(path)}` : `Writing ${JSON.stringify(path)}`;
    const problem = pathProblem(path);
    if (problem !== undefined) throw new UserError({ doing, problem: `${problem}.`, next: 'Use a relative path inside the bundle.' });
    if (content === null && !tree.delete(path)) {
      throw new UserError({ doing, problem: 'the bundle has no such file.', next: 'List its files first.' });
    }
    if (content !== null) tree.set(path, { path, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content });
  }
  const files = [...tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const described = describeTree(files);
  const rewritten = new Set(changes.map(({ path }) => path));
  const kept = bundle.secrets.filter(({ path }) => !rewritten.has(path));
  const found = changes.flatMap(({ path, secrets = [] }) => (tree.has(path) ? secrets : []));
  const idOf = new Map(bundle.resources.map(({ type, key, id }) => [`${type}.${key}`, id]));
  return {
    ...bundle,
    ...described,
    resources: described.resources.map((one) => ({ ...one, id: idOf.get(`${one.type}.${one.key}`) })),
    sources: bundle.sources.filter(({ file }) => tree.has(file)),
    secrets: callSecrets({ files, secrets: [...kept, ...found], called: calledIn(bundle) }),
    files,
    digest: digestFiles(files),
  };
}
