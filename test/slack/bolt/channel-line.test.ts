// In a channel one after the other, in the order in which they came, whatever becomes of each; in another channel at the same time.
import { expect, test } from 'vitest';
import { createChannelLine } from '../../../src/slack/bolt/channel-line.ts';

test('runs one at a time in each channel, and goes on after one that failed', async () => {
  const line = createChannelLine();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const enter = (channel: string, name: string, work: () => Promise<unknown> = async () => undefined) =>
    line.wait(channel, async () => {
      log.push(name);
      await work();
      return name;
    });
  const first = enter('C1', 'first', () => gate.promise);
  const second = enter('C1', 'second', () => Promise.reject(new Error('refused')));
  const third = enter('C1', 'third');
  expect(line.length('C1')).toBe(3);
  expect(await enter('C2', 'elsewhere')).toBe('elsewhere');
  expect(log).toEqual(['first', 'elsewhere']);
  gate.resolve();
  await expect(second).rejects.toThrow('refused');
  expect([await first, await third]).toEqual(['first', 'third']);
  expect(log).toEqual(['first', 'elsewhere', 'second', 'third']);
  expect([line.length('C1'), line.length('C2')]).toEqual([0, 0]);
});
