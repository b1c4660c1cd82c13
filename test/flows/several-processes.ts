// Several processes of the bot on one PostgreSQL server, and its rows; and a process that stands still for a while.
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import type { Child } from '../../src/playground/child.ts';
import { systemClock } from '../../src/values/clock.ts';
import { findPostgres } from '../storage/postgres-server.ts';
import { flow, type StackOptions } from './stack.ts';
import { STEP_MS } from './thread.ts';

const postgres = await findPostgres();
if ('missing' in postgres) process.stderr.write(`\nSKIPPED: several processes of the bot: ${postgres.missing}\n`);
export const noPostgres = 'missing' in postgres;

/** `more` variables of theirs. */
export function severalProcesses(processes: number, more: Readonly<Record<string, string>> = {}) {
  return (
    flow()
      .extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
        if ('missing' in postgres) throw new Error(postgres.missing);
        const server = await postgres.start();
        onCleanup(server.stop);
        return server.options;
      })
      .extend('options', { scope: 'file' }, ({ server }): StackOptions => {
        const { host, port, database, user } = server;
        const variables = { PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user, PGSSLMODE: 'disable', ...more };
        return { processes, fromNothing: true, variables };
      })
      .extend('rows', { scope: 'file' }, async ({ server }, { onCleanup }) => {
        const pool = new pg.Pool({ ...server, password: undefined, options: '-c search_path=dab' });
        onCleanup(() => pool.end());
        return async (text: string) => (await pool.query(text)).rows as Record<string, unknown>[];
      })
      /** Has channels and workspace look as if nobody had asked for or deployed anything. */
      .extend('forget', { scope: 'file' }, ({ playground, rows }) => async () => {
        await rows(`update conversations set channel = 'over'; update proposals set root_path = root_path || ' over'; delete from places`);
        const { workspace } = playground.databricks;
        for (const [id, { settings }] of workspace.jobs) if ('deployment' in settings) workspace.jobs.delete(id);
        for (const path of workspace.files.paths()) if (path.includes('/.bundle/')) workspace.files.remove(path);
        workspace.runs.clear();
      })
      /** The process that has a turn or an approved write in hand, and another one. */
      .extend('working', ({ playground: { bots }, rows }) => async (on: 'turns' | 'deployments') => {
        const owners = async () => (await rows(`select owner from leases where key like '${on} %'`)).map(({ owner }) => String(owner));
        await expect.poll(owners, { timeout: STEP_MS }).toHaveLength(1);
        const [owner = ''] = await owners();
        const mine = bots.find((bot) => owner.startsWith(`${bot.pid()} `)) ?? expect.fail(`nobody is ${owner}`);
        return { mine, other: bots.find((bot) => bot !== mine) as Child };
      })
  );
}

/** How often it is looked whether a process stands still. */
const LOOK_MS = 200;

/** Until the test ends, has each process that stands still go on after `ms`; does something `meanwhile`, the first time. */
export function goOnAfter(bots: readonly Child[], ms: number, meanwhile: () => Promise<unknown>) {
  let done: Promise<unknown> | undefined;
  const standing = new Set<Child>();
  const look = systemClock.every(LOOK_MS, async () => {
    for (const bot of bots) {
      if (standing.has(bot) || !(await standsStill(bot))) continue;
      standing.add(bot);
      done ??= meanwhile();
      systemClock.after(ms, () => {
        bot.signal('SIGCONT');
        standing.delete(bot);
      });
    }
  });
  onTestFinished(() => {
    look();
    for (const bot of standing) bot.signal('SIGCONT');
  });
  return {
    /** Until none of them stands still (any more). */
    async over(): Promise<void> {
      await done;
      await expect.poll(() => standing.size, { timeout: STEP_MS }).toBe(0);
    },
  };
}

/** Linux says it in the field after the program's name, as it says all of a process. */
async function standsStill(bot: Child): Promise<boolean> {
  const said = await readFile(`/proc/${bot.pid()}/stat`, 'utf8').catch(() => '');
  return said.slice(said.lastIndexOf(')')).startsWith(') T');
}
