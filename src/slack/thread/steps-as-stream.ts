// The steps of a turn as Slack's native stream, rolled over before Slack seals it; three plain calls, never two at once.
import type { AnyChunk, TaskUpdateChunk } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Step } from '../../conversation/rows.ts';
import type { Ending } from '../../conversation/thread-port.ts';
import type { Clock } from '../../values/clock.ts';
import type { RateLimits } from '../bolt/rate-limits.ts';
import { LIMITS } from '../views/limits.ts';
import { clip } from '../views/slack-text.ts';
import { closed, titleOf } from '../views/step-list.ts';
import type { StepsView } from './progress.ts';

/** Slack seals a stream about 5 minutes after its start and near 10.6 kB, details counted twice (facts: slack#streams). */
const ROLL_OVER = { milliseconds: 240_000, bytes: 9000, rows: 50 } as const;

export function createStreamedSteps(
  { create, rates, clock }: { create: WebClient; rates: RateLimits; clock: Clock },
  where: { channel: string; threadTs: string; user: string; team: string; direct: boolean },
): StepsView {
  let stream: { ts: string; since: number; bytes: number; sent: Map<string, Step> } | undefined;

  async function start(steps: readonly Step[]): Promise<string> {
    const chunks: AnyChunk[] = [{ type: 'plan_update', title: titleOf(undefined) }, ...steps.map((step) => task(step))];
    await rates.wait('chat.startStream');
    const answer = await create.chat.startStream({
      channel: where.channel,
      thread_ts: where.threadTs,
      chunks,
      task_display_mode: 'plan',
      ...(where.direct ? {} : { recipient_user_id: where.user, recipient_team_id: where.team }),
    });
    if (answer.ts === undefined) throw new Error('chat.startStream answered without a ts');
    stream = { ts: answer.ts, since: clock.now(), bytes: weigh(chunks), sent: new Map(steps.map((step) => [step.id, step])) };
    return answer.ts;
  }

  /** What is new since the last call; details are appended by Slack, so they go out once. */
  function changes(steps: readonly Step[]): AnyChunk[] {
    return steps.flatMap((step) => {
      const before = stream?.sent.get(step.id);
      if (before !== undefined && before.title === step.title && before.status === step.status && before.details === step.details)
        return [];
      return [task(step, before)];
    });
  }

  async function stop(chunks: AnyChunk[], status: 'processing' | 'active'): Promise<void> {
    if (stream === undefined) return;
    const { ts } = stream;
    stream = undefined;
    await rates.wait('chat.stopStream');
    await create.chat.stopStream({ channel: where.channel, ts, ...(chunks.length === 0 ? {} : { chunks }), session_status: status });
  }

  return {
    updates: 'chat.appendStream',
    open: start,

    async update(steps) {
      const chunks = changes(steps);
      if (stream === undefined || chunks.length === 0) return undefined;
      const full =
        clock.now() - stream.since > ROLL_OVER.milliseconds ||
        stream.bytes + weigh(chunks) > ROLL_OVER.bytes ||
        steps.length > ROLL_OVER.rows;
      if (full) {
        // What the old message shows is closed there; what is new or still going on moves to the next one.
        const { sent } = stream;
        const known = steps.filter((step) => sent.has(step.id));
        await stop(changes(known.map((step) => closed(step, 'done'))), 'processing');
        return start(steps.filter((step) => !sent.has(step.id) || step.status === 'in_progress'));
      }
      await create.chat.appendStream({ channel: where.channel, ts: stream.ts, chunks });
      stream.bytes += weigh(chunks);
      for (const step of steps) stream.sent.set(step.id, step);
      return undefined;
    },

    async close(steps, ending: Ending) {
      const chunks = changes(steps.map((step) => closed(step, ending)));
      await stop([{ type: 'plan_update', title: titleOf(ending) }, ...chunks], 'active');
    },
  };
}

function task(step: Step, before?: Step): TaskUpdateChunk {
  return {
    type: 'task_update',
    id: step.id,
    title: clip(step.title, LIMITS.taskTitle),
    status: step.status,
    ...(step.details === undefined || step.details === before?.details ? {} : { details: step.details }),
  };
}

/** Bytes as Slack counts them against a stream: text and titles once, details twice. */
function weigh(chunks: readonly AnyChunk[]): number {
  const size = (text: string | undefined) => Buffer.byteLength(text ?? '');
  return chunks.reduce((sum, chunk) => {
    if (chunk.type === 'task_update') return sum + size(chunk.title) + 2 * size(chunk.details);
    return sum + (chunk.type === 'plan_update' ? size(chunk.title) : 0);
  }, 0);
}
