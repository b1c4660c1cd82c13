// A file that is asked for later: for whom it is, and that what was called a secret meanwhile is hidden in it.
import { expect } from 'vitest';
import { createFiles } from '../../../src/slack/thread/files.ts';
import { createPoster } from '../../../src/slack/thread/poster.ts';
import { createBundleStore } from '../../../src/storage/bundles/bundles.ts';
import { createProofStore } from '../../../src/storage/bundles/proofs.ts';
import { createCalledSecrets } from '../../../src/storage/called-secrets.ts';
import { createConversationRows } from '../../../src/storage/conversations.ts';
import { createOutbox } from '../../../src/storage/outbox.ts';
import { createVault } from '../../../src/values/vault.ts';
import { start } from '../../playground/slack/start.ts';
import { dbTest } from '../../storage/db-test.ts';
import { quiet } from '../../storage/open-test-storage.ts';
import { clientsFor, RATES_TABLE } from '../clients.ts';

const ANA = { team: 'T_ACME', user: 'U_ANA' };
const MESSAGE = 'turn/release';
const NOT_READ = 'Databricks says that you may not see it.';

const test = dbTest(RATES_TABLE, 'outbox', 'called_secrets', 'conversations').extend('rig', async ({ db }) => {
  const { slack, web, clock } = await start();
  const { client, create, rates } = clientsFor(slack, db, clock);
  const outbox = createOutbox(db);
  const conversations = createConversationRows(db);
  const called = createCalledSecrets(db, createVault({ keyId: 'k1', key: new Uint8Array(32).fill(1) }), quiet.hide);
  const bundles = createBundleStore(db);
  const files = createFiles({
    client,
    poster: createPoster({ create, read: client, rates, outbox, clock, log: quiet }),
    cardRows: {
      ...{ outbox, conversations, called, proofs: createProofStore(db), bundlesIn: () => bundles },
      proposal: async () => undefined,
      report: async () => ({ path: 'RELEASE-dev.md', bytes: new TextEncoder().encode('was `hunter2222`\n') }),
    },
    whoReads: async () => 'guests',
    mayRead: async ({ user }) => (user === ANA.user ? undefined : NOT_READ),
    log: quiet,
  });
  const threadTs = (await web.chat.postMessage({ channel: 'C_PARTNER', text: 'root' })).ts ?? '';
  const about = { team: ANA.team, channel: 'C_PARTNER', threadTs, private: false, requester: ANA.user };
  await conversations.insert({ id: 'c1', ...about, subject: { jobId: '1', name: 'n' } });
  await outbox.add({ id: MESSAGE, conversationId: 'c1', kind: 'release', payload: { kind: 'release', proposalId: 'p1', version: 1 } });
  await outbox.add({ id: 'turn/reply', conversationId: 'c1', kind: 'reply', payload: { kind: 'reply', to: ANA.user, text: 'hi' } });
  const got = (name: 'ana' | 'ben') => {
    const person = slack.as(name);
    return person
      .messages(person.dm)
      .flatMap((message) => (message.files ?? []).map(({ id }) => Buffer.from(person.download(id)).toString()));
  };
  return { ...files, called, got };
});

test('what was called a secret since the plan was made is hidden in the file of the plan', async ({ rig: { handOver, called, got } }) => {
  await called.keep('c1', [{ name: 'password', value: 'hunter2222' }]);
  expect(await handOver('press', MESSAGE, ANA)).toContain('sent it to you directly');
  expect(got('ana')).toEqual(['was `<secret password>`\n']);
});

test('the same press, told again, sends nothing twice', async ({ rig: { handOver, got } }) => {
  await handOver('press', MESSAGE, ANA);
  await handOver('press', MESSAGE, ANA);
  expect(got('ana')).toHaveLength(1);
});

test.for([
  ['who may not read the job', MESSAGE, { ...ANA, user: 'U_BEN' }, NOT_READ],
  ['another team', MESSAGE, { ...ANA, team: 'T_OTHER' }, 'I do not know this file'],
  ['a message that is no file', 'turn/reply', ANA, 'I do not know this file'],
  ['a message that is not there', 'turn/none', ANA, 'I do not know this file'],
] as const)('%s gets none', async ([_what, id, who, words], { rig: { handOver, got } }) => {
  expect(await handOver('press', id, who)).toContain(words);
  expect([got('ana'), got('ben')]).toEqual([[], []]);
});
