// Makes the next version of a stored bundle: one change at a time, stored with its parent, and checked for what a bundle may not hold.
import { findSecrets } from '../../../analysis/secrets/find.ts';
import { checkBundle } from '../../../bundle/check/check-bundle.ts';
import { keepAddedTargetsApart } from '../../../bundle/edit/added-targets.ts';
import { dropUnusedVariables, isWhole } from '../../../bundle/edit/drop-unused-variables.ts';
import { editBundle } from '../../../bundle/edit/edit.ts';
import type { Bundle, SecretFinding } from '../../../bundle/model/bundle.ts';
import type { BundleStore, StoredBundle } from '../../../storage/bundles/bundles.ts';
import { UserError } from '../../../values/errors.ts';
import { during } from '../../../values/stalls.ts';
import type { ToolContext } from './define-tool.ts';
import { capped, quote } from './foreign-text.ts';
import { loadBundle } from './load-bundle.ts';

const BEING_MADE = '(being made)';
/** Most problems that the answer names. */
const MOST = 10;
/** Edits that one change of several files may take. */
const MOST_STEPS = 20;

/**
 * Stores what `change` makes of the bundle and answers it; `isNew` is false where nothing has changed, and `dropped` are variables that it
 * has left without a use, which are gone with it. Rejects with UserError for a bundle
 * that was already changed in this connection: a second change of the same version would lose the first.
 */
export async function changeBundle<Made extends { readonly bundle: Bundle }>(
  id: string,
  { bundles, edits, signal }: Pick<ToolContext, 'bundles' | 'edits' | 'signal'>,
  doing: string,
  change: (stored: StoredBundle) => Promise<Made>,
): Promise<Made & { readonly isNew: boolean; readonly dropped: readonly string[] }> {
  const newer = edits.get(id);
  if (newer !== undefined) {
    throw new UserError({
      doing,
      problem: `This bundle was already edited, which made bundle_id ${newer}; another edit of the old one would lose the first.`,
      next: 'Edit the newest bundle instead, one edit after the other.',
    });
  }
  edits.set(id, BEING_MADE);
  try {
    const stored = await loadBundle(bundles, id, doing);
    const made = await change(stored);
    const { bundle, dropped } = dropUnusedVariables(await wholeBefore(stored, bundles), made.bundle);
    const { digest } = bundle;
    signal.throwIfAborted();
    if (digest === id) return { ...made, bundle, dropped, isNew: false };
    await bundles.save(bundle, { parent: id, definitionId: stored.definitionId });
    edits.set(id, digest);
    // An edit may lead back to an earlier version: then that one is the newest again.
    edits.delete(digest);
    return { ...made, bundle, dropped, isNew: true };
  } finally {
    if (edits.get(id) === BEING_MADE) edits.delete(id);
  }
}

/** The bundle, or the last one before it that was not in the middle of several edits. */
async function wholeBefore(stored: StoredBundle, bundles: Pick<BundleStore, 'load'>): Promise<Bundle> {
  let one = stored;
  for (let back = 0; back < MOST_STEPS && one.parent !== undefined && !isWhole(one.bundle); back++) {
    const earlier = await bundles.load(one.parent);
    if (earlier === undefined) break;
    one = earlier;
  }
  return one.bundle;
}

/**
 * The bundle with these files written, or deleted where `bytes` is null; what is written is searched for secrets again (`secrets` are those
 * that are known to stand in it); a production target that is new stands paused beside the original, a development one has its own data.
 */
export async function editFiles(
  bundle: Bundle,
  changes: readonly { readonly path: string; readonly bytes: Uint8Array | null; readonly secrets?: readonly SecretFinding[] }[],
): Promise<Bundle> {
  const written = changes.flatMap(({ path, bytes }) => (bytes === null ? [] : [{ path, bytes }]));
  const found = await findSecrets(written);
  const contents = changes.map(({ path, bytes, secrets = [] }) => ({
    path,
    content: bytes,
    secrets: withFound(
      secrets,
      found.filter((one) => one.path === path),
    ),
  }));
  return keepAddedTargetsApart(bundle, editBundle(bundle, contents));
}

/** What the scanner finds beside the secrets that are known; where both name a passage, the whole of it. */
function withFound(known: readonly SecretFinding[], found: readonly SecretFinding[]): SecretFinding[] {
  const fresh = found.filter(({ start, end }) => !known.some((one) => one.start <= start && one.end >= end));
  return [...known.filter(({ start, end }) => !fresh.some((one) => one.start <= start && one.end >= end)), ...fresh];
}

/** What an answer says of a new version: its id, the secrets in it, and what a bundle may not hold; `next` where it holds nothing such. */
export function versionLines(bundle: Bundle, next: string): string[] {
  const errors = during('checking a bundle', () => checkBundle(bundle.files)).filter((found) => found.level === 'error');
  const trouble = errors.map((found) => `- ${quote(found.place)}: ${quote(found.message, 500)}`);
  return [
    `bundle_id: ${bundle.digest}`,
    ...(bundle.secrets.length === 0 ? [] : [`Hard-coded secrets left: ${bundle.secrets.length}; deploying waits until they are replaced.`]),
    ...(errors.length === 0 ? [next] : [`Not allowed in a bundle (${errors.length}), repair it:`]),
    ...capped(trouble, MOST),
  ];
}
