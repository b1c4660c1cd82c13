// Many more people and channels than the usual few, for what shows only in a big team.
import type { User } from './databricks/http/answer.ts';
import { BOT, DEFAULT_USERS, type StandInChannel, type StandInUser } from './slack/team/state.ts';

interface Crowd {
  /** Names of the people, as Slack knows them: `p1`, `p2`, … */
  readonly names: readonly string[];
  /** Ids of the channels. */
  readonly channels: readonly string[];
  /** What the stand-ins are told of them. */
  readonly slack: { readonly users: readonly StandInUser[]; readonly channels: readonly StandInChannel[] };
  readonly databricks: readonly User[];
}

/** So many people beside the usual ones, all of them in each of so many channels, each with a home in the workspace. */
export function createCrowd(size: { readonly people: number; readonly channels: number }): Crowd {
  const names = Array.from({ length: size.people }, (_, index) => `p${index + 1}`);
  const users = names.map((name) => ({ id: `U_${name.toUpperCase()}`, name, realName: `Person ${name}`, email: `${name}@acme.example` }));
  const members = [...users.map(({ id }) => id), BOT.user];
  const channels = Array.from({ length: size.channels }, (_, index): StandInChannel => {
    const name = `team-${index + 1}`;
    return { id: `C_TEAM${index + 1}`, name, kind: 'channel', members: new Set(members) };
  });
  return {
    names,
    channels: channels.map(({ id }) => id),
    slack: { users: [...DEFAULT_USERS, ...users], channels },
    databricks: users.map(({ email, realName }, index) => ({
      ...{ userName: email, id: String(5_000_000_000_000 + index), displayName: realName, admin: false, groups: [] },
    })),
  };
}
