// What a CLI makes of a resource: it leaves out every field that it does not know, which a resolution without it must do too.
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { createKnows, MODELLED, type ModelledType, type Models } from '../currency/models.ts';

/** A resolved configuration as the CLI with these models would have it (facts: bundles#unknown-fields). */
export function leaveOutUnknown(resolved: JsonObject, models: Models): JsonObject {
  const knows = createKnows(models);
  const kept = (type: ModelledType, value: Json, fields: readonly string[]): Json | undefined => {
    if (Array.isArray(value)) return value.flatMap((item: Json) => kept(type, item, fields) ?? []);
    if (value === null || typeof value !== 'object')
      return value === null || knows(type, { fields, value }) !== undefined ? value : undefined;
    const entries = Object.entries(objectOf(value)).map(([key, item]) => [key, kept(type, item, [...fields, key])] as const);
    const known = entries.flatMap(([key, item]): [string, Json][] => (item === undefined ? [] : [[key, item]]));
    return known.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(known);
  };
  const resources = objectOf(resolved.resources);
  const changed = MODELLED.filter((type) => isObject(resources[type])).map((type) => {
    const all = Object.entries(objectOf(resources[type])).map(([key, one]) => [key, kept(type, one, []) ?? {}]);
    return [type, Object.fromEntries(all)];
  });
  return { ...resolved, resources: { ...resources, ...Object.fromEntries(changed) } };
}
