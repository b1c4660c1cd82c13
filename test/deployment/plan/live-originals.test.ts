// A plan whose copies wait: every form of trigger is paused, a pipeline does not run all the time, and nothing else is another.
import { expect, test } from 'vitest';
import { withCopiesPaused } from '../../../src/deployment/plan/live-originals.ts';
import { startsByItself } from '../../../src/deployment/policy/rules-of-running.ts';
import { type JsonObject, objectOf } from '../../../src/values/json.ts';

const plan: JsonObject = {
  plan: {
    'resources.jobs.load': {
      new_state: {
        value: { name: 'Load', trigger: { periodic: {} }, triggers: [{ schedule: {}, pause_status: 'UNPAUSED' }, { model: {} }] },
      },
    },
    'resources.pipelines.feed': {
      new_state: { value: { name: 'Feed', continuous: true } },
      changes: { continuous: { new: true }, photon: { new: true } },
    },
    'resources.jobs.other': { new_state: { value: { continuous: {} } } },
  },
};
const stateOf = (of: JsonObject, node: string) => objectOf(objectOf(objectOf(objectOf(of.plan)[node]).new_state).value);

test('copies wait, the rest of a plan stays', () => {
  const pairs = [['jobs', 'load'] as const, ['pipelines', 'feed'] as const].map(([type, key]) => ({ type, key, id: '1', begins: true }));
  const paused = withCopiesPaused(plan, pairs);
  const started = (of: JsonObject) => Object.keys(objectOf(of.plan)).filter((node) => startsByItself(stateOf(of, node)));
  expect([started(plan).length, started(paused)]).toEqual([3, ['resources.jobs.other']]);
  expect(stateOf(paused, 'resources.jobs.load')).toMatchObject({ name: 'Load', triggers: [{ schedule: {} }, { pause_status: 'PAUSED' }] });
  expect(objectOf(paused.plan)['resources.pipelines.feed']).toMatchObject({ changes: { photon: { new: true } } });
  expect(JSON.stringify(paused)).not.toContain('continuous":true');
});
