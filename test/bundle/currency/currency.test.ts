// Which settings a CLI, a bundle and the API know: the committed tables, and the words for what is missing.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cliWithAge } from '../../../src/bundle/currency/age.ts';
import { BUNDLES } from '../../../src/bundle/currency/bundle-models.ts';
import { createClassify } from '../../../src/bundle/currency/classify.ts';
import type { Models } from '../../../src/bundle/currency/models.ts';
import { SDK } from '../../../src/bundle/currency/sdk-models.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import type { JsonObject } from '../../../src/values/json.ts';

const COLLECT = join(import.meta.dirname, '..', '..', 'models', 'collect.py');
const hasPackages = spawnSync('python3', ['-c', 'import databricks.sdk, databricks.bundles'], { stdio: 'ignore' }).status === 0;

if (!hasPackages)
  console.warn(
    '*** No python3 with both packages here: whether the script makes the tables is skipped (pip install databricks-sdk databricks-bundles).',
  );

describe.each([SDK, BUNDLES])('the table of $source', ({ source, version, roots, types, enums }: Models) => {
  test('is whole, says where it is from, and speaks of nothing that it does not have', () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const file = readFileSync(
      join(COLLECT, '..', '..', '..', 'src', 'bundle', 'currency', `${source.split('-')[1]?.replace(/s$/, '')}-models.ts`),
      'utf8',
    );
    expect(file).toContain(`test/models/collect.py (npm run models)`);
    expect(file).toContain(`\`${source}\` ${version} on PyPI`);
    const names = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]);
    const fields = types
      .trim()
      .split('\n')
      .flatMap((line) => line.split(' ').slice(1))
      .filter((field) => field !== '');
    expect(fields.filter((field) => !/^\w+([:=]\w+|:\{\})?$/.test(field))).toEqual([]);
    const referred = (sign: string) => fields.flatMap((field) => field.split(sign)[1] ?? []).filter((name) => name !== '{}');
    expect(referred(':').filter((name) => !names(types).includes(name))).toEqual([]);
    expect(referred('=').filter((name) => !names(enums).includes(name))).toEqual([]);
    expect(Object.values(roots).every((name) => names(types).includes(name))).toBe(true);
    expect(fields.length).toBeGreaterThan(600);
  });
});

test.runIf(hasPackages)('the script makes the tables', () => {
  const { status, stderr } = spawnSync('python3', ['-B', COLLECT, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

/** A job of autumn 2026: fields and kinds of tasks that came after CLI 1.9.0. */
const NEWER: JsonObject = {
  name: 'x',
  performance_target: 'COST_OPTIMIZED',
  duration_target: '4h',
  triggers: [{ job_completion: { jobs: [{ job_id: 555 }] }, pause_status: 'UNPAUSED' }],
  git_source: { git_provider: 'github', job_source: { dirty_state: 'DISCONNECTED' } },
  tasks: [
    { task_key: 'a', notebook_task: { notebook_path: '/n', base_parameters: { anything: 'x' } } },
    { task_key: 'f', ai_function_task: { output: { catalog: 'c' } } },
    { task_key: 'g', genie_code_task: { prompt: 'p' } },
  ],
};
const sortedBy = (cli: Models | undefined) => {
  const classify = createClassify(cli);
  return Object.fromEntries([...leavesOf(NEWER).values()].map((leaf) => [leaf.place, classify('jobs', leaf)]));
};

test('without a CLI, what bundles express is told from what only the API has, and from what nobody knows', () => {
  const sorted = sortedBy(undefined);
  expect(Object.keys(sorted).filter((place) => sorted[place]?.kind !== 'expressible')).toEqual([
    'triggers[0].job_completion.jobs[0].job_id',
    'git_source.job_source.dirty_state',
    'tasks[f].ai_function_task.output.catalog',
    'tasks[g].genie_code_task.prompt',
  ]);
  expect(sorted['tasks[f].ai_function_task.output.catalog']?.why).toBe(
    `not among what bundles express (databricks-bundles ${BUNDLES.version}), only in databricks-sdk ${SDK.version}`,
  );
  expect(sorted['tasks[g].genie_code_task.prompt']).toMatchObject({ kind: 'unknown' });
  expect(sorted.performance_target).toMatchObject({ kind: 'expressible', why: expect.stringContaining('handed on') });
  expect(sorted['git_source.git_provider']).toEqual({
    kind: 'expressible',
    why: `databricks-bundles ${BUNDLES.version} spells it gitHub; it is handed on as it stands`,
  });
});

test('a newer CLI is named with the one at hand', () => {
  const old: Models = {
    ...BUNDLES,
    source: 'Databricks CLI',
    version: '1.9.0',
    types: BUNDLES.types.replace(/^Job .*$/m, 'Job name tasks:Task'),
  };
  expect(sortedBy(old).duration_target).toEqual({
    kind: 'newer CLI',
    newer: BUNDLES.version,
    why: `needs a newer Databricks CLI: 1.9.0 does not know it, ${BUNDLES.version} does`,
  });
});

test('how far a CLI is behind is said where it is', () => {
  const newest = BUNDLES.version.split('.').map(Number);
  expect(cliWithAge(BUNDLES.version)).toBe(`Databricks CLI ${BUNDLES.version}`);
  expect(cliWithAge(`${newest[0]}.${(newest[1] ?? 0) - 1}.7`)).toMatch(/, 1 release behind [\d.]+$/);
  expect(cliWithAge('1.999.0')).toBe('Databricks CLI 1.999.0');
});
