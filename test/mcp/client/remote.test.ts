// The bot's tools on a remote server: what is made there is kept here, what is lost there is put back, and a server that goes away is outlived.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { LIMITS } from '../../../src/mcp/limits.ts';
import { UserError } from '../../../src/values/errors.ts';
import { fillDataFolder } from '../../storage/test-dump.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { driveAll } from '../drive.ts';
import { CLI, use } from '../rig.ts';
import { withServerProcess } from '../server-process.ts';
import { createBotSide } from './remote-rig.ts';

const EXPORT = 'GET /api/2.0/workspace/export';

const it = withServerProcess.extend('bot', { scope: 'file' }, async ({ databricks, dataDir }, { onCleanup }) => {
  const bot = await createBotSide(databricks, dataDir);
  onCleanup(() => bot.close());
  return bot;
});

describe('on the remote server', () => {
  it('every tool works as in this process', async ({ server, bot }) => {
    const tools = await bot.toolsAt(server.url);
    await driveAll(async (name, input) => await use(tools, name, input), { cli: CLI !== undefined });
  });

  it('the list of tools is the same to the byte: it is frozen into conversations', async ({ server, bot }) => {
    const [remote, here] = await Promise.all([bot.toolsAt(server.url), bot.toolsAt(undefined)]);
    expect(JSON.stringify(await remote.list())).toBe(JSON.stringify(await here.list()));
  });

  it('a bundle that was made there is here before its result is, with what it was made from', async ({ server, bot }) => {
    const tools = await bot.toolsAt(server.url);
    const { bundleDigest = '', steps } = await use(tools, 'generate_bundle_from_job', { job_id: '204' });
    const stored = await bot.bundles.load(bundleDigest);
    expect(stored?.bundle.name).toBe('orders_nightly_export');
    expect((await bot.bundles.loadDefinition(stored?.definitionId ?? ''))?.jobId).toBe('204');
    expect(steps.map(({ title }) => title).join()).toContain('Collecting sources');
    const edited = await use(tools, 'edit_bundle_file', { bundle_id: bundleDigest, path: 'NOTES.md', content: 'x\n' });
    expect((await bot.bundles.load(edited.bundleDigest ?? ''))?.parent).toBe(bundleDigest);
  });

  it('of two edits of one version the second is refused, one after the other or at once, as in this process', async ({ server, bot }) => {
    for (const url of [server.url, undefined]) {
      const tools = await bot.toolsAt(url);
      const { bundleDigest: first = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '318' });
      const edit = (path: string) => use(tools, 'edit_bundle_file', { bundle_id: first, path, content: 'x\n' });
      const edits = await Promise.all([edit('A.md'), edit('B.md')]);
      expect(edits.map(({ isError }) => isError).sort(), url).toEqual([false, true]);
      const { isError, text } = await edit('C.md');
      expect(isError).toBe(true);
      expect(text).toContain(edits.find((one) => !one.isError)?.bundleDigest);
    }
  });

  it('a proposal is kept here, under an id of ours that the model reads, exact to the byte', async ({ server, bot }) => {
    const tools = await bot.toolsAt(server.url);
    const { text, proposalIds = [] } = await use(tools, 'run_job', { job: '123', parameters: { schema: 'übung “x”' } });
    const rows = await bot.db.query<{ id: string; arguments: string; user_name: string }>('select id, arguments, user_name from writes');
    const mine = rows.find(({ id }) => id === proposalIds[0]);
    expect(proposalIds).toHaveLength(1);
    expect(mine?.user_name).toBe('ana@acme.example');
    expect(mine?.arguments).toContain('übung “x”');
    expect(text).toContain(proposalIds[0]);
  });

  it('what the server has lost is put back: versions made here, and their first version', async ({ server, bot }) => {
    const here = await bot.toolsAt(undefined);
    const { bundleDigest: first = '' } = await use(here, 'generate_bundle_from_job', { job_id: '402' });
    const { bundleDigest: second = '' } = await use(here, 'edit_bundle_file', { bundle_id: first, path: 'N.md', content: 'n\n' });
    const tools = await bot.toolsAt(server.url);
    expect((await use(tools, 'list_bundle_files', { bundle_id: second })).text).toContain('N.md');
    const proved = await use(tools, 'validate_bundle', { bundle_id: second });
    expect(proved.isError).toBe(false);
    if (CLI !== undefined) expect(proved.text).toContain('Validated for target prod');
  });

  it('cancelling stops the work there', async ({ databricks, server, faults, bot }) => {
    const { struck } = faults.on(EXPORT, { hang: true });
    const tools = await bot.toolsAt(server.url);
    const from = databricks.requests.length;
    const stop = new AbortController();
    const running = use(tools, 'generate_bundle_from_job', { job_id: '123' }, stop.signal);
    running.catch(() => undefined);
    await struck;
    stop.abort(new Error('Stop was pressed'));
    await expect(running).rejects.toThrow('Stop was pressed');
    const exports = () => databricks.requests.slice(from).filter(({ path }) => path.endsWith('/workspace/export'));
    await expect.poll(() => exports().every(({ abandoned }) => abandoned)).toBe(true);
  });
});

