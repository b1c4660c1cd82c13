// The page's API: the key, Host and Origin, static files, the state, the event stream, and what a person does through it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PageState } from '../../../src/playground/slack/protocol/page-api.ts';
import type { SlackStandIn } from '../../../src/playground/slack/stand-in.ts';
import { eventually, start, startApp } from './start.ts';

async function startPage() {
  const dir = await mkdtemp(join(tmpdir(), 'page-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'index.html'), '<!doctype html><script src="/page.js"></script>');
  await writeFile(join(dir, 'page.js'), '1');
  const started = await start({ pageDir: dir });
  const origin = new URL(started.slack.url).origin;
  const at = (path: string) => `${origin}${path}${path.includes('?') ? '&' : '?'}key=${started.slack.pageKey}`;
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(at(path), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: answer.status, body: await answer.text() };
  };
  return { ...started, origin, at, post };
}

/** A GET under any Host header, which fetch would not send. */
function getAs(slack: SlackStandIn, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(new URL(path, slack.url), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

/** The events of a page's stream, as they come. */
async function listen(url: string): Promise<{ name: string; data: string }[]> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const events: { name: string; data: string }[] = [];
  const { body } = await fetch(url, { signal: stop.signal });
  (async () => {
    let text = '';
    for await (const part of body ?? []) {
      text += Buffer.from(part).toString();
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(one) ?? [];
        if (name !== undefined && data !== undefined) events.push({ name, data });
      }
    }
  })().catch(() => {});
  return events;
}

test('the page opens with its key only, under its own name and origin only, with a strict policy', async () => {
  const { slack, origin, at, post } = await startPage();
  const page = await fetch(slack.pageUrl ?? '');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect((await fetch(`${origin}/page.js`)).headers.get('content-type')).toContain('javascript');
  expect((await fetch(`${origin}/`)).status).toBe(403);
  expect((await fetch(`${origin}/page/state?as=U_ANA&key=wrong`)).status).toBe(403);
  expect((await fetch(`${origin}/page/state?as=U_ANA`, { headers: { 'x-page-key': slack.pageKey } })).status).toBe(200);
  const state = `/page/state?as=U_ANA&key=${slack.pageKey}`;
  expect(await getAs(slack, state, { host: 'rebound.example' })).toBe(403);
  expect(await getAs(slack, state, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect((await post('/page/message', { as: 'U_ANA', channel: 'C_DATA', text: 'x' }, { origin: 'http://evil.example' })).status).toBe(403);
  expect((await post('/page/message', { as: 'U_ANA', channel: 'C_DATA', text: 'x' }, { origin })).status).toBe(200);
  expect((await fetch(at('/..%2f..%2fetc%2fpasswd.html'))).status).toBe(404);
  expect((await fetch(at('/nothing.js'))).status).toBe(404);
  expect((await fetch(at('/page/state'))).status).toBe(400);
});

test('what is typed is posted, commands run, and Slack’s refusals come back as words', async () => {
  const { slack, at, post } = await startPage();
  await startApp(slack, (app) => {
    app.command('/dab', async ({ ack }) => ack({ text: 'hello' }));
  });
  expect((await post('/page/message', { as: 'U_ANA', channel: 'C_DATA', text: 'hi @dab' })).status).toBe(200);
  const [root] = slack.messages('C_DATA');
  const inThread = await post('/page/message', { as: 'U_ANA', channel: 'C_DATA', threadTs: root?.ts, text: '/dab x' });
  expect(inThread).toEqual({ status: 400, body: '{"ok":false,"error":"/dab is not supported in threads. Sorry!"}' });
  expect((await post('/page/message', { as: 'U_ANA', channel: 'C_DATA', text: '/dab x' })).status).toBe(200);
  await slack.as('ana').waitFor((me) => me.ephemerals()[0]);
  expect((await post('/page/message', { as: 'U_ANA', channel: 'C_NONE', text: 'x' })).status).toBe(400);
  expect((await post('/page/message', { as: 'U_ANA' })).status).toBe(400);
  expect((await post('/page/dance', {})).status).toBe(400);
  const state: PageState = JSON.parse(await (await fetch(at('/page/state?as=U_ANA'))).text());
  expect(state.messages.map((message) => message.text)).toEqual(['hi <@U_DAB>', 'hello']);
  expect(state.me).toEqual({ id: 'U_ANA', name: 'ana', realName: 'Ana Ruiz', guest: false });
  expect(state.channels.map((channel) => [channel.id, channel.isDm, channel.member])).toEqual([
    ['C_DATA', false, true],
    ['C_PARTNER', false, true],
    ['C_RANDOM', false, false],
    ['D_ANA', true, true],
  ]);
});

test('the stream tells each person what concerns them, and buttons, modals and downloads work', async () => {
  const { slack, web, at, post } = await startPage();
  await startApp(slack, (app) => {
    app.action('go', async ({ ack, body, client, respond }) => {
      await ack();
      await respond({ text: 'got it' });
      const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'T' }, blocks: [] };
      if (body.type === 'block_actions') await client.views.open({ trigger_id: body.trigger_id, view });
    });
  });
  const ana = await listen(at('/page/stream?as=U_ANA'));
  const ben = await listen(at('/page/stream?as=U_BEN'));
  const element = { type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } };
  const blocks = [{ type: 'actions' as const, block_id: 'b', elements: [element] }];
  const { ts = '' } = await web.chat.postMessage({ channel: 'C_DATA', text: 'card', blocks });
  const action = { as: 'U_ANA', channel: 'C_DATA', messageTs: ts, blockId: 'b', actionId: 'go' };
  expect((await post('/page/action', { ...action, actionId: 'gone' })).status).toBe(400);
  expect((await post('/page/action', action)).status).toBe(200);
  await eventually(() => ana.map((event) => event.name)).toEqual(['message', 'ephemeral', 'modal']);
  const view = slack.as('ana').modal();
  expect((await post('/page/modal', { as: 'U_BEN', viewId: view?.id, close: true })).status).toBe(400);
  await post('/page/modal', { as: 'U_ANA', viewId: view?.id, close: true });
  await eventually(() => ana.at(-1)?.data).toBe('{"view":null}');
  await web.filesUploadV2({ channel_id: 'C_DATA', filename: 'ü.zip', file: Buffer.from('zip') });
  await eventually(() => ben.map((event) => event.name)).toEqual(['message', 'message']);
  const id = slack.messages('C_DATA').at(-1)?.files?.[0]?.id;
  const file = await fetch(at(`/page/file/${id}/x.zip`));
  expect([await file.text(), file.headers.get('content-disposition')]).toEqual(['zip', "attachment; filename*=UTF-8''%C3%BC.zip"]);
  await web.chat.delete({ channel: 'C_DATA', ts });
  await eventually(() => ben.at(-1)).toEqual({ name: 'removed', data: JSON.stringify({ channel: 'C_DATA', ts }) });
});
