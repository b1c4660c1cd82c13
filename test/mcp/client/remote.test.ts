// The bot's tools on a remote server: what is made there is kept here, what is lost there is put back, and a server that goes away is outlived.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { environment } from '../../../src/config/environment.ts';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { createToolsServer, type ToolsServer } from '../../../src/playground/tools-server.ts';
import { UserError } from '../../../src/values/errors.ts';
import { fillDataFolder } from '../../storage/test-dump.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { driveAll, seedForDrive } from '../drive.ts';
import { CLI, use } from '../rig.ts';
import { createBotSide } from './remote-rig.ts';

const EXPORT = 'GET /api/2.0/workspace/export';

let databricks: DatabricksStandIn;
let server: ToolsServer;
let bot: Awaited<ReturnType<typeof createBotSide>>;
let dataDir: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dab-remote-'));
  await fillDataFolder(join(dataDir, 'tools-postgres'));
  databricks = await createDatabricksStandIn();
  seedForDrive(databricks);
  server = await createToolsServer({ env: { ...environment, DAB_CLI_SETUP: 'false' }, host: databricks.url, dataDir });
  await server.start();
  bot = await createBotSide(databricks, dataDir);
});
afterEach(() => databricks.faults.clear());
afterAll(async () => {
  await server?.stop('SIGTERM');
  await databricks?.close();
  await bot?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What asked the workspace since a moment, told apart by process: ours has no other requests open. */
const exportsSince = (from: number) => databricks.requests.slice(from).filter(({ path }) => path.endsWith('/workspace/export'));

describe('on the remote server', () => {
  it('every tool works as in this process', async () => {
    const tools = await bot.toolsAt(server.url);
    await driveAll(async (name, input) => await use(tools, name, input), { cli: CLI !== undefined });
    await tools.close();
  });

  it('the list of tools is the same to the byte: it is frozen into conversations', async () => {
    const [remote, here] = await Promise.all([bot.toolsAt(server.url), bot.toolsAt(undefined)]);
    expect(JSON.stringify(await remote.list())).toBe(JSON.stringify(await here.list()));
    await Promise.all([remote.close(), here.close()]);
  });

  it('a bundle that was made there is here before its result is, with what it was made from', async () => {
    const tools = await bot.toolsAt(server.url);
    const { bundleDigest = '', steps } = await use(tools, 'generate_bundle_from_job', { job_id: '204' });
    const stored = await bot.bundles.load(bundleDigest);
    expect(stored?.bundle.name).toBe('orders_nightly_export');
    expect((await bot.bundles.loadDefinition(stored?.definitionId ?? ''))?.jobId).toBe('204');
    expect(steps.map(({ title }) => title).join()).toContain('Collecting sources');
    const edited = await use(tools, 'edit_bundle_file', { bundle_id: bundleDigest, path: 'NOTES.md', content: 'x\n' });
    expect((await bot.bundles.load(edited.bundleDigest ?? ''))?.parent).toBe(bundleDigest);
    await tools.close();
  });

  it('of two edits of one version the second is refused, one after the other or at once, as in this process', async () => {
    for (const url of [server.url, undefined]) {
      const tools = await bot.toolsAt(url);
      const { bundleDigest: first = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '318' });
      const edit = (path: string) => use(tools, 'edit_bundle_file', { bundle_id: first, path, content: 'x\n' });
      const edits = await Promise.all([edit('A.md'), edit('B.md')]);
      expect(edits.map(({ isError }) => isError).sort(), url).toEqual([false, true]);
      const { isError, text } = await edit('C.md');
      expect(isError).toBe(true);
      expect(text).toContain(edits.find((one) => !one.isError)?.bundleDigest);
      await tools.close();
    }
  });

  it('a proposal is kept here, under an id of ours that the model reads, exact to the byte', async () => {
    const tools = await bot.toolsAt(server.url);
    const { text, proposalIds = [] } = await use(tools, 'run_job', { job: '123', parameters: { schema: 'übung “x”' } });
    const rows = await bot.db.query<{ id: string; arguments: string; user_name: string }>('select id, arguments, user_name from writes');
    const mine = rows.find(({ id }) => id === proposalIds[0]);
    expect(proposalIds).toHaveLength(1);
    expect(mine?.user_name).toBe('ana@acme.example');
    expect(mine?.arguments).toContain('übung “x”');
    expect(text).toContain(proposalIds[0]);
    await tools.close();
  });

  it('what the server has lost is put back: versions made here, and their first version', async () => {
    const here = await bot.toolsAt(undefined);
    const { bundleDigest: first = '' } = await use(here, 'generate_bundle_from_job', { job_id: '402' });
    const { bundleDigest: second = '' } = await use(here, 'edit_bundle_file', { bundle_id: first, path: 'N.md', content: 'n\n' });
    await here.close();
    const tools = await bot.toolsAt(server.url);
    expect((await use(tools, 'list_bundle_files', { bundle_id: second })).text).toContain('N.md');
    const proved = await use(tools, 'validate_bundle', { bundle_id: second });
    expect(proved.isError).toBe(false);
    if (CLI !== undefined) expect(proved.text).toContain('Validated for target prod');
    await tools.close();
  });

  it('cancelling stops the work there', async () => {
    databricks.faults.on(EXPORT, { delayMs: 60_000 });
    const tools = await bot.toolsAt(server.url);
    const from = databricks.requests.length;
    const stop = new AbortController();
    const running = use(tools, 'generate_bundle_from_job', { job_id: '123' }, stop.signal);
    running.catch(() => undefined);
    await vi.waitFor(() => expect(exportsSince(from)).not.toEqual([]), { timeout: 5_000, interval: 20 });
    stop.abort(new Error('Stop was pressed'));
    await expect(running).rejects.toThrow('Stop was pressed');
    await vi.waitFor(() => expect(exportsSince(from).every(({ abandoned }) => abandoned)).toBe(true), { timeout: 2_000, interval: 20 });
    await tools.close();
  });
});

describe('a server that goes away', () => {
  it('in the middle of a call: said, waited for, and the call made again', async () => {
    const off = databricks.faults.on(EXPORT, { delayMs: 60_000 });
    const tools = await bot.toolsAt(server.url);
    const from = databricks.requests.length;
    const running = use(tools, 'generate_bundle_from_job', { job_id: '123' });
    await vi.waitFor(() => expect(exportsSince(from)).not.toEqual([]), { timeout: 5_000, interval: 20 });
    await server.stop('SIGKILL');
    off();
    await server.start();
    const { isError, bundleDigest = '', steps } = await running;
    expect(isError).toBe(false);
    expect(await bot.bundles.load(bundleDigest)).toBeDefined();
    const said = steps.filter(({ id }) => id === 'tools-server').map(({ title, status }) => `${title} (${status})`);
    expect(said).toEqual(['The tools server went away; waiting for it (in_progress)', 'The tools server is back; going on (complete)']);
    expect(steps.at(-1)?.status).toBe('complete');
    await tools.close();
  });

  it('with all that it knew: the next call brings its bundle along', async () => {
    const tools = await bot.toolsAt(server.url);
    const { bundleDigest = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '204' });
    await server.stop('SIGKILL');
    rmSync(join(dataDir, 'tools-postgres'), { recursive: true, force: true });
    await server.start();
    const { text, isError } = await use(tools, 'edit_bundle_file', { bundle_id: bundleDigest, path: 'N.md', content: 'n\n' });
    expect(isError, text).toBe(false);
    await tools.close();
  });

  it('frozen, so that nothing answers: noticed within seconds by its silence', async () => {
    databricks.faults.on(EXPORT, { delayMs: 60_000 });
    const tools = await bot.toolsAt(server.url);
    const from = databricks.requests.length;
    const stop = new AbortController();
    const titles: string[] = [];
    const running = tools.call(
      { id: 'x', name: 'generate_bundle_from_job', input: { job_id: '123' } },
      { signal: stop.signal, onStep: ({ title }) => titles.push(title) },
    );
    running.catch(() => undefined);
    await vi.waitFor(() => expect(exportsSince(from)).not.toEqual([]), { timeout: 5_000, interval: 20 });
    server.signal('SIGSTOP');
    await vi.waitFor(() => expect(titles.join()).toContain('went away'), { timeout: 30_000, interval: 100 });
    server.signal('SIGCONT');
    await vi.waitFor(() => expect(titles.join()).toContain('is back'), { timeout: 10_000, interval: 100 });
    stop.abort();
    await expect(running).rejects.toThrow();
    await tools.close();
  });

  it('for good, in the middle of a turn: the rest of it is done in this process, edits included', async () => {
    const tools = await bot.chooserAt(server.url, { returnMs: 600 })();
    const { bundleDigest: first = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '318' });
    const { bundleDigest: second = '' } = await use(tools, 'edit_bundle_file', { bundle_id: first, path: 'A.md', content: 'a\n' });
    await server.stop('SIGKILL');
    const edited = await use(tools, 'edit_bundle_file', { bundle_id: second, path: 'B.md', content: 'b\n' });
    expect(edited.isError, edited.text).toBe(false);
    expect(edited.steps.filter(({ id }) => id === 'tools-server').map(({ title }) => title)).toEqual([
      'The tools server went away; waiting for it',
      'The tools server does not come back; working without it',
    ]);
    const paths = (await bot.bundles.load(edited.bundleDigest ?? ''))?.bundle.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['A.md', 'B.md']));
    // What the other server knew of edits is known here, and nothing is said twice.
    const old = await use(tools, 'edit_bundle_file', { bundle_id: first, path: 'C.md', content: 'c\n' });
    expect(old.text).toContain(second);
    expect(old.steps.map(({ id }) => id)).not.toContain('tools-server');
    await tools.close();
    await server.start();
  });

  it('before a turn: the work is done in this process, and the first step says so', async () => {
    await server.stop('SIGTERM');
    const tools = await bot.toolsAt(server.url);
    const { isError, steps } = await use(tools, 'get_job', { job_id: '123' });
    expect(isError).toBe(false);
    expect(steps[0]).toMatchObject({ title: 'The tools server does not answer; working without it', status: 'complete' });
    expect((await use(tools, 'get_job', { job_id: '123' })).steps.map(({ id }) => id)).not.toContain('tools-server');
    await tools.close();
    await server.start();
  });
});

