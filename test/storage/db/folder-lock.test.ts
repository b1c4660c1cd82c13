// One process per data folder: a second one is told who holds it; a lock left by a killed process is taken over.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from '../../../src/storage/db/folder-lock.ts';
import { openQueuedDatabase } from '../../../src/storage/db/open.ts';
import { UserError } from '../../../src/values/errors.ts';
import { quiet } from '../open-test-storage.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dab-bot-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function holder(): Promise<ChildProcess> {
  const script = new URL('./hold-folder.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout ?? child, 'data');
  return child;
}

it('refuses a folder that another process holds, names it, and goes on with its rows after it was killed', async () => {
  const other = await holder();
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

it('is held against the same process too, until it is released', async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid}`);
  lock.release();
  (await lockFolder(folder)).release();
});

it('tells a reused process id from the one that held the lock', async () => {
  const mine = { pid: process.pid, started: '1', host: hostname(), id: 'x' };
  writeFileSync(join(folder, 'lock'), JSON.stringify(mine));
  (await lockFolder(folder)).release();
});

it('believes a lock of another machine', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, host: 'elsewhere.test', id: 'x' }));
  await expect(lockFolder(folder)).rejects.toThrow('process 1 on elsewhere.test');
});

it('leaves a lock that it can’t read to a person', async () => {
  writeFileSync(join(folder, 'lock'), '');
  await expect(lockFolder(folder)).rejects.toThrow(`delete ${join(folder, 'lock')}`);
});

it('lets exactly one of many take over a stale lock', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, started: '1', host: hostname(), id: 'stale' }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});
