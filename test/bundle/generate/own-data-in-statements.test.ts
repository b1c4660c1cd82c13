// Where a development copy writes whose settings hold statements of SQL.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { expect, it } from 'vitest';
import { analyze } from '../../../src/analysis/analyze.ts';
import { placesInText } from '../../../src/analysis/tables-in-text.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { compare } from '../../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../../src/bundle/proof/resolve-offline.ts';
import { HOST, job, notebook, textOf } from '../fixtures.ts';
import { ETL } from './tables.ts';

const INSERT = "INSERT INTO main.sales.daily -- not main.sales.daily\nSELECT o.*, 'main.sales.daily' FROM main.sales.orders o";

async function made(base_parameters: Record<string, string>, devData?: { readonly catalog: string }) {
  const tasks = [{ task_key: 'run', notebook_task: { notebook_path: `${ETL}/run`, base_parameters } }];
  const definition = { ...job({ name: 'Copies', tasks }), grants: [] };
  const statements = (await Promise.all(Object.values(base_parameters).map((text) => placesInText(text, analyze)))).filter(
    (one) => one !== undefined,
  );
  const bundle = generateBundle({ definition, sources: [notebook(`${ETL}/run`)], statements, host: HOST, options: { devData } });
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' });
  const lost = (target: string) => compare({ definition, bundle, target, judge: 'CLI', resolved: resolved(target) }).counts.lost;
  expect([lost('dev'), lost('prod')]).toEqual([0, 0]);
  const given = (target: string) =>
    Object.keys(base_parameters).map((name) => new RegExp(`"${name}":"(.*?[^\\\\])"`).exec(JSON.stringify(resolved(target)))?.[1]);
  expect(given('prod')).toEqual(Object.values(base_parameters).map((text) => JSON.stringify(text).slice(1, -1)));
  return { dev: given('dev').map((text) => JSON.parse(`"${text}"`)), bundle };
}

it('moves the tables that a statement writes, and leaves quotes, comments and what is only read', async () => {
  const { dev, bundle } = await made({ statement: INSERT });
  expect(dev).toEqual([INSERT.replace('INTO main.sales', 'INTO main.dev_ana_b')]);
  expect(bundle.variables.map(({ name, description }) => `${name}: ${description}`)).toEqual([
    'catalog: Catalog of the table in parameter statement of task run',
    'schema: Schema of the table in parameter statement of task run',
  ]);
  expect(textOf(bundle, 'README.md')).toContain('`dev_<your name>`');
});

it('reads what another statement writes where that does', async () => {
  const check = 'SELECT count(*) FROM `main`.`sales`.`daily` d JOIN main.sales.orders ON main.sales.orders.id = d.id';
  const { dev } = await made({ statement: INSERT, check });
  expect(dev[1]).toBe(check.replace('`sales`', '`dev_ana_b`'));
});

it('leaves a parameter where it is that is called after what is read, of the same schema', async () => {
  const { dev } = await made({ source_schema: 'sales', statement: 'DELETE FROM main.sales.daily' });
  expect(dev).toEqual(['sales', 'DELETE FROM main.dev_ana_b.daily']);
});

it('goes to a catalog for development with the rest', async () => {
  const { dev } = await made({ statement: 'DELETE FROM main.sales.daily' }, { catalog: 'lab' });
  expect(dev).toEqual(['DELETE FROM lab.dev_ana_b.daily']);
});

it.each([
  ['only reads', 'SELECT * FROM main.sales.orders'],
  ['names a table by what stands before', 'USE CATALOG main; INSERT INTO sales.daily SELECT 1'],
  ['names something else in three parts', 'INSERT INTO main.sales.daily SELECT main.sales.to_day(day) FROM main.sales.orders'],
  ['is none', 'update of main.sales.daily: insert into it'],
])('leaves a statement as it is that %s', async (_what, statement) => {
  const { dev, bundle } = await made({ statement });
  expect([dev, bundle.variables]).toEqual([[statement], []]);
});
