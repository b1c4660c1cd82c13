// Another place for what a development copy writes: in the target and in the README, and production resolves as before.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { expect, it } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { editBundle } from '../../../src/bundle/edit/edit.ts';
import { dataOfCopy, metElsewhere, moveData } from '../../../src/bundle/edit/move-data.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { Bundle } from '../../../src/bundle/model/bundle.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { objectOf } from '../../../src/values/json.ts';
import { HOST, job, notebook, notebookTask, textOf } from '../fixtures.ts';

const PATH = '/Workspace/Users/ana@acme.example/etl/load';

function made(parameters: Record<string, string>, written: readonly string[], devData = {}): Bundle {
  const definition = job({
    name: 'Load',
    tasks: [notebookTask('load', PATH)],
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, default: value })),
  });
  const tables = [{ path: PATH, tables: written.map((name) => ({ changes: true, parts: name.split('.') })) }];
  return generateBundle({ definition, sources: [notebook(PATH)], tables, host: HOST, options: { devData } });
}

function given(bundle: Bundle, target: string): Record<string, unknown> {
  const { resources } = resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' });
  const { parameters } = objectOf(objectOf(objectOf(resources).jobs).load) as { parameters?: { name: string; default: string }[] };
  return Object.fromEntries((parameters ?? []).map(({ name, default: value }) => [name, value]));
}

const SALES = made({ catalog: 'main', schema: 'sales' }, ['{catalog}.{schema}.orders']);

it('moves what the copy writes, and nothing of production', () => {
  expect(dataOfCopy(SALES, 'dev')).toMatchObject({ catalog: 'main', place: { schema: 'dev_{short_name}' }, hasCatalog: true });
  const moved = moveData(SALES, 'dev', { schema: 'sandbox_42', catalog: 'lab' });
  expect(given(moved, 'dev')).toEqual({ catalog: 'lab', schema: 'sandbox_42' });
  expect(given(moved, 'prod')).toEqual({ catalog: 'main', schema: 'sales' });
  expect(checkBundle(moved.files)).toEqual([]);
  expect(textOf(moved, 'README.md')).toMatch(/\| `schema` \| sales \| `sandbox_42` \|/);
  expect(textOf(moved, 'README.md')).toMatch(/\| `catalog` \| main \| `lab` \|/);
  expect(dataOfCopy(moved, 'dev')?.place).toEqual({ schema: 'sandbox_42', catalog: 'lab' });
  // And back, to the byte.
  expect(moveData(moved, 'dev', { schema: 'dev_{short_name}' }).digest).toBe(SALES.digest);
  expect(moveData(moved, 'dev', { schema: 'sandbox_42', catalog: 'lab' })).toBe(moved);
});

it('calls several schemas after theirs, as the generator does', () => {
  const parameters = { schema: 'sales', out_schema: 'gold' };
  const written = ['main.{schema}.orders', 'main.{out_schema}.report'];
  const moved = moveData(made(parameters, written), 'dev', { schema: 'sandbox_42' });
  expect(given(moved, 'dev')).toEqual({ schema: 'sandbox_42_sales', out_schema: 'sandbox_42_gold' });
  expect(moved.digest).toBe(made(parameters, written, { schema: 'sandbox_42' }).digest);
  expect(dataOfCopy(moved, 'dev')?.place).toEqual({ schema: 'sandbox_42' });
});

it('leaves a target alone that is not the person’s first copy, and what is only read from or is no schema', () => {
  for (const target of ['prod', 'staging', 'none']) {
    expect(dataOfCopy(SALES, target)).toBeUndefined();
    expect(moveData(SALES, target, { schema: 'sandbox_42' })).toBe(SALES);
  }
  const yaml = textOf(SALES, 'databricks.yml')
    .replace(/^targets:$/m, '  source_schema:\n    default: raw\n  schema_url:\n    default: https://a.example\n\ntargets:')
    .replace('      schema: dev_', '      source_schema: staging\n      schema_url: https://dev.a.example\n      schema: dev_');
  const moved = moveData(editBundle(SALES, [{ path: 'databricks.yml', content: yaml }]), 'dev', { schema: 'sandbox_42' });
  expect(textOf(moved, 'databricks.yml')).toMatch(
    /source_schema: staging\n\s+schema_url: https:\/\/dev.a.example\n\s+schema: sandbox_42\n/,
  );
});

it('says where another target has data that the copy would write to', () => {
  const met = (bundle: Bundle, schema: string, catalog?: string) =>
    metElsewhere(bundle, 'dev', { place: { schema, ...(catalog === undefined ? {} : { catalog }) }, shortName: 'ana_b' });
  expect(met(SALES, 'Sales')).toEqual({ target: 'prod', name: 'Sales' });
  expect(met(SALES, 'sales', 'lab')).toBeUndefined();
  expect(met(SALES, 'sandbox_42')).toBeUndefined();
  // Production may be somebody's own schema.
  const own = made({ schema: 'dev_ana_b' }, ['main.{schema}.orders']);
  expect(met(own, 'dev_{short_name}')).toEqual({ target: 'prod', name: 'dev_ana_b' });
  const yaml = `${textOf(SALES, 'databricks.yml')}\n  mine:\n    mode: development\n    variables:\n      schema: sandbox_42\n`;
  expect(met(editBundle(SALES, [{ path: 'databricks.yml', content: yaml }]), 'sandbox_42')).toEqual({ target: 'mine', name: 'sandbox_42' });
});
