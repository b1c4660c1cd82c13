// What development mode changes in a job, so that a proof of such a target does not call it a loss.
import { type JsonObject, objectOf } from '../../values/json.ts';
import type { Leaf } from '../model/leaves.ts';
import { isDevelopment } from './resolved-target.ts';

/** Why a value differs in a development target, if that mode is the reason; either side may be absent. */
export function developmentChange(was: Leaf | undefined, is: Leaf | undefined, resolved: JsonObject): string | undefined {
  if (!isDevelopment(resolved)) return undefined;
  const presets = objectOf(resolved.presets);
  const place = was?.place ?? is?.place ?? '';
  if (place.startsWith('run_as.')) return 'a development copy runs as the person who deploys it';
  if (is === undefined) return undefined;
  const prefix = presets.name_prefix;
  if ((place === 'name' || place === 'display_name') && typeof prefix === 'string' && is.value === `${prefix}${String(was?.value ?? '')}`)
    return 'development mode puts a prefix before the name';
  if (/^(schedule|trigger|continuous|triggers\[\d+\])\.pause_status$/.test(place) && is.value === presets.trigger_pause_status)
    return 'development mode pauses it';
  if (place === 'continuous' && was?.value === true && is.value === false) return 'development mode lets no pipeline run by itself';
  if (place === 'max_concurrent_runs' && is.value === presets.jobs_max_concurrent_runs) return 'development mode allows runs side by side';
  const { short_name: short } = objectOf(objectOf(resolved.workspace).current_user);
  if (
    typeof short === 'string' &&
    typeof is.value === 'string' &&
    typeof was?.value === 'string' &&
    isOwnSchema(givenBy(is), givenBy(was), short)
  )
    return 'a development copy writes to a schema of its own';
  const isCopys =
    place === 'dataset_catalog' || (place === 'dataset_schema' && typeof short === 'string' && isOwn(String(is.value), short));
  if (isCopys && was === undefined) return 'a development copy reads what it writes, from a schema of its own';
  const tags = objectOf(presets.tags);
  const tag = is.keys.at(-1) ?? '';
  if (is.keys[0] === 'tags' && (was === undefined || was.value === '') && tags[tag] === is.value)
    return 'development mode marks its copies';
  return undefined;
}

function givenBy({ value, option }: Leaf): string {
  return String(value).slice(option?.before.length ?? 0);
}

/** The generator's own-data: the same name, with the deployer's schema, which has their name in it as a word, in the place of another. */
function isOwnSchema(is: string, was: string, shortName: string): boolean {
  const [parts, before] = [is.split('.'), was.split('.')];
  return parts.length === before.length && parts.every((part, i) => part === before[i] || isOwn(part, shortName));
}

function isOwn(schema: string, shortName: string): boolean {
  return `_${schema}_`.includes(`_${shortName}_`);
}
