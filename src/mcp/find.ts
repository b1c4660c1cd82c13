// Finds the one thing of a kind that somebody means by its id, its address in the workspace, or its exact name.
import { UserError } from '../errors.ts';
import { capped, quote } from './data.ts';

/** Candidates that an answer names. */
const MOST = 10;

export interface Kind {
  readonly doing: string;
  /** Such as `pipeline`. */
  readonly noun: string;
  /** The tool that lists them, where there is one. */
  readonly lister?: string;
  /** What an id looks like, whole. */
  readonly id: RegExp;
  /** Finds the id (group 1) in the path and fragment of an address. */
  readonly inAddress: RegExp;
  /** Those that could be meant by a name. */
  readonly named: (name: string) => Promise<readonly { readonly id: string; readonly name: string }[]>;
}

/** The id. Rejects with UserError where the address is of another workspace, or no thing or several have the name. */
export async function findId(given: string, host: string, kind: Kind): Promise<string> {
  const { doing, noun, lister } = kind;
  if (kind.id.test(given)) return given;
  const byId = `Give the ${noun}’s id instead${lister === undefined ? '' : `; ${lister} answers ids`}.`;
  if (/^https?:\/\//i.test(given)) {
    if (!URL.canParse(given) || new URL(given).host !== new URL(host).host)
      throw new UserError({ doing, problem: 'This address is not of the workspace that I work in.', next: byId });
    const { pathname, hash } = new URL(given);
    const id = kind.inAddress.exec(pathname + hash)?.[1];
    if (id === undefined) throw new UserError({ doing, problem: `This address does not lead to a ${noun}.`, next: byId });
    return id;
  }
  const candidates = await kind.named(given);
  const exact = candidates.filter(({ name }) => name === given).map(({ id }) => id);
  const [only] = exact;
  if (only === undefined) {
    const problem = `There is no ${noun} with exactly this name that the person can see.`;
    const near = capped(
      candidates.map(({ id, name }) => `${id} ${quote(name, 100)}`),
      MOST,
    ).join(', ');
    if (near !== '') throw new UserError({ doing, problem, next: `Ask which of these is meant, and give its id: ${near}.` });
    throw new UserError({
      doing,
      problem,
      next: lister === undefined ? `Ask for its id or address.` : `Call ${lister} to see which there are.`,
    });
  }
  if (exact.length === 1) return only;
  const problem = `${exact.length} have this name: ${capped(exact, MOST).join(', ')}.`;
  throw new UserError({ doing, problem, next: 'Ask which one is meant, and give its id.' });
}
