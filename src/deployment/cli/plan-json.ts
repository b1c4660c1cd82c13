// Reads the CLI's plan JSON (version 2): what would be done, in lines for people, and in a form that two plans can be compared by.
import { isObject, type Json, type JsonObject } from '../../values/json.ts';
import type { PlanSummary } from '../approval/deployment-proposal.ts';
import { LIMITS } from '../limits.ts';

interface Entry {
  /** Such as `resources.jobs.churn` or `resources.jobs.churn.permissions`. */
  readonly node: string;
  /** skip, resize, update, update_id, create, recreate, delete (facts: cli#plan-json). */
  readonly action: string;
  readonly body: JsonObject;
  /** Changes that would be made: those the CLI marks `skip` are noise. */
  readonly changes: readonly { readonly path: string; readonly change: JsonObject }[];
}

export function entriesOf(plan: JsonObject): Entry[] {
  const nodes = isObject(plan.plan) ? Object.entries(plan.plan) : [];
  return nodes.flatMap(([node, body]) => {
    if (!isObject(body) || typeof body.action !== 'string') return [];
    const changes = Object.entries(isObject(body.changes) ? body.changes : {}).flatMap(([path, change]) =>
      isObject(change) && change.action !== 'skip' ? [{ path, change }] : [],
    );
    return [{ node, action: body.action, body, changes }];
  });
}

/** What of a plan has to be equal just before it is executed: everything but unchanged resources and what the workspace says of itself. */
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
  return ordered({
    version: plan.plan_version ?? null,
    cli: plan.cli_version ?? null,
    lineage: plan.lineage ?? null,
    serial: plan.serial ?? null,
    entries,
  });
}

/** Counts, lines and danger of a plan; the notes are another's. */
export function summarize(plan: JsonObject): Omit<PlanSummary, 'notes'> {
  const counts = { create: 0, update: 0, delete: 0, recreate: 0, unchanged: 0 };
  const lines: string[] = [];
  let danger = false;
  for (const entry of entriesOf(plan)) {
    const { action } = entry;
    if (action === 'skip') counts.unchanged++;
    else if (action === 'create' || action === 'delete' || action === 'recreate') counts[action]++;
    else counts.update++;
    if (action === 'skip') continue;
    const lost = entry.changes.filter(({ change }) => isLost(change));
    danger ||= action === 'delete' || action === 'recreate' || lost.length > 0;
    lines.push(lineOf(entry));
    for (const { path, change } of lost) lines.push(`  ${lossOf(path, change)}`);
  }
  const more = lines.length - LIMITS.planLines;
  return { counts, lines: more > 0 ? [...lines.slice(0, LIMITS.planLines), `and ${more} more lines`] : lines, danger };
}

/** What only the workspace has, or what somebody edited there: the deploy overwrites it. */
function isLost(change: JsonObject): boolean {
  if (!('remote' in change)) return false;
  if (!('new' in change) && !('old' in change)) return true;
  return 'old' in change && 'new' in change && ordered(change.old ?? null) === ordered(change.new ?? null);
}

function lossOf(path: string, change: JsonObject): string {
  if (!('new' in change)) return `removes ${shortPath(path)}, which only the workspace has`;
  return `puts ${shortPath(path)} back, which was edited in the workspace`;
}

const VERBS: Readonly<Record<string, string>> = { update_id: 'update', resize: 'update' };

function lineOf({ node, action, body, changes }: Entry): string {
  const [, type = '', key = '', part] = node.split('.');
  const kind = type.replace(/ies$/, 'y').replace(/s$/, '').replaceAll('_', ' ');
  const what = part === undefined ? `${kind} ${key}` : `${part} of ${kind} ${key}`;
  const verb = VERBS[action] ?? action;
  if (part === 'permissions' && action === 'delete') return `stop managing ${what} (grants that were made stay)`;
  if (action === 'delete' && body.gone === true) return `forget ${what}, which no longer exists`;
  if (verb !== 'update' || changes.length === 0) return `${verb} ${what}`;
  const named = changes.slice(0, 4).map(({ path }) => shortPath(path));
  const more = changes.length - named.length;
  return `${verb} ${what}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `tasks[task_key='load'].max_retries` as `tasks[load].max_retries`. */
function shortPath(path: string): string {
  return path.replace(/\[\w+='([^']*)'\]/g, '[$1]');
}

/** JSON with sorted keys, so that equal values have equal texts. */
function ordered(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(ordered).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${ordered(value[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
