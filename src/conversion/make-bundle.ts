// Makes the bundle of what was read, looks for secrets in it, and holds it against the allow-list.
import { findSecrets } from '../analysis/secrets/find.ts';
import { checkBundle } from '../bundle/check/check-bundle.ts';
import { generateBundle } from '../bundle/generate/generate.ts';
import type { WholeSubject } from './subject.ts';

export interface BundleWish {
  /** The workspace that the subject was read from; empty where it was none. */
  readonly host: string;
  /** Targets beside dev and prod. */
  readonly targets?: readonly string[] | undefined;
  /** Targets that take the original over instead of making a copy. */
  readonly adopt?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same subject and wish make the same bundle; with an error in `findings` it is neither validated nor deployed. Rejects with UserError
 * for a target that can't be, or with the signal's reason.
 */
export async function makeBundle(subject: WholeSubject, { host, targets, adopt = [], signal }: BundleWish) {
  signal?.throwIfAborted();
  const adoption = Object.fromEntries(adopt.map((target) => [target, 'bind'] as const));
  const generated = generateBundle({ ...subject, host, options: { targets, adoption } });
  const bundle = { ...generated, secrets: await findSecrets(generated.files) };
  signal?.throwIfAborted();
  return { bundle, findings: checkBundle(bundle.files) };
}
