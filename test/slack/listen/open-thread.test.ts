// Threads that begin in one channel at the same moment: one after the other, none is lost, and who waits long is told.
import { expect, test } from 'vitest';
import { createChannelLine } from '../../../src/slack/bolt/channel-line.ts';
import type { Asked } from '../../../src/slack/listen/connect.ts';
import { createOpenThread } from '../../../src/slack/listen/open-thread.ts';
import { start } from '../../playground/slack/start.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const asked = (id: string): Asked => ({ kind: 'command', id, team: 'T_ACME', user: 'U_ANA', channel: 'C_DATA', text: `job ${id}` });

/** Where a thread begins when `gate` opens, and the conversation under it is noted. */
async function startOpening() {
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
