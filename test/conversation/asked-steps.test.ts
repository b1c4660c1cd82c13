// A press that makes a version is told again after a crash, when that version stands already: it is no press on a plan that is over.
import { expect, it } from 'vitest';
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
