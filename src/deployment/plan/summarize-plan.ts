// A plan of the CLI for people: how many resources it would change, and a line for each.
import type { JsonObject } from '../../values/json.ts';
import { LIMITS } from '../approval/limits.ts';
import { entriesOf, type PlanEntry } from '../cli/plan-json.ts';
import { isLost, takesAway } from '../policy/danger.ts';

/** `danger` when something is lost or overwritten: the CLI itself asks nobody before it deletes a job (facts: cli#destructive-changes). */
export function summarizePlan(plan: JsonObject) {
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
    danger ||= takesAway(entry);
    lines.push(lineOf(entry));
    for (const { path, change } of lost) lines.push(`  ${lossOf(path, change)}`);
  }
  const more = lines.length - LIMITS.planLines;
  return { counts, lines: more > 0 ? [...lines.slice(0, LIMITS.planLines), `and ${more} more lines`] : lines, danger };
}

function lossOf(path: string, change: JsonObject): string {
  if (!('new' in change)) return `removes ${shortPath(path)}, which only the workspace has`;
  return `puts ${shortPath(path)} back, which was edited in the workspace`;
}

const VERBS: Readonly<Record<string, string>> = { update_id: 'update', resize: 'update' };

function lineOf({ node, action, body, changes }: PlanEntry): string {
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
