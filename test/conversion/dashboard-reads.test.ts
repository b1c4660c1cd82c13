// A dashboard that comes along with a job: its development copy reads what the copy of the job writes, where all that it reads is that.
import { expect, it } from 'vitest';
import type { DashboardDefinition } from '../../src/bundle/model/bundle.ts';
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

/** What each target says of a dashboard with these datasets. */
async function datasetPlaces(datasets: readonly Dataset[], devData?: { catalog: string }) {
  const dashboard: DashboardDefinition = {
    ...{ type: 'dashboards', id: 'd1', name: 'Sales', warehouseId: 'w1' },
    serialized: JSON.stringify({ pages: [{ name: 'one' }], datasets: datasets.map((one, i) => ({ name: `set${i}`, ...one })) }),
  };
  const tasks = [
    { task_key: 'load', notebook_task: { notebook_path: LOAD, base_parameters: { catalog: 'main', schema: 'sales' } } },
    { task_key: 'show', dashboard_task: { dashboard_id: 'd1' } },
  ];
  const definition = { ...job({ name: 'Copies', tasks }), related: [dashboard] };
  const source = { path: LOAD, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes: Buffer.from(CODE) } as const;
  const { bundle, findings } = await makeBundle({ definition, sources: [source], diagnostics: [] }, { devData }, { host: HOST });
  expect(findings).toEqual([]);
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ana.b@acme.example' });
  const said = (target: string) => {
    const sales = ['resources', 'dashboards', 'sales'].reduce((at, key) => objectOf(at[key]), resolved(target));
    return [sales.dataset_catalog, sales.dataset_schema];
  };
  const { counts } = compare({ definition, bundle, target: 'dev', judge: 'CLI', resolved: resolved('dev') });
  expect(counts.lost).toBe(0);
  return [said('dev'), said('prod')];
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
