// A busy team: so many conversations at once, from the command to the answer, on a Postgres server and on the embedded one; what each costs, and what is missed first.
import { environment } from '../../src/config/environment.ts';
import { connectAs } from '../../src/playground/connect.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { systemClock } from '../../src/values/clock.ts';
import { NO_CLI } from '../flows/stack.ts';
import { buttonsOf } from '../flows/thread.ts';
import { findPostgres } from '../storage/postgres-server.ts';
import { type Ask, converse } from './load/conversations.ts';
import { meter } from './load/cost.ts';
import { judge, type Run, report } from './load/goals.ts';

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

type Asked = Pick<Run, 'name' | 'cli' | 'count'> & { readonly asks: readonly Ask[]; readonly watched: (ask: Ask) => boolean };

export async function run(): Promise<void> {
  const { BENCH_SIZES, BENCH_DATABASE } = process.env;
  const sizes = BENCH_SIZES === undefined ? SIZES : BENCH_SIZES.split(',').map(Number);
  const postgres = await findPostgres();
  if ('missing' in postgres) console.log(`SKIPPED: Postgres (${postgres.missing})`);
  const runs: Run[] = [];
  for (const database of ['Postgres', 'PGlite'] as const) {
    if (BENCH_DATABASE !== undefined && BENCH_DATABASE !== database) continue;
    if (database === 'Postgres' && 'missing' in postgres) continue;
    for (const cli of [true, false]) {
      const own = sizes.filter((size) => size <= MOST_WITH_CLI === cli);
      if (own.length === 0) continue;
      const server = database === 'Postgres' && 'start' in postgres ? await postgres.start() : undefined;
      const { host, port, database: name, user } = server?.options ?? {};
      const variables = server && {
        PGHOST: host ?? '',
        PGPORT: String(port),
        PGDATABASE: name ?? '',
        PGUSER: user ?? '',
        PGSSLMODE: 'disable',
      };
      try {
        runs.push(...(await measure(database, cli, own, { ...variables, ...(cli ? {} : NO_CLI) })));
      } finally {
        await server?.stop();
      }
    }
  }
  const missed = runs.flatMap((one) => judge(one).flatMap((goal) => (goal.missed ? [`${one.name}: ${goal.words}`] : [])));
  console.log(
    missed.length === 0 ? '\nnothing missed' : `\nmissed, the first one first:\n${missed.map((words) => `  ${words}`).join('\n')}`,
  );
}

async function measure(
  database: Run['database'],
  cli: boolean,
  sizes: readonly number[],
  variables: Record<string, string>,
): Promise<Run[]> {
  const playground = await startPlayground({
    ...{
      env: environment,
      page: false,
      lasting: true,
      latencyMs: LATENCY_MS,
      pace: PACE,
      crowd: { people: PEOPLE, channels: CHANNELS },
      variables,
    },
  });
  const { crowd } = playground;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  playground.onCrash((log) => ended.reject(new Error(`The bot ended:\n${log.slice(-4000)}`)));
  const on = (index: number): Ask => ({
    person: crowd.names[index % PEOPLE] ?? '',
    channel: crowd.channels[index % CHANNELS] ?? '',
  });
  const asked: Asked[] = sizes.map((count) => {
    const asks = Array.from({ length: count }, (_, index) => on(index));
    return { name: `${count} at once${cli ? '' : ' without the CLI'}`, cli, count, asks, watched: () => true };
  });
  if (cli && sizes.some((size) => size > 1)) {
    const [one, other] = [on(0), on(1)];
    const asks = [...Array.from({ length: MANY }, (_, index) => ({ ...one, channel: on(index + 2).channel })), other];
    asked.push({ name: `one beside ${MANY} of another`, cli, count: 1, asks, watched: ({ person }) => person === other.person });
  }
  try {
    await Promise.race([
      ended.promise,
      link(playground, crowd.names.slice(0, Math.max(...asked.map(({ asks }) => asks.length))), crowd.channels[0] ?? ''),
    ]);
    const runs: Run[] = [];
    for (const one of asked) {
      await Promise.race([ended.promise, settle(playground)]);
      const run = { database, ...one, ...(await Promise.race([ended.promise, watch(playground, one)])) };
      console.log(`\n${run.name}, on ${database}`);
      for (const line of report(run)) console.log(line);
      runs.push(run);
    }
    return runs;
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
  return { seen: seen.filter((_, index) => asks[index] !== undefined && watched(asks[index])), cost, putOff };
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
