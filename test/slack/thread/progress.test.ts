// Steps in a thread, against the Slack stand-in with the real WebClient: streams, rollover, what takes over when Slack refuses, and no step left open.
import { randomUUID } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlackStandIn, type SlackStandIn } from '../../../src/playground/slack/stand-in.ts';
import { createRateLimits } from '../../../src/slack/bolt/rate-limits.ts';
import { createPoster } from '../../../src/slack/thread/poster.ts';
import { createProgress } from '../../../src/slack/thread/progress.ts';
import { createPostedSteps } from '../../../src/slack/thread/steps-as-message.ts';
import { createStreamedSteps } from '../../../src/slack/thread/steps-as-stream.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { createLogger } from '../../../src/values/log.ts';
import { openTestStorage, type TestStorage } from '../../storage/open-test-storage.ts';
import { createTestClock, type TestClock } from '../../values/test-clock.ts';

const log = createLogger({ level: 'silent' });
let clock: TestClock;
let slack: SlackStandIn;
let storage: TestStorage;
let client: WebClient;
let threadTs: string;

beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  clock = createTestClock();
  slack = await createSlackStandIn({ clock });
  client = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  threadTs = (await client.chat.postMessage({ channel: 'C_DATA', text: 'root' })).ts ?? '';
});
afterEach(() => slack.close());

function open(kind: 'stream' | 'post', shown: string[] = []) {
  const place = { channel: 'C_DATA', threadTs };
  const poster = createPoster({ create: client, read: client, outbox: createOutbox(storage.db), clock, log });
  const posted = (ts?: string) => createPostedSteps({ client, poster }, place, randomUUID(), ts);
  return createProgress({
    view: kind === 'post' ? posted() : createStreamedSteps({ client, clock }, { ...place, user: 'U_ANA', team: 'T_ACME', direct: false }),
    fallback: kind === 'post' ? undefined : posted,
    limits: createRateLimits(clock),
    shown: async (ts) => void shown.push(ts),
    stopped: () => shown.push('stopped'),
    clock,
    log,
  });
}

const replies = () => slack.messages('C_DATA', threadTs).filter((message) => message.threadTs === threadTs);
const shownTasks = () =>
  replies().map((message) => {
    const plan = message.blocks?.find((block) => block.type === 'plan') as
      | { title: string; tasks: { title: string; status: string }[] }
      | undefined;
    const chunks = message.stream?.chunks;
    const tasks = plan?.tasks ?? chunks?.tasks ?? [];
    return {
      title: plan?.title ?? chunks?.planTitle,
      tasks: tasks.map((task) => `${task.status} ${task.title}`),
      error: message.stream?.error,
    };
  });
/** Requests get real time to happen, steps a little of theirs to be shown. */
const until = async (check: () => boolean) => {
  for (let tries = 0; !check(); tries += 1) {
    if (tries > 1000) throw new Error(`waited in vain: ${JSON.stringify(shownTasks())}`);
    await clock.turn(100);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const step = (id: string, status: 'in_progress' | 'complete' | 'error' = 'in_progress', title = id) => ({ id, title, status });

describe.each(['post', 'stream'] as const)('steps by %s', (kind) => {
  it('appear at once, move, and end closed', async () => {
    const shown: string[] = [];
    const progress = open(kind, shown);
    progress.step(step('read', 'in_progress', 'Reading job 123'));
    await until(() => replies().length === 1 && shown.length === 1);
    expect(shown).toEqual([replies()[0]?.ts]);
    progress.step(step('read', 'complete', 'Reading job 123'));
    progress.step(step('collect', 'in_progress', 'Collecting sources (1 of 3)'));
    await until(() => JSON.stringify(shownTasks()).includes('1 of 3'));
    progress.step(step('collect', 'in_progress', 'Collecting sources (3 of 3)'));
    await progress.end('done');
    expect(shownTasks()).toEqual([
      { title: 'Done', tasks: ['complete Reading job 123', 'complete Collecting sources (3 of 3)'], error: undefined },
    ]);
    expect(replies()[0]?.stream?.live ?? false).toBe(false);
  });

  it('say so when the turn fails in the middle of a step', async () => {
    const progress = open(kind);
    progress.step(step('read'));
    await until(() => replies().length === 1);
    await progress.end('failed');
    expect(shownTasks()).toEqual([{ title: 'That did not work', tasks: ['error read'], error: undefined }]);
  });

  it('say nothing when there was no step', async () => {
    await open(kind).end('done');
    expect(replies()).toEqual([]);
  });

  it('survive a call that Slack does not answer well', async () => {
    const progress = open(kind);
    progress.step(step('read'));
    await until(() => replies().length === 1);
    slack.faults.on(kind === 'post' ? 'chat.update' : 'chat.appendStream', { status: 503, times: 1 });
    progress.step(step('collect'));
    await until(() => slack.calls.some((call) => call.method === (kind === 'post' ? 'chat.update' : 'chat.appendStream')));
    await progress.end('done');
    expect(shownTasks().at(-1)?.tasks).toEqual(['complete read', 'complete collect']);
  });
});

describe('a stream', () => {
  it('is rolled over before Slack seals it, with what is still open', async () => {
    const shown: string[] = [];
    const progress = open('stream', shown);
    progress.step(step('read'));
    await until(() => shown.length === 1);
    await clock.turn(241_000);
    progress.step(step('read', 'complete'));
    progress.step(step('collect'));
    await until(() => replies().length === 2);
    await progress.end('done');
    expect(shown).toHaveLength(2);
    expect(replies().map((message) => message.stream?.error)).toEqual([undefined, undefined]);
    expect(replies().every((message) => message.stream?.live === false)).toBe(true);
  });

  it('that Slack has sealed goes on as a message in its place', async () => {
    const shown: string[] = [];
    const progress = open('stream', shown);
    progress.step(step('read'));
    await until(() => shown.length === 1);
    slack.faults.on('chat.appendStream', { error: 'message_not_in_streaming_state', times: 1 });
    await clock.turn(301_000);
    // The clock of the writer is the same, so it would roll over; the seal is what it finds when it stops the old stream.
    progress.step(step('collect'));
    await until(() => JSON.stringify(shownTasks()).includes('collect'));
    await progress.end('done');
    expect(shownTasks().at(-1)).toMatchObject({ title: 'Done' });
    expect(JSON.stringify(shownTasks())).not.toContain('in_progress');
  });

  it.each(['channel_type_not_supported', 'unknown_method', 'missing_scope_for_streams'])(
    'that can’t be started (%s) becomes a posted message',
    async (error) => {
      slack.faults.on('chat.startStream', { error, times: 1 });
      const progress = open('stream');
      progress.step(step('read'));
      await until(() => replies().length === 1);
      await progress.end('done');
      expect(replies()).toHaveLength(1);
      expect(shownTasks()).toEqual([{ title: 'Done', tasks: ['complete read'], error: undefined }]);
    },
  );
});

describe('a posted message', () => {
  it('becomes plain lines where plan blocks are refused', async () => {
    slack.faults.on('chat.postMessage', { error: 'invalid_blocks', times: 1 });
    const progress = open('post');
    progress.step(step('read', 'in_progress', 'Reading <!channel>'));
    await until(() => replies().length === 1);
    await progress.end('done');
    expect(JSON.stringify(replies()[0]?.blocks)).toContain('Reading &lt;!channel&gt;');
  });
});
