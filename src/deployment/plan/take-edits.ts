// Takes what somebody edited in the workspace into the bundle: a new tree with the deployed files as they lie there now.
import { findSecrets } from '../../analysis/secrets/find.ts';
import { keepAddedTargetsApart } from '../../bundle/edit/added-targets.ts';
import { dropUnusedVariables } from '../../bundle/edit/drop-unused-variables.ts';
import { editBundle } from '../../bundle/edit/edit.ts';
import type { Bundle } from '../../bundle/model/bundle.ts';
import type { NoProof } from '../../bundle/proof/proof.ts';
import { filesRoot } from '../../bundle/proof/resolved-target.ts';
import type { TokenSource } from '../../values/patience.ts';
import type { Cli } from '../cli/open-bundle.ts';
import type { Eyes } from '../deployed/file-changes-there.ts';
import { notAllowed } from '../policy/refusals.ts';
import { wordsOf } from './inspect.ts';
import { validateAs } from './validate-as.ts';

interface Edits {
  readonly bundle: Bundle;
  readonly target: string;
  /** Of the files, in the bundle. */
  readonly paths: readonly string[];
  readonly host: string;
  readonly userName: string;
  readonly token: TokenSource;
}

export function createTakeEdits(deps: {
  cli: Cli;
  workspace: (as: { host: string; token: TokenSource }) => Eyes['workspace'];
  readFiles: Eyes['readFiles'];
}) {
  /** Reads only. Answers the new bundle, or in words why there is none; a file that lies there no longer stays as it is in the bundle. */
  return async ({ bundle, target, paths, host, userName, token }: Edits): Promise<Bundle | NoProof> => {
    const no = notAllowed(bundle.files)?.words ?? (await deps.cli.missing());
    if (no !== undefined) return no;
    const workspace = deps.workspace({ host, token });
    return await deps.cli
      .open({ files: bundle.files, host, token }, async (open) => {
        const root = filesRoot((await validateAs(open, target, userName)).resolved);
        if (root === undefined) throw new Error('The target was resolved without a folder for its files.');
        const wanted = bundle.files.filter(({ path }) => paths.includes(path));
        const there = await deps.readFiles(workspace, { root, files: wanted });
        const edited = [...there].map(([path, bytes]) => ({ path, bytes }));
        const found = await findSecrets(edited);
        const taken = editBundle(
          bundle,
          edited.map(({ path, bytes }) => ({ path, content: bytes, secrets: found.filter((one) => one.path === path) })),
        );
        // The configuration lies there too: what such an edit adds or leaves without a use is treated as that of an edit in the thread.
        const made = dropUnusedVariables(bundle, keepAddedTargetsApart(bundle, taken)).bundle;
        return notAllowed(made.files)?.words ?? made;
      })
      .catch(wordsOf);
  };
}
