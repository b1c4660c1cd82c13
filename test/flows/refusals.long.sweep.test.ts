// Each kind of statement is refused once, by a trigger: the command, the reply and the deployment come to the same end, and nobody is told.
import pg from 'pg';
import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { findPostgres } from '../storage/postgres-server.ts';
import { findCli, linked, startStack } from './stack.ts';
import { buttonsOf, CHANNEL, counts, ONCE, STEP_MS, startThread, type Thread, textOf } from './thread.ts';

const [cli, postgres] = [await findCli(), await findPostgres()];
if ('missing' in postgres) process.stderr.write(`\nSKIPPED: statements that are refused: ${postgres.missing}\n`);

/** What a command, a reply and a deployment write. */
const FIRST = [
  ...['insert inbox', 'insert openings', 'insert conversations', 'insert turns', 'insert messages', 'insert steps', 'insert blobs'],
  ...['insert definitions', 'insert bundles', 'insert versions', 'insert proofs', 'insert proposals', 'insert places', 'insert outbox'],
  ...['update inbox', 'update conversations', 'update turns', 'update outbox', 'update proposals', 'delete openings'],
  ...['insert leases', 'delete leases', 'insert pgboss.job_common', 'update pgboss.job_common'],
];
/** Those that also come later on: in the middle of a turn, or with the click. */
const LATER = ['insert inbox', 'update inbox', 'insert messages', 'update turns', 'insert outbox', 'update outbox', 'update proposals'];
const CASES = [
  ...FIRST.map((statement) => ({ statement, nth: 1, to: 'a deployment' as const })),
  ...LATER.map((statement) => ({ statement, nth: 4, to: 'a deployment' as const })),
  { statement: 'insert writes', nth: 1, to: 'a run' as const },
  // It is shown in its thread, decided on, begun, followed, ended.
  ...[1, 2, 3, 4].map((nth) => ({ statement: 'update writes', nth, to: 'a run' as const })),
];

const TOLD = 'is deployed to *dev*';
const RUN = /^<@U_ANA> (Done: )?Run job/m;
const isOpen = (card: Parameters<typeof buttonsOf>[0]) => 'deploy' in buttonsOf(card);

const FUNCTION = `
  create schema faults; create sequence faults.seen; create sequence faults.refused;
  create function faults.refuse() returns trigger language plpgsql as $$
  begin
    if nextval('faults.seen') = tg_argv[0]::int8 then
      perform nextval('faults.refused');
      raise exception 'refused by a test';
    end if;
    return null;
  end $$`;

interface Refused {
  readonly statement: string;
  readonly nth: number;
}

/** A bot on a server of its own, whose nth statement of this kind is refused from now on; and somebody who is linked. */
async function startRefusing({ statement, nth }: Refused) {
  if ('missing' in postgres) throw new Error(postgres.missing);
  const server = await postgres.start();
  onTestFinished(server.stop);
  const { host, port, database, user } = server.options;
  const variables = { PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user, PGSSLMODE: 'disable' };
  const { playground, close } = await startStack({ processes: 1, fromNothing: true, variables });
  onTestFinished(close);
  const pool = new pg.Pool({ ...server.options, password: undefined, options: '-c search_path=dab' });
  onTestFinished(() => pool.end());
  const query = async (text: string) => (await pool.query(text)).rows as Record<string, unknown>[];
  const ana = await linked(playground, 'ana');
  await query(FUNCTION);
  const [operation, table] = statement.split(' ');
  await query(`create trigger refused_once before ${operation} on ${table} for each statement execute function faults.refuse('${nth}')`);
  return { ana, query, playground };
}

async function editAndDeploy(ana: Person, thread: Thread): Promise<void> {
  thread.say('add a staging target');
  const card = await thread.card(2, isOpen);
  await thread.idle();
  await ana.click(card, 'deploy');
  await thread.says(TOLD);
  await thread.shows(card, 'deployed to');
  await thread.idle();
}

async function runJob(ana: Person, thread: Thread): Promise<void> {
  thread.say('run job 123 with catalog=main_test');
  const card = await ana.waitFor(() => thread.messages().find((one) => 'write_run' in buttonsOf(one)), STEP_MS);
  await thread.idle();
  await ana.click(card, 'write_run');
  await thread.shows(card, 'The run succeeded');
  await thread.says(RUN);
  await thread.idle();
}

describe.skipIf(cli.state !== 'ready' || 'missing' in postgres)('refused once', () => {
  test.for(CASES)('on the way to $to: $statement, n = $nth', async ({ to, ...refused }) => {
    const { ana, query, playground } = await startRefusing(refused);
    onTestFailed(async () =>
      console.error(
        (await playground.log())
          .split('\n')
          .filter((line) => /"level":[4-6]0/.test(line))
          .slice(-12)
          .join('\n'),
      ),
    );
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    await thread.card(1, isOpen);
    await (to === 'a run' ? runJob(ana, thread) : editAndDeploy(ana, thread));
    expect(await query('select is_called from faults.refused')).toEqual([{ is_called: true }]);
    const told = thread.messages().filter((message) => textOf(message).includes(TOLD) || RUN.test(message.text));
    expect(told).toHaveLength(1);
    expect(counts(thread)).toEqual({ ...ONCE, answers: 3, zips: to === 'a run' ? 1 : 2 });
    if (to === 'a run') expect(playground.databricks.requests.filter(({ path }) => path.endsWith('/jobs/run-now'))).toHaveLength(1);
    expect([thread.text(), ...ana.ephemerals(CHANNEL).map(textOf)].join('\n')).not.toContain('went wrong');
    expect(await query("select id, state from turns where state <> 'done'")).toEqual([]);
    await expect.poll(() => query("select id, state from outbox where state <> 'sent'"), { timeout: STEP_MS }).toEqual([]);
    // A proposal that no thread has got can't be approved: its call was made again.
    const ended = await query('select state from proposals union all select state from writes where conversation_id is not null');
    expect(ended.map(({ state }) => state).sort()).toEqual(to === 'a run' ? ['done', 'open'] : ['done', 'superseded']);
    const roles = (await query('select role from messages order by seq')).map(({ role }) => role);
    expect(roles).toEqual(roles.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')));
  });
});
