// A job and everything read with it, as one flat list: what becomes resources of its bundle.
import type { DashboardDefinition, JobDefinition, Related } from './bundle.ts';
import type { JsonObject } from './json.ts';

/** A job or pipeline with the words that its places begin with. */
export interface Body {
  readonly type: 'jobs' | 'pipelines';
  readonly id: string;
  /** Empty for the job itself, `related[jobs.123].` for others. */
  readonly prefix: string;
  /** Settings or spec. */
  readonly value: JsonObject;
}

function identity(related: Related): string {
  return `${related.type}.${related.type === 'jobs' ? related.definition.jobId : related.id}`;
}

/** All that a definition brings along, however deep, each once and never the job itself; sorted by type and id. */
export function allRelated(definition: JobDefinition): Related[] {
  const found = new Map<string, Related>();
  const add = (list: readonly Related[]): void => {
    for (const related of list) {
      const id = identity(related);
      if (id === `jobs.${definition.jobId}` || found.has(id)) continue;
      found.set(id, related);
      if (related.type === 'jobs') add(related.definition.related ?? []);
    }
  };
  add(definition.related ?? []);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, related]) => related);
}

/** What the places of a related thing begin with. */
export function relatedPrefix(related: Related): string {
  return `related[${identity(related)}].`;
}

/** The job itself and every related job and pipeline. */
export function bodiesOf(definition: JobDefinition): Body[] {
  const others = allRelated(definition).flatMap((related): Body[] => {
    const prefix = relatedPrefix(related);
    if (related.type === 'jobs') return [{ type: 'jobs', id: related.definition.jobId, prefix, value: related.definition.settings }];
    return related.type === 'pipelines' ? [{ type: 'pipelines', id: related.id, prefix, value: related.spec }] : [];
  });
  return [{ type: 'jobs', id: definition.jobId, prefix: '', value: definition.settings }, ...others];
}

/** The dashboards among what a definition brings along. */
export function dashboardsOf(definition: JobDefinition): DashboardDefinition[] {
  return allRelated(definition).filter((related) => related.type === 'dashboards');
}
