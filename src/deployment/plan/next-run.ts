// When a job will start by itself next, as Databricks reads its schedule: a Quartz expression in a time zone.
import { Cron } from 'croner';
import { type JsonObject, objectOf } from '../../values/json.ts';
import { textOf } from '../../values/text.ts';
import type { Release } from '../policy/release-diff.ts';

/**
 * Undefined where there is no schedule, where it is paused or over, and where its expression can't be read for sure. `settings` are those of a
 * job, `from` is in milliseconds since 1970 (facts: databricks#job-definitions, libraries#croner).
 */
export function nextRun({ schedule }: JsonObject, from: number): Release['nextRun'] {
  const { quartz_cron_expression: written, timezone_id: zone, pause_status: paused } = objectOf(schedule);
  const [expression, timezone] = [textOf(written)?.trim() ?? '', textOf(zone)];
  const fields = expression.split(/\s+/);
  if (paused === 'PAUSED' || timezone === undefined || (fields.length !== 6 && fields.length !== 7)) return undefined;
  // Of the two fields for days Quartz wants one left open.
  if ((fields[3] === '?') === (fields[5] === '?')) return undefined;
  try {
    // In Quartz Sunday is 1, and a step needs no range.
    const cron = new Cron(expression, { mode: '6-or-7-parts', alternativeWeekdays: true, sloppyRanges: true, timezone });
    const at = cron.nextRun(new Date(from));
    return at === null ? undefined : { at: at.toISOString(), from: new Date(from).toISOString(), zone: timezone };
  } catch {
    // Whatever it can't read it throws for; a deployment does not depend on it.
    return undefined;
  }
}
