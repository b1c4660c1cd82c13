// Finds the thing that somebody means by its id, its address in the workspace, or its exact name; and the path in an address.
import { UserError } from '../../../values/errors.ts';
import { capped, quote } from './foreign-text.ts';

/** Candidates that an answer names. */
const MOST = 10;

interface KindOfThing {
  readonly doing: string;
  /** Such as `pipeline`. */
  readonly noun: string;
  /** The tool that lists them, where there is one. */
  readonly lister?: string;
  /** Matches a whole id. */
  readonly id: RegExp;
  /** Finds the id, as group 1, in the path and fragment of an address. */
  readonly inAddress: RegExp;
  /** The things that a name could mean. */
  readonly named: (name: string) => Promise<readonly { readonly id: string; readonly name: string }[]>;
}

/** The id. Rejects with UserError for an address of another workspace, and where no thing or more than one has the name. */
export async function findId(given: string, host: string, kind: KindOfThing): Promise<string> {
  const { doing, noun, lister } = kind;
  if (kind.id.test(given)) return given;
  const byId = `Give the ${noun}’s id instead${lister === undefined ? '' : `; ${lister} answers ids`}.`;
  const address = addressOf(given, host, doing, byId);
  if (address !== undefined) {
    const id = kind.inAddress.exec(address.pathname + address.hash)?.[1];
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
  const problem = `${exact.length} ${noun}s have this name: ${capped(exact, MOST).join(', ')}.`;
  throw new UserError({ doing, problem, next: 'Ask which one is meant, and give its id.' });
}

/** The workspace path that is given itself or in an address (`…/#workspace/Users/…`). Throws UserError for any other address. */
export function pathIn(given: string, host: string, doing: string): string {
  const next = 'Ask for the path; the menu of a notebook or folder has “Copy path”.';
  const address = addressOf(given, host, doing, next);
  if (address === undefined) return given;
  const path = /^#workspace(\/.+)$/.exec(address.hash)?.[1];
  if (path === undefined) throw new UserError({ doing, problem: 'This address holds a number and no path.', next });
  try {
    return decodeURIComponent(path);
  } catch {
    throw new UserError({ doing, problem: 'The path in this address can’t be read.', next });
  }
}

/** The address of the workspace that is given; undefined for what is no address. Throws UserError for another workspace's. */
function addressOf(given: string, host: string, doing: string, next: string): URL | undefined {
  if (!/^https?:\/\//i.test(given)) return undefined;
  if (URL.canParse(given) && new URL(given).host === new URL(host).host) return new URL(given);
  throw new UserError({ doing, problem: 'This address is not of the workspace that I work in.', next });
}
