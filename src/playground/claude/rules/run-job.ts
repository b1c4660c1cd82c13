// "Run job 123": proposes the run; the person's click starts it.
import { askOne, type Talk, ToolTrouble, value } from '../conversation/talk.ts';

interface Running {
  readonly job: string;
  readonly parameters: Record<string, string>;
}

/** The job that a message wants to be run, with parameters such as `with day=2026-01-01, mode=full`. */
export function wantsRun(text: string): Running | undefined {
  const asked = /\b(?:run|start|trigger)\s+(?:the\s+)?job\s+(?:"([^"\n]+)"|“([^”\n]+)”|#?([^\s"“]+))(.*)$/is.exec(text);
  const job = asked?.[1] ?? asked?.[2] ?? asked?.[3];
  if (asked === null || job === undefined) return undefined;
  const given = /\bwith\s+(.*)$/is.exec(asked[4] ?? '')?.[1] ?? '';
  const parameters = Object.fromEntries([...given.matchAll(/([\w.-]+)\s*=\s*([^\s,;]+)/g)].map((pair) => [pair[1] ?? '', pair[2] ?? '']));
  return { job: job.replace(/[.,!?]+$/, ''), parameters };
}

export function* proposeRun({ job, parameters }: Running): Talk<string> {
  const given = Object.keys(parameters).length === 0 ? {} : { parameters };
  const answer = yield* askOne('run_job', { job, ...given }, `I prepare the run of ${job}.`);
  if (value(answer, 'proposal_id') === undefined) throw new ToolTrouble('The tool answered no proposal.');
  return 'The run is prepared, and nothing has happened yet. The card below shows exactly what would run; press *Run it* to start it.';
}
