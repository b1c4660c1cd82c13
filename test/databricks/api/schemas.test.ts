// Whether a schema of Unity Catalog is there, against the workspace stand-in: as each person may see it.
import { expect } from 'vitest';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false }, ({ far }) => {
  far.workspace.catalogs.set('main', ['users']);
  far.workspace.catalogs.set('finance', ['ana@acme.example']);
  far.workspace.schemas.set('main.dev_ana', ['ana@acme.example']);
});

it('tells what is there and what is missing', async ({ rig }) => {
  expect(await rig.as().isSchemaThere('main.dev_ana')).toBe(true);
  expect(await rig.as().isSchemaThere('main.dev_ben')).toBe(false);
});

it('claims nothing of what this person may not look into, of no catalog, and where there is no answer', async ({ rig, faults }) => {
  const ben = rig.as('ben@acme.example');
  for (const name of ['main.dev_ana', 'finance.dev_ben', 'no_catalog.dev_ben']) expect(await ben.isSchemaThere(name)).toBeUndefined();
  faults.on('GET /api/2.1/unity-catalog/schemas/*', { status: 404, message: 'No API found' });
  expect(await ben.isSchemaThere('main.dev_ben')).toBeUndefined();
});

it('says so where a sign-in is refused', async ({ rig, faults }) => {
  faults.on('GET /api/2.1/unity-catalog/schemas/*', { status: 401, message: 'no' });
  await expect(rig.as().isSchemaThere('main.dev_ana')).rejects.toThrow('no longer accepts your sign-in');
});
