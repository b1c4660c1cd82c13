// A list of grants as answers show it, and what it gives a user: directly, through the user's own groups, as one of everybody.
import type { User } from '../http/answer.ts';
import { isObject, type Json, type JsonObject, objectsIn } from '../http/json.ts';

/** How much a user may do with an object; more includes less. */
export const LEVEL = { none: 0, view: 1, run: 2, edit: 3, manage: 4, own: 5 } as const;

export type Level = (typeof LEVEL)[keyof typeof LEVEL];

const RANKS: Readonly<Record<string, Level>> = {
  CAN_VIEW: LEVEL.view,
  CAN_READ: LEVEL.view,
  CAN_RUN: LEVEL.run,
  CAN_MANAGE_RUN: LEVEL.run,
  CAN_EDIT: LEVEL.edit,
  CAN_MANAGE: LEVEL.manage,
  IS_OWNER: LEVEL.own,
};
const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/** The groups of a user: everybody is one of `users`, admins are `admins`. */
export function groupsOf(user: User): string[] {
  return ['users', ...(user.admin ? ['admins'] : []), ...user.groups];
}

/** The highest level that the grants give the user. */
export function levelIn(grants: readonly JsonObject[], user: User): Level {
  const groups = groupsOf(user);
  const own = grants.filter(
    (grant) =>
      grant.user_name === user.userName ||
      grant.service_principal_name === user.userName ||
      (typeof grant.group_name === 'string' && groups.includes(grant.group_name)),
  );
  const ranks = own.flatMap(levelsOf).map((level) => RANKS[String(level)] ?? LEVEL.none);
  return ranks.reduce<Level>((most, rank) => (rank > most ? rank : most), LEVEL.none);
}

/** An entry of a request ({user_name, permission_level}) as answers show it. */
export function toGrant(entry: JsonObject): JsonObject {
  if (Array.isArray(entry.all_permissions)) return entry;
  return { ...principal(entry), all_permissions: [{ permission_level: entry.permission_level ?? null, inherited: false }] };
}

/** A grant as it shows on what lies below the object that it was given on. */
export function asInherited(grant: JsonObject, from: string): JsonObject {
  const levels = levelsOf(grant).map((level): Json => ({ permission_level: level, inherited: true, inherited_from_object: [from] }));
  return { ...principal(grant), all_permissions: levels };
}

/** One entry for each principal, with all that it has, its own grants first. */
export function merged(grants: readonly JsonObject[]): JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const grant of grants) {
    const before = found.get(principalOf(grant));
    const all = [...objectsIn(before?.all_permissions), ...objectsIn(grant.all_permissions)];
    found.set(principalOf(grant), { ...grant, all_permissions: all });
  }
  return [...found.values()].filter(isObject);
}

function principal(entry: JsonObject): JsonObject {
  const display = entry.user_name ?? entry.service_principal_name;
  const names = PRINCIPALS.flatMap((name) => (typeof entry[name] === 'string' ? [[name, entry[name]] as const] : []));
  return { ...Object.fromEntries(names), ...(display === undefined ? {} : { display_name: display }) };
}

export function principalOf(grant: JsonObject): string {
  return PRINCIPALS.map((name) => String(grant[name] ?? '')).join('|');
}

export function levelsOf(grant: JsonObject): Json[] {
  return objectsIn(grant.all_permissions).map((permission) => permission.permission_level ?? null);
}

/** The user or service principal that owns an object with these grants. */
export function ownerIn(grants: readonly JsonObject[]): string | undefined {
  const owner = grants.find((grant) => levelsOf(grant).includes('IS_OWNER'));
  const name = owner?.user_name ?? owner?.service_principal_name;
  return typeof name === 'string' ? name : undefined;
}
