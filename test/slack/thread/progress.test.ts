// Steps in a thread, against the Slack stand-in with the real WebClient: streams, rollover, what takes over when Slack refuses, and no step left open.
import { randomUUID } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import { describe, expect } from 'vitest';
import { createSlackStandIn } from '../../../src/playground/slack/stand-in.ts';
import { createPoster } from '../../../src/slack/thread/poster.ts';
import { createProgress } from '../../../src/slack/thread/progress.ts';
import { createPostedSteps } from '../../../src/slack/thread/steps-as-message.ts';
import { createStreamedSteps } from '../../../src/slack/thread/steps-as-stream.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { LeaseLostError } from '../../../src/values/errors.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { RATES_TABLE, ratesOf } from '../clients.ts';

const it = dbTest(RATES_TABLE)
  .extend('clock', () => createTestClock())
  .extend('slack', async ({ clock }, { onCleanup }) => {
    const slack = await createSlackStandIn({ clock });
    onCleanup(() => slack.close());
    return slack;
  })
  .extend('thread', async ({ clock, slack, db }) => {
    const client = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
    const rates = ratesOf(db, clock);
    const threadTs = (await client.chat.postMessage({ channel: 'C_DATA', text: 'root' })).ts ?? '';
    const place = { channel: 'C_DATA', threadTs };
    const replies = () => slack.messages('C_DATA', threadTs).filter((message) => message.threadTs === threadTs);
    const tasks = () =>
      replies().map((message) => {
        const plan = message.blocks?.find((block) => block.type === 'plan') as
          | { title: string; tasks: { title: string; status: string }[] }
          | undefined;
        const chunks = message.stream?.chunks;
        const shown = plan?.tasks ?? chunks?.tasks ?? [];
        return {
          title: plan?.title ?? chunks?.planTitle,
          tasks: shown.map((task) => `${task.status} ${task.title}`),
          error: message.stream?.error,
        };
      });
    return {
      replies,
      /** The replies as the lists of steps that they show. */
      tasks,
      /** Begins to show steps; `shown` hears the ts of every message that does. */
      open(kind: 'stream' | 'post', shown: string[] = [], isOurs: () => boolean = () => true) {
        const poster = createPoster({ create: client, read: client, rates, outbox: createOutbox(db), clock, log: quiet });
        const posted = (ts?: string) => createPostedSteps({ client, create: client, poster }, place, randomUUID(), ts);
        const streamed = () =>
          createStreamedSteps({ create: client, rates, clock }, { ...place, user: 'U_ANA', team: 'T_ACME', direct: false });
        return createProgress({
          view: kind === 'post' ? posted() : streamed(),
          fallback: kind === 'post' ? undefined : posted,
          rates,
          shown: async (ts) => {
            if (!isOurs()) throw new LeaseLostError('Another process works on this.');
            if (shown.at(-1) !== ts) shown.push(ts);
          },
          stopped: () => shown.push('stopped'),
          clock,
          log: quiet,
        });
      },
      /** Requests get real time to happen, steps a little of theirs to be shown. */
      async until(check: () => boolean): Promise<void> {
        for (let tries = 0; !check(); tries += 1) {
          if (tries > 3000) throw new Error(`waited in vain: ${JSON.stringify(tasks())}`);
          await clock.turn(100);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
    };
  });

const step = (id: string, status: 'in_progress' | 'complete' | 'error' = 'in_progress', title = id) => ({ id, title, status });

describe.each(['post', 'stream'] as const)('steps by %s', (kind) => {
  it('appear at once, move, and end closed', async ({ thread }) => {
    const shown: string[] = [];
    const progress = thread.open(kind, shown);
    progress.step(step('read', 'in_progress', 'Reading job 123'));
    await thread.until(() => thread.replies().length === 1 && shown.length === 1);
    expect(shown).toEqual([thread.replies()[0]?.ts]);
    progress.step(step('read', 'complete', 'Reading job 123'));
    progress.step(step('collect', 'in_progress', 'Collecting sources (1 of 3)'));
    await thread.until(() => JSON.stringify(thread.tasks()).includes('1 of 3'));
    progress.step(step('collect', 'in_progress', 'Collecting sources (3 of 3)'));
    await progress.end('done');
    expect(thread.tasks()).toEqual([
      { title: 'Done', tasks: ['complete Reading job 123', 'complete Collecting sources (3 of 3)'], error: undefined },
    ]);
    expect(thread.replies()[0]?.stream?.live ?? false).toBe(false);
  });

  it('say so when the turn fails in the middle of a step', async ({ thread }) => {
    const progress = thread.open(kind);
    progress.step(step('read'));
    await thread.until(() => thread.replies().length === 1);
    await progress.end('failed');
    expect(thread.tasks()).toEqual([{ title: 'That did not work', tasks: ['error read'], error: undefined }]);
  });

  it('say nothing when there was no step', async ({ thread }) => {
    await thread.open(kind).end('done');
    expect(thread.replies()).toEqual([]);
  });

  it('survive a call that Slack does not answer well', async ({ slack, thread }) => {
    const progress = thread.open(kind);
    progress.step(step('read'));
    await thread.until(() => thread.replies().length === 1);
    slack.faults.on(kind === 'post' ? 'chat.update' : 'chat.appendStream', { status: 503, times: 1 });
    progress.step(step('collect'));
    // Though no other step comes.
    await thread.until(() => JSON.stringify(thread.tasks()).includes('collect'));
    await progress.end('done');
    expect(thread.tasks().at(-1)?.tasks).toEqual(['complete read', 'complete collect']);
  });
});

describe.each(['post', 'stream'] as const)('steps by %s that another process goes on with', (kind) => {
  it('are not drawn any more by the one that has lost the turn', async ({ clock, slack, thread }) => {
    const shown: string[] = [];
    let ours = true;
    const progress = thread.open(kind, shown, () => ours);
    progress.step(step('read'));
    await thread.until(() => shown.length === 1);
    const [before, calls] = [thread.tasks(), slack.calls.length];
    ours = false;
    progress.step(step('read', 'complete'));
    await clock.turn(5000);
    progress.leave();
    await clock.turn(5000);
    expect(thread.tasks()).toEqual(before);
    expect(slack.calls.slice(calls)).toEqual([]);
  });
});

describe('a stream', () => {
  it('is rolled over before Slack seals it, with what is still open', async ({ clock, thread }) => {
    const shown: string[] = [];
    const progress = thread.open('stream', shown);
    progress.step(step('read'));
    await thread.until(() => shown.length === 1);
    await clock.turn(241_000);
    progress.step(step('read', 'complete'));
    progress.step(step('collect'));
    await thread.until(() => thread.replies().length === 2);
    await progress.end('done');
    expect(shown).toHaveLength(2);
    expect(thread.replies().map((message) => message.stream?.error)).toEqual([undefined, undefined]);
    expect(thread.replies().every((message) => message.stream?.live === false)).toBe(true);
  });

  it('that Slack has sealed goes on as a message in its place', async ({ clock, slack, thread }) => {
    const shown: string[] = [];
    const progress = thread.open('stream', shown);
    progress.step(step('read'));
    await thread.until(() => shown.length === 1);
    slack.faults.on('chat.appendStream', { error: 'message_not_in_streaming_state', times: 1 });
    await clock.turn(301_000);
    // The clock of the writer is the same, so it would roll over; the seal is what it finds when it stops the old stream.
    progress.step(step('collect'));
    await thread.until(() => JSON.stringify(thread.tasks()).includes('collect'));
    await progress.end('done');
    expect(thread.tasks().at(-1)).toMatchObject({ title: 'Done' });
    expect(JSON.stringify(thread.tasks())).not.toContain('in_progress');
  });

  it.for(['channel_type_not_supported', 'unknown_method', 'missing_scope_for_streams'])(
    'that can’t be started (%s) becomes a posted message',
    async (error, { slack, thread }) => {
      slack.faults.on('chat.startStream', { error, times: 1 });
      const progress = thread.open('stream');
      progress.step(step('read'));
      await thread.until(() => thread.replies().length === 1);
      await progress.end('done');
      expect(thread.replies()).toHaveLength(1);
      expect(thread.tasks()).toEqual([{ title: 'Done', tasks: ['complete read'], error: undefined }]);
    },
  );
});

describe('a posted message', () => {
  it('becomes plain lines where plan blocks are refused', async ({ slack, thread }) => {
    slack.faults.on('chat.postMessage', { error: 'invalid_blocks', times: 1 });
    const progress = thread.open('post');
    progress.step(step('read', 'in_progress', 'Reading <!channel>'));
    await thread.until(() => thread.replies().length === 1);
    await progress.end('done');
    expect(JSON.stringify(thread.replies()[0]?.blocks)).toContain('Reading &lt;!channel&gt;');
  });
});
