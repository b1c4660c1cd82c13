// How many sign-ins may be under way: refused beyond, and said before.
import type { Scoped } from '../storage/usage/usage.ts';
import { UserError } from '../values/errors.ts';

/** So much of a limit is used before it is said. Our choice. */
const NEAR = 0.8;

const WHO = {
  person: { have: 'you have', may: 'one person may have' },
  channel: { have: 'people in this channel have', may: 'a channel may have' },
  team: { have: 'people of this team have', may: 'a team may have' },
} as const;

/** Whether one more may begin where so many are `open`: a UserError where not; words where few are left after it. */
export function admitLink(open: Scoped, limits: Scoped): string | undefined {
  const scopes = ['person', 'channel', 'team'] as const;
  const full = scopes.find((scope) => open[scope] >= limits[scope]);
  if (full !== undefined) {
    throw new UserError({
      doing: 'Connecting your Databricks account',
      problem: `${WHO[full].have} ${open[full]} Connect buttons that nobody has used yet, as many as ${WHO[full].may}.`,
      next: full === 'person' ? 'Use one of those, or ask again in ten minutes.' : 'Ask again in ten minutes.',
    });
  }
  const near = scopes.find((scope) => open[scope] + 1 >= NEAR * limits[scope]);
  return (
    near && `With this one ${WHO[near].have} ${open[near] + 1} Connect buttons that nobody has used yet; I make up to ${limits[near]}.`
  );
}
