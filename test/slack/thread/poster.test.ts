// Messages are said once: a lost answer is found again in Slack, a put-off call waits, and a refusal keeps Slack's code.
import { expect } from 'vitest';
import { slackError } from '../../../src/slack/bolt/passing.ts';
import { createPoster } from '../../../src/slack/thread/poster.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { clientsFor, RATES_TABLE } from '../clients.ts';

const CHANNEL = 'C_DATA';
const hello = { text: 'hello', blocks: [] };
const file = { name: 'churn-v1.zip', title: 'churn-v1.zip', bytes: new Uint8Array([80, 75, 3, 4]), comment: 'version 1' };

const test = dbTest(RATES_TABLE, 'outbox').extend('rig', async ({ db }) => {
  const { slack, web, clock } = await start();
  const outbox = createOutbox(db);
  const { client, create, rates } = clientsFor(slack, db, clock);
  // As after a restart: the same rows, nothing in memory.
  const newPoster = (rows = outbox) => createPoster({ create, read: client, rates, outbox: rows, clock, log: quiet });
  const root = (await web.chat.postMessage({ channel: CHANNEL, text: 'root' })).ts ?? '';
  const posts = () => slack.calls.filter((call) => call.method === 'chat.postMessage' && call.args.text !== 'root').length;
  const said = (text: string) => slack.messages(CHANNEL).filter((message) => message.text === text);
  const files = () => slack.messages(CHANNEL).flatMap((message) => message.files ?? []);
  return { slack, web, clock, outbox, newPoster, root, posts, said, files };
});

test.for(['root', 'thread'])(
  'a %s message whose answer was lost is found again by its id',
  async (kind, { rig: { slack, web, newPoster, root, posts, said, outbox } }) => {
    const place = { channel: CHANNEL, threadTs: kind === 'thread' ? root : undefined };
    slack.faults.on('chat.postMessage', { afterHandler: true });
    await expect(newPoster().post('turn/reply', place, hello)).rejects.toThrow();
    expect((await outbox.get('turn/reply'))?.state).toBe('sending');
    // Others talk meanwhile, in the same words.
    slack.as('ben').say(CHANNEL, 'hello', kind === 'thread' ? { thread: root } : {});
    await web.chat.postMessage({ channel: CHANNEL, text: 'hello', ...(kind === 'thread' && { thread_ts: root }) });
    const before = posts();
    const ts = await newPoster().post('turn/reply', place, hello);
    expect(posts()).toBe(before);
    expect(ts).toBe(said('hello')[0]?.ts);
    expect(await outbox.get('turn/reply')).toMatchObject({ state: 'sent', ts });
  },
);

test('a message that never arrived is said on the second try', async ({ rig: { slack, newPoster, root, said } }) => {
  slack.faults.on('chat.postMessage', { status: 503 });
  const place = { channel: CHANNEL, threadTs: root };
  await expect(newPoster().post('turn/reply', place, hello)).rejects.toThrow();
  await newPoster().post('turn/reply', place, hello);
  expect(said('hello')).toHaveLength(1);
});

test('an upload whose answer was lost is found again by its name', async ({ rig: { slack, newPoster, root, files } }) => {
  const place = { channel: CHANNEL, threadTs: root };
  slack.faults.on('files.completeUploadExternal', { afterHandler: true });
  await expect(newPoster().upload('turn/archive', place, file)).rejects.toThrow();
  await expect.poll(files).toHaveLength(1);
  const id = await newPoster().upload('turn/archive', place, file);
  expect(files().map((seen) => seen.id)).toEqual([id]);
  expect([...slack.as('ana').download(id)]).toEqual([...file.bytes]);
});

test('a file of the same name in another thread is not taken for it', async ({ rig: { slack, web, newPoster, root, files } }) => {
  const other = (await web.chat.postMessage({ channel: CHANNEL, text: 'root' })).ts ?? '';
  await newPoster().upload('other/archive', { channel: CHANNEL, threadTs: other }, file);
  slack.faults.on('files.completeUploadExternal', { status: 503 });
  await expect(newPoster().upload('turn/archive', { channel: CHANNEL, threadTs: root }, file)).rejects.toThrow();
  await newPoster().upload('turn/archive', { channel: CHANNEL, threadTs: root }, file);
  expect(files()).toHaveLength(2);
});

test('a file of the same name in its own thread is not taken for it, where its title is another', async ({
  rig: { slack, newPoster, root, files },
}) => {
  const place = { channel: CHANNEL, threadTs: root };
  await newPoster().upload('first/release', place, { ...file, title: 'plan 1' });
  slack.faults.on('files.completeUploadExternal', { status: 503 });
  await expect(newPoster().upload('second/release', place, { ...file, title: 'plan 2' })).rejects.toThrow();
  await newPoster().upload('second/release', place, { ...file, title: 'plan 2' });
  expect(files()).toHaveLength(2);
});

test('what is said while a file is on its way stands below it', async ({ rig: { slack, newPoster, root } }) => {
  const place = { channel: CHANNEL, threadTs: root };
  const poster = newPoster();
  const uploaded = poster.upload('card/release', place, file);
  await Promise.all([poster.post('turn/result', place, hello), uploaded]);
  const said = slack.messages(CHANNEL).filter(({ files, text }) => files !== undefined || text === 'hello');
  expect(said.map(({ files }) => files?.length ?? 0)).toEqual([1, 0]);
  // A file that does not come holds nothing up, and neither does one in another thread.
  slack.faults.on('files.completeUploadExternal', { status: 503 });
  const failed = poster.upload('other/release', place, file);
  await Promise.all([poster.post('turn/reply', place, hello), expect(failed).rejects.toThrow()]);
});

