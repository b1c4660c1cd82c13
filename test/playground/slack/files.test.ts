// Uploads in three steps, shared a moment later; and their refusals.
import { expect, test } from 'vitest';
import { refusal, start } from './start.ts';

const zip = Buffer.from([80, 75, 5, 6, ...Array.from({ length: 18 }, () => 0)]);

test('filesUploadV2 puts a file into a thread, where people can download it and files.info finds it a moment later', async () => {
  const { slack, web, clock } = await start({ shareDelayMs: 40 });
  const root = await web.chat.postMessage({ channel: 'C_DATA', text: 'root' });
  const result = await web.filesUploadV2({
    channel_id: 'C_DATA',
    thread_ts: root.ts ?? '',
    filename: 'churn.zip',
    file: zip,
    initial_comment: 'v1',
  });
  const id = result.files[0]?.files?.[0]?.id ?? '';
  expect((await web.files.info({ file: id })).file?.shares).toEqual({});
  await clock.turn(41);
  const ana = slack.as('ana');
  const message = await ana.waitFor((me) => me.messages('C_DATA', root.ts).find((one) => one.files !== undefined));
  expect(message).toMatchObject({ text: 'v1', threadTs: root.ts, isBot: true, files: [{ id, name: 'churn.zip', size: zip.length }] });
  expect(Buffer.from(ana.download(id)).equals(zip)).toBe(true);
  const { file } = await web.files.info({ file: id });
  expect(file?.shares?.public?.C_DATA?.[0]?.ts).toBe(message.ts);
  const private_ = await fetch(file?.url_private ?? '', { headers: { authorization: `Bearer ${slack.botToken}` } });
  expect((await private_.arrayBuffer()).byteLength).toBe(zip.length);
  expect((await fetch(file?.url_private ?? '')).status).toBe(404);
});

test('a file in a DM is for that person alone', async () => {
  const { slack, web } = await start();
  const result = await web.filesUploadV2({ channel_id: 'D_ANA', filename: 'a.zip', file: zip });
  const id = result.files[0]?.files?.[0]?.id ?? '';
  await slack.as('ana').waitFor((me) => me.messages('D_ANA')[0]);
  expect(() => slack.as('ben').download(id)).toThrow('There is no such file here.');
});

test('wrong length, no bytes, no membership, a user’s id and a markdown block are refused', async () => {
  const { web } = await start();
  const begin = () => web.files.getUploadURLExternal({ filename: 'a.zip', length: zip.length });
  const complete = (id: string, rest: object = {}) =>
    refusal(web.apiCall('files.completeUploadExternal', { files: [{ id }], channel_id: 'C_DATA', ...rest }));
  const { upload_url = '', file_id = '' } = await begin();
  expect(await complete(file_id)).toBe('file_not_found');
  const send = async (bytes: Buffer<ArrayBuffer>) => (await fetch(upload_url, { method: 'POST', body: bytes })).status;
  expect(await send(zip.subarray(0, 5))).toBe(400);
  expect(await send(zip)).toBe(200);
  expect(await complete(file_id, { channel_id: 'C_RANDOM' })).toBe('not_in_channel');
  expect(await complete(file_id, { channel_id: 'U_ANA' })).toBe('invalid_channel');
  expect(await complete(file_id, { blocks: [{ type: 'markdown', text: 'x' }] })).toBe('internal_error');
  expect(await complete(file_id, { thread_ts: '1.000001' })).toBe('thread_not_found');
  expect(await complete(file_id)).toBe('ok');
  expect(await complete(file_id)).toBe('file_not_found');
  expect(await refusal(web.files.info({ file: 'F0' }))).toBe('file_not_found');
  expect(await refusal(web.apiCall('files.getUploadURLExternal', { filename: 'a.zip' }))).toBe('invalid_arguments');
});

test('an upload may meet a fault', async () => {
  const { slack, web } = await start();
  slack.faults.on('upload', { status: 503 });
  const { upload_url = '' } = await web.files.getUploadURLExternal({ filename: 'a.zip', length: zip.length });
  expect((await fetch(upload_url, { method: 'POST', body: zip })).status).toBe(503);
});
