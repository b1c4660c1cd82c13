// What a deployment tells it made: the bundle's own job first, and no address that leads elsewhere.
import { expect, test } from 'vitest';
import { deployedOf } from '../../../src/deployment/execute/deployed-links.ts';

const HOST = 'https://acme.databricks.test';

test('names jobs, pipelines and dashboards with their addresses, the bundle’s own job first', () => {
  const summary = {
    bundle: { name: 'sales' },
    resources: {
      jobs: {
        before: { id: '1', name: 'Before', url: `${HOST}/jobs/1?w=9` },
        gone: { name: 'not deployed' },
        sales: { id: 9007199254740993n, name: 'Sales', url: 'https://elsewhere.example/jobs/2' },
      },
      pipelines: { tables: { id: 'p-1', name: 'Tables', url: `${HOST}/pipelines/p-1` } },
      dashboards: { board: { id: 'd1', display_name: 'Board' } },
    },
  };
  expect(deployedOf(summary, HOST)).toEqual({
    jobs: [
      { key: 'sales', id: '9007199254740993', name: 'Sales', url: `${HOST}/jobs/9007199254740993` },
      { key: 'before', id: '1', name: 'Before', url: `${HOST}/jobs/1?w=9` },
    ],
    others: [
      { kind: 'pipeline', key: 'tables', id: 'p-1', name: 'Tables', url: `${HOST}/pipelines/p-1` },
      { kind: 'dashboard', key: 'board', id: 'd1', name: 'Board', url: `${HOST}/dashboardsv3/d1/published` },
    ],
  });
});

test('tells of nothing where there is nothing', () => {
  expect(deployedOf({}, HOST)).toEqual({ jobs: [] });
});
