// Finding and preparing the CLI: the order, versions, checksums, and the words when there is none.

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, onTestFinished } from 'vitest';
import { setupCli } from '../../../src/bin/setup-cli.ts';
import { createAppFiles } from '../../../src/databricks/app-files.ts';
import { LIMITS } from '../../../src/deployment/cli/limits.ts';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { type CliStatus, cachedPath, createCliLocator, type LocatorOptions } from '../../../src/deployment/install/locate.ts';
import { platformName, type Release } from '../../../src/deployment/install/release.ts';
import { createDatabricksStandIn } from '../../../src/playground/databricks/stand-in.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { folderTest } from '../../temporary-folder.ts';
import { createTestClock } from '../../values/test-clock.ts';
import { log } from '../rig.ts';

const script = (version: string) => `#!/bin/sh\necho 'Databricks CLI v${version}'\n`;
const archive = zipSync({ databricks: strToU8(script('1.9.0')), LICENSE: strToU8('…') });
function put(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, script(version));
  chmodSync(path, 0o755);
  return path;
}

async function locateWith(options: LocatorOptions): Promise<{ status: CliStatus; seen: CliStatus[] }> {
  const locator = createCliLocator(options);
  const seen: CliStatus[] = [];
  locator.onChange((status) => seen.push(status));
  locator.start();
  const path = await locator.ready();
  const status = locator.status();
  expect(path).toBe(status.state === 'ready' ? status.path : undefined);
  return { status, seen };
}

/** Tests that share a server of releases; each has an empty cache. */
const it = folderTest
  .extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = createServer((_request, response) => response.setHeader('content-length', archive.byteLength).end(archive));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onCleanup(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  })
  .extend('cache', ({ folder }) => join(folder, 'cache'))
  .extend('release', ({ server }): Release => {
    const sum = createHash('sha256').update(archive).digest('hex');
    return { version: '1.9.0', archive: 'cli.zip', url: `${server}/{archive}`, sha256: { [platformName()]: sum } };
  })
  .extend(
    'locate',
    ({ cache, release }) =>
      (options: Partial<LocatorOptions>) =>
        locateWith({ cacheDir: cache, path: '', log, allowSetup: false, release, ...options }),
  );

const app = { clientId: '6f9b1d7e-app', clientSecret: 'app-secret' };
/** Tests that share a workspace with archives in it as well. */
const inWorkspace = it
  .extend('databricks', { scope: 'file' }, async ({}, { onCleanup }) => {
    const databricks = await createDatabricksStandIn({ seed: false });
    onCleanup(databricks.close);
    databricks.registerOAuthClient(app);
    const { files } = databricks.workspace;
    for (const folder of ['/Volumes/main/tools/c l#i', '/Shared/cli', '/Teams']) files.mkdirs(folder);
    const put = (path: string, bytes: Uint8Array) => files.put(path, { type: 'FILE', read: () => bytes });
    put('/Volumes/main/tools/c l#i/1.9.0-cli.zip', archive);
    const half = Math.ceil(archive.byteLength / 2);
    put('/Shared/cli/cli.zip.00', archive.subarray(0, half));
    put('/Shared/cli/cli.zip.01', archive.subarray(half));
    put('/Shared/cli/half.zip.00', archive.subarray(0, half));
    put('/Shared/cli/whole.zip', new Uint8Array(11 * 1024 * 1024));
    put('/Teams/cli.zip', archive);
    return databricks;
  })
  .extend('from', ({ databricks, locate }) => async (place: string, by = app) => {
    databricks.requests.length = 0;
    const fromWorkspace = createAppFiles({ host: databricks.url, ...by });
    return (await locate({ allowSetup: true, archive: place, fromWorkspace })).status;
  });

describe('the order', () => {
  it('takes DATABRICKS_CLI_PATH before all, and the cache before PATH unless a newer one is there', async ({
    folder,
    cache,
    release,
    locate,
  }) => {
    const onPath = put(join(folder, 'bin', 'databricks'), '1.12.0');
    const path = dirname(onPath);
    expect((await locate({ path })).status).toMatchObject({ state: 'ready', path: onPath, version: '1.12.0' });
    const cached = put(cachedPath(cache, release), '1.9.0');
    expect((await locate({ path })).status).toMatchObject({ state: 'ready', path: onPath });
    const older = put(join(folder, 'older', 'databricks'), '1.9.0');
    expect((await locate({ path: dirname(older) })).status).toMatchObject({ state: 'ready', path: cached });
    const given = put(join(folder, 'given'), '1.10.1');
    expect((await locate({ path, cliPath: given })).status).toMatchObject({ state: 'ready', path: given, version: '1.10.1' });
  });

  it('leaves a CLI on PATH aside that is too old or too new, and refuses such a DATABRICKS_CLI_PATH', async ({ folder, locate }) => {
    for (const version of ['1.8.9', '0.299.2', '2.0.0']) {
      const path = put(join(folder, version, 'databricks'), version);
      expect((await locate({ path: dirname(path) })).status).toMatchObject({
        state: 'unavailable',
        problem: expect.stringContaining('not installed'),
      });
      expect((await locate({ cliPath: path })).status).toMatchObject({
        state: 'unavailable',
        problem: expect.stringContaining(`names version ${version}`),
      });
    }
    expect((await locate({ cliPath: join(folder, 'nothing') })).status).toMatchObject({
      state: 'unavailable',
      next: expect.stringContaining('npm run setup:cli'),
    });
  });
});

