// A busy team: so many conversations at once, from the command to the answer, on a Postgres server and on the embedded one; what each costs, and what is missed first.
import { environment } from '../../src/config/environment.ts';
import { connectAs } from '../../src/playground/connect.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import type { PostgresOptions } from '../../src/storage/db/postgres.ts';
import { systemClock } from '../../src/values/clock.ts';
import { NO_CLI } from '../flows/stack.ts';
import { buttonsOf } from '../flows/thread.ts';
import { findPostgres } from '../storage/postgres-server.ts';
import { type Ask, converse } from './load/conversations.ts';
import { meter } from './load/cost.ts';
import { judge, type Run, report } from './load/goals.ts';
import { answerInLongThread, CARDS } from './load/long-thread.ts';

const SIZES = [1, 10, 50, 200, 500];
/** Beyond, the CLI alone would take the processors for minutes: the bot is measured without it. */
const MOST_WITH_CLI = 50;
const PEOPLE = 100;
const CHANNELS = 20;
const LATENCY_MS = 50;
const PACE = { firstMs: 700, eventMs: 0, characters: 200 };
/** Slack's rates go by the minute: what was called before must not count. */
const MINUTE_MS = 60_000;
const LINKED_WITHIN_MS = 60_000;
/** Sign-ins side by side. */
const LINKING = 4;
const MANY = 25;
const LONG_THREAD_S = 3;

type Asked = Pick<Run, 'name' | 'cli' | 'count'> & { readonly asks: readonly Ask[]; readonly watched: (ask: Ask) => boolean };
/** Where rows are kept; `server` is undefined for the embedded one. */
interface Database {
  readonly name: Run['database'];
  readonly server: PostgresOptions | undefined;
}

export async function run(): Promise<void> {
  const { BENCH_SIZES, BENCH_DATABASE } = process.env;
  const sizes = BENCH_SIZES === undefined ? SIZES : BENCH_SIZES.split(',').map(Number);
  const postgres = await findPostgres();
  if ('missing' in postgres) console.log(`SKIPPED: Postgres (${postgres.missing})`);
  const missed: string[] = [];
  for (const name of ['Postgres', 'PGlite'] as const) {
    if (BENCH_DATABASE !== undefined && BENCH_DATABASE !== name) continue;
    for (const cli of [true, false]) {
      const own = sizes.filter((size) => size <= MOST_WITH_CLI === cli);
      if (own.length === 0 || (name === 'Postgres' && 'missing' in postgres)) continue;
      const server = name === 'Postgres' && 'start' in postgres ? await postgres.start() : undefined;
      try {
        missed.push(...(await measure({ name, server: server?.options }, cli, own)));
      } finally {
        await server?.stop();
      }
    }
  }
  console.log(
    missed.length === 0 ? '\nnothing missed' : `\nmissed, the first one first:\n${missed.map((words) => `  ${words}`).join('\n')}`,
  );
}

/** Measures so many at once, one after the other, and answers which goals were missed. */
async function measure({ name: database, server }: Database, cli: boolean, sizes: readonly number[]): Promise<string[]> {
  const postgres = server && {
    ...{ PGHOST: server.host, PGPORT: String(server.port), PGDATABASE: server.database, PGUSER: server.user, PGSSLMODE: 'disable' },
  };
  const playground = await startPlayground({
    ...{ env: environment, page: false, lasting: true, latencyMs: LATENCY_MS, pace: PACE },
    crowd: { people: PEOPLE, channels: CHANNELS },
    variables: { ...postgres, ...(cli ? {} : NO_CLI) },
  });
  const { crowd } = playground;
  const crashed = Promise.withResolvers<never>();
  playground.onCrash((log) => crashed.reject(new Error(`The bot ended:\n${log.slice(-4000)}`)));
  const on = (index: number): Ask => ({ person: crowd.names[index % PEOPLE] ?? '', channel: crowd.channels[index % CHANNELS] ?? '' });
  const asked: Asked[] = sizes.map((count) => {
    const asks = Array.from({ length: count }, (_, index) => on(index));
    return { name: `${count} at once${cli ? '' : ' without the CLI'}`, cli, count, asks, watched: () => true };
  });
  const isBusy = cli && sizes.some((size) => size > 1);
  if (isBusy) {
    const [one, other] = [on(0), on(1)];
    const asks = [...Array.from({ length: MANY }, (_, index) => ({ ...one, channel: on(index + 2).channel })), other];
    asked.push({ name: `one beside ${MANY} of another`, cli, count: MANY + 1, asks, watched: ({ person }) => person === other.person });
  }

  async function measureAll(): Promise<string[]> {
    const missed: string[] = [];
    await link(playground, crowd.names.slice(0, Math.max(...asked.map(({ asks }) => asks.length))), crowd.channels[0] ?? '');
    for (const one of asked) {
      await settle(playground);
      const run = { database, ...one, ...(await watch(playground, one)) };
      console.log([`\n${run.name}, on ${database}`, ...report(run)].join('\n'));
      missed.push(...judge(run).flatMap((goal) => (goal.missed ? [`${run.name}: ${goal.words}`] : [])));
    }
    if (isBusy && server !== undefined) {
      await settle(playground);
      const seconds = await answerInLongThread(playground, on(0), { server, settle: () => settle(playground) });
      const isMissed = seconds > LONG_THREAD_S;
      const words = `answer in a thread of ${CARDS} cards after a restart: ${seconds.toFixed(1)} s (at most ${LONG_THREAD_S} s: ${isMissed ? 'MISSED' : 'ok'})`;
      console.log(`\n${words}`);
      if (isMissed) missed.push(words);
    }
    return missed;
  }

  try {
    return await Promise.race([crashed.promise, measureAll()]);
  } finally {
    await playground.close();
  }
}

/** A process that has done nothing yet, and a minute in which Slack was not called. */
async function settle(playground: Playground): Promise<void> {
  await playground.restart('SIGTERM');
  const { slack } = playground;
  for (;;) {
    const last = slack.calls.at(-1)?.at ?? 0;
    const left = last + MINUTE_MS - systemClock.now();
    if (left <= 0) return;
    await systemClock.sleep(left);
  }
}

async function watch(playground: Playground, { asks, watched }: Asked): Promise<Pick<Run, 'seen' | 'cost' | 'putOff'>> {
  const from = playground.slack.calls.length;
  const end = await meter(playground);
  const seen = await converse(playground, asks);
  const cost = await end();
  const putOff: Record<string, number> = {};
  for (const { method, outcome } of playground.slack.calls.slice(from)) if (outcome === '429') putOff[method] = (putOff[method] ?? 0) + 1;
  return { seen: asks.flatMap((ask, index) => (watched(ask) ? (seen[index] ?? []) : [])), cost, putOff };
}

/** Each as in a browser of their own, a few at a time. */
async function link({ slack, databricks }: Playground, names: readonly string[], channel: string): Promise<void> {
  const left = [...names];
  const one = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const person = slack.as(name);
      await person.command(channel, '/dab connect');
      const url = await person.waitFor(
        (me) =>
          me
            .ephemerals(channel)
            .flatMap((said) => buttonsOf(said).connect?.url ?? [])
            .at(-1),
        LINKED_WITHIN_MS,
      );
      await connectAs(databricks, url, `${name}@acme.example`);
    }
  };
  await Promise.all(Array.from({ length: LINKING }, one));
}
