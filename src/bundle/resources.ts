// The resources of a bundle: what a definition brings along, each with its key, its file, and the values in it.
import type { Diagnostic, JobDefinition } from './bundle.ts';
import { freeName, resourceKey } from './names.ts';
import { type Leaf, leavesOf } from './places.ts';
import { holdsReference } from './references.ts';
import { type Body, bodiesOf } from './related.ts';
import { type PathAt, pathsOf } from './source-references.ts';
import { quoted } from './yaml.ts';

const KIND = { jobs: 'job', pipelines: 'pipeline', dashboards: 'dashboard' } as const;

/** A resource to be written. */
export interface Planned extends Body {
  /** No other resource of the bundle has it, whatever its type (the CLI wants that). */
  readonly key: string;
  /** Where it is written, such as `resources/churn.job.yml`. */
  readonly file: string;
  /** The values in it, by place without the prefix. */
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** Those that name files and folders of the workspace. */
  readonly paths: readonly PathAt[];
}

/** Why a bundle can't have this resource (both tried with CLI 1.9.0); undefined where it can. */
function obstacle({ type, value, serialized }: Body): string | undefined {
  if (type !== 'dashboards') return undefined;
  if (value.warehouse_id === undefined) return 'has no warehouse, which the CLI wants';
  return holdsReference(serialized ?? '') ? 'holds a text that the CLI takes for a reference' : undefined;
}

/** What was read with a job but can be no resource of its bundle. */
export function leftOutside(definition: JobDefinition): Diagnostic[] {
  return bodiesOf(definition).flatMap((body): Diagnostic[] => {
    const why = obstacle(body);
    if (why === undefined) return [];
    const message = `the dashboard ${quoted(body.name ?? '')} ${why}; the job keeps pointing to the original`;
    return [{ level: 'warning', place: body.prefix.replace(/\.$/, ''), message }];
  });
}

/** Plans the resources of a bundle, the job's own first. */
export function planResources(definition: JobDefinition): Planned[] {
  const taken = new Set<string>();
  const bodies = bodiesOf(definition).filter((body) => obstacle(body) === undefined);
  return bodies.map((body) => {
    const key = freeName(resourceKey(body.name, body.id, KIND[body.type]), (candidate) => taken.has(candidate));
    taken.add(key);
    const leaves = leavesOf(body.value);
    return { ...body, key, file: `resources/${key}.${KIND[body.type]}.yml`, leaves, paths: pathsOf(body, leaves) };
  });
}