describe('while it is being prepared', () => {
  it('nobody waits for it, and everybody learns what it is at', async ({ folder, cache, release }) => {
    const stuck = createServer((_request, response) => response.writeHead(200, { 'content-length': '1000' }).flushHeaders());
    const stop = () => {
      stuck.closeAllConnections();
      stuck.close();
    };
    onTestFinished(stop);
    await new Promise<void>((resolve) => stuck.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(stuck.address() as AddressInfo).port}/{archive}`;
    const locator = createCliLocator({ cacheDir: cache, path: '', log, allowSetup: true, release: { ...release, url } });
    const clock = createTestClock();
    const cli = createCli({ locator, scratchDir: folder, clock, log });
    const missing = cli.missing();
    await expect.poll(() => locator.status(), { timeout: 60_000 }).toMatchObject({ doing: expect.stringMatching(/^downloading/) });
    await clock.turn(LIMITS.lookMs);
    const words = await missing;
    expect(words?.problem).toMatch(/^The Databricks CLI is being prepared: downloading/);
    expect(words?.next).toContain('follow by themselves');
    stop();
    expect(await locator.ready()).toBeUndefined();
    expect((await cli.missing())?.problem).toContain('There is no Databricks CLI here');
  });

  it('a CLI that is there is waited for', async ({ folder, cache, release }) => {
    put(cachedPath(cache, release), '1.9.0');
    const locator = createCliLocator({ cacheDir: cache, path: '', log, allowSetup: false, release });
    expect(await createCli({ locator, scratchDir: folder, clock: systemClock, log }).missing()).toBeUndefined();
  });
});

describe('where there is none', () => {
  it('is looked for again, later each time, and says for how long there was none', async ({ folder, cache, release }) => {
    const clock = createTestClock();
    const place = join(folder, 'bin', 'databricks');
    const locator = createCliLocator({ cacheDir: cache, path: dirname(place), log, allowSetup: false, release, clock });
    locator.start();
    expect(await locator.ready()).toBeUndefined();
    await clock.turn(59_000);
    expect(locator.health()).toEqual({ state: 'degraded', reason: expect.stringContaining('It is not installed'), forSeconds: 59 });
    put(place, '1.9.0');
    await clock.turn(1_000);
    await expect.poll(() => locator.health()).toBe('ready');
    expect(await locator.ready()).toBe(place);
  });
});

describe('readiness, which anybody may ask', () => {
  it('names neither folders of the machine nor files of the workspace', async ({ cache, release }) => {
    const archive = '/Volumes/main/tools/cli.zip';
    const options = { path: '', log, allowSetup: true, release, goModDir: join(cache, 'none') };
    const unread = createCliLocator({ ...options, cacheDir: cache, archive });
    await unread.ready();
    const nowhere = createCliLocator({ ...options, cacheDir: '/dev/null/cache' });
    await nowhere.ready();
    expect([unread.status(), nowhere.status()]).toMatchObject([
      { problem: expect.stringContaining(archive) },
      { problem: expect.stringContaining('/dev/null/cache') },
    ]);
    for (const locator of [unread, nowhere])
      expect(locator.health()).toMatchObject({ reason: expect.not.stringMatching(/\/(Volumes|dev)\b/) });
    expect(unread.health()).toMatchObject({
      reason: expect.stringContaining('(download: … is read by the app itself alone; Go build: no Go here)'),
    });
  });
});

describe('setup:cli', () => {
  it('prints what it does and ends with a CLI in the cache, or says loudly what is missing', async ({ folder, cache }) => {
    const settings = { cacheDir: cache, path: '', goEnv: {}, goModDir: join(folder, 'none'), log };
    const lines: string[] = [];
    const show = (line: string) => lines.push(line);
    put(cachedPath(settings.cacheDir), '1.9.0');
    expect(await setupCli({ ...settings, show })).toMatchObject({ state: 'ready', version: '1.9.0' });
    expect(await setupCli({ ...settings, cliPath: join(folder, 'nothing'), show })).toMatchObject({
      state: 'unavailable',
      problem: expect.stringContaining('DATABRICKS_CLI_PATH'),
    });
    expect(lines).toEqual([]);
  });
});

describe('preparing', () => {
  it('downloads, checks the sum, unpacks into the cache, and shows how far it is', async ({ cache, release, locate }) => {
    const { status, seen } = await locate({ allowSetup: true });
    expect(status).toMatchObject({ state: 'ready', path: cachedPath(cache, release) });
    expect(seen).toContainEqual({ state: 'preparing', doing: 'unpacking', percent: 100 });
    expect(seen).toContainEqual({ state: 'preparing', doing: expect.stringMatching(/^downloading .* MB$/), percent: 100 });
  });

  it('lets two programs prepare at once', async ({ locate }) => {
    const both = await Promise.all([locate({ allowSetup: true }), locate({ allowSetup: true })]);
    expect(both.map(({ status }) => status.state)).toEqual(['ready', 'ready']);
  });

  it('refuses an archive whose sum is another, and leaves nothing behind', async ({ cache, release, locate }) => {
    const { status } = await locate({ allowSetup: true, release: { ...release, sha256: { [platformName()]: '0'.repeat(64) } } });
    expect(status).toMatchObject({ state: 'unavailable', problem: expect.stringContaining('another checksum') });
    expect(existsSync(cachedPath(cache, release))).toBe(false);
  });

  it('goes on to Go at once when the download is refused, and says what failed', async ({ folder, cache, release, locate }) => {
    const go = join(folder, 'go-bin', 'go');
    mkdirSync(dirname(go));
    const made = put(join(folder, 'made'), '1.9.0');
    writeFileSync(
      go,
      `#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\nls go.mod go.sum > /dev/null || exit 1\necho runtime >&2\ncp ${made} "$2"\n`,
    );
    chmodSync(go, 0o755);
    const goModDir = join(import.meta.dirname, '..', '..', 'databricks-cli');
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const refused = { ...release, url: `http://127.0.0.1:${(closed.address() as AddressInfo).port}/{archive}` };
    await new Promise((resolve) => closed.close(resolve));
    const path = `${dirname(go)}:/bin:/usr/bin`;
    const built = await locate({ allowSetup: true, release: refused, path, goModDir });
    expect(built.status).toMatchObject({ state: 'ready', version: '1.9.0' });
    rmSync(cache, { recursive: true });
    expect(built.seen).toContainEqual(expect.objectContaining({ doing: expect.stringContaining('building with Go') }));
    const without = await locate({ allowSetup: true, release: refused, path: '', goModDir });
    expect(without.status.state === 'unavailable' && without.status.problem).toMatch(
      /could not be reached \(ECONNREFUSED\); Go build: no Go here/,
    );
  });
});

