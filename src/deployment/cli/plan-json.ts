// Reads the CLI's plan JSON (version 2): what would be done to which resource, and in a form that two plans can be compared by.
import { isObject, type Json, type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';

export interface PlanEntry {
  /** Such as `resources.jobs.churn` or `resources.jobs.churn.permissions`. */
  readonly node: string;
  /** skip, resize, update, update_id, create, recreate, delete (facts: cli#plan-json). */
  readonly action: string;
  readonly body: JsonObject;
  /** Changes that would be made: those the CLI marks `skip` are noise. */
  readonly changes: readonly { readonly path: string; readonly change: JsonObject }[];
}

export function entriesOf(plan: JsonObject): PlanEntry[] {
  return Object.entries(objectOf(plan.plan)).flatMap(([node, body]) => {
    if (!isObject(body) || typeof body.action !== 'string') return [];
    const changes = Object.entries(objectOf(body.changes)).flatMap(([path, change]) =>
      isObject(change) && change.action !== 'skip' ? [{ path, change }] : [],
    );
    return [{ node, action: body.action, body, changes }];
  });
}

/** Which existing resource an entry is about, as the workspace says. */
export function remoteOf({ remote_state }: JsonObject): { readonly id?: string; readonly name?: string } {
  const remote = objectOf(remote_state);
  const id = [remote.job_id, remote.pipeline_id, remote.dashboard_id, remote.id].find((value) => value !== undefined && value !== null);
  const name = textOf(remote.name) ?? textOf(objectOf(remote.settings).name) ?? textOf(remote.display_name);
  return { ...(id === undefined ? {} : { id: String(id) }), ...(name === undefined ? {} : { name }) };
}

/** What must be the same in a plan made again just before it is executed: all but unchanged resources and what the workspace says of itself. */
export function comparable(plan: JsonObject): string {
  const entries = entriesOf(plan)
    .filter((entry) => entry.action !== 'skip')
    .map(
      ({ node, action, body, changes }): Json => ({
        node,
        action,
        gone: body.gone ?? null,
        depends: body.depends_on ?? null,
        state: body.new_state ?? null,
        changes: changes.map(({ path, change }) => [path, change]),
      }),
    );
  return sortedJson({
    version: plan.plan_version ?? null,
    cli: plan.cli_version ?? null,
    lineage: plan.lineage ?? null,
    serial: plan.serial ?? null,
    entries,
  });
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function sortedJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedJson(value[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
