// Makes the next version of a stored bundle: one change at a time, kept with its parent, and checked against the allow-list.
import { checkBundle } from '../../../bundle/check/check-bundle.ts';
import type { Bundle } from '../../../bundle/model/bundle.ts';
import type { StoredBundle } from '../../../storage/bundles/bundles.ts';
import { UserError } from '../../../values/errors.ts';
import type { ToolContext } from './define-tool.ts';
import { capped, quote } from './foreign-text.ts';
import { loadBundle } from './inputs.ts';

const BEING_MADE = '(being made)';
/** Most refusals of the allow-list that the answer names. */
const MOST = 10;

/**
 * Stores what `change` makes of the bundle, and answers it; `isNew` is false where that is the same tree. Rejects with UserError for a bundle
 * that a newer version has superseded in this connection: another change of it would lose the first.
 */
export async function changeBundle<Made extends { readonly bundle: Bundle }>(
  id: string,
  { bundles, edits, signal }: Pick<ToolContext, 'bundles' | 'edits' | 'signal'>,
  doing: string,
  change: (stored: StoredBundle) => Promise<Made>,
): Promise<Made & { readonly isNew: boolean }> {
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
    const { digest } = made.bundle;
    signal.throwIfAborted();
    if (digest === id) return { ...made, isNew: false };
    const { definitionId } = stored;
    await bundles.save(made.bundle, { parent: id, ...(definitionId === undefined ? {} : { definitionId }) });
    edits.set(id, digest);
    // Going back to an earlier tree makes that one the newest again.
    edits.delete(digest);
    return { ...made, isNew: true };
  } finally {
    if (edits.get(id) === BEING_MADE) edits.delete(id);
  }
}

/** What an answer says of a new version: its id, the secrets in it, and what the allow-list refuses; `next` where it refuses nothing. */
export function versionLines(bundle: Bundle, next: string): string[] {
  const errors = checkBundle(bundle.files).filter((found) => found.level === 'error');
  const trouble = errors.map((found) => `- ${quote(found.place)}: ${quote(found.message, 500)}`);
  return [
    `bundle_id: ${bundle.digest}`,
    ...(bundle.secrets.length === 0 ? [] : [`Hard-coded secrets left: ${bundle.secrets.length}; deploying waits until they are replaced.`]),
    ...(errors.length === 0 ? [next] : [`Not allowed in a bundle (${errors.length}), repair it:`]),
    ...capped(trouble, MOST),
  ];
}
