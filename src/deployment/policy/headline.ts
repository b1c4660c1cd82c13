// A release in one sentence: what happens to what exists, as whom it runs, and that nothing changes where nothing does.
import { counted, kindOf } from './phrases.ts';
import type { Release, ResourceChange } from './release-diff.ts';

/** Plain text, without markup. */
export function headlineOf(release: Release): string {
  const { target, environment, first, resources, title } = release;
  const of = (action: ResourceChange['action']) => resources.filter((one) => one.action === action);
  const changes = changeWords(release);
  const [created, adopted] = [of('create'), of('adopt')];
  if (changes === '' && created.length === 0 && adopted.length === 0) return `Nothing changes in ${target}.`;
  if (first && environment === 'development' && created.length === resources.length) {
    const others = created.length > 1 ? ` (${kinds(created)})` : '';
    return `Create your own ${isPaused(created) ? 'paused ' : ''}copy of ${title} in ${target}${others}. Nothing that exists changes.`;
  }
  const job = adopted.find(({ id }) => id !== undefined);
  const verb =
    adopted.length > 0
      ? `Take over ${job === undefined ? title : `${kindOf(job.type)} ${job.id}`}`
      : first
        ? createWords(release, created)
        : `Update ${title}`;
  const parts = [
    ...(created.length === 0 || (first && created.length === 1 && adopted.length === 0)
      ? []
      : [`${kinds(created)} ${created.length === 1 ? 'is' : 'are'} new`]),
    ...(changes === '' ? [] : [changes]),
  ];
  const said = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  return `${verb} in ${target}${said}${runsAsWords(release)}${nextRunWords(release)}.`;
}

/** Whether the copy of a job that goes on beside it starts by itself is what matters most. */
function createWords({ title, beside }: Release, created: readonly ResourceChange[]): string {
  const paused = isPaused(created) ? 'paused ' : '';
  return beside === undefined ? `Create ${title}` : `Create a ${paused}copy of job ${beside} · ${title}`;
}

/** What changes of what exists: `1 job is deleted, 2 settings and 1 file change`. */
function changeWords({ resources, files }: Release): string {
  const of = (...actions: ResourceChange['action'][]) => resources.filter(({ action }) => actions.includes(action));
  const gone = ([one, ...rest]: readonly ResourceChange[], what: string) =>
    one === undefined ? [] : [`${kinds([one, ...rest])} ${rest.length === 0 ? 'is' : 'are'} ${what}`];
  const settings = of('update', 'adopt', 'recreate').reduce((sum, one) => sum + one.settings.length, 0);
  const counts = [settings === 0 ? [] : [counted(settings, 'setting')], files.length === 0 ? [] : [counted(files.length, 'file')]].flat();
  const many = settings + files.length !== 1;
  return [
    ...gone(of('delete'), 'deleted'),
    ...gone(of('recreate'), 'deleted and made anew'),
    ...gone(of('forget'), 'already gone'),
    ...(counts.length === 0 ? [] : [`${counts.join(' and ')} ${many ? 'change' : 'changes'}`]),
  ].join(', ');
}

/** `2 jobs and 1 pipeline`. */
function kinds(resources: readonly ResourceChange[]): string {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(kindOf(type), (counts.get(kindOf(type)) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => counted(count, kind, kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Something would start by itself if it were not paused, and nothing does. */
function isPaused(created: readonly ResourceChange[]): boolean {
  const pauses = created.flatMap(({ settings }) => settings.filter(({ path }) => path.endsWith('pause_status')));
  return pauses.length > 0 && pauses.every(({ is }) => is === 'PAUSED');
}

/** A development copy runs as the person whose copy it is: nobody needs to be told. */
function runsAsWords({ environment, runsAs }: Release): string {
  if (environment === 'development' || runsAs === undefined) return '';
  const { is, was } = runsAs;
  if (was === undefined) return `; runs as ${is}`;
  return is.toLowerCase() === was.toLowerCase() ? `; runs as ${is} as before` : `; runs as ${is}, before as ${was}`;
}

const WEEK = 6 * 86_400_000;

/** In the job's own time zone: a time of the day when it was planned, else a weekday or a date before it. */
function nextRunWords({ nextRun }: Release): string {
  if (nextRun === undefined) return '';
  const { zone } = nextRun;
  const [at, from] = [new Date(nextRun.at), new Date(nextRun.from)];
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  const date = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const near = at.getTime() - from.getTime() < WEEK ? format({ weekday: 'short' }) : date;
  const day = date.format(at) === date.format(from) ? '' : `${near.format(at)} `;
  return `; next run ${day}${format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)} (${zone})`;
}
