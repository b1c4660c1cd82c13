// Conversations that begin at the same moment, each by a command about a job of its own: what of each people saw, and when.
import { addJob } from '../../../src/playground/databricks/seed/load.ts';
import type { Message } from '../../../src/playground/slack/protocol/page-api.ts';
import type { Playground } from '../../../src/playground/start.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { textOf } from '../../flows/thread.ts';

/** When nothing more is seen of those that are missing for so long, they are lost. */
const LOST_AFTER_MS = 180_000;
const NOTEBOOKS = 3;

/** In the order in which people see them. `ack` is Slack's, `seen` the first thing that the bot says. */
export const MOMENTS = ['ack', 'seen', 'step', 'zip', 'card', 'answer'] as const;
type Moment = (typeof MOMENTS)[number];

export interface Ask {
  /** Of somebody who is linked. */
  readonly person: string;
  readonly channel: string;
}

/** Seconds from the command to each moment, where it came; and what the bot said of things that went wrong. */
export type Seen = Partial<Record<Moment, number>> & { trouble?: string; thread?: { readonly channel: string; readonly ts: string } };

let lastJob = 70_000;

/** Types all the commands at once and waits for all that should come of them. */
export async function converse(playground: Playground, asks: readonly Ask[]): Promise<Seen[]> {
  const { slack } = playground;
  const jobs = asks.map(({ person }) => ({ jobId: newJob(playground, `${person}@acme.example`), seen: {} as Seen }));
  const byJob = new Map(jobs.map(({ jobId, seen }) => [jobId, seen]));
  const byThread = new Map<string, Seen>();
  const began = performance.now();
  let news = began;
  const note = (seen: Seen | undefined, moment: Moment) => {
    if (seen === undefined || seen[moment] !== undefined) return;
    news = performance.now();
    seen[moment] = (news - began) / 1000;
  };
  const off = slack.onMessage((message) => {
    if (!message.isBot) return;
    const thread = message.threadTs === undefined ? undefined : byThread.get(`${message.channel} ${message.threadTs}`);
    const seen = thread ?? byJob.get(/\bjob (\d+)/.exec(message.text)?.[1] ?? '');
    if (seen === undefined) return;
    note(seen, 'seen');
    if (message.threadTs === undefined && message.ephemeralId === undefined) {
      seen.thread = { channel: message.channel, ts: message.ts };
      byThread.set(`${message.channel} ${message.ts}`, seen);
    }
    if (message.text.includes('went wrong') || message.text.includes('did not respond')) seen.trouble ??= message.text;
    if (thread !== undefined) for (const moment of momentsIn(message)) note(seen, moment);
  });
  try {
    const acks = asks.map(async ({ person, channel }, index) => {
      const delivery = await slack.as(person).command(channel, `/dab job ${jobs[index]?.jobId}`);
      if (delivery?.state === 'acked') note(jobs[index]?.seen, 'ack');
    });
    const isOver = ({ seen }: (typeof jobs)[number]) => seen.card !== undefined && seen.zip !== undefined && seen.answer !== undefined;
    while (!jobs.every(isOver) && performance.now() - news < LOST_AFTER_MS) await systemClock.sleep(100);
    await Promise.all(acks);
  } finally {
    off();
  }
  return jobs.map(({ seen }) => seen);
}

/** What a message of a thread shows. */
function momentsIn(message: Message): Moment[] {
  const tasks = message.stream?.chunks.tasks ?? message.blocks?.flatMap(({ tasks }) => (Array.isArray(tasks) ? tasks : []));
  const isZip = message.files?.some(({ name }) => name.endsWith('.zip')) === true;
  const isCard = !isZip && textOf(message).includes(' · version 1*');
  return [
    ...(isZip || isCard || (tasks?.length ?? 0) > 0 ? ['step' as const] : []),
    ...(isZip ? ['zip' as const] : []),
    ...(isCard ? ['card' as const] : []),
    ...(message.text.startsWith('<@') ? ['answer' as const] : []),
  ];
}

/** A job of an ordinary size that somebody made; nobody else has one like it. */
function newJob({ databricks: { workspace } }: Playground, owner: string): string {
  const jobId = String(++lastJob);
  const path = (index: number) => `/Workspace/Users/${owner}/load/${jobId}/step_${index}`;
  const tasks = Array.from({ length: NOTEBOOKS }, (_, index) => ({
    task_key: `step_${index}`,
    notebook_task: { notebook_path: path(index), source: 'WORKSPACE', base_parameters: { catalog: 'main', day: '2026-01-01' } },
    ...(index > 0 && { depends_on: [{ task_key: `step_${index - 1}` }] }),
    job_cluster_key: 'main',
    max_retries: 2,
  }));
  const new_cluster = { spark_version: '16.4.x-scala2.12', node_type_id: 'i3.xlarge', num_workers: 2 };
  addJob(workspace, {
    ...{ job_id: jobId, creator_user_name: owner, run_as_user_name: owner },
    settings: {
      name: `Load ${jobId}`,
      tasks,
      job_clusters: [{ job_cluster_key: 'main', new_cluster }],
      schedule: { quartz_cron_expression: '0 0 6 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
    },
  });
  return jobId;
}
