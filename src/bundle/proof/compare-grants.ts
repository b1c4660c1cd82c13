// Grants of a job, pipeline or dashboard beside the permissions that a target gives, before and after it is deployed.
import { type Json, type JsonObject, objectsIn } from '../../values/json.ts';
import type { Grant } from '../model/bundle.ts';
import type { DeployedDifference } from './compare-deployed.ts';
import type { Finding } from './proof.ts';

/**
 * What the CLI gives whoever deploys, where there are permissions: jobs and pipelines have owners, dashboards don't
 * (facts: bundles#permissions-and-run_as).
 */
const OF_THE_DEPLOYER = new Set(['IS_OWNER', 'CAN_MANAGE']);
const PRINCIPALS = ['user_name', 'group_name', 'service_principal_name'] as const;

/** `who level` of every permission, such as `group_name users` and `CAN_VIEW`. */
function permissionsIn(value: Json | undefined): { who: string; name: string; level: string }[] {
  return objectsIn(value).flatMap((entry) => {
    if (typeof entry.level !== 'string') return [];
    const principal = PRINCIPALS.find((name) => typeof entry[name] === 'string');
    return principal === undefined ? [] : [{ who: `${principal} ${entry[principal]}`, name: String(entry[principal]), level: entry.level }];
  });
}

/** The same of grants; whoever deploys owns what is deployed, so that ownership is none. */
function permissionsOf(grants: readonly Grant[]): ReturnType<typeof permissionsIn> {
  return grants
    .filter(({ level }) => level !== 'IS_OWNER')
    .map(({ principal, name, level }) => ({ who: `${principal} ${name}`, name, level }));
}

/** One finding a grant; undefined grants could not be read and are not compared. `deployer` is who the target is resolved for. */
export function compareGrants(
  grants: readonly Grant[] | undefined,
  resource: JsonObject,
  isDevelopment: boolean,
  deployer: string | undefined,
): Finding[] {
  if (grants === undefined) return [];
  // An owner that is named is the one that there is: only who may do what beside that is compared.
  const is = permissionsIn(resource.permissions).filter(({ level }) => level !== 'IS_OWNER');
  const was = permissionsOf(grants);
  const same = (a: { who: string; level: string }) => (b: { who: string; level: string }) => a.who === b.who && a.level === b.level;
  const kept = was.map((grant): Finding => {
    const about = { place: `permissions[${grant.name}]`, was: grant.level };
    if (is.some(same(grant))) return { ...about, verdict: 'identical', is: grant.level };
    if (isDevelopment) return { ...about, verdict: 'decided', why: 'a development copy belongs to the person who deploys it' };
    const now = is.find(({ who }) => who === grant.who)?.level;
    return { ...about, verdict: 'lost', ...(now === undefined ? { why: 'missing in the bundle' } : { is: now }) };
  });
  const invented = is.filter(
    (one) => !was.some(({ who }) => who === one.who) && !(OF_THE_DEPLOYER.has(one.level) && one.name === deployer),
  );
  return [
    ...kept,
    ...invented.map(
      ({ name, level }): Finding => ({ place: `permissions[${name}]`, verdict: 'lost', is: level, why: 'the job does not have this' }),
    ),
  ];
}

/**
 * Grants that the bundle gives and the workspace does not have, or has beside them. The deployer is left out: whoever deploys owns what is
 * deployed. Without permissions in the bundle the CLI touches none, so that only a new resource has none either.
 */
export function compareDeployedGrants(
  resource: JsonObject,
  deployed: readonly Grant[] | undefined,
  deployer: string | undefined,
): DeployedDifference[] {
  const wanted = permissionsIn(resource.permissions).filter(({ level, name }) => level !== 'IS_OWNER' && name !== deployer);
  if (deployed === undefined)
    return wanted.length === 0
      ? []
      : [{ place: 'permissions', was: wanted.map(({ name, level }) => `${name} ${level}`).join(', '), is: undefined }];
  const there = permissionsOf(deployed).filter(({ name }) => name !== deployer);
  const lost = wanted.flatMap((one): DeployedDifference[] => {
    const levels = there.filter(({ who }) => who === one.who).map(({ level }) => level);
    return levels.includes(one.level) ? [] : [{ place: `permissions[${one.name}]`, was: one.level, is: levels[0] }];
  });
  const added = there.filter(({ who }) => !wanted.some((one) => one.who === who));
  return [...lost, ...added.map(({ name, level }) => ({ place: `permissions[${name}]`, was: undefined, is: level }))];
}
