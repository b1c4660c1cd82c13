// Finds the Databricks CLI or prepares it: DATABRICKS_CLI_PATH, a newer one on PATH, our cache, PATH, the release's archive, a Go build.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Clock, systemClock } from '../../values/clock.ts';
import type { Logger } from '../../values/log.ts';
import { downloadCli } from './download.ts';
import type { FromWorkspace, SetupProgress } from './fetch-archive.ts';
import { buildCli, findGo, GO_MOD_DIR } from './go-build.ts';
import { LIMITS } from './limits.ts';
import { archiveOf, platformName, RELEASE, type Release } from './release.ts';
import { ACCEPTED, isAccepted, isNewer, versionOf } from './version.ts';

export type Ready = { readonly state: 'ready'; readonly path: string; readonly version: string };
type Preparing = { readonly state: 'preparing'; readonly doing: string; readonly percent?: number };
type Unavailable = { readonly state: 'unavailable'; readonly problem: string; readonly next: string };
export type CliStatus = Ready | Preparing | Unavailable;

export type CliLocator = ReturnType<typeof createCliLocator>;

export interface LocatorOptions {
  readonly cliPath?: string | undefined;
  readonly cacheDir: string;
  /** Where the pinned release's archive is, in place of the publisher's: an address or a path of the workspace, with `{version}` and the like in it. */
  readonly archive?: string | undefined;
  /** For a path. */
  readonly fromWorkspace?: FromWorkspace | undefined;
  /** A PATH to look in. */
  readonly path?: string | undefined;
  readonly log: Logger;
  /** false: neither download nor build. */
  readonly allowSetup: boolean;
  /** The folder with the go.mod and go.sum of the pinned CLI; in an installation without test/ it is not there. */
  readonly goModDir?: string | undefined;
  readonly goEnv?: Readonly<Record<string, string>> | undefined;
  readonly release?: Release;
  readonly clock?: Clock;
}

