// What a person is told of settings that the CLI at hand would leave out, and what they can do about it.
import { expect, test } from 'vitest';
import { countsOf, type Proof } from '../../../src/bundle/proof/proof.ts';
import { losesSettings, lostInCopy, makesAnotherJob } from '../../../src/deployment/policy/lost-settings.ts';

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
  // Its age is said where that is why.
  const cli = lost.includes(NEWER) ? 'Databricks CLI 1\\.9\\.0, 13 releases behind 1\\.22\\.1' : 'Databricks CLI 1\\.9\\.0';
  expect(words?.problem).toMatch(new RegExp(`^I deploy with ${cli}, which would leave out \\d settings? of this bundle: \``));
  expect(words?.next).toBe(next);
});

test('production that would make another job is refused, but for what somebody asked for or the CLI has been named for', () => {
  const proof = (entries: Proof['entries'], told = true): Proof => ({
    ...{ target: 'prod', judge: 'CLI', entries, counts: countsOf(entries), secrets: [], warnings: [] },
    sources: { files: 1, identical: 0, changed: [{ path: '/a', file: 'src/a.py', why: 'x', told }] },
  });
  const known = { place: 'triggers[0].pause_status', verdict: 'lost', standing: 'newer CLI' } as const;
  expect(makesAnotherJob(proof([{ place: 'name', verdict: 'edited' }, known]))).toBeUndefined();
  const refused = makesAnotherJob(proof([{ place: 'tasks[a].max_retries', verdict: 'lost' }, known], false));
  expect(refused?.words.problem).toBe(
    'The bundle would not make the same job: `max_retries` of task `a` and `src/a.py` (1 setting and 1 file).',
  );
});

test('a copy of one’s own says it once, by field', () => {
  expect(lostInCopy([NEWER, NEWER, NOWHERE], '1.9.0')).toMatchObject([
    {
      weight: 'warning',
      text: 'Leaves out 3 settings that Databricks CLI 1.9.0, 13 releases behind 1.22.1, does not know: `triggers` and `genie_code_task`.',
    },
  ]);
});
