// Which values of a job become variables of its bundle: catalogs, schemas, environments, warehouses and jobs outside.

import { isObject, type JsonObject } from './json.ts';
import { freeName, variableName } from './names.ts';
import { type Leaf, leavesOf } from './places.ts';

/** Longer values are no names. */
const MAX_VALUE_LENGTH = 200;
/** Mappings of parameters that people name: notebook, run_job, wheel and SQL tasks (facts: databricks 8). */
const PARAMETER_MAPS = new Set(['base_parameters', 'job_parameters', 'named_parameters', 'parameters', 'notebook_params']);
/** Parameter names that say where a job works: `catalog`, `gold_schema`, `schema_name`, `ENV`, `target_environment`. */
const WHERE =
  /^(?:\w+_)?(catalog|schema|database|environment|env)(?:_name)?$|^(catalog|schema|env)(?:_(?:bronze|silver|gold|raw|name|\w+))?$/;

export interface Variable {
  readonly name: string;
  /** Text, or the number of a job. */
  readonly value: string | number | bigint;
  readonly description: string;
}

export interface Variables {
  readonly list: readonly Variable[];
  /** The variable's name by the place of the value it stands for. */
  readonly byPlace: ReadonlyMap<string, string>;
}

interface Candidate {
  readonly name: string;
  readonly kind: 'parameter' | 'warehouse' | 'job';
}

function parameterName(leaf: Leaf): string | undefined {
  const [last, parent] = [leaf.fields.at(-1), leaf.fields.at(-2)];
  if (last === undefined || parent === undefined) return undefined;
  if (last === 'default' && parent === 'parameters' && leaf.fields.length === 2) return leaf.keys[1];
  if (PARAMETER_MAPS.has(parent) && leaf.fields.length > 2 && leaf.keys.at(-1) === last) return last;
  return parent === 'dbt_task' && (last === 'catalog' || last === 'schema') ? last : undefined;
}

function candidate(leaf: Leaf): Candidate | undefined {
  const { keys, fields, value } = leaf;
  const last = fields.at(-1);
  if (last === 'job_id' && fields.at(-2) === 'run_job_task' && typeof value !== 'boolean')
    return { name: `${variableName(keys[1] ?? '')}_job_id`, kind: 'job' };
  if (typeof value !== 'string' || value === '' || value.length > MAX_VALUE_LENGTH) return undefined;
  if (/\{\{|\$\{|[\r\n]/.test(value)) return undefined;
  if (last === 'warehouse_id' && fields.at(-2)?.endsWith('_task')) return { name: 'warehouse_id', kind: 'warehouse' };
  const parameter = parameterName(leaf);
  if (parameter === undefined) return undefined;
  const name = variableName(parameter);
  if (name.endsWith('warehouse_id')) return { name: 'warehouse_id', kind: 'warehouse' };
  return WHERE.test(name) || name === 'catalogname' || name === 'schemaname' ? { name, kind: 'parameter' } : undefined;
}

function describe(kind: Candidate['kind'], leaf: Leaf, jobId: string): string {
  const task = leaf.keys[0] === 'tasks' ? leaf.keys[1] : undefined;
  if (kind === 'warehouse') return 'SQL warehouse that runs the queries';
  if (kind === 'job')
    return `${String(leaf.value) === jobId ? 'The original job itself' : 'Job outside this bundle'} that task ${task ?? ''} runs`;
  const name = parameterName(leaf) ?? '';
  return task === undefined ? `Job parameter ${name}` : `Parameter ${name} of task ${task}`;
}

/**
 * Chooses the variables of a job. Equal values under one name share a variable; a second value of a name gets the task's name behind it.
 * @param keep values (by place) that must stay as they are
 */
export function chooseVariables(settings: JsonObject, jobId: string): Variables {
  const chosen = new Map<string, Variable>();
  const byPlace = new Map<string, string>();
  for (const leaf of leavesOf(isObject(settings) ? settings : {}).values()) {
    const wanted = candidate(leaf);
    if (wanted === undefined || typeof leaf.value === 'boolean') continue;
    const { value } = leaf;
    const known = chosen.get(wanted.name);
    const task = leaf.keys[0] === 'tasks' ? leaf.keys[1] : undefined;
    const second = known !== undefined && known.value !== value ? variableName(`${wanted.name}_${task ?? 'job'}`) : wanted.name;
    const name = freeName(second, (candidateName) => {
      const taken = chosen.get(candidateName);
      return taken !== undefined && taken.value !== value;
    });
    if (!chosen.has(name)) chosen.set(name, { name, value, description: describe(wanted.kind, leaf, jobId) });
    byPlace.set(leaf.place, name);
  }
  return { list: [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), byPlace };
}