describe('a sign-in that ended', () => {
  it('in the middle of a turn is told in words, and is no lost server', async ({ server, bot }) => {
    const tools = await bot.toolsAt(server.url);
    expect((await use(tools, 'list_jobs', {})).isError).toBe(false);
    onTestFinished(() => bot.signOut(undefined));
    bot.signOut('dapi0123456789abcdef');
    const refused = await use(tools, 'list_jobs', {});
    expect(refused.text).toContain('It does not accept this person’s sign-in.\nWhat to do next: Ask them to connect again');
    bot.signOut(new UserError({ doing: 'Using your sign-in', problem: 'It was revoked.', next: 'Type /dab connect.' }));
    const ended = await use(tools, 'list_jobs', {});
    expect(ended).toMatchObject({ isError: true, text: 'Using your sign-in: It was revoked.\nWhat to do next: Type /dab connect.' });
    expect([...refused.steps, ...ended.steps].map(({ id }) => id)).not.toContain('tools-server');
  });
});

describe('a server that may not call Jobs for somebody', () => {
  it('is left aside for a while, and the first step says why', async ({ databricks, server, faults, bot }) => {
    // As behind the Apps proxy, whose forwarded token may lack the scope; the person's own token has it.
    faults.on('GET /api/2.2/jobs/list', { status: 403, times: 1 });
    const clock = createTestClock();
    const choose = bot.chooserAt(server.url, { clock });
    const first = await choose();
    const { steps, isError } = await use(first, 'get_job', { job_id: '123' });
    expect(isError).toBe(false);
    expect(steps[0]?.title).toBe('The tools server may not call Jobs for you; working without it');
    // Believed for a while, then asked again: by now it may.
    const from = databricks.requests.length;
    await choose();
    expect(databricks.requests.slice(from).filter(({ path }) => path.endsWith('/jobs/list'))).toEqual([]);
    await clock.turn(LIMITS.reachMs);
    const later = await choose();
    expect((await use(later, 'get_job', { job_id: '123' })).steps.map(({ id }) => id)).not.toContain('tools-server');
  });
});

describe('a server that goes away', () => {
  it('in the middle of a call: said, waited for, and the call made again', async ({ server, faults, bot }) => {
    const hang = faults.on(EXPORT, { hang: true });
    const tools = await bot.toolsAt(server.url);
    const running = use(tools, 'generate_bundle_from_job', { job_id: '123' });
    await hang.struck;
    await server.stop('SIGKILL');
    hang();
    await server.start();
    const { isError, bundleDigest = '', steps } = await running;
    expect(isError).toBe(false);
    expect(await bot.bundles.load(bundleDigest)).toBeDefined();
    const said = steps.filter(({ id }) => id === 'tools-server').map(({ title, status }) => `${title} (${status})`);
    expect(said).toEqual(['The tools server went away; waiting for it (in_progress)', 'The tools server is back; going on (complete)']);
    expect(steps.at(-1)?.status).toBe('complete');
  });

  it('with all that it knew: the next call brings its bundle along', async ({ dataDir, server, bot }) => {
    const tools = await bot.toolsAt(server.url);
    const { bundleDigest = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '204' });
    await server.stop('SIGKILL');
    rmSync(join(dataDir, 'tools-postgres'), { recursive: true, force: true });
    await fillDataFolder(join(dataDir, 'tools-postgres'));
    await server.start();
    const { text, isError } = await use(tools, 'edit_bundle_file', { bundle_id: bundleDigest, path: 'N.md', content: 'n\n' });
    expect(isError, text).toBe(false);
  });

  it('frozen, so that nothing answers: noticed within seconds by its silence', async ({ server, faults, bot }) => {
    const clock = createTestClock();
    const { struck } = faults.on(EXPORT, { hang: true });
    const tools = await bot.chooserAt(server.url, { clock })();
    const stop = new AbortController();
    const titles: string[] = [];
    const back = Promise.withResolvers<void>();
    const onStep = ({ title }: { title: string }) => {
      titles.push(title);
      if (title.includes('is back')) back.resolve();
    };
    const call = { id: 'x', name: 'generate_bundle_from_job', input: { job_id: '123' } };
    const running = tools.call(call, { signal: stop.signal, onStep });
    running.catch(() => undefined);
    await struck;
    server.signal('SIGSTOP');
    onTestFinished(() => server.signal('SIGCONT'));
    const silence = async () => {
      await clock.turn(LIMITS.silentMs);
      return titles.join();
    };
    await expect.poll(silence).toContain('went away');
    server.signal('SIGCONT');
    await clock.turnUntil(back.promise);
    stop.abort();
    await expect(running).rejects.toThrow();
  });

  it('for good: the turn goes on in this process, edits included, and the first step of the next turn says so', async ({ server, bot }) => {
    const clock = createTestClock();
    const tools = await bot.chooserAt(server.url, { clock })();
    const { bundleDigest: first = '' } = await use(tools, 'generate_bundle_from_job', { job_id: '318' });
    const { bundleDigest: second = '' } = await use(tools, 'edit_bundle_file', { bundle_id: first, path: 'A.md', content: 'a\n' });
    await server.stop('SIGKILL');
    const edited = await clock.turnUntil(use(tools, 'edit_bundle_file', { bundle_id: second, path: 'B.md', content: 'b\n' }));
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

    const next = await bot.toolsAt(server.url);
    const { isError, steps } = await use(next, 'get_job', { job_id: '123' });
    expect(isError).toBe(false);
    expect(steps[0]).toMatchObject({ title: 'The tools server does not answer; working without it', status: 'complete' });
    expect((await use(next, 'get_job', { job_id: '123' })).steps.map(({ id }) => id)).not.toContain('tools-server');
  });
});

it('no token is in a log of either side', async ({ server, bot }) => {
  const all = `${bot.logged.join('\n')}\n${await server.log()}`;
  expect(all).toContain('the tools server went away');
  expect(all).not.toContain(bot.token);
});
