// Histories with gaps are healed: every call answered, nothing answered that was not called, and the same bytes each time.
import type Anthropic from '@anthropic-ai/sdk';
import { expect, test } from 'vitest';
import { healed } from '../../src/agent/history.ts';
import { fc } from '../fast-check.ts';
import { call, converse, rounds, startClaude, toolsOf } from './harness.ts';

type Message = Anthropic.MessageParam;
const asks = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_use', id, name: 'echo', input: {} })),
});
const answers = (...ids: string[]): Message => ({
  role: 'user',
  content: ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}` })),
});
const unknown = (id: string) => ({ type: 'tool_result', tool_use_id: id, is_error: true, content: expect.stringContaining('Look before') });

test('a call that nobody answered before the next message is answered as unknown, in that message', () => {
  expect(healed([asks('a'), calls('1', '2'), asks('b')])).toEqual([
    asks('a'),
    calls('1', '2'),
    { role: 'user', content: [unknown('1'), unknown('2'), { type: 'text', text: 'b' }] },
  ]);
  expect(healed([calls('1'), { role: 'user', content: 'b' }])[1]?.content).toEqual([unknown('1'), { type: 'text', text: 'b' }]);
});

test('two processes at once: each call keeps the answer that stands next to it, and the others go', () => {
  expect(healed([asks('a'), calls('1'), calls('2'), answers('1'), answers('2'), asks('b')])).toEqual([
    asks('a'),
    calls('1'),
    { role: 'user', content: [unknown('1')] },
    calls('2'),
    { role: 'user', content: [unknown('2')] },
    asks('b'),
  ]);
});

test('what is whole stays as it is, and the last calls stay open', () => {
  const whole = [asks('a'), calls('1', '2'), answers('1', '2'), calls('3')];
  expect(healed(whole)).toEqual(whole);
});

test('whatever was lost, the API takes it, and healing it again changes nothing', () => {
  const id = fc.constantFrom('1', '2', '3');
  const message = fc.oneof(
    fc.constantFrom(asks('a'), asks('b')),
    fc.uniqueArray(id, { minLength: 1 }).map((ids) => calls(...ids)),
    fc.uniqueArray(id, { minLength: 1 }).map((ids) => answers(...ids)),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (history) => {
      const whole = healed(history);
      expect(healed(whole)).toEqual(whole);
      for (const [index, one] of whole.entries()) {
        const ids = (of: Message | undefined, type: string) =>
          (typeof of?.content === 'object' ? of.content : []).flatMap((block) =>
            block.type !== type ? [] : block.type === 'tool_use' ? [block.id] : block.type === 'tool_result' ? [block.tool_use_id] : [],
          );
        const before = index === 0 ? undefined : whole[index - 1];
        expect(ids(one, 'tool_result')).toEqual(ids(before, 'tool_use'));
      }
    }),
  );
});

test('a thread whose tool result was lost goes on, turn after turn', async () => {
  const claude = await startClaude({
    script: (turn) => rounds({ calls: [call('echo', { n: 1 })] }, { text: `Done with ${turn.text}.`, calls: [] })(turn),
  });
  const talk = await converse(claude, toolsOf({ echo: async () => ({ text: 'ok', isError: false }) }));
  talk.say('one');
  await talk.run();
  // As if the insert of the result and of what followed it had failed.
  talk.stored.splice(2);
  for (const text of ['two', 'three']) {
    talk.say(text);
    expect(await talk.run()).toMatchObject({ kind: 'done', text: `Done with ${text}.` });
  }
  expect(claude.requests.every(({ status }) => status === 200)).toBe(true);
  expect(claude.requests.at(-1)?.body).toContain('Look before you repeat it');
});
