// Presses and looks that come twice: a version that stands already is no plan that is over, and an end is told in one message by whoever finds it out.
import { expect, it } from 'vitest';
import { resultId } from '../../src/conversation/approvals.ts';
import { createAskedSteps } from '../../src/conversation/asked-steps.ts';
import { jobId } from '../../src/conversation/queue.ts';

const ANA = { host: 'https://dbc.test', userName: 'ana@acme.example' };

function pressed(askedIds: readonly string[]) {
  const asked: string[] = [];
  const deps = {
    rows: {
      conversations: {
        get: async () => ({ id: 'c1', channel: 'C_DATA' }),
        versions: async () => askedIds.map((askedId, i) => ({ number: i + 1, bundleDigest: 'd', askedId })),
      },
    },
    deployment: { approvals: { get: async () => ({ ...ANA, id: 'p1', conversationId: 'c1', state: 'superseded' }) }, writeApprovals: {} },
    ask: async (press: string) => void asked.push(press),
  } as unknown as Parameters<typeof createAskedSteps>[0];
  const press = { id: 'envelope', kind: 'edits', proposalId: 'p1', channel: 'C_DATA', team: 'T', slackUser: 'U_ANA' } as const;
  const asker = { identity: async () => ANA, refuse: async () => undefined } as unknown as Parameters<
    ReturnType<typeof createAskedSteps>['press']
  >[1];
  return { said: createAskedSteps(deps).press(press, asker), asked };
}

it('says again what it is at, and asks for nothing twice', async () => {
  const { said, asked } = pressed([jobId('envelope')]);
  expect(await said).toContain('I am making a version with what was edited there');
  expect(asked).toEqual([]);
});

it('is refused where another press has made the newer version', async () => {
  expect(await pressed([jobId('other')]).said).toContain('This plan is not open any more');
});

it('tells an end that it finds out where whoever carried out the deployment would, who may find it out as well', async () => {
  const told: string[] = [];
  const deps = {
    rows: { conversations: { get: async () => ({ id: 'c1' }) }, outbox: { add: async () => undefined, get: async () => ({}) } },
    identities: { of: async () => ANA },
    deployment: {
      approvals: { get: async () => ({ ...ANA, id: 'p1', conversationId: 'c1', state: 'unknown', target: 'dev', version: 1 }) },
      lookAgain: async () => ({ ok: true, state: 'done', jobs: [] }),
      writeApprovals: {},
    },
    thread: { refresh: async () => undefined, deliver: async (id: string) => void told.push(id) },
  } as unknown as Parameters<typeof createAskedSteps>[0];
  const look = { kind: 'look', proposalId: 'p1', conversationId: 'c1', team: 'T', slackUser: 'U_ANA' } as const;
  await createAskedSteps(deps).work('look-1', look);
  expect(told).toEqual([resultId('p1', 'done')]);
  // What was not known has been told before.
  expect(told).not.toContain(resultId('p1', 'unknown'));
});
