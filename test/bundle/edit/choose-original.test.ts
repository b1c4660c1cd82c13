// Another way with the original is what the generator would have written, whatever was edited since.
import { expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { chooseOriginal } from '../../../src/bundle/edit/choose-original.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { Adoption } from '../../../src/bundle/model/bundle.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { HARD_CASES } from '../case-hard.ts';
import { madeUp } from '../case-kinds.ts';
import { HOST, job, notebookTask, textOf } from '../fixtures.ts';

const scheduled = job({
  name: 'Nightly',
  schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'UTC' },
  tasks: [notebookTask('a', '/Users/ana@acme.example/etl/a')],
});
const related = HARD_CASES.related?.definition ?? scheduled;
const WAYS: readonly Adoption[] = ['bind', 'beside', 'replace'];
const CHANGES = [scheduled, related].flatMap((definition, i) =>
  WAYS.flatMap((from) =>
    WAYS.filter((to) => to !== from).map((to) => [['a job', 'a job with all kinds'][i] ?? '', from, to, definition] as const),
  ),
);
const made = (definition: typeof scheduled, way: Adoption) =>
  generateBundle({ definition, sources: madeUp(definition), host: HOST, options: { adoption: { prod: way } } });

test.each(CHANGES)('%s, from %s to %s', (_what, from, to, definition) => {
  const chosen = chooseOriginal(made(definition, from), definition, 'prod', to);
  const wanted = made(definition, to);
  const resolved = (bundle: typeof wanted) => resolveBundle(bundle.files, 'prod', { userName: 'ana@acme.example' });
  expect(resolved(chosen)).toEqual(resolved(wanted));
  expect(textOf(chosen, 'README.md')).toBe(textOf(wanted, 'README.md'));
  expect(textOf(chosen, 'databricks.yml').match(/# .*\n {2}prod:/)?.[0]).toEqual(
    textOf(wanted, 'databricks.yml').match(/# .*\n {2}prod:/)?.[0],
  );
  expect([chosen.adoption.prod, checkBundle(chosen.files)]).toEqual([to, []]);
});

test('who owns the original is looked up only where the owner is written down', () => {
  const principal = 'service_principal_name' as const;
  const [owner, reader] = ['0a0a0a0a-0000-4000-8000-000000000001', '0a0a0a0a-0000-4000-8000-000000000002'];
  const grants = [
    { principal, name: owner, level: 'IS_OWNER' },
    { principal, name: reader, level: 'CAN_VIEW' },
  ];
  const lookups = [owner, reader].map((id, i) => ({ kind: 'service_principal' as const, id, name: `sp ${i + 1}` }));
  const definition = { ...scheduled, grants, lookups };
  const names = (bundle: ReturnType<typeof made>) => bundle.variables.map(({ name }) => name);
  expect(names(made(definition, 'beside'))).toEqual(['service_principal_sp_2']);
  const chosen = chooseOriginal(made(definition, 'beside'), definition, 'prod', 'bind');
  expect([names(chosen).sort(), checkBundle(chosen.files)]).toEqual([['service_principal', 'service_principal_sp_2'], []]);
  expect(names(chooseOriginal(chosen, definition, 'prod', 'beside'))).toEqual(['service_principal_sp_2']);
});

test('what somebody has changed in the target and around it stays, comments too', () => {
  const bundle = made(scheduled, 'beside');
  const yaml = textOf(bundle, 'databricks.yml').replace('presets:', 'presets:\n      # ours\n      tags: { team: data }');
  const edited = editBundle(bundle, [{ path: 'databricks.yml', content: `# by hand\n${yaml}` }]);
  const chosen = textOf(chooseOriginal(edited, scheduled, 'prod', 'bind'), 'databricks.yml');
  expect(chosen).toMatch(/^# by hand\n/);
  expect(chosen).toMatch(/ {4}presets:\n {6}# ours\n {6}tags: \{ team: data \}\n/);
  expect(chosen).not.toContain('PAUSED');
  expect(chosen).toContain('prevent_destroy: true');
});
