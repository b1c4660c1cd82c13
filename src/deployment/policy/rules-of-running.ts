// Rules on when and how large: what starts by itself, what runs twice or is called beside its copy, how much it costs.
import { isObject, type Json, type JsonObject, objectsIn } from '../../values/json.ts';
import { clustersOf, sizeOf } from './cluster-size.ts';
import { code, counted, listed } from './phrases.ts';
import type { LivePair } from './refusals.ts';
import type { Finding } from './release-diff.ts';
import type { Rule } from './situation.ts';

export const TRIGGERS = ['schedule', 'trigger', 'continuous'];

/** Whether a job or pipeline starts without anybody: a trigger that is not paused. */
export function startsByItself(settings: JsonObject): boolean {
  if (settings.continuous === true) return settings.development !== true;
  const triggers = [...TRIGGERS.map((name) => settings[name]), ...objectsIn(settings.triggers)];
  return triggers.some((trigger: Json | undefined) => isObject(trigger) && trigger.pause_status !== 'PAUSED');
}

export const unpaused: Rule = ({ action, after, before, words }, { environment }): Finding[] => {
  const [was, is] = [startsByItself(before), startsByItself(after)];
  if (action === 'delete' || action === 'forget' || action === 'unchanged' || was === is) return [];
  if (environment === 'development') {
    return is ? [{ rule: 'unpaused', weight: 'danger', text: `This development copy, ${words}, would start by itself.` }] : [];
  }
  // What is made for production may run; whether beside its original is another rule's.
  if (action === 'create') return [];
  const text = is ? `Starts by itself from now on: ${words}.` : `No longer starts by itself: ${words}.`;
  return [{ rule: is ? 'unpaused' : 'paused', weight: 'warning', text }];
};

/** That it begins is refused; here it is told where it is so already. */
export const twoLive: Rule = ({ type, key, id, action, after, words }, { environment, originals }) => {
  const original = originals.find((candidate) => type === 'jobs' && candidate.key === key && candidate.id !== id);
  if (environment !== 'production' || original?.live !== true || action === 'unchanged' || !startsByItself(after)) return [];
  const text = `Two live jobs: ${words} starts by itself, and so does its original, job ${code(original.id)}.`;
  return [{ rule: 'two live jobs', weight: 'danger', text }];
};

/** A job that calls an original, or waits until it is done. */
interface Caller {
  readonly jobId: string;
  readonly name: string;
  readonly calls: boolean;
}

/** Originals that are not taken over. */
interface Originals {
  /** Jobs that the same approval pauses before their copies run. */
  readonly replaced: readonly LivePair[];
  /** Pipelines whose copies wait until they no longer run by themselves. */
  readonly waiting: readonly LivePair[];
  readonly callers: readonly Caller[];
  /** The copy takes the place of the original. */
  readonly replaces: boolean;
}

/** Those that the same click pauses, those that run on, and who calls them. */
export function originalsLeft({ replaced, waiting, callers, replaces }: Originals): Finding[] {
  const jobs = replaced.map(({ id }) => code(id)).join(', ');
  const pausing: Finding = {
    ...{ rule: 'original paused', weight: 'warning' },
    text: `Pauses the original, job ${jobs}, once the copy is there; only then the copy starts by itself.`,
  };
  return [...(replaced.length === 0 ? [] : [pausing]), ...waiting.map(runsOn), ...calledOn(callers, replaces)];
}

function runsOn({ key, id }: LivePair): Finding {
  const text = `The original of pipeline ${code(key)}, ${code(id)}, runs on all the time, since I pause jobs alone; the copy waits. Once it is set to triggered, plan again: the copy then takes its place.`;
  return { rule: 'original runs on', weight: 'warning', text };
}

function calledOn(callers: readonly Caller[], replaces: boolean): Finding[] {
  const said = (calls: boolean) => {
    const jobs = callers.filter((one) => one.calls === calls).map(({ jobId, name }) => `${code(name)} (${jobId})`);
    const verb = calls ? ['calls', 'call'] : ['waits for', 'wait for'];
    return jobs.length === 0 ? [] : [`${listed(jobs)} ${jobs.length === 1 ? verb[0] : verb[1]} the original`];
  };
  const all = [...said(true), ...said(false)].join('; ');
  if (all === '') return [];
  if (!replaces) return [{ rule: 'callers', weight: 'note', text: `${all}, and not the copy.` }];
  const calls = callers.some((one) => one.calls);
  const text = calls ? `${all}: pausing it does not stop that, so both would do the same work.` : `${all}, which is then paused.`;
  return [{ rule: 'callers', weight: 'warning', text }];
}

/** Growth that nobody should overlook. */
const MUCH_LARGER = 2;

export const biggerCompute: Rule = ({ after, before, words, copied, action, fresh }): Finding[] => {
  if (copied || action === 'delete' || action === 'forget') return [];
  const finding = (weight: Finding['weight'], text: string): Finding[] => [{ rule: 'compute', weight, text }];
  const [was, is] = [totalOf(before), totalOf(after)];
  const accelerator = fresh.find(({ fields }) => /accelerator|gpu/i.test(fields.at(-1) ?? ''));
  if (accelerator !== undefined || (is.gpu !== undefined && was.gpu === undefined)) {
    return finding('danger', `Asks for GPUs: ${words}, ${code(String(accelerator?.value ?? is.gpu))}.`);
  }
  if (is.cores <= was.cores) return [];
  if (was.cores === 0) return finding('warning', `A cluster of its own for ${words}: up to ${counted(is.workers, 'worker')}.`);
  const workers =
    is.workers === was.workers
      ? `${counted(is.workers, 'worker')}, larger ones`
      : `up to ${counted(is.workers, 'worker')}, now ${was.workers}`;
  const text = `${times(is.cores / was.cores)} the compute for ${words}: ${workers}.`;
  return finding(is.cores >= was.cores * MUCH_LARGER ? 'danger' : 'warning', text);
};

/** All clusters of a resource together; `gpu` names a machine that has some. */
function totalOf(settings: JsonObject) {
  const sizes = clustersOf(settings).map(sizeOf);
  const sum = (of: (size: (typeof sizes)[number]) => number) => sizes.reduce((total, size) => total + of(size), 0);
  return { cores: sum(({ cores }) => cores), workers: sum(({ workers }) => workers), gpu: sizes.find(({ gpu }) => gpu !== undefined)?.gpu };
}

function times(factor: number): string {
  return factor >= 10 ? `${Math.round(factor)} times` : `${Number(factor.toFixed(1))} times`;
}