test('no file is begun where the thread is gone', async ({ rig: { slack, web, newPoster, root, files } }) => {
  await web.chat.delete({ channel: CHANNEL, ts: root });
  const refused: unknown = await newPoster()
    .upload('turn/archive', { channel: CHANNEL, threadTs: root }, file)
    .catch((error: unknown) => error);
  expect([slackError(refused), files()]).toEqual(['thread_not_found', []]);
  expect(slack.calls.filter(({ method }) => method.startsWith('files.'))).toEqual([]);
});

test('a thread in which something was said just now is not asked for before a file', async ({ rig: { slack, newPoster, root } }) => {
  const place = { channel: CHANNEL, threadTs: root };
  const poster = newPoster();
  await poster.post('turn/reply', place, hello);
  await poster.upload('turn/archive', place, file);
  const asked = slack.calls.filter(({ method, args }) => method === 'conversations.replies' && Number(args.limit) === 1);
  expect(asked).toEqual([]);
});

test('said twice is said once', async ({ rig: { newPoster, root, posts, said, files } }) => {
  const place = { channel: CHANNEL, threadTs: root };
  const poster = newPoster();
  const ts = await poster.post('turn/reply', place, hello);
  expect(await poster.post('turn/reply', place, hello)).toBe(ts);
  expect(await newPoster().post('turn/reply', place, { ...hello, text: 'other words' })).toBe(ts);
  expect(await poster.upload('turn/archive', place, file)).toBe(await newPoster().upload('turn/archive', place, file));
  expect([posts(), said('hello').length, files().length]).toEqual([1, 1, 1]);
});

test('said twice at the same moment is said once', async ({ rig: { newPoster, root, said } }) => {
  const poster = newPoster();
  const both = await Promise.all([1, 2].map(() => poster.post('turn/reply', { channel: CHANNEL, threadTs: root }, hello)));
  expect(said('hello')).toHaveLength(1);
  expect(both).toEqual([said('hello')[0]?.ts, said('hello')[0]?.ts]);
});

test('put off by Slack, it is not said by whoever has lost the right to say it meanwhile', async ({
  rig: { slack, clock, root, posts, ...rig },
}) => {
  slack.faults.on('chat.postMessage', { retryAfter: 7 });
  let tries = 0;
  const lost = { ...rig.outbox, sending: async () => void (++tries > 1 && expect.fail('lost')) };
  const said = rig.newPoster(lost).post('turn/reply', { channel: CHANNEL, threadTs: root }, hello);
  await expect(clock.turnUntil(said)).rejects.toThrow('lost');
  expect([tries, posts()]).toEqual([2, 1]);
});

test('put off by Slack, it waits as long as it was told and goes on', async ({ rig: { slack, clock, newPoster, root, posts, said } }) => {
  slack.faults.on('chat.postMessage', { retryAfter: 7, times: 2 });
  const since = clock.now();
  await clock.turnUntil(newPoster().post('turn/reply', { channel: CHANNEL, threadTs: root }, hello));
  // A little more, so that not all come back at once.
  expect(clock.now() - since).toBeGreaterThanOrEqual(14_000);
  expect(clock.now() - since).toBeLessThan(16_000);
  expect([posts(), said('hello').length]).toEqual([3, 1]);
});

test.for<[string, string | undefined, string]>([
  ['C_RANDOM', undefined, 'not_in_channel'],
  ['C_NOWHERE', undefined, 'channel_not_found'],
  [CHANNEL, 'x'.repeat(3001), 'invalid_blocks'],
])('a refusal in %s keeps Slack’s code', async ([channel, long, code], { rig: { newPoster, outbox } }) => {
  const blocks = long === undefined ? [] : [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: long } }];
  const refused: unknown = await newPoster()
    .post('turn/reply', { channel }, { text: 'hello', blocks })
    .catch((error: unknown) => error);
  expect(slackError(refused)).toBe(code);
  // It need not be looked for.
  expect((await outbox.get('turn/reply'))?.state).toBe('pending');
});

test('a refused upload keeps Slack’s code too', async ({ rig: { newPoster } }) => {
  const refused: unknown = await newPoster()
    .upload('turn/archive', { channel: 'C_RANDOM' }, file)
    .catch((error: unknown) => error);
  expect(slackError(refused)).toBe('not_in_channel');
});

test('all that is said at once in a busy channel is said', async ({ db }) => {
  const { slack, clock } = await start({ rates: 1 });
  const { client, create, rates } = clientsFor(slack, db, clock);
  const poster = createPoster({ create, read: client, rates, outbox: createOutbox(db), clock, log: quiet });
  const texts = Array.from({ length: 40 }, (_, i) => `answer ${i}`);
  await clock.turnUntil(Promise.all(texts.map((text) => poster.post(text, { channel: CHANNEL }, { text, blocks: [] }))));
  expect(new Set(slack.messages(CHANNEL).map(({ text }) => text))).toEqual(new Set(texts));
});
