// A job and everything read with it, as one flat list: what becomes resources of its bundle.
import type { JsonObject } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { Diagnostic, Grant, JobDefinition, Related, ResourceType } from './bundle.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { holdsReference } from './references.ts';
import { freeName, resourceKey } from './safe-names.ts';
import { quoted } from './text.ts';

/** A job, pipeline or dashboard that becomes a resource. */
export interface ResourceDefinition {
  readonly type: ResourceType;
  /** In the workspace; empty where it does not exist yet. */
  readonly id: string;
  /** What the places in it begin with: nothing for the job itself, `related[jobs.123].` for others. */
  readonly prefix: string;
  readonly name: string | undefined;
  /** The settings of a job, the spec of a pipeline, the fields of a dashboard's resource beside its content. */
  readonly value: JsonObject;
  readonly grants: readonly Grant[] | undefined;
  /** Who it runs as, whether its value says so or not. */
  readonly runAs?: string | undefined;
  /** A dashboard's own file. */
  readonly serialized?: string;
  /** The folder of a dashboard. */
  readonly parentPath?: string | undefined;
}

/**
 * A job or pipeline runs as its creator unless it says otherwise; `run_as_user_name` (a user's address or a service principal's
 * application id, as jobs/get documents) tells where it does, even when the settings leave it out.
 */
function withRunAs(value: JsonObject, creator: string | undefined, runAs: string | undefined): JsonObject {
  if (runAs === undefined || runAs === creator || value.run_as !== undefined) return value;
  return { ...value, run_as: { [runAs.includes('@') ? 'user_name' : 'service_principal_name']: runAs } };
}

function jobResource(definition: JobDefinition, prefix: string): ResourceDefinition {
  const { jobId, settings, creator, runAs, grants } = definition;
  return { type: 'jobs', id: jobId, prefix, name: textOf(settings.name), value: withRunAs(settings, creator, runAs), grants, runAs };
}

function relatedResource(related: Related): ResourceDefinition {
  if (related.type === 'jobs') return jobResource(related.definition, `related[jobs.${related.definition.jobId}].`);
  const { id, grants } = related;
  const prefix = `related[${related.type}.${id}].`;
  if (related.type === 'pipelines') {
    const { spec, creator, runAs } = related;
    return { type: 'pipelines', id, prefix, name: textOf(spec.name), value: withRunAs(spec, creator, runAs), grants, runAs };
  }
  const { name, warehouseId, serialized, parentPath, embedCredentials } = related;
  const value = {
    display_name: name,
    ...(warehouseId === undefined ? {} : { warehouse_id: warehouseId }),
    ...(embedCredentials === true ? { embed_credentials: true } : {}),
  };
  return { type: 'dashboards', id, prefix, name: textOf(name), value, grants, serialized, parentPath };
}

/** The job itself, then everything related to it, however deep, each once, by type and id. */
export function resourceDefinitions(definition: JobDefinition): ResourceDefinition[] {
  const found = new Map<string, ResourceDefinition>();
  const add = (list: readonly Related[]): void => {
    for (const related of list) {
      const body = relatedResource(related);
      const identity = `${body.type}.${body.id}`;
      if (identity === `jobs.${definition.jobId}` || found.has(identity)) continue;
      found.set(identity, body);
      if (related.type === 'jobs') add(related.definition.related ?? []);
    }
  };
  add(definition.related ?? []);
  const others = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, body]) => body);
  return [jobResource(definition, ''), ...others];
}

/** What a type is called in words, and in the names of files. */
export const RESOURCE_KIND = { jobs: 'job', pipelines: 'pipeline', dashboards: 'dashboard' } as const;

/** A resource under its key in the bundle. */
export interface KeyedResource extends ResourceDefinition {
  /** No other resource of the bundle has it, whatever its type (facts: bundles#resource-kinds). */
  readonly key: string;
  /** Where it is written, such as `resources/churn.job.yml`. */
  readonly file: string;
  /** The values in it, by place without the prefix. */
  readonly leaves: ReadonlyMap<string, Leaf>;
}

/** Why a bundle can't have this resource (facts: bundles#resource-kinds); undefined where it can. */
function obstacle({ type, value, serialized }: ResourceDefinition): string | undefined {
  if (type !== 'dashboards') return undefined;
  if (value.warehouse_id === undefined) return 'has no warehouse, which the CLI wants';
  return holdsReference(serialized ?? '') ? 'holds a text that the CLI takes for a reference' : undefined;
}

/** What was read with a job but can be no resource of its bundle. */
export function leftOutside(definition: JobDefinition): Diagnostic[] {
  return resourceDefinitions(definition).flatMap((body): Diagnostic[] => {
    const why = obstacle(body);
    if (why === undefined) return [];
    const message = `the dashboard ${quoted(body.name ?? '')} ${why}; the job keeps pointing to the original`;
    return [{ level: 'warning', place: body.prefix.replace(/\.$/, ''), message }];
  });
}

/** The resources of a bundle, the job's own first. */
export function keyedResources(definition: JobDefinition): KeyedResource[] {
  const taken = new Set<string>();
  const bodies = resourceDefinitions(definition).filter((body) => obstacle(body) === undefined);
  return bodies.map((body) => {
    const key = freeName(resourceKey(body.name, body.id, RESOURCE_KIND[body.type]), (candidate) => taken.has(candidate));
    taken.add(key);
    return { ...body, key, file: `resources/${key}.${RESOURCE_KIND[body.type]}.yml`, leaves: leavesOf(body.value) };
  });
}
