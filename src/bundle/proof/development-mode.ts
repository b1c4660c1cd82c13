// What development mode changes in a job, so that a proof of such a target does not call it a loss.
import { type JsonObject, objectOf } from '../../values/json.ts';
import { isOfData } from '../data/names.ts';
import { ownExperiment } from '../generate/targets.ts';
import type { Leaf } from '../model/leaves.ts';
import { parameterGiven } from '../model/path-and-id-fields.ts';
import { isDevelopment } from './resolved-target.ts';

/**
 * Why a value differs in a development target, if that mode is the reason; either side may be absent. `production`: what production resolves
 * to, where that is known.
 */
export function developmentChange(
  was: Leaf | undefined,
  is: Leaf | undefined,
  resolved: JsonObject,
  production?: JsonObject,
): string | undefined {
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
  const { short_name: short, userName } = objectOf(objectOf(resolved.workspace).current_user);
  const { target } = objectOf(resolved.bundle);
  if (was !== undefined && givenBy(is) === ownExperiment(givenBy(was), String(target), String(userName)))
    return 'runs of a development copy are logged to an experiment of its own';
  if (
    typeof short === 'string' &&
    typeof is.value === 'string' &&
    typeof was?.value === 'string' &&
    is.value !== was.value &&
    isOwnPlace(givenBy(is), givenBy(was), { short, moved: namesPlace(is) ? movedData(resolved, production) : [] })
  )
    return 'a development copy writes to a schema of its own';
  const isRead =
    place === 'dataset_catalog' ||
    (place === 'dataset_schema' &&
      ((typeof short === 'string' && isOwn(String(is.value), short)) || dataIn(resolved).some(([, value]) => value === is.value)));
  if (isRead && was === undefined) return 'a development copy reads what it writes, from a schema of its own';
  const tags = objectOf(presets.tags);
  const tag = is.keys.at(-1) ?? '';
  if (is.keys[0] === 'tags' && (was === undefined || was.value === '') && tags[tag] === is.value)
    return 'development mode marks its copies';
  return undefined;
}

function givenBy({ value, option }: Leaf): string {
  return String(value).slice(option?.before.length ?? 0);
}

/** What code or a pipeline is told of where data is; whatever a variable is called, nothing else is a place of data. */
function namesPlace(leaf: Leaf): boolean {
  return parameterGiven(leaf) !== undefined || /^(?:catalog|schema|target|configuration)\b/.test(leaf.place);
}

/** Variables that say where data is, as the CLI resolves them. */
function dataIn({ variables }: JsonObject): [name: string, value: string][] {
  return Object.entries(objectOf(variables)).flatMap(([name, variable]): [string, string][] => {
    const { value } = objectOf(variable);
    return isOfData(name) && typeof value === 'string' ? [[name, value]] : [];
  });
}

/** Those that say it otherwise than in production. */
function movedData(resolved: JsonObject, production: JsonObject = {}): { readonly is: string; readonly was: string }[] {
  const there = new Map(dataIn(production));
  return dataIn(resolved).flatMap(([name, is]) => {
    const was = there.get(name);
    return was === undefined || was === is ? [] : [{ is, was }];
  });
}

/**
 * The generator's own-data: the same name, with the copy's schema or catalog in the place of another. The copy's has the deployer's name in it
 * as a word, or is what the target says by a variable.
 */
function isOwnPlace(
  is: string,
  was: string,
  { short, moved }: { readonly short: string; readonly moved: ReturnType<typeof movedData> },
): boolean {
  const isMoved = (now: string, before: string | undefined) => moved.some((one) => one.is === now && one.was === before);
  const isOwnIn = (separator: string | RegExp) => {
    const [parts, before] = [is.split(separator), was.split(separator)];
    return parts.length === before.length && parts.every((part, i) => part === before[i] || isOwn(part, short) || isMoved(part, before[i]));
  };
  // A name, whatever stands in it; or names and what stands between them: in a statement of SQL several tables may be other ones.
  return isMoved(is, was) || isOwnIn('.') || isOwnIn(/([^\p{L}\p{N}_-]+)/u);
}

function isOwn(schema: string, shortName: string): boolean {
  return `_${schema}_`.includes(`_${shortName}_`);
}
