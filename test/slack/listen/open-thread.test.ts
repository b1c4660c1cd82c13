// Threads that begin in one channel at the same moment: one after the other, none is lost, and who waits long is told.
import { expect, test } from 'vitest';
import type { Conversation } from '../../../src/conversation/conversation.ts';
import { createChannelLine } from '../../../src/slack/bolt/channel-line.ts';
import type { Asked } from '../../../src/slack/listen/connect.ts';
import { createOpenThread } from '../../../src/slack/listen/open-thread.ts';
import { start } from '../../playground/slack/start.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const asked = (id: string): Asked => ({ kind: 'command', id, team: 'T_ACME', user: 'U_ANA', channel: 'C_DATA', text: `job ${id}` });

/** Where a thread begins when `gate` opens, and the conversation under it is noted. */
async function startOpening(admit: Conversation['admit'] = async () => undefined) {
  const { web } = await start();
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const told = new Map<string, string[]>();
  const posting = { now: 0, most: 0 };
  const openThread = createOpenThread({
    client: web,
    line: createChannelLine(),
    log: quiet,
    thread: {
      async anchor(_channel, { id }, waits) {
        posting.most = Math.max(posting.most, ++posting.now);
        await gate.promise;
        posting.now--;
        if (id === '3') throw new Error('refused');
        return `${id} ${JSON.stringify(waits)}`;
      },
      address: async () => undefined,
    },
    conversation: {
      admit,
      openAlone: async (_opening, open) => {
        await open([]);
        return true;
      },
      before: async () => ({ free: 7 }),
      begin: async ({ threadTs }) => void begun.push(threadTs),
    },
  });
  const open = (id: string) => {
    const words: string[] = [];
    told.set(id, words);
    return openThread(asked(id), { jobId: id, name: 'Churn' }, false, async ({ text }) => words.push(text));
  };
  return { gate, begun, told, posting, open };
}

test('ten at once begin in their order, one at a time; one that fails takes nobody with it', async () => {
  const { gate, begun, told, posting, open } = await startOpening();
  const ids = Array.from({ length: 10 }, (_, index) => String(index));
  const opened = Promise.allSettled(ids.map(open));
  gate.resolve();
  expect((await opened).filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(begun).toEqual(ids.filter((id) => id !== '3').map((id) => `${id} {"free":7}`));
  expect(posting.most).toBe(1);
  expect(ids.map((id) => told.get(id)?.join())).toEqual([
    ...Array<string>(5).fill(''),
    ...[5, 6, 7, 8, 9].map((before) => expect.stringContaining(`${before} threads begin before yours here`)),
  ]);
});

test('whoever has asked for too much leaves nothing in the channel, and who nearly has is told', async () => {
  const asks: Parameters<Conversation['admit']>[0][] = [];
  const { gate, begun, told, open } = await startOpening(async (wish) => {
    asks.push(wish);
    return wish.request === '2' ? Promise.reject(new Error('as often as you may')) : 'That makes 1 message of yours.';
  });
  gate.resolve();
  await open('1');
  await expect(open('2')).rejects.toThrow('as often as you may');
  expect(begun).toHaveLength(1);
  expect([told.get('1'), told.get('2')]).toEqual([['That makes 1 message of yours.'], []]);
  expect(asks[0]).toEqual({ team: 'T_ACME', channel: 'C_DATA', user: 'U_ANA', request: '1', talks: false });
});
