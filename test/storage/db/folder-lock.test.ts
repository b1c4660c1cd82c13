// One process per data folder: a second one is told who holds it; a lock left by a killed process is taken over.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../../../src/storage/db/folder-lock.ts';
import { openQueuedDatabase } from '../../../src/storage/db/open.ts';
import { UserError } from '../../../src/values/errors.ts';
import { quiet } from '../open-test-storage.ts';
import { fillDataFolder } from '../test-dump.ts';

/** Milliseconds that a lock is waited for where nobody will let it go. */
const BRIEF = 100;

/** `hold`: starts a process that opens the folder and keeps it until it is killed. */
const it = test
  .extend('folder', ({}, { onCleanup }) => {
    const folder = mkdtempSync(join(tmpdir(), 'dab-bot-lock-'));
    onCleanup(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  })
  .extend('hold', ({ folder }, { onCleanup }) => {
    const children: ChildProcess[] = [];
    onCleanup(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    return async () => {
      await fillDataFolder(folder);
      const script = join(import.meta.dirname, 'hold-folder.ts');
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      await once(child.stdout, 'data');
      return child;
    };
  });

it('refuses a folder that another process holds, names it, and goes on with its rows after it was killed', async ({ folder, hold }) => {
  const other = await hold();
  const refused = await openQueuedDatabase({ dataDir: folder }, quiet).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect(refused).toMatchObject({ words: { problem: `It is in use by process ${other.pid}.` } });

  other.kill('SIGKILL');
  await once(other, 'exit');
  const storage = await openQueuedDatabase({ dataDir: folder }, quiet);
  expect(await storage.db.query('select pid from held')).toEqual([{ pid: other.pid }]);
  await storage.close();
  await storage.close();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

it('is held against the same process too, until it is released', async ({ folder }) => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder, BRIEF)).rejects.toThrow(`process ${process.pid}`);
  lock.release();
  (await lockFolder(folder)).release();
});

it('tells a reused process id from the one that held the lock', async ({ folder }) => {
  const mine = { pid: process.pid, started: '1', host: hostname(), id: 'x' };
  writeFileSync(join(folder, 'lock'), JSON.stringify(mine));
  (await lockFolder(folder)).release();
});

it('believes a lock of another machine', async ({ folder }) => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, host: 'elsewhere.test', id: 'x' }));
  await expect(lockFolder(folder, BRIEF)).rejects.toThrow('process 1 on elsewhere.test');
});

it('leaves a lock that it can’t read to a person', async ({ folder }) => {
  writeFileSync(join(folder, 'lock'), '');
  await expect(lockFolder(folder, BRIEF)).rejects.toThrow(`delete ${join(folder, 'lock')}`);
});

it('lets exactly one of many take over a stale lock', async ({ folder }) => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: '1', host: hostname(), id: 'stale' }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, 5 * BRIEF)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});
