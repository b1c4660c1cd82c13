// Who may connect: members with an e-mail address; everybody else hears why not, and what was asked is kept until the link is made.
import { expect } from 'vitest';
import { createIdentities } from '../../../src/identity/identities.ts';
import { hashOf } from '../../../src/identity/nonces.ts';
import { ALL_SCOPES } from '../../../src/playground/slack/methods/scopes.ts';
import { DEFAULT_USERS } from '../../../src/playground/slack/team/state.ts';
import { createConnect, parseResume, type Resume, readSlackUser } from '../../../src/slack/listen/connect.ts';
import { createLinkAttemptStore } from '../../../src/storage/link-attempts.ts';
import { start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';

const TEAM = 'T_ACME';
const STRANGER = { id: 'U_EVE', name: 'eve', realName: 'Eve', email: 'eve@other.example', stranger: true };
const NAMELESS = { id: 'U_NIL', name: 'nil', realName: 'Nil', email: '' };

const test = dbTest('link_attempts').extend('rig', async ({ db }) => {
  const { slack, web } = await start({ users: [...DEFAULT_USERS, STRANGER, NAMELESS] });
  const publicUrl = 'https://dab.example';
  const identities = createIdentities({
    db,
    oauth: { host: 'https://acme.databricks.test', clientId: 'dab', redirectUri: `${publicUrl}/auth/callback` },
    vaultKey: { keyId: 'k1', key: new Uint8Array(32) },
    linkLimits: { person: 2, channel: 3, team: 4 },
    publicUrl,
    me: () => Promise.reject(new Error('nobody signs in here')),
    log: quiet,
  });
  const said: { text: string; blocks: object[] }[] = [];
  const connect = createConnect({ client: web, identities });
  const ask = (user: string, resume: Resume, team = TEAM) =>
    connect.identityOf({ team, user }, 'To list jobs I read them as you.', resume, async (answer) => said.push(answer));
  const attempts = () => db.query<{ nonce: string; slack_user: string; slack_email: string }>('select * from link_attempts');
  return { slack, web, ask, said, attempts };
});

const nothing = (user: string): Resume => ({ kind: 'none', user, channel: 'C_DATA' });

test('a member is read with name and address', async ({ rig: { web } }) => {
  expect(await readSlackUser(web, TEAM, 'U_ANA')).toEqual({ name: 'Ana Ruiz', email: 'ana@acme.example' });
});

test.for<[string, string, string, RegExp]>([
  ['a guest', 'U_GUEST', TEAM, /^Guests of this Slack team/],
  ['a stranger', 'U_EVE', TEAM, /you belong to another one/],
  ['somebody of another team', 'U_ANA', 'T_OTHER', /you belong to another one/],
  ['somebody without an address', 'U_NIL', TEAM, /no e-mail address/],
])('%s is refused in words, and no link is started', async ([_who, user, team, words], { rig: { web, ask, said, attempts } }) => {
  expect(await readSlackUser(web, team, user)).toEqual({ refusal: expect.stringMatching(words) });
  expect(await ask(user, nothing(user), team)).toBeUndefined();
  expect(said).toHaveLength(1);
  expect(said[0]?.text).toMatch(/^To list jobs I read them as you\. /);
  expect(JSON.stringify(said[0]?.blocks)).not.toContain('http');
  expect(await attempts()).toEqual([]);
});

test('without the scope for addresses everybody is told that theirs is missing', async ({ rig: { slack, web } }) => {
  slack.change({ scopes: ALL_SCOPES.filter((scope) => scope !== 'users:read.email') });
  expect(await readSlackUser(web, TEAM, 'U_ANA')).toEqual({ refusal: expect.stringMatching(/no e-mail address/) });
});

test('a bot is refused', async ({ rig: { web } }) => {
  expect(await readSlackUser(web, TEAM, 'U_DAB')).toEqual({ refusal: 'I work for people only.' });
});

test.for<Resume>([
  { kind: 'command', id: 'envelope-1', team: TEAM, user: 'U_ANA', channel: 'C_DATA', text: 'job 123 private' },
  { kind: 'reply', team: TEAM, user: 'U_ANA', channel: 'C_DATA', threadTs: '1.1', ts: '1.2', text: 'add <staging> & "prod"' },
  { kind: 'none', user: 'U_ANA', channel: 'C_DATA' },
  // Half of a pair, where Slack has cut a text.
  { kind: 'command', id: 'envelope-2', team: TEAM, user: 'U_ANA', channel: 'C_DATA', text: 'workspace /Shared/\ud83d' },
])('a $kind goes on after the link: it is kept under the button’s address', async (resume, { db, rig: { ask, said, attempts } }) => {
  expect(await ask('U_ANA', resume)).toBeUndefined();
  const url = /"url":"https:\/\/dab\.example\/auth\/start\/([^"]+)"/.exec(JSON.stringify(said[0]?.blocks));
  const stored = await createLinkAttemptStore(db).find(hashOf(url?.[1] ?? ''));
  expect(stored).toMatchObject({ team: TEAM, user: 'U_ANA', slackName: 'Ana Ruiz', slackEmail: 'ana@acme.example' });
  expect(parseResume(stored?.resume)).toEqual('text' in resume ? { ...resume, text: resume.text.toWellFormed() } : resume);
  expect(await attempts()).toHaveLength(1);
  expect(JSON.stringify(said[0]).includes('goes on by itself')).toBe(resume.kind !== 'none');
});

test('what is not a resume is not gone on with', () => {
  expect(() => parseResume({ kind: 'deploy' })).toThrow('Please ask again.');
  expect(() => parseResume({})).toThrow('Please ask again.');
});

test('links that nobody has used are told before they are too many, and then no more are made', async ({
  rig: { ask, said, attempts },
}) => {
  await ask('U_ANA', nothing('U_ANA'));
  await ask('U_ANA', nothing('U_ANA'));
  const line = (index: number) => JSON.stringify(said[index]?.blocks.at(-1));
  expect(line(0)).not.toContain('buttons');
  expect(line(1)).toContain('With this one you have 2 Connect buttons that nobody has used yet; I make up to 2.');
  await expect(ask('U_ANA', nothing('U_ANA'))).rejects.toThrow('Use one of those, or ask again in ten minutes.');
  // Somebody else’s are their own, as long as the channel has some left.
  await ask('U_BEN', nothing('U_BEN'));
  await expect(ask('U_BEN', nothing('U_BEN'))).rejects.toThrow('people in this channel have 3 Connect buttons');
  await ask('U_BEN', { ...nothing('U_BEN'), channel: 'D_BEN' });
  await expect(ask('U_CY', { ...nothing('U_CY'), channel: 'D_CY' })).rejects.toThrow('as many as a team may have');
  expect(await attempts()).toHaveLength(4);
});