describe('a sign-in that ended', () => {
  it('in the middle of a turn is told in words, and is no lost server', async () => {
    const tools = await bot.toolsAt(server.url);
    expect((await use(tools, 'list_jobs', {})).isError).toBe(false);
    bot.signOut('dapi0123456789abcdef');
    const refused = await use(tools, 'list_jobs', {});
    expect(refused.text).toContain('It does not accept this person’s sign-in.\nWhat to do next: Ask them to connect again');
    bot.signOut(new UserError({ doing: 'Using your sign-in', problem: 'It was revoked.', next: 'Type /dab connect.' }));
    const ended = await use(tools, 'list_jobs', {});
    expect(ended).toMatchObject({ isError: true, text: 'Using your sign-in: It was revoked.\nWhat to do next: Type /dab connect.' });
    expect([...refused.steps, ...ended.steps].map(({ id }) => id)).not.toContain('tools-server');
    bot.signOut(undefined);
    await tools.close();
  });
});

describe('a server that may not call Jobs for somebody', () => {
  it('is left aside for a while, and the first step says why', async () => {
    // As behind the Apps proxy, whose forwarded token may lack the scope; the person's own token has it.
    databricks.faults.on('GET /api/2.2/jobs/list', { status: 403, times: 1 });
    const clock = createTestClock();
    const choose = bot.chooserAt(server.url, { clock });
    const first = await choose();
    const { steps, isError } = await use(first, 'get_job', { job_id: '123' });
    expect(isError).toBe(false);
    expect(steps[0]?.title).toBe('The tools server may not call Jobs for you; working without it');
    await first.close();
    // Believed for a while, then asked again: by now it may.
    const from = databricks.requests.length;
    await (await choose()).close();
    expect(databricks.requests.slice(from).filter(({ path }) => path.endsWith('/jobs/list'))).toEqual([]);
    await clock.turn(LIMITS.reachMs);
    const later = await choose();
    expect((await use(later, 'get_job', { job_id: '123' })).steps.map(({ id }) => id)).not.toContain('tools-server');
    await later.close();
  });
});

it('no token is in a log of either side', async () => {
  const all = `${bot.logged.join('\n')}\n${await server.log()}`;
  expect(all).toContain('the tools server went away');
  expect(all).not.toContain(bot.token);
});
