// What colours a card red: a plan that takes something away, a setting that decides who runs what, a statement that destroys.
import type { JsonObject } from '../../values/json.ts';
import { type PlanEntry, sortedJson } from '../cli/plan-json.ts';

/** An entry of a plan that deletes something, makes it anew, or overwrites what only the workspace has. */
export function takesAway({ action, changes }: PlanEntry): boolean {
  return action === 'delete' || action === 'recreate' || changes.some(({ change }) => isLost(change));
}

/** What only the workspace has, or what somebody edited there: the deploy overwrites it. */
export function isLost(change: JsonObject): boolean {
  if (!('remote' in change)) return false;
  if (!('new' in change) && !('old' in change)) return true;
  return 'old' in change && 'new' in change && sortedJson(change.old ?? null) === sortedJson(change.new ?? null);
}

/** What decides who runs which code, and where. */
const CRITICAL = /^run_as|^permissions|(^|\.)(\w+_task|libraries|environments|existing_cluster_id|new_cluster)\b|^git_source/;

/** A setting of a job, such as `tasks[load].notebook_task.notebook_path`, in which a target must not differ from production unseen. */
export function isCriticalSetting(place: string): boolean {
  return CRITICAL.test(place);
}

/** SQL words after which something is gone, overwritten, or open to others. A card too red does less harm than one too few. */
const DESTRUCTIVE =
  /\b(drop|delete|truncate|merge|update|alter|replace|overwrite|revoke|grant|vacuum|restore|undrop|deny|purge|call|execute)\b/i;

export function isDestructiveSql(statement: string): boolean {
  return DESTRUCTIVE.test(statement);
}
