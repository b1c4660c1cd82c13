// The proof: each verdict, honesty about lost, changed, invented and swapped settings, and its words.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, test } from 'vitest';
import { BUNDLES } from '../../../src/bundle/currency/bundle-models.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { compare } from '../../../src/bundle/proof/compare.ts';
import { compareDeployed } from '../../../src/bundle/proof/compare-deployed.ts';
import { proofFiles, proofLine, shortProofLine } from '../../../src/bundle/proof/render.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { HOST, job, notebook, resolvedWith, textOf } from '../fixtures.ts';

const [A, B] = ['/Users/ana/etl/a', '/Users/ana/etl/b'];
const FILES = '/Workspace/Users/ana@acme.example/.bundle/x/prod/files';
const definition = job({
  name: 'x',
  timeout_seconds: 0,
  format: 'MULTI_TASK',
  email_notifications: {},
  tags: { empty: '' },
  tasks: [
    { task_key: 'a', notebook_task: { notebook_path: `/Workspace${A}`, base_parameters: { catalog: 'main' } } },
    { task_key: 'b', notebook_task: { notebook_path: B }, max_retries: 3 },
  ],
});
const bundle = generateBundle({ definition, sources: [notebook(A), notebook(B)], host: HOST });
const task = (key: string, file: string, more: JsonObject = {}, parameters: JsonObject = {}) => ({
  task_key: key,
  notebook_task: { notebook_path: `${FILES}/src/${file}`, ...parameters },
  ...more,
});
const a = (file = 'a', catalog = 'main') => task('a', file, {}, { base_parameters: { catalog } });
const good: JsonObject = {
  name: 'x',
  queue: { enabled: false },
  tags: { empty: '' },
  deployment: { kind: 'BUNDLE' },
  tasks: [task('b', 'b', { max_retries: 3 }), a()],
};
const proofOf = (now: JsonObject, more: Partial<Parameters<typeof compare>[0]> = {}) =>
  compare({ definition, bundle, resolved: resolvedWith('x', now), target: 'prod', judge: 'Databricks CLI 1.9.0', ...more });
const verdicts = (now: JsonObject, more: Partial<Parameters<typeof compare>[0]> = {}) =>
  proofOf(now, more)
    .entries.filter(({ verdict, place }) => !['identical', 'source', 'variable', 'added'].includes(verdict) && place !== 'timeout_seconds')
    .map(({ place, verdict }) => `${place} ${verdict}`);

