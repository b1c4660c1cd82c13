// A press for a copy's own data is one turn, however often and on which card it comes.
import { expect } from 'vitest';
import { createOwnDataWish } from '../../../src/conversation/story/own-data-wish.ts';
import type { DeploymentProposal } from '../../../src/deployment/approval/deployment-proposal.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import { createTurnRows } from '../../../src/storage/turns.ts';
import { dbTest } from '../../storage/db-test.ts';

const ID = 'conversation-1';
const WISH = /^The development copy of version 2 would change tables/;

const proposal = (version: number, rules: readonly string[]) =>
  ({
    ...{ id: `p${version}`, conversationId: ID, version, environment: 'development', state: 'open' },
    release: { findings: rules.map((rule) => ({ rule, weight: 'warning', text: rule })) },
  }) as unknown as DeploymentProposal;

const test = dbTest('versions', 'turns', 'bundles', 'conversations').extend('rig', async ({ db }) => {
  const rows = { conversations: createConversationRows(db), turns: createTurnRows(db) };
  await rows.conversations.insert({
    ...{ id: ID, team: 'T_ACME', channel: 'C_DATA', threadTs: '1.1', private: false, requester: 'U_ANA' },
    subject: { jobId: '123', name: 'Churn' },
  });
  for (const digest of ['d1', 'd2']) {
    await db.query("insert into bundles (digest, files, meta) values ($1, '[]', '{}')", [digest]);
    await rows.conversations.addVersion(ID, { askedId: digest }, digest);
  }
  const conversation = (await rows.conversations.get(ID)) ?? expect.fail();
  const press = (pressed: DeploymentProposal, plans: readonly DeploymentProposal[], user = 'U_ANA') => {
    const approvals = { get: async (id: string) => plans.find((one) => one.id === id), ofConversation: async () => [...plans] };
    const reply = async (_in: unknown, slackUser: string, text: string, eventKey: string) =>
      void (await rows.turns.insert({ id: `${eventKey} ${slackUser}`, conversationId: ID, slackUser, text, eventKey }));
    return createOwnDataWish({ rows, approvals, reply })(pressed, conversation, user);
  };
  return { rows, press, turns: () => rows.turns.open(ID) };
});

test('two quick presses, and one that comes later, are one turn; after its end a press is another', async ({
  rig: { rows, press, turns },
}) => {
  const second = proposal(2, ['shared tables']);
  const said = await Promise.all([press(second, [second]), press(second, [second], 'U_BEN')]);
  for (const words of said) expect(words).toMatch(/^I am on it/);
  expect(await press(second, [second])).toBe('I am on it already.');
  const [first, ...others] = await turns();
  expect([first?.text, others]).toEqual([expect.stringMatching(WISH), []]);
  await rows.turns.finish(first?.id ?? '', 'stopped');
  expect(await press(second, [second])).toContain('as if you had written here');
  expect(await turns()).toHaveLength(1);
});

test('on the card of an older version it is for the newest one, where that changes production too', async ({ rig: { press, turns } }) => {
  const first = proposal(1, ['shared tables']);
  expect(await press(first, [first, proposal(2, [])])).toContain('Version 2 has come since');
  expect(await press(first, [first])).toContain('Version 2 has come since');
  expect(await turns()).toEqual([]);
  expect(await press(first, [first, proposal(2, ['shared tables'])])).toContain('as if you had written here');
  expect((await turns()).map(({ text }) => text)).toEqual([expect.stringMatching(WISH)]);
});
