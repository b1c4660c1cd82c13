// What a new segment is told of what was said before it: short, as who said it, and never longer than its bound.
import { expect, test } from 'vitest';
import { openingOf } from '../../../src/conversation/history/opening.ts';

const texts = (...said: string[]) => said.map((text) => ({ type: 'text', text }));
const turn = (n: number, asked = `ask ${n}`, answer = `answer ${n}`) => [
  { turnId: `t${n}`, role: 'user', content: texts(asked) },
  {
    turnId: `t${n}`,
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      ...texts('I look.'),
      { type: 'tool_use', id: `c${n}`, name: 'look', input: {} },
    ],
  },
  { turnId: `t${n}`, role: 'user', content: [{ type: 'tool_result', tool_use_id: `c${n}`, content: 'x'.repeat(6000) }] },
  { turnId: `t${n}`, role: 'assistant', content: texts(answer) },
];
const many = (count: number) => Array.from({ length: count }, (_, n) => turn(n + 1)).flat();

test('nothing was said: nothing is told', () => {
  expect(openingOf([], new Map(), undefined)).toEqual([]);
});

test('the last turns are told as they were said, without thinking, calls and results', () => {
  expect(openingOf(many(2), new Map(), undefined)).toEqual([
    { role: 'user', content: texts('ask 1') },
    { role: 'assistant', content: texts('answer 1') },
    { role: 'user', content: texts('ask 2') },
    { role: 'assistant', content: texts('answer 2') },
  ]);
});

test('those before them are a line each with what came of it, in words of Claude and not of a person', () => {
  const [note, recap, ...last] = openingOf([...many(7), ...turn(8).slice(0, 1)], new Map([['t1', 3]]), undefined);
  expect(note).toMatchObject({ role: 'user', content: [{ text: expect.stringContaining('A note of DAB Bot') }] });
  expect(recap).toEqual({
    role: 'assistant',
    content: texts(
      'What happened before:\n- Asked "ask 1"; answered "answer 1"; version 3 came of it.\n- Asked "ask 2"; answered "answer 2".',
    ),
  });
  // A turn that nobody answered is only asked.
  expect(last.map(({ role }) => role).join(' ')).toBe(`${'user assistant '.repeat(5)}user`);
});

test('of hundreds of long turns it stays short, and says how many are left out', () => {
  const long = Array.from({ length: 300 }, (_, n) => turn(n, `ask ${n} ${'é'.repeat(9000)}`, `${'🙂'.repeat(5000)}`)).flat();
  const opening = JSON.stringify(openingOf(long, new Map(), undefined));
  expect(opening.length).toBeLessThan(60_000);
  expect(opening).toContain('(254 earlier messages are left out.)');
  expect(opening.isWellFormed()).toBe(true);
  expect(opening).not.toMatch(/\\ud[89a-f]/);
});
