// What a person is told of settings that the CLI at hand would leave out, and what they can do about it.
import { expect, test } from 'vitest';
import { losesSettings, lostInCopy } from '../../../src/deployment/policy/lost-settings.ts';

const NEWER = { field: 'triggers', newer: '1.22.1' };
const NOWHERE = { field: 'genie_code_task' };

test('nothing lost is nothing said', () => {
  expect(losesSettings([], '1.9.0')).toBeUndefined();
  expect(lostInCopy([], '1.9.0')).toEqual([]);
});

test.for<[string, Parameters<typeof losesSettings>[0], string]>([
  ['a newer CLI knows all', [NEWER, NEWER], 'Databricks CLI 1.22.1 knows them: have whoever runs me install it, then press Plan again.'],
  ['no bundle can say it', [NOWHERE], 'No bundle can say them yet: ask me to take out what can’t be said, or leave the job as it is.'],
  [
    'some of each',
    [NEWER, NOWHERE],
    'Databricks CLI 1.22.1 knows `triggers`; no bundle can say `genie_code_task` yet: ask me to take out what can’t be said, or leave the job as it is.',
  ],
])('production is refused with a way on where %s', ([, lost, next]) => {
  const { words } = losesSettings(lost, '1.9.0') ?? {};
  expect(words?.problem).toMatch(/^Databricks CLI 1\.9\.0, which I deploy with, would leave out \d settings? of this bundle: `/);
  expect(words?.next).toBe(next);
});

test('a copy of one’s own says it once, by field', () => {
  expect(lostInCopy([NEWER, NEWER, NOWHERE], '1.9.0')).toMatchObject([
    { weight: 'warning', text: 'Leaves out 3 settings that Databricks CLI 1.9.0 does not know: `triggers` and `genie_code_task`.' },
  ]);
});