/** An absolute path among words; not the rest of an address. */
const PATH = /(?<![^\s'"(])\/[^\s'")]*/g;
const HOW_TO_GET = `Set DATABRICKS_CLI_PATH to a Databricks CLI (${ACCEPTED}) or DAB_CLI_ARCHIVE to where its archive is, or let this machine reach github.com or a Go module proxy and run: npm run setup:cli`;

export function createCliLocator(options: LocatorOptions) {
  const listeners = new Set<(status: CliStatus) => void>();
  let status: CliStatus = { state: 'preparing', doing: 'looking for the Databricks CLI' };
  let search: Promise<string | undefined> | undefined;
  const clock = options.clock ?? systemClock;
  /** Since when there has been none. */
  const since = clock.now();
  let goesOn = false;

  function set(next: CliStatus): void {
    const same = JSON.stringify(next) === JSON.stringify(status);
    status = next;
    if (!same) for (const listener of listeners) listener(next);
  }

  async function find(): Promise<string | undefined> {
    const found = await locate(options, (doing, percent) =>
      set({ state: 'preparing', doing, ...(percent === undefined ? {} : { percent }) }),
    ).catch(notPrepared);
    set(found);
    if (found.state === 'ready') options.log.info({ path: found.path, version: found.version }, 'The Databricks CLI is ready');
    else {
      options.log.warn({ problem: found.problem, next: found.next }, 'There is no Databricks CLI');
      if (goesOn) lookAgain(LIMITS.againMs);
    }
    return found.state === 'ready' ? found.path : undefined;
  }

  /** Whoever was told that there is none need not wait again for that: it shows only when one is found. */
  function lookAgain(afterMs: number): void {
    clock.deadline(afterMs, async () => {
      const found = await locate(options, () => undefined).catch(notPrepared);
      set(found);
      if (found.state === 'unavailable') return lookAgain(Math.min(2 * afterMs, LIMITS.againMaxMs));
      search = Promise.resolve(found.path);
      options.log.info({ path: found.path, version: found.version }, 'The Databricks CLI is ready after all');
    });
  }

  const ready = () => {
    search ??= find();
    return search;
  };
  return {
    status: () => status,
    /** In a word, or where there is none (yet): why, and for how long; without paths, since whoever asks need not be signed in. */
    health() {
      if (status.state === 'ready') return status.state;
      const reason = status.state === 'preparing' ? status.doing : `${status.problem} ${status.next}`;
      return { state: 'degraded', reason: reason.replace(PATH, '…'), forSeconds: Math.round((clock.now() - since) / 1000) };
    },
    /** Begins finding or preparing in the background, and looks again from time to time where there is none; a second call does nothing. */
    start() {
      goesOn = true;
      void ready();
    },
    /** Waits until there is a CLI (its path) or it is clear that there is none (undefined). Starts by itself. */
    ready,
    /** Tells of every change of status, at once of none; answers the function that stops it. */
    onChange(listener: (status: CliStatus) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function notPrepared(error: unknown): Unavailable {
  return unavailable(error instanceof Error ? error.message : 'It could not be prepared.');
}

/** Where the prepared CLI is kept. */
export function cachedPath(cacheDir: string, release: Release = RELEASE): string {
  return join(cacheDir, 'databricks-cli', release.version, platformName(), 'databricks');
}

async function locate(options: LocatorOptions, onProgress: SetupProgress): Promise<Ready | Unavailable> {
  const { cliPath, log, release = RELEASE } = options;
  if (cliPath !== undefined) {
    const version = await versionOf(cliPath);
    if (version === undefined) return unavailable('DATABRICKS_CLI_PATH does not name a Databricks CLI that runs.');
    if (!isAccepted(version)) return unavailable(`DATABRICKS_CLI_PATH names version ${version}; needed is ${ACCEPTED}.`);
    return { state: 'ready', path: cliPath, version };
  }
  const cached = cachedPath(options.cacheDir, release);
  const [kept, installed] = await Promise.all([versionOf(cached), onPath(options.path ?? '', log)]);
  const isKept = kept === release.version;
  if (installed !== undefined && (!isKept || isNewer(installed.version, release.version))) {
    log.info({ path: installed.path, version: installed.version }, 'Using the Databricks CLI found on PATH, not the pinned one');
    return installed;
  }
  if (isKept) return { state: 'ready', path: cached, version: release.version };
  if (!options.allowSetup) return unavailable('It is not installed, and preparing it is switched off.');
  return await prepare(options, release, cached, onProgress);
}

async function onPath(path: string, log: Logger): Promise<Ready | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry.startsWith('/'))) {
    const file = join(folder, 'databricks');
    const isExecutable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isExecutable) continue;
    const version = await versionOf(file);
    if (version !== undefined && isAccepted(version)) return { state: 'ready', path: file, version };
    log.info({ path: file, version }, `Leaving the databricks found on PATH aside: needed is a Databricks CLI ${ACCEPTED}`);
  }
  return undefined;
}

async function prepare(options: LocatorOptions, release: Release, to: string, onProgress: SetupProgress): Promise<Ready | Unavailable> {
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<Ready | undefined> => {
    try {
      await work();
      if ((await versionOf(to)) === release.version) return { state: 'ready', path: to, version: release.version };
      throw new Error('the result does not run');
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown reason';
      options.log.info({ reason }, `The Databricks CLI could not be had by ${what}`);
      problems.push(`${what}: ${reason}`);
      return undefined;
    }
  };

  const platform = platformName();
  const archive = archiveOf(release, platform, options.archive);
  if (archive === undefined) problems.push(`download: there is no archive for ${platform}`);
  else {
    onProgress('downloading', 0);
    const { fromWorkspace, clock = systemClock } = options;
    const downloaded = await attempt('download', () => downloadCli(archive, to, { fromWorkspace, onProgress, clock }));
    if (downloaded !== undefined) return downloaded;
  }
  const { goModDir = GO_MOD_DIR, goEnv = {}, path = '' } = options;
  const go = findGo(path, goModDir);
  if (go === undefined) problems.push('Go build: no Go here');
  else {
    const built = await attempt('Go build', () => buildCli({ go, path, goEnv, goModDir, version: release.version, to }, onProgress));
    if (built !== undefined) return built;
  }
  return unavailable(`It could not be prepared (${problems.join('; ')}).`);
}

function unavailable(problem: string): Unavailable {
  return { state: 'unavailable', problem: `There is no Databricks CLI here. ${problem}`, next: HOW_TO_GET };
}
