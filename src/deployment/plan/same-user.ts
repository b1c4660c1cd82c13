// Whether a token belongs to the person that a plan or a write is for.
import { deployerOf } from '../../bundle/proof/resolved-target.ts';
import { UserError } from '../../values/errors.ts';
import type { JsonObject } from '../../values/json.ts';

/** Throws UserError where the target was resolved for somebody else: the token is not that of the person named. */
export function sameUser(resolved: JsonObject, userName: string, target: string): void {
  const user = deployerOf(resolved);
  if (typeof user === 'string' && user.toLowerCase() === userName.toLowerCase()) return;
  throw new UserError({
    doing: `Planning target ${target}`,
    problem: `The sign-in does not belong to ${userName}.`,
    next: 'Disconnect, connect again, and ask for a fresh plan.',
  });
}
