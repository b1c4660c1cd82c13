// A dashboard that comes along with a job: its development copy reads what the copy of the job writes, where all that it reads is that.
import { expect, it } from 'vitest';
import { keepAddedTargetsApart } from '../../src/bundle/edit/added-targets.ts';
import { editBundle } from '../../src/bundle/edit/edit.ts';
import type { Bundle, DashboardDefinition } from '../../src/bundle/model/bundle.ts';
import { compare } from '../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../src/bundle/proof/resolve-offline.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { objectOf } from '../../src/values/json.ts';
import { HOST, job } from '../bundle/fixtures.ts';

const LOAD = '/Workspace/Users/ana@acme.example/etl/load';
const CODE = `# Databricks notebook source
catalog, schema = dbutils.widgets.get("catalog"), dbutils.widgets.get("schema")
spark.table("erp.raw.orders").write.saveAsTable(f"{catalog}.{schema}.orders")
`;

const NOWHERE = [undefined, undefined];

interface Dataset {
  readonly queryLines: readonly string[];
  readonly catalog?: string;
  readonly schema?: string;
}

/** The bundle of a job that shows a dashboard with these datasets. */
async function bundleWith(datasets: readonly Dataset[], devData?: { catalog: string }, { code = CODE, parameters = {} } = {}) {
  const dashboard: DashboardDefinition = {
    ...{ type: 'dashboards', id: 'd1', name: 'Sales', warehouseId: 'w1' },
    serialized: JSON.stringify({ pages: [{ name: 'one' }], datasets: datasets.map((one, i) => ({ name: `set${i}`, ...one })) }),
  };
  const tasks = [
    { task_key: 'load', notebook_task: { notebook_path: LOAD, base_parameters: { catalog: 'main', schema: 'sales', ...parameters } } },
    { task_key: 'show', dashboard_task: { dashboard_id: 'd1' } },
  ];
  const definition = { ...job({ name: 'Copies', tasks }), related: [dashboard] };
  const source = { path: LOAD, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes: Buffer.from(code) } as const;
  const { bundle, findings } = await makeBundle({ definition, sources: [source], diagnostics: [] }, { devData }, { host: HOST });
  expect(findings).toEqual([]);
  return { definition, bundle };
}

const resolved = ({ files }: Bundle, target: string) => resolveBundle(files, target, { userName: 'ana.b@acme.example' });

/** What a target says of it. */
function placeIn(bundle: Bundle, target: string) {
  const sales = ['resources', 'dashboards', 'sales'].reduce((at, key) => objectOf(at[key]), resolved(bundle, target));
  return [sales.dataset_catalog, sales.dataset_schema];
}

async function datasetPlaces(datasets: readonly Dataset[], devData?: { catalog: string }) {
  const { definition, bundle } = await bundleWith(datasets, devData);
  const { counts } = compare({ definition, bundle, target: 'dev', judge: 'CLI', resolved: resolved(bundle, 'dev') });
  expect(counts.lost).toBe(0);
  return [placeIn(bundle, 'dev'), placeIn(bundle, 'prod')];
}

it('reads the copy of what it read', async () => {
  const sales = { catalog: 'main', schema: 'sales' };
  const query = { queryLines: ['SELECT count(*)\n', 'FROM orders o JOIN erp.raw.items i ON o.id = i.id'] };
  const datasets = [{ ...query, ...sales }, { queryLines: ['SELECT 1'] }];
  expect(await datasetPlaces(datasets)).toEqual([[undefined, 'dev_ana_b'], NOWHERE]);
  expect(await datasetPlaces(datasets, { catalog: 'lab' })).toEqual([['lab', 'dev_ana_b'], NOWHERE]);
});

it('goes on to read production where the copy has not all of it, or nobody can tell', async () => {
  const sales = { catalog: 'main', schema: 'sales' };
  const orders = { queryLines: ['SELECT * FROM orders'] };
  const unmoved: readonly Dataset[][] = [
    [{ queryLines: ['SELECT * FROM orders JOIN customers USING (id)'], ...sales }],
    [{ ...orders, catalog: 'archive', schema: 'sales' }],
    [{ ...orders, catalog: 'main', schema: 'hr' }],
    [{ ...orders, ...sales }, orders],
    [
      { ...orders, ...sales },
      { ...orders, catalog: 'main', schema: 'hr' },
    ],
    [{ queryLines: ['SELECT * FROM main.sales.orders'], ...sales }],
  ];
  // What is named by its schema would be looked for in the other catalog.
  const targets = { queryLines: ['SELECT * FROM finance.targets'], ...sales };
  expect(await datasetPlaces([{ ...orders, ...sales }, targets])).toEqual([[undefined, 'dev_ana_b'], NOWHERE]);
  expect(await datasetPlaces([{ ...orders, ...sales }, targets], { catalog: 'lab' })).toEqual([NOWHERE, NOWHERE]);
  for (const datasets of unmoved) expect([datasets, await datasetPlaces(datasets)]).toEqual([datasets, [NOWHERE, NOWHERE]]);
});

it('knows tables of one name apart by their schemas', async () => {
  const code = `${CODE}crm = dbutils.widgets.get("crm_schema")\nspark.table("erp.raw.people").write.saveAsTable(f"{catalog}.{crm}.customers")\n`;
  const readIn = async (schema: string) => {
    const datasets = [{ queryLines: ['SELECT * FROM customers'], catalog: 'main', schema }];
    return placeIn((await bundleWith(datasets, undefined, { code, parameters: { crm_schema: 'crm' } })).bundle, 'dev');
  };
  expect(await readIn('crm')).toEqual([undefined, 'dev_ana_b_crm']);
  expect(await readIn('sales')).toEqual(NOWHERE);
});

it('reads in a target that an edit adds what the copy there writes, unless that says where', async () => {
  const { bundle } = await bundleWith([{ queryLines: ['SELECT * FROM orders'], catalog: 'main', schema: 'sales' }]);
  const yaml = new TextDecoder().decode(bundle.files.find(({ path }) => path === 'databricks.yml')?.bytes);
  const own = '    resources: { dashboards: { sales: { dataset_schema: sandbox } } }';
  const content = `${yaml}\n  mine:\n    mode: development\n  said:\n    mode: development\n${own}\n  stage:\n    mode: production\n`;
  const edited = keepAddedTargetsApart(bundle, editBundle(bundle, [{ path: 'databricks.yml', content }]));
  expect(placeIn(edited, 'mine')).toEqual([undefined, 'dev_ana_b_mine']);
  expect(placeIn(edited, 'said')).toEqual([undefined, 'sandbox']);
  expect(placeIn(edited, 'stage')).toEqual(NOWHERE);
});
