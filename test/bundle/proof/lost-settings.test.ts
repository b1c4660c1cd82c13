// What a tree loses with a CLI, whatever kind of resource it stands in.
import { expect, test } from 'vitest';
import { BUNDLES } from '../../../src/bundle/currency/bundle-models.ts';
import { lostSettings } from '../../../src/bundle/proof/lost-settings.ts';
import { renderYaml } from '../../../src/bundle/yaml/render.ts';

test('fields of dashboards, schemas and whole kinds that a CLI does not know are lost, with the version that knows them', () => {
  const { volumes: _, ...roots } = BUNDLES.roots;
  const older = {
    ...BUNDLES,
    version: '1.9.0',
    types: BUNDLES.types.replace(' dataset_schema ', ' '),
    roots,
  };
  const resources = {
    dashboards: { board: { display_name: 'Board', file_path: '../src/board.lvdash.json', dataset_schema: 'gold' } },
    schemas: { own: { name: 'own', catalog_name: 'main', no_such_field: true } },
    volumes: { raw: { name: 'raw' } },
  };
  const files = [{ path: 'databricks.yml', bytes: new TextEncoder().encode(renderYaml({ bundle: { name: 'x' }, resources })) }];
  expect(lostSettings(files, 'prod', older)).toEqual([
    { field: 'dataset_schema', newer: BUNDLES.version },
    { field: 'no_such_field' },
    { field: 'volumes', newer: BUNDLES.version },
  ]);
});
