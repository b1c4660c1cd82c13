// A thread is drawn as its rows are, by whichever process: none takes for shown what another has drawn over, and a late drawing is drawn again.
import { expect } from 'vitest';
import { type CardRows, createDrawing } from '../../../src/slack/thread/drawing.ts';
import { createPoster } from '../../../src/slack/thread/poster.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { clientsFor, RATES_TABLE } from '../clients.ts';

const test = dbTest(RATES_TABLE, 'outbox', 'turns', 'conversations').extend('rig', async ({ db }) => {
  const { slack, clock } = await start();
  const { client, create, rates } = clientsFor(slack, db, clock);
  const [outbox, turns, conversations] = [createOutbox(db), createTurnRows(db), createConversationRows(db)];
  const nothing = async () => [];
  const stories = { proposalsOf: nothing, proposalsBeside: nothing, destroyedOf: nothing };
  const rows = { outbox, turns, conversations, ...stories, host: 'https://acme.test' } as unknown as CardRows;
  /** As another process: the same rows, nothing in memory that it would share. */
  const newDrawing = (own: Partial<typeof outbox> = {}) => {
    const cardRows = { ...rows, outbox: { ...outbox, ...own } };
    const { draw } = createDrawing({ create, cardRows, lists: { closeAll: async () => true }, rates, clock, log: quiet });
    const never = new AbortController().signal;
    return { refresh: ({ id }: { readonly id: string }) => clock.turnUntil(draw(id, { hurry: never, over: never })) };
  };
  const poster = createPoster({ create, read: client, rates, outbox, clock, log: quiet });
  const threadTs = await poster.post('c/anchor', { channel: 'C_DATA' }, { text: 'root', blocks: [] });
  const conversation = {
    id: 'c',
    team: 'T',
    channel: 'C_DATA',
    threadTs,
    requester: 'U_ANA',
    private: false,
    subject: { jobId: '1', name: 'Churn' },
  };
  await conversations.insert(conversation);
  const turn = async (id: string) => {
    await turns.insert({ id, conversationId: 'c', slackUser: 'U_ANA', text: 'hi', eventKey: id });
    await turns.start(id);
  };
  const row = (await conversations.get('c')) ?? expect.fail('no conversation');
  const offersStop = () => JSON.stringify(slack.messages('C_DATA').find(({ ts }) => ts === threadTs)?.blocks ?? []).includes('"stop"');
  const updates = () => slack.calls.filter(({ method }) => method === 'chat.update').length;
  return { slack, clock, outbox, newDrawing, turn, turns, row, offersStop, updates };
});

test('what another process has drawn since is drawn over, and what stands there already is not drawn again', async ({
  rig: { newDrawing, turn, turns, row, offersStop, updates },
}) => {
  const [one, other] = [newDrawing(), newDrawing()];
  await turn('t1');
  await turns.finish('t1', 'done');
  await one.refresh(row);
  await turn('t2');
  await other.refresh(row);
  expect(offersStop()).toBe(true);
  // The other one dies here.
  await turns.finish('t2', 'done');
  await one.refresh(row);
  expect(offersStop()).toBe(false);
  const before = updates();
  await Promise.all([newDrawing(), other].map((drawing) => drawing.refresh(row)));
  expect(updates()).toBe(before);
});

test('a drawing that lands late, on a newer one, is drawn again', async ({
  rig: { clock, outbox, newDrawing, turn, turns, row, offersStop, updates },
}) => {
  await turn('t1');
  const [read, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const shows: typeof outbox.shows = async (id, shown) => {
    read.resolve();
    await go.promise;
    await outbox.shows(id, shown);
  };
  const late = newDrawing({ shows }).refresh(row);
  await read.promise;
  await turns.finish('t1', 'done');
  await newDrawing().refresh(row);
  await clock.turn(5000);
  go.resolve();
  await late;
  expect([offersStop(), updates()]).toEqual([false, 3]);
});

test('where Slack takes no blocks, it is drawn in words, once', async ({
  rig: { slack, newDrawing, turn, turns, row, offersStop, updates },
}) => {
  const drawing = newDrawing();
  await turn('t1');
  await drawing.refresh(row);
  await turns.finish('t1', 'done');
  const before = updates();
  slack.faults.on('chat.update', { error: 'invalid_blocks' });
  await drawing.refresh(row);
  await drawing.refresh(row);
  expect([offersStop(), updates() - before]).toEqual([false, 2]);
  await turn('t2');
  await drawing.refresh(row);
  expect(offersStop()).toBe(true);
});
