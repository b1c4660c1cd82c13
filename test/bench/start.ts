// From the start of the program to its readiness, as production runs it: the whole process, on both kinds of database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../src/config/environment.ts';
import { handedOn } from '../../src/config/load.ts';
import { freePort } from '../../src/playground/child.ts';
import { createDatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { createSlackStandIn } from '../../src/playground/slack/stand-in.ts';
import { systemClock } from '../../src/values/clock.ts';
import { buildProject, COMMAND } from '../bin/built-project.ts';
import { timesOf } from '../process-times.ts';
import { findPostgres } from '../storage/postgres-server.ts';

const RUNS = 7;
/** Seconds, by the kind of database. */
const GOALS = { PGlite: 3, Postgres: 2 };
const LOOK_MS = 5;

interface Start {
  readonly seconds: number;
  readonly cpu: number | undefined;
}

export async function run(): Promise<void> {
  const [slack, databricks, built] = [await createSlackStandIn(), await createDatabricksStandIn(), await buildProject()];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const common = {
    ...handedOn(environment),
    ...{ NODE_ENV: 'production', LOG_LEVEL: 'warn', DAB_CLI_SETUP: 'false', DAB_PUBLIC_URL: url, DATABRICKS_APP_PORT: String(port) },
    ...{ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.url },
    ...{ DATABRICKS_HOST: databricks.url, DAB_OAUTH_CLIENT_ID: 'dab-bot', DAB_VAULT_KEY: Buffer.alloc(32).toString('base64') },
  };

  async function start(variables: Record<string, string>): Promise<Start> {
    const began = performance.now();
    const child = spawn(process.execPath, COMMAND.slice(1), {
      ...{ cwd: built.project, env: { ...common, ...variables } },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = once(child, 'exit');
    const isReady = () =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    while (!(await isReady())) {
      if (child.exitCode !== null) throw new Error('The bot has ended.');
      await systemClock.sleep(LOOK_MS);
    }
    const seconds = (performance.now() - began) / 1000;
    const cpu = timesOf(child.pid ?? 0)?.own;
    child.kill('SIGTERM');
    await ended;
    return { seconds, cpu };
  }

  /** `variables` name the database of each start. */
  async function measure(kind: keyof typeof GOALS, what: string, variables: () => Promise<Record<string, string>>): Promise<void> {
    const starts: Start[] = [];
    for (let run = 0; run < RUNS; run++) starts.push(await start(await variables()));
    const middle = starts.sort((a, b) => a.seconds - b.seconds)[Math.floor(RUNS / 2)];
    const { seconds = 0, cpu } = middle ?? {};
    const verdict = seconds < GOALS[kind] ? 'ok' : 'MISSED';
    const spent = cpu === undefined ? '' : `, ${cpu.toFixed(2)} s of the processor`;
    console.log(`${kind}, ${what}: ${seconds.toFixed(2)} s${spent} (goal ${GOALS[kind]} s: ${verdict})`);
  }

  const folders = mkdtempSync(join(tmpdir(), 'dab-bench-start-'));
  const postgres = await findPostgres();
  const server = 'missing' in postgres ? undefined : await postgres.start();
  try {
    console.log(`From spawning the program to the first 200 of /readyz, the middle one of ${RUNS}:`);
    let folder = 0;
    await measure('PGlite', 'first start', async () => ({ DAB_DATA_DIR: join(folders, String(++folder)) }));
    await measure('PGlite', 'another start', async () => ({ DAB_DATA_DIR: join(folders, '1') }));
    if (server === undefined) return;
    const { host, port: pgPort, database, user } = server.options;
    const pg = { PGHOST: host, PGPORT: String(pgPort), PGDATABASE: database, PGUSER: user, PGSSLMODE: 'disable' };
    let schema = 0;
    await measure('Postgres', 'first start', async () => ({ ...pg, DAB_DB_SCHEMA: `first_${++schema}` }));
    await measure('Postgres', 'another start', async () => ({ ...pg, DAB_DB_SCHEMA: 'first_1' }));
  } finally {
    await Promise.all([slack.close(), databricks.close(), server?.stop()]);
    built.remove();
    rmSync(folders, { recursive: true, force: true });
  }
}
