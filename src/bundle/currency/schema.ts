// What the CLI at hand understands, read off the JSON schema that it prints (`databricks bundle schema`).
import { isObject, itemsIn, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { MODELLED, type ModelledType, type Models } from './models.ts';

const ROOTS: Readonly<Record<ModelledType, string>> = {
  alerts: 'resources.Alert',
  clusters: 'resources.Cluster',
  dashboards: 'resources.Dashboard',
  experiments: 'resources.MlflowExperiment',
  jobs: 'resources.Job',
  models: 'resources.MlflowModel',
  pipelines: 'resources.Pipeline',
  quality_monitors: 'resources.QualityMonitor',
  registered_models: 'resources.RegisteredModel',
  schemas: 'resources.Schema',
  sql_warehouses: 'resources.SqlWarehouse',
  volumes: 'resources.Volume',
};
/** Fields that the CLI hands on although its schema leaves them out: the service alone writes them (facts: bundles#unknown-fields). */
const UNSHOWN: Readonly<Record<string, readonly string[]>> = {
  'jobs.GitSource': ['job_source:{}', 'git_snapshot:{}'],
  'pipelines.IngestionPipelineDefinition': ['source_type'],
};
const RESOURCES = '#/$defs/github.com/databricks/cli/bundle/config/';

/**
 * The tables of a schema, as far as what a bundle may hold reaches. Undefined where it has another form than we know: then nothing is to be said of
 * what this CLI understands (facts: bundles#unknown-fields). Throws SyntaxError where the text is no JSON.
 */
export function modelsOfSchema(text: string, version: string): Models | undefined {
  // No ids stand in it, so that the fast reader will do.
  const schema: Json = JSON.parse(text);
  const types = new Map<string, string>();
  const enums = new Map<string, string>();
  const add = (ref: string, name: string): string | undefined => {
    const { properties } = shapeOf(schema, ref);
    if (!isObject(properties)) return undefined;
    if (types.has(name)) return name;
    // Types hold each other: a task for each holds a task.
    types.set(name, '');
    const fields = Object.entries(properties).map(([field, value]) => `${field}${kindOf(objectOf(value).$ref)}`);
    types.set(name, [...fields, ...(UNSHOWN[name] ?? [])].join(' '));
    return name;
  };
  const kindOf = (ref: Json | undefined): string => {
    if (typeof ref !== 'string') return ':{}';
    const shape = shapeOf(schema, ref);
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    if (shape.type === 'array') return kindOf(objectOf(shape.items).$ref);
    const values = itemsIn(shape.enum);
    if (values.length > 0) {
      enums.set(name, values.join(' '));
      return `=${name}`;
    }
    if (isObject(shape.properties)) return `:${add(ref, name)}`;
    return shape.type === 'object' || Object.keys(shape).length === 0 ? ':{}' : '';
  };
  // A kind that the schema lacks this CLI does not know; without jobs it is no schema that we can read.
  const roots = Object.fromEntries(
    MODELLED.filter((type) => add(`${RESOURCES}${ROOTS[type]}`, ROOTS[type]) !== undefined).map((type) => [type, ROOTS[type]]),
  );
  return 'jobs' in roots ? { source: 'Databricks CLI', version, roots, types: lines(types), enums: lines(enums) } : undefined;
}

/** A definition without the alternative that it may be a reference. */
function shapeOf(schema: Json, ref: string): JsonObject {
  const found = ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<Json | undefined>((at, key) => objectOf(at)[key], schema);
  const [first] = itemsIn(objectOf(found).oneOf);
  return objectOf(first ?? found);
}

function lines(of: ReadonlyMap<string, string>): string {
  return [...of].map(([name, text]) => `${name} ${text}`).join('\n');
}
