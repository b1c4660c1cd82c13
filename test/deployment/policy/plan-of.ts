// The plan of a first deployment in the shape of the CLI's JSON, made of a resolved target without the CLI.
import { type Json, type JsonObject, objectOf, objectsIn } from '../../../src/values/json.ts';

/** Everything is created; permissions are nodes of their own, with the deployer as owner (facts: cli#plan-json). */
export function firstPlanOf(resolved: JsonObject, deployer: string): JsonObject {
  const nodes = Object.entries(objectOf(resolved.resources)).flatMap(([type, group]) =>
    Object.entries(objectOf(group)).flatMap(([key, resource]): [string, Json][] => {
      const { permissions, lifecycle: _, ...value } = objectOf(resource);
      const node = `resources.${type}.${key}`;
      const made: [string, Json] = [node, { action: 'create', new_state: { value } }];
      if (permissions === undefined) return [made];
      const grants = [...objectsIn(permissions), { level: type === 'dashboards' ? 'CAN_MANAGE' : 'IS_OWNER', user_name: deployer }];
      return [made, [`${node}.permissions`, { action: 'create', new_state: { value: { object_id: '', __embed__: grants } } }]];
    }),
  );
  return { plan_version: 2, plan: Object.fromEntries(nodes) };
}
