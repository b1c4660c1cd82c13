// What was called a secret in a conversation is hidden in what the model reads afterwards.
import { expect, test } from 'vitest';
import type { Message } from '../../../src/agent/agent.ts';
import { hideInHistory } from '../../../src/conversation/story/hide-secrets.ts';

const CALLED = [{ name: 'password', value: 'hunter2222' }];
const thought = { type: 'thinking', thinking: 'Hm.', signature: 's' } as const;
const history = (said: string): Message[] => [
  { role: 'user', content: [{ type: 'text', text: said }] },
  { role: 'assistant', content: [thought, { type: 'tool_use', id: 't', name: 'edit', input: { content: `x = "${said}"` } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'Edited.' }] },
  { role: 'assistant', content: [thought] },
];

test('also in what was said before; then thinking goes, whose signature covers it', () => {
  expect(hideInHistory(CALLED, history('hunter2222'))).toEqual([
    { role: 'user', content: [{ type: 'text', text: '<secret password>' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'edit', input: { content: 'x = "<secret password>"' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'Edited.' }] },
    { role: 'assistant', content: [{ type: 'text', text: '…' }] },
  ]);
});

test('nothing else changes', () => {
  expect(hideInHistory(CALLED, history('pause it'))).toEqual(history('pause it'));
});

test('a password that is a word of the API leaves messages whole', () => {
  const words = ['user', 'text', 'tool_use', 'edit', 't'].map((value, i) => ({ name: `${i + 2} password`, value }));
  expect(hideInHistory(words, history('pause it'))).toEqual(history('pause it'));
  const input = { type: 'user', name: 'edit' };
  expect(hideInHistory(words, [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'edit', input }] }])).toEqual([
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 't', name: 'edit', input: { type: '<secret 2 password>', name: '<secret 5 password>' } }],
    },
  ]);
});
