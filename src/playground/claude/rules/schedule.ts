// "Run it every day at 6", "pause the schedule", a quartz expression.
import { readFiles, type Talk, ToolTrouble } from '../conversation/talk.ts';
import { type Editing, keysOf, mapAt, parseYaml, renderYaml, sendEdit } from './edit.ts';
import { resourceFiles } from './serverless.ts';

interface Scheduling {
  readonly cron?: string;
  readonly pause?: 'PAUSED' | 'UNPAUSED';
}

/** Six or seven fields of Quartz, such as `0 30 6 * * ?`. */
const QUARTZ = /(?:^|[\s`"'])((?:[\d*/,?-]+\s+){3}[\d*?/,LW-]+\s+[\w*/,-]+\s+[\w?*#,/-]+(?:\s+[\d*/,-]+)?)(?=[\s`"'.]|$)/;

export function wantsSchedule(text: string): Scheduling | undefined {
  const about = /\b(?:schedule|cron|trigger|run (?:it|the job)|it|job)\b/i.test(text);
  if (/\b(?:unpause|resume|enable)\b/i.test(text) && about) return { pause: 'UNPAUSED' };
  if (/\b(?:pause|disable|suspend)\b/i.test(text) && about) return { pause: 'PAUSED' };
  const quartz = QUARTZ.exec(text)?.[1];
  if (quartz !== undefined) return { cron: quartz };
  if (/\b(?:hourly|every hour)\b/i.test(text)) return { cron: '0 0 * * * ?' };
  const daily =
    /\b(daily|every day|each day|every night|weekdays|every weekday)\b(?:[^.\d]*\bat\s+(\d{1,2})(?::(\d{2}))?\s*(am|pm)?)?/i.exec(text);
  if (daily === null) return undefined;
  const hour = (Number(daily[2] ?? 0) % (daily[4] === undefined ? 24 : 12)) + (daily[4]?.toLowerCase() === 'pm' ? 12 : 0);
  const days = /weekday/i.test(daily[1] ?? '') ? '? * MON-FRI' : '* * ?';
  return { cron: `0 ${Number(daily[3] ?? 0)} ${hour} ${days}` };
}

export function* reschedule(editing: Editing, { cron, pause }: Scheduling): Talk<void> {
  const paths = yield* resourceFiles(editing, "I'll change the schedule.");
  for (const [path, before] of yield* readFiles(editing.bundle, paths)) {
    const document = parseYaml(before);
    const key = keysOf(mapAt(document, ['resources', 'jobs'])).find((one) => cron !== undefined || triggerOf(document, one) !== undefined);
    if (key === undefined) continue;
    const job = ['resources', 'jobs', key];
    const trigger = triggerOf(document, key);
    if (cron !== undefined) {
      if (trigger !== undefined && trigger !== 'schedule') {
        throw new ToolTrouble(
          `The job starts by \`${trigger}\`, not by a schedule; the offline Claude does not replace one with the other.`,
        );
      }
      if (trigger === undefined)
        document.setIn([...job, 'schedule'], document.createNode({ timezone_id: 'UTC', pause_status: 'UNPAUSED' }));
      document.setIn([...job, 'schedule', 'quartz_cron_expression'], cron);
      editing.changes.push(
        `The job runs on \`${cron}\`, timezone ${String(document.getIn([...job, 'schedule', 'timezone_id']))} (\`${path}\`).`,
      );
    } else if (trigger !== undefined && pause !== undefined) {
      document.setIn([...job, trigger, 'pause_status'], pause);
      editing.changes.push(`The ${trigger} of the job is ${pause === 'PAUSED' ? 'paused' : 'active'} (\`${path}\`).`);
    }
    yield* sendEdit(editing, path, before, renderYaml(document));
    editing.notes.push('In target `dev` (mode development) schedules are paused anyway.');
    return;
  }
  throw new ToolTrouble('No job of this bundle has a schedule.');
}

function triggerOf(document: ReturnType<typeof parseYaml>, key: string): string | undefined {
  return ['schedule', 'continuous', 'trigger'].find((one) => mapAt(document, ['resources', 'jobs', key, one]) !== undefined);
}