describe('compare', () => {
  test('identical, source and variable; the order of tasks means nothing', () => {
    const proof = proofOf(good);
    expect(proof.counts).toEqual({ identical: 5, source: 2, variable: 1, added: 1, decided: 1, edited: 0, lost: 0 });
    expect(proofLine(proof)).toBe(
      '9 settings: 5 identical, 2 point to files in the bundle, 1 variable or reference, 1 decided by platform or mode, 1 added, 0 lost; 2 files byte for byte',
    );
    expect(shortProofLine(proof)).toBe('Nothing lost: 9 settings, 2 files');
    expect(proof.entries.find(({ verdict }) => verdict === 'variable')).toMatchObject({
      place: 'tasks[a].notebook_task.base_parameters.catalog',
      was: 'main',
      is: 'main',
    });
  });

  const LIES: Record<string, [JsonObject, string]> = {
    'a lost setting': [{ ...good, tasks: [a(), task('b', 'b')] }, 'tasks[b].max_retries lost'],
    'a lost empty tag': [{ ...good, tags: {} }, 'tags.empty lost'],
    'a changed setting': [{ ...good, name: 'y' }, 'name lost'],
    'a number turned into text': [{ ...good, tasks: [a(), task('b', 'b', { max_retries: '3' })] }, 'tasks[b].max_retries lost'],
    'a variable of another value': [
      { ...good, tasks: [a('a', 'dev'), task('b', 'b', { max_retries: 3 })] },
      'tasks[a].notebook_task.base_parameters.catalog lost',
    ],
    'an invented setting': [{ ...good, description: 'made up' }, 'description lost'],
    'an invented identity': [{ ...good, run_as: { user_name: 'ben@acme.example' } }, 'run_as.user_name lost'],
    'a queue switched on': [{ ...good, queue: { enabled: true } }, 'queue.enabled lost'],
    'a file that is not there': [
      { ...good, tasks: [a('gone'), task('b', 'b', { max_retries: 3 })] },
      'tasks[a].notebook_task.notebook_path lost',
    ],
    "another task's file": [{ ...good, tasks: [a('b'), task('b', 'b', { max_retries: 3 })] }, 'tasks[a].notebook_task.notebook_path lost'],
  };
  test.each(Object.entries(LIES))('names %s', (_name, [now, expected]) => {
    expect(verdicts(now)).toEqual([expected]);
  });

  test('a job that is not there at all differs everywhere', () => {
    expect(compare({ definition, bundle, resolved: {}, target: 'prod', judge: 'CLI' }).counts.lost).toBe(8);
  });

  test('the identity a job has anyway is no invention', () => {
    expect(verdicts({ ...good, run_as: { user_name: 'ana@acme.example' } })).toEqual([]);
  });

  test('edited: what version 1 had not lost; lost: what it did', () => {
    const baseline = proofOf({ ...good, name: 'y' });
    const edited = proofOf({ ...good, name: 'y', max_concurrent_runs: 4 }, { baseline });
    expect(edited.entries.filter(({ verdict }) => verdict === 'edited').map(({ place }) => place)).toEqual(['max_concurrent_runs']);
    expect(edited.counts).toMatchObject({ lost: 1, edited: 1 });
    expect(proofLine(edited)).toMatch(/1 changed in the thread, 1 added, 1 lost; 2 files byte for byte$/);
    expect(shortProofLine(edited)).toMatch(/^1 setting is lost or not as it was, of \d+ settings, 2 files; 1 changed in this thread$/);
  });

  test('a setting that the CLI loses says why; taken out of the tree in the thread, it is lost no longer', () => {
    const newer = { ...definition, settings: { ...definition.settings, no_such_field: 'x' } };
    const made = generateBundle({ definition: newer, sources: [notebook(A), notebook(B)], host: HOST });
    const about = { definition: newer, models: BUNDLES };
    const first = proofOf(good, { ...about, bundle: made });
    const [lost] = first.entries.filter(({ verdict }) => verdict === 'lost');
    expect(lost).toMatchObject({ place: 'no_such_field', standing: 'unknown', why: expect.stringContaining('in no model known here') });
    expect(proofOf(good, { ...about, bundle: made, baseline: first }).counts).toMatchObject({ lost: 1, edited: 0 });
    const without = proofOf(good, { ...about, bundle, baseline: first });
    expect(without.counts).toMatchObject({ lost: 0, edited: 1 });
  });

  test('decided: what an instance pool and development mode decide', () => {
    const pooled = job({
      name: 'x',
      queue: { enabled: true },
      job_clusters: [{ job_cluster_key: 'm', new_cluster: { instance_pool_id: 'p', node_type_id: 'i3' } }],
    });
    const made = generateBundle({ definition: pooled, sources: [], host: HOST });
    const now = {
      name: '[dev ana] x',
      queue: { enabled: true },
      tags: { dev: 'ana' },
      max_concurrent_runs: 4,
      job_clusters: [{ job_cluster_key: 'm', new_cluster: { instance_pool_id: 'p' } }],
    };
    const presets = { name_prefix: '[dev ana] ', tags: { dev: 'ana' }, jobs_max_concurrent_runs: 4 };
    const resolved = resolvedWith('x', now, { bundle: { mode: 'development' }, presets });
    const proof = compare({ definition: pooled, bundle: made, resolved, target: 'dev', judge: 'CLI' });
    expect(proof.entries.filter(({ verdict }) => verdict === 'decided').map(({ place }) => place)).toEqual([
      'name',
      'job_clusters[m].new_cluster.node_type_id',
    ]);
    expect(proof.counts.lost).toBe(0);
  });

  test('PROOF.md says everything, and foreign text stays text', () => {
    const proof = proofOf({ ...good, description: '# <b>|\n``' }, { warnings: ['careful'] });
    const markdown = new TextDecoder().decode(proofFiles(proof).find(({ path }) => path === 'PROOF.md')?.bytes);
    expect(markdown).toContain('target `prod` resolves to. Judge: Databricks CLI 1.9.0.');
    // Columns in which nothing stands are left out; values are as they are in JSON.
    expect(markdown).toContain(
      '| Setting | In the bundle | Why |\n|---|---|---|\n| `description` | ```"# <b>\\|\\n``"``` | the job does not have this |',
    );
    expect(markdown).toContain('### Task `b`\n\n| Setting | Value |\n|---|---|\n| `task_key` | `"b"` |\n| `max_retries` | `3` |\n');
    // What belongs to no task stands under no task's heading; alone it needs none.
    expect(markdown).toMatch(/## Identical \(5\)\n\n(?:### Task[^#]*)*### The job itself\n/);
    expect(markdown).not.toContain('fills in (1)\n\n### The job itself');
    expect(markdown).toContain('- careful');
    expect(markdown).toContain('## Identical (5)');
  });

  test('a bundle of a folder, which has no original, gets a check', () => {
    const proof = proofOf(good, { definition: { ...definition, folder: '/Shared/etl' } });
    expect(shortProofLine(proof)).toBe('Checked, nothing lost: 9 settings, 2 files');
    const [, markdown] = proofFiles(proof).map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(markdown).toMatch(/^# Check\n/);
    expect(markdown).toContain('`/Shared/etl` has no job of its own: every setting that was proposed for it beside what target');
  });
});

describe('compareDeployed', () => {
  const resolved = resolvedWith('x', good);
  test('equal, server-only fields and defaults aside', () => {
    const deployed = {
      ...good,
      format: 'MULTI_TASK',
      edit_mode: 'UI_LOCKED',
      max_concurrent_runs: 1,
      timeout_seconds: 0,
      email_notifications: {},
    };
    expect(compareDeployed({ resolved, resourceKey: 'x', deployed })).toEqual([]);
  });
  test('names every difference', () => {
    expect(compareDeployed({ resolved, resourceKey: 'x', deployed: { ...good, name: 'y', tags: {}, description: 'z' } })).toEqual([
      { place: 'name', was: 'x', is: 'y' },
      { place: 'tags.empty', was: '', is: undefined },
      { place: 'description', was: undefined, is: 'z' },
    ]);
    expect(compareDeployed({ resolved, resourceKey: 'nope', deployed: good })).toHaveLength(1);
  });
});

describe('editBundle', () => {
  test('re-reads targets, variables and the digest', () => {
    const yaml = textOf(bundle, 'databricks.yml');
    const next = editBundle(bundle, [{ path: 'databricks.yml', content: `${yaml}  staging:\n    mode: production\n` }]);
    expect(next.targets).toEqual(['dev', 'prod', 'staging']);
    expect(next.variables).toEqual(bundle.variables);
    expect(next.digest).not.toBe(bundle.digest);
    expect(editBundle(next, [{ path: 'databricks.yml', content: yaml }]).digest).toBe(bundle.digest);
  });
  test('adds and deletes files', () => {
    const more = editBundle(bundle, [{ path: 'src/new.py', content: 'x' }]);
    expect(more.files.length).toBe(bundle.files.length + 1);
    expect(editBundle(more, [{ path: 'src/new.py', content: null }]).digest).toBe(bundle.digest);
  });
  test.each(['../x', '/x', 'a/../../x', '', '.databricks/x', 'a\\b', 'a\nb'])('refuses the path %j', (path) => {
    expect(() => editBundle(bundle, [{ path, content: 'x' }])).toThrow(/Use a relative path inside the bundle/);
  });
  test('refuses YAML that cannot be read, and to delete what is not there or is needed', () => {
    expect(() => editBundle(bundle, [{ path: 'databricks.yml', content: 'a: [' }])).toThrow(/Reading databricks.yml: line 1/);
    expect(() => editBundle(bundle, [{ path: 'databricks.yml', content: null }])).toThrow(/no databricks.yml/);
    expect(() => editBundle(bundle, [{ path: 'src/nope.py', content: null }])).toThrow(/no such file/);
  });
});
