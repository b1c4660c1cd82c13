// Kills whichever process stores the n-th step, as soon as that is stored: each transaction that changes our rows is a step, and is held at its end.
import pg from 'pg';
import type { Child } from '../../src/playground/child.ts';
import type { PostgresOptions } from '../../src/storage/db/postgres.ts';
import { systemClock } from '../../src/values/clock.ts';

/** Whoever is to be killed waits for it at its commit. Any number that nobody else uses. */
const GATE = 4_711_000;
const LOOK_MS = 20;

export interface Killed {
  /** The process. */
  readonly bot: Child;
  /** What it had just stored: `update turns`. */
  readonly step: string;
  /** On the machine's clock. */
  readonly at: number;
}

export interface StoredSteps {
  /** Steps are counted from now on; at the n-th its process dies, unless `n` is left out. */
  count(n?: number): Promise<void>;
  /** Who was killed since then. */
  killed(): Killed | undefined;
  /** How many steps there were since then. */
  taken(): Promise<number>;
}

/** Leases are renewed by time, and calls of Slack booked before each: they belong to no step. */
const COUNTED = "schemaname = 'dab' and tablename not in ('leases', 'call_rates', 'schema_migrations')";

const SETUP = `
  create schema kills;
  create sequence kills.steps;
  create table kills.planned (n bigint);
  create table kills.stored (n bigint, step text);
  create function kills.stored() returns trigger language plpgsql as $$
  declare
    this text := pg_current_xact_id()::text;
    step bigint;
  begin
    if current_setting('kills.counted', true) = this then return null; end if;
    perform set_config('kills.counted', this, false);
    step := nextval('kills.steps');
    insert into kills.stored values (step, lower(tg_op) || ' ' || tg_table_name);
    if exists (select from kills.planned where n = step) then perform pg_advisory_xact_lock(${GATE}); end if;
    return null;
  end $$;
  do $$
  declare name text;
  begin
    for name in select tablename from pg_tables where ${COUNTED} loop
      execute format('create constraint trigger kills after insert or update or delete on dab.%I
        deferrable initially deferred for each row execute function kills.stored()', name);
    end loop;
  end $$`;

const AT_THE_GATE = `
  select a.application_name from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objid = ${GATE} and not l.granted`;

/** Over the server that these processes share, whose tables are there. */
export async function countSteps(server: PostgresOptions, bots: readonly Child[]): Promise<StoredSteps & { close(): Promise<void> }> {
  // One connection: it holds the gate.
  const client = new pg.Client({ ...server, password: undefined, ssl: false });
  await client.connect();
  await client.query(SETUP);
  let killed: Killed | undefined;
  let looking = new AbortController();

  /** Until it has killed somebody, or is to stop. */
  async function look({ signal }: AbortController): Promise<void> {
    const atTheGate = async () => (await client.query<{ application_name: string }>(AT_THE_GATE)).rows[0];
    let found = await atTheGate();
    while (found === undefined) {
      await systemClock.sleep(LOOK_MS);
      if (signal.aborted) return;
      found = await atTheGate();
    }
    const { application_name: name } = found;
    const bot = bots.find((one) => name === `dab-bot ${one.pid()}`);
    if (bot === undefined) throw new Error(`nobody is ${name}`);
    await bot.stop('SIGKILL');
    const at = systemClock.now();
    const [planned] = (await client.query<{ n: string }>('delete from kills.planned returning n')).rows;
    await client.query(`select pg_advisory_unlock(${GATE})`);
    // What waited at the gate is stored now.
    const stored = async () => (await client.query<{ step: string }>('select step from kills.stored where n = $1', [planned?.n])).rows[0];
    let step = await stored();
    while (step === undefined) step = await systemClock.sleep(LOOK_MS).then(stored);
    killed = { bot, step: step.step, at };
  }

  return {
    async count(n) {
      looking.abort();
      looking = new AbortController();
      killed = undefined;
      await client.query('select pg_advisory_unlock_all()');
      await client.query(`delete from kills.planned; delete from kills.stored; select setval('kills.steps', 1, false)`);
      if (n === undefined) return;
      await client.query(`select pg_advisory_lock(${GATE})`);
      await client.query('insert into kills.planned values ($1)', [n]);
      void look(looking);
    },
    killed: () => killed,
    taken: async () => Number((await client.query<{ n: string }>('select count(*) as n from kills.stored')).rows[0]?.n),
    async close() {
      looking.abort();
      await client.end();
    },
  };
}
