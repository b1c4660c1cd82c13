// Who reads a channel is asked of Slack: guests, other companies, people who have just come; what it does not tell counts as somebody.
import { test as base, expect } from 'vitest';
import { ALL_SCOPES } from '../../../src/playground/slack/methods/scopes.ts';
import { BOT, DEFAULT_USERS, type StandInChannel } from '../../../src/playground/slack/team/state.ts';
import { createWhoReads } from '../../../src/slack/thread/who-reads.ts';
import { start } from '../../playground/slack/start.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const EVE = { id: 'U_EVE', name: 'eve', realName: 'Eve', email: 'eve@other.example', stranger: true };
const channel = (id: string, members: string[], more: Partial<StandInChannel> = {}): StandInChannel => ({
  ...{ id, name: id.toLowerCase(), kind: 'channel', members: new Set([...members, BOT.user]) },
  ...more,
});
const channels = [
  channel('C_OURS', ['U_ANA', 'U_BEN']),
  channel('C_HIDDEN', ['U_ANA'], { kind: 'private' }),
  channel('C_GUESTS', ['U_ANA', 'U_GUEST']),
  channel('C_CONNECT', ['U_ANA'], { shared: 'external' }),
  channel('C_INVITED', ['U_ANA'], { shared: 'pending' }),
  channel('C_GROUP', ['U_ANA', 'U_BEN'], { shared: 'organization' }),
  channel('C_SISTERS', ['U_ANA', 'U_EVE'], { shared: 'organization' }),
];

const test = base.extend('rig', async () => {
  const own = channels.map((one) => ({ ...one, members: new Set(one.members) }));
  const started = await start({ users: [...DEFAULT_USERS, EVE], channels: own });
  const join = (id: string, user: string) => own.find((one) => one.id === id)?.members.add(user);
  const { web: client, clock, slack } = started;
  const whoReads = createWhoReads({ client, clock, log: quiet });
  const ask = (id: string, team = 'T_ACME') => whoReads({ channel: id, team });
  const calls = (method: string) => slack.calls.filter((call) => call.method === method).length;
  return { ...started, ask, calls, join };
});

test.for([
  ['a channel of the team', 'C_OURS', undefined],
  ['a private one', 'C_HIDDEN', undefined],
  ['a direct message', 'D_GUEST', undefined],
  ['one with a guest', 'C_GUESTS', 'guests'],
  ['one that another company shares', 'C_CONNECT', 'others'],
  ['one that another company is invited to', 'C_INVITED', 'others'],
  ['one of the organization, with our people alone', 'C_GROUP', undefined],
  ['one of the organization, with people of another team', 'C_SISTERS', 'others'],
] as const)('%s', async ([_what, id, outsiders], { rig: { ask } }) => {
  expect(await ask(id)).toBe(outsiders);
});

test('the team is listed once for some minutes, a channel once for a minute, and a guest who comes then is seen', async ({ rig }) => {
  const { ask, calls, clock, join } = rig;
  expect([await ask('C_OURS'), await ask('C_OURS'), await ask('C_HIDDEN')]).toEqual([undefined, undefined, undefined]);
  expect([calls('users.list'), calls('conversations.members'), calls('users.info')]).toEqual([1, 2, 0]);
  join('C_OURS', 'U_GUEST');
  await clock.turn(60_000);
  expect(await ask('C_OURS')).toBe('guests');
  expect(calls('users.list')).toBe(1);
});

test('without the scope, which an installation of before has not, nobody knows', async ({ rig: { ask, slack } }) => {
  slack.change({ scopes: ALL_SCOPES.filter((scope) => scope !== 'channels:read') });
  expect(await ask('C_OURS')).toBe('unseen');
});

test('a Slack that does not answer is asked again', async ({ rig: { ask, slack } }) => {
  slack.faults.on('conversations.members', { status: 503 });
  await expect(ask('C_OURS')).rejects.toThrow();
  expect(await ask('C_OURS')).toBeUndefined();
});
