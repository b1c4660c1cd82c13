// What a run of a development copy starts that is no part of it: jobs and pipelines as they are.
import type { Leaf } from '../../bundle/model/leaves.ts';
import { code, listed } from '../policy/phrases.ts';
import { type Finding, STARTS_OTHERS } from '../policy/release-diff.ts';

const STARTED: Readonly<Record<string, string>> = { 'run_job_task/job_id': 'job', 'pipeline_task/pipeline_id': 'pipeline' };

/** By the settings of its jobs, resolved: what belongs to the bundle is a reference still. */
export function startedByRun(jobs: readonly ReadonlyMap<string, Leaf>[]): Finding[] {
  const started = jobs.flatMap((leaves) =>
    [...leaves.values()].flatMap(({ fields, keys, value }) => {
      const [kind, id] = [STARTED[fields.slice(-2).join('/')], String(value)];
      if (kind === undefined || keys[0] !== 'tasks' || /^\$\{resources\./.test(id)) return [];
      // Without a CLI nobody looks its id up.
      return [`${id.startsWith('$') ? `a ${kind}` : `${kind} ${code(id)}`} (task ${code(keys[1] ?? '')})`];
    }),
  );
  if (started.length === 0) return [];
  const text = `A run of this copy also starts what is no part of it: ${listed(started)}.`;
  return [{ rule: STARTS_OTHERS, weight: 'warning', text }];
}
