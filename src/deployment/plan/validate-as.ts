// Resolves a target anew as the person that a write is for.
import type { OpenCli } from '../cli/open-bundle.ts';
import { ofPerson } from '../cli/resolve.ts';

/** Rejects with UserError also where the target was resolved for somebody else: the token is not that of the person named. */
export async function validateAs(open: OpenCli, target: string, userName: string) {
  return ofPerson(await open.validate(target), { target, userName });
}