describe('an archive at a place of one’s own', () => {
  it('is fetched from that address', async ({ cache, release, server, locate }) => {
    const gone = { ...release, url: `${server}/not-here/{archive}` };
    const { status } = await locate({ allowSetup: true, release: gone, archive: `${server}/mirror/{archive}` });
    expect(status).toMatchObject({ state: 'ready', path: cachedPath(cache, release) });
  });

  inWorkspace.for(['/Volumes/main/tools/c l#i/{version}-{archive}', '/Workspace/Shared/cli/{archive}'])(
    'is read as the app itself, whole or in parts: %s',
    async (place, { from, databricks }) => {
      expect(await from(place)).toMatchObject({ state: 'ready', version: '1.9.0' });
      const read = databricks.requests.filter(({ path }) => path.startsWith('/api/'));
      expect(new Set(read.map(({ userName }) => userName))).toEqual(new Set([app.clientId]));
    },
  );

  inWorkspace('has its sum checked, and says why it could not be read', async ({ from, locate }) => {
    const problem = async (...of: Parameters<typeof from>) => {
      const status = await from(...of);
      return status.state === 'unavailable' ? status.problem : status.state;
    };
    expect(await problem('/Workspace/Shared/cli/half.zip')).toMatch(/another checksum \(.+…\) than the published one of cli\.zip/);
    expect(await problem('/Workspace/Shared/cli/none.zip')).toContain('nothing at /Workspace/Shared/cli/none.zip, whole or in parts');
    expect(await problem('/Volumes/main/tools/none.zip')).toContain('nothing at /Volumes/main/tools/none.zip');
    expect(await problem('/Workspace/Shared/cli/whole.zip')).toContain('must lie in parts below 10 MB');
    const unknown = await problem('/Workspace/Teams/cli.zip', { ...app, clientSecret: 'very-wrong' });
    expect(unknown).toContain('could not sign in to the workspace as itself');
    expect(unknown).not.toContain('very-wrong');
    const { status } = await locate({ allowSetup: true, archive: '/Workspace/Teams/cli.zip' });
    expect(status).toMatchObject({ problem: expect.stringContaining('read by the app itself alone') });
  });

  inWorkspace('in a volume, where no size is too large, is not said to be so when it is refused', async ({ from, databricks }) => {
    databricks.faults.on('GET /api/2.0/fs/files/*', { status: 400, times: 1 });
    expect(await from('/Volumes/main/tools/c l#i/{version}-{archive}')).toMatchObject({
      problem: expect.stringMatching(/download: \/Volumes\/main\/tools\/c l#i\/1\.9\.0-cli\.zip was answered with 400/),
    });
  });

  inWorkspace('that the app may not read says so', async ({ from, databricks }) => {
    onTestFinished(() => {
      databricks.workspace.unreadable = 404;
    });
    databricks.workspace.unreadable = 403;
    expect(await from('/Workspace/Teams/cli.zip')).toMatchObject({
      problem: expect.stringContaining('itself may not read /Workspace/Teams/cli.zip (403)'),
    });
  });
});
