// Names for ids against the workspace stand-in, over real HTTP: on any page, and only where one thing has the name.
import { expect } from 'vitest';
import type { LookupKind } from '../../../src/bundle/model/bundle.ts';
import { databricksTest } from '../rig.ts';

const it = databricksTest({ seed: false });

it.for<[LookupKind, 'alerts' | 'destinations' | 'olderDashboards' | 'principals' | 'queries', (id: string, name: string) => object]>([
  ['alert', 'alerts', (id, name) => ({ id, display_name: name })],
  ['dashboard', 'olderDashboards', (id, name) => ({ id, name })],
  ['notification_destination', 'destinations', (id, name) => ({ id, display_name: name })],
  ['query', 'queries', (id, name) => ({ id, display_name: name })],
  ['service_principal', 'principals', (id, name) => ({ id: '1', applicationId: id, displayName: name })],
] as const)('%s: the only one of its name, on any page', async ([kind, of, make], { rig }) => {
  for (let i = 0; i < 230; i++) rig.far.workspace[of].set(`i${i}`, { ...make(`i${i}`, i < 2 ? 'twice' : `name ${i}`) });
  const wanted = ['i0', 'i1', 'i2', 'i229', 'none'].map((id) => ({ kind, id }));
  expect(await rig.as().lookupNames(wanted)).toEqual([
    { kind, id: 'i2', name: 'name 2' },
    { kind, id: 'i229', name: 'name 229' },
  ]);
});
