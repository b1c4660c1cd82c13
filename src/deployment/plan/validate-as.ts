// Resolves a target as the person that a plan or a write is for.
import { deployerOf } from '../../bundle/proof/resolved-target.ts';
import { UserError } from '../../values/errors.ts';
import type { OpenCli } from '../cli/open-bundle.ts';

/** Rejects with UserError also where the target was resolved for somebody else: the token is not that of the person named. */
export async function validateAs(open: OpenCli, target: string, userName: string) {
  const validated = await open.validate(target);
  const user = deployerOf(validated.resolved);
  if (typeof user === 'string' && user.toLowerCase() === userName.toLowerCase()) return validated;
  throw new UserError({
    doing: `Planning target ${target}`,
    problem: `The sign-in does not belong to ${userName}.`,
    next: 'Disconnect, connect again, and ask for a fresh plan.',
  });
}
