// What was called a secret in a conversation is one in all its bundles, before and after; the database keeps it sealed.
import { expect, test } from 'vitest';
import { type Bundle, digestFiles } from '../../src/bundle/model/bundle.ts';
import { createMask } from '../../src/bundle/secrets/mask-secrets.ts';
import { createBundleStore } from '../../src/storage/bundles/bundles.ts';
import { conversationBundles } from '../../src/storage/bundles/conversation-bundles.ts';
import { createCalledSecrets } from '../../src/storage/called-secrets.ts';
import { createLogger } from '../../src/values/log.ts';
import { createVault } from '../../src/values/vault.ts';
import { openTestStorage } from './open-test-storage.ts';

const it = test.extend('rig', async ({}, { onCleanup }) => {
  const { db, close } = await openTestStorage();
  const lines: string[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  onCleanup(close);
  for (const id of ['c1', 'c2'])
    await db.query(
      `insert into conversations (id, team, channel, thread_ts, requester, subject) values ($1, 'T', 'C', $1, 'U', '{"jobId":"1","name":"n"}')`,
      [id],
    );
  const rows = (fill = 1) => createCalledSecrets(db, createVault({ keyId: `k${fill}`, key: new Uint8Array(32).fill(fill) }), log.hide);
  const bundlesIn = (id: string, called = rows()) =>
    conversationBundles(createBundleStore(db), { list: () => called.of(id), keep: (secrets) => called.keep(id, secrets) });
  return { db, rows, bundlesIn, log, lines };
});

/** A bundle of one file; what stands between « and » the scanner has found. */
function bundleOf(marked: string): Bundle {
  const [before = '', value, after = ''] = marked.split(/[«»]/);
  const files = [{ path: 'a.py', bytes: Buffer.from(before + (value ?? '') + after) }];
  const end = before.length + (value ?? '').length;
  const secrets = value === undefined ? [] : [{ path: 'a.py', line: 1, start: before.length, end, kind: 'password' }];
  const rest = { name: 'etl', resources: [], variables: [], targets: [], adoption: {}, sources: [], diagnostics: [] };
  return { ...rest, files, secrets, digest: digestFiles(files) };
}

it('knows it in every version, under one name, and nobody else does', async ({ rig }) => {
  const bundles = rig.bundlesIn('c1');
  const early = await bundles.save(bundleOf('x = "hunter2222"'));
  await bundles.save(bundleOf('db_password = "«hunter2222»"'));
  const other = await bundles.save(bundleOf('db_password = "«swordfish»"'));
  const late = await bundles.save(bundleOf('y = ["hunter2222", "swordfish"]'));
  const shown = async (digest: string, from = bundles) => {
    const bundle = (await from.load(digest))?.bundle;
    const [file] = bundle?.files ?? [];
    return bundle && file && [createMask(bundle).file(file), bundle.secrets.map(({ name }) => name)];
  };
  expect(await shown(early)).toEqual(['x = "<secret password>"', ['password']]);
  expect(await shown(other)).toEqual(['db_password = "<secret 2 password>"', ['2 password']]);
  expect(await shown(late)).toEqual(['y = ["<secret password>", "<secret 2 password>"]', ['password']]);
  expect(await shown(early, rig.bundlesIn('c2'))).toEqual(['x = "hunter2222"', []]);
  const kept = JSON.stringify(await rig.db.query("select hash, name, encode(sealed, 'escape') as sealed from called_secrets"));
  expect(kept).not.toMatch(/hunter|fish/);
  expect(JSON.stringify(await rig.db.query('select meta from bundles'))).not.toMatch(/hunter|fish/);
});

it('gives no name twice, whoever comes first and whatever key it was sealed with', async ({ rig }) => {
  await rig.rows().keep('c1', [{ name: 'token', value: 'one' }]);
  await Promise.all(
    [1, 2].map(() =>
      rig.rows(2).keep('c1', [
        { name: 'token', value: 'two' },
        { name: 'token', value: 'three' },
      ]),
    ),
  );
  expect(await rig.rows(2).of('c1')).toEqual(
    expect.arrayContaining([
      { name: '2 token', value: 'two' },
      { name: '3 token', value: 'three' },
    ]),
  );
  expect(await rig.rows().of('c1')).toEqual([{ name: 'token', value: 'one' }]);
});

it('never reaches a log once it is known, in no spelling and from no child', async ({ rig }) => {
  const { rows, log, lines } = rig;
  const value = 'pa"ss\\word1';
  log.info({ was: value }, 'before');
  expect(lines.at(-1)).toContain(JSON.stringify(value).slice(1, -1));
  await rows().keep('c1', [
    { name: 'password', value },
    { name: '2 password', value: 'main' },
  ]);
  log.child({ turn: 't1' }).warn({ err: new Error(`refused: ${value}`), also: { said: JSON.stringify(value) } }, `no ${value} in main`);
  expect(lines.at(-1)).not.toContain('word1');
  // Too short to be anything but a word.
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ turn: 't1', msg: 'no [secret] in main', err: { message: 'refused: [secret]' } });
});

it('leaves a line JSON, and its keys and numbers, whatever somebody has called a secret', async ({ rig }) => {
  const { rows, log, lines } = rig;
  const values = ['"level":30', 'conversation', String(Date.now()).slice(0, 8), '12345678', '","said":"', 'abcdefgh\\'];
  await rows().keep(
    'c1',
    values.map((value, index) => ({ name: `${index} password`, value })),
  );
  log.info({ conversation: 'c1', count: 123456789, quoted: '"level":30', said: 'abcdefgh"' }, 'of conversation 12345678');
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    ...{ level: 30, time: expect.any(Number), conversation: 'c1', count: 123456789, quoted: '[secret]', said: 'abcdefgh"' },
    msg: 'of [secret] [secret]',
  });
});

it('is cut from a log where it is short, as a whole and between quotes alone, and never where it could be a word', async ({ rig }) => {
  const { rows, log, lines } = rig;
  const values = ['hun7er2', 'done', '1.9.0', 'x1'];
  await rows().keep(
    'c1',
    values.map((value, index) => ({ name: `${index} password`, value })),
  );
  log.info({ was: 'hun7er2', ended: 'done', cli: '1.9.0', task: 'x1', line: 'x = "hun7er2" + b' }, "no 'hun7er2', not in hun7er2-etl");
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    ...{ was: '[secret]', ended: 'done', cli: '1.9.0', task: 'x1' },
    line: 'x = "[secret]" + b',
    msg: "no '[secret]', not in hun7er2-etl",
  });
});

it('is hidden in the log of a process that only reads it', async ({ rig }) => {
  const { rows, db } = rig;
  await rows().keep('c2', [{ name: 'token', value: 'tok-1234567' }]);
  const lines: string[] = [];
  const other = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const vault = createVault({ keyId: 'k1', key: new Uint8Array(32).fill(1) });
  await createCalledSecrets(db, vault, other.hide).of('c2');
  other.error('cannot use tok-1234567');
  expect(lines[0]).toContain('cannot use [secret]');
});
