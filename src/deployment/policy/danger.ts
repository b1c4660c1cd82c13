// What colours a card red: a plan that takes something away, a setting that decides who runs what, a statement that destroys.
import type { JsonObject } from '../../values/json.ts';
import { type PlanEntry, sortedJson } from '../cli/plan-json.ts';

/** Whether an entry of a plan deletes something, makes it anew, or overwrites what only the workspace has. */
export function takesAway({ action, changes }: PlanEntry): boolean {
  return action === 'delete' || action === 'recreate' || changes.some(({ change }) => isLost(change));
}

/** Whether a change overwrites what only the workspace has, or what somebody edited there. */
export function isLost(change: JsonObject): boolean {
  if (!('remote' in change)) return false;
  if (!('new' in change) && !('old' in change)) return true;
  return 'old' in change && 'new' in change && sortedJson(change.old ?? null) === sortedJson(change.new ?? null);
}

/** Settings that decide who runs which code, and where. */
const CRITICAL = /^run_as|^permissions|(^|\.)(\w+_task|libraries|environments|existing_cluster_id|new_cluster)\b|^git_source/;

/** Whether a target must not differ from production unseen in this setting, such as `tasks[load].notebook_task.notebook_path`. */
export function isCriticalSetting(place: string): boolean {
  return CRITICAL.test(place);
}

/** SQL words after which something is gone, overwritten, or open to others. One card too many in red does less harm than one too few. */
const DESTRUCTIVE =
  /\b(drop|delete|truncate|merge|update|alter|replace|overwrite|revoke|grant|vacuum|restore|undrop|deny|purge|call|execute)\b/i;

export function isDestructiveSql(statement: string): boolean {
  return DESTRUCTIVE.test(statement);
}
