// How the CLI is run: its arguments, its environment, its folder, and what of its words people see.
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { clean, errorText, failureWords, warningsOf } from '../../../src/deployment/cli/stderr.ts';
import { createCliLocator } from '../../../src/deployment/install/locate.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { UserError } from '../../../src/values/errors.ts';
import { folderTest } from '../../temporary-folder.ts';
import { bundleOf, log } from '../rig.ts';

const host = 'https://acme.test';
const token = 'dapi-canary-0123456789';
/** A CLI that is a shell script; it answers --version itself. */
function fakeCli(folder: string, script: string) {
  const path = join(folder, 'databricks');
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo 'Databricks CLI v1.9.0'; exit 0; fi\n${script}\n`);
  chmodSync(path, 0o755);
  const locator = createCliLocator({ cliPath: path, cacheDir: folder, log, allowSetup: false });
  return createCli({ locator, scratchDir: join(folder, 'scratch'), clock: systemClock, log });
}

const it = folderTest.extend(
  'fake',
  ({ folder }) =>
    (script: string) =>
      fakeCli(folder, script),
);

/** For what a child does at once, however busy the machine. */
const WAIT = { timeout: 60_000, interval: 20 };
const open = { files: bundleOf().files, host, token: async () => token };

describe('the child process', () => {
  it('gets these arguments and this environment and nothing else, with stdin closed', async ({ folder, fake }) => {
    const dump = join(folder, 'dump');
    const cli = fake(
      `{ echo "$#"; printf '%s\\n' "$@"; } > ${dump}.argv; /usr/bin/env > ${dump}.env; ls -R "$DATABRICKS_BUNDLE_ROOT" > ${dump}.ls; if read line; then echo open; else echo closed; fi > ${dump}.stdin; echo '{}'`,
    );
    await cli.open(open, (inside) => inside.validate('dev'));
    expect(readFileSync(`${dump}.argv`, 'utf8')).toBe('6\nbundle\nvalidate\n-o\njson\n-t\ndev\n');
    expect(readFileSync(`${dump}.stdin`, 'utf8')).toBe('closed\n');
    expect(readFileSync(`${dump}.ls`, 'utf8')).toContain('databricks.yml');
    const lines = readFileSync(`${dump}.env`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('='));
    const env = Object.fromEntries(lines.map(([name = '', ...value]) => [name, value.join('=')]));
    // The shell itself adds PWD, SHLVL and _ (and OLDPWD).
    const names = Object.keys(env).filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name));
    expect(names.sort()).toEqual([
      'DATABRICKS_AUTH_TYPE',
      'DATABRICKS_BUNDLE_ENGINE',
      'DATABRICKS_BUNDLE_HTTP_TIMEOUT_SECONDS',
      'DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION',
      'DATABRICKS_BUNDLE_ROOT',
      'DATABRICKS_BUNDLE_TARGET',
      'DATABRICKS_BUNDLE_TMP',
      'DATABRICKS_CACHE_DIR',
      'DATABRICKS_CLI_DISABLE_TELEMETRY',
      'DATABRICKS_CLI_DISABLE_UPDATE_CHECK',
      'DATABRICKS_CONFIG_FILE',
      'DATABRICKS_HOST',
      'DATABRICKS_TOKEN',
      'GOGC',
      'GOMEMLIMIT',
      'HOME',
      'NO_COLOR',
      'TMPDIR',
    ]);
    expect(env).toMatchObject({
      DATABRICKS_HOST: host,
      DATABRICKS_TOKEN: token,
      DATABRICKS_AUTH_TYPE: 'pat',
      DATABRICKS_CONFIG_FILE: '/dev/null',
      DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION: '1',
    });
    expect(env.HOME).toContain(join(folder, 'scratch'));
    expect(existsSync(env.HOME ?? '')).toBe(false);
  });

  it('has a folder of its own every time, which is gone afterwards, also after a failure', async ({ folder, fake }) => {
    const cli = fake('echo "Error: no" >&2; exit 1');
    await expect(cli.open(open, (inside) => inside.plan('dev'))).rejects.toBeInstanceOf(UserError);
    expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  });

  it('ends a read when aborted', async ({ folder, fake }) => {
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const file = join(folder, 'pid');
    const cli = fake(`echo $$ > ${file}.new; mv ${file}.new ${file}; exec sleep 600`);
    const reading = cli.open({ ...open, signal: stop.signal }, (inside) => inside.validate('dev'));
    await Promise.all([
      expect(reading).rejects.toThrow('stopped by a person'),
      vi.waitUntil(() => existsSync(file), WAIT).then(() => stop.abort(new Error('stopped by a person'))),
    ]);
    const pid = Number(readFileSync(file, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('never ends a deploy', async ({ folder, fake }) => {
    const stop = new AbortController();
    const [started, goOn] = [join(folder, 'started'), join(folder, 'go-on')];
    const cli = fake(
      `echo "Deploying resources..." >&2; touch ${started}; until [ -e ${goOn} ] || [ ! -e ${started} ]; do sleep 0.02; done; echo "Deployment complete!" >&2`,
    );
    const lines: string[] = [];
    const deploying = cli.open({ ...open, signal: stop.signal }, (inside) =>
      inside.deployPlan('dev', { plan: '{}', deletes: false }, (line) => lines.push(line)),
    );
    await vi.waitUntil(() => existsSync(started), WAIT);
    stop.abort();
    writeFileSync(goOn, '');
    expect(await deploying).toMatchObject({ begun: true, result: { code: 0 } });
    expect(lines).toEqual(['Deploying resources...', 'Deployment complete!']);
  });

  it('reads again with another token where one is refused, and after trouble that passes, and hides each token', async ({
    folder,
    fake,
  }) => {
    const count = join(folder, 'count');
    const cli = fake(
      `echo x >> ${count}; case "$DATABRICKS_TOKEN $(wc -l < ${count})" in "first-token-1 "*) echo 'Error: no (401 UNAUTHENTICATED)' >&2; exit 1;; *2) echo 'Error: Get "https://x": EOF' >&2; exit 1;; *3) echo '{}';; *) echo "Error: $DATABRICKS_TOKEN no first-token-1 (403 X)" >&2; exit 1;; esac`,
    );
    const asked: unknown[] = [];
    const tokens = async (refused?: string) => {
      asked.push(refused);
      return refused === undefined ? 'first-token-1' : 'second-token-2';
    };
    await cli.open({ ...open, token: tokens }, async (inside) => {
      expect(await inside.validate('dev')).toMatchObject({ resolved: {} });
      await expect(inside.plan('dev')).rejects.toThrow('[secret] no [secret]');
    });
    expect(new Set(asked)).toEqual(new Set([undefined, 'first-token-1']));
  });

  it('says so when the CLI answers with something else', async ({ fake }) => {
    await expect(fake('echo nonsense').open(open, (inside) => inside.validate('dev'))).rejects.toThrow('not JSON');
  });

  it('refuses paths that lead out of its folder', async ({ fake }) => {
    const bad = ['../x', '/etc/x', 'a/../../x', 'a\\x'];
    for (const path of bad)
      await expect(
        fake('echo "{}"').open({ ...open, files: [{ path, bytes: new Uint8Array() }] }, (inside) => inside.validate('dev')),
      ).rejects.toThrow('Not a path inside a bundle');
  });
});

describe('its words', () => {
  const hidden = { host: 'http://127.0.0.1:4000', tokens: new Set([token]), base: '/tmp/dab-x', root: '/tmp/dab-x/bundle' };

  it('hold no host, folder, home or token', () => {
    const said = clean(
      `Error: ${token} at /tmp/dab-x/bundle/src/a.py and /tmp/dab-x/home, POST http://127.0.0.1:4000/api in /Workspace/Users/ana@acme.example/.bundle`,
      hidden,
    );
    expect(said).toBe('Error: [secret] at src/a.py and /home, POST the workspace/api in ~/.bundle');
  });

  it('are read as warnings with their places, and as errors without addresses', () => {
    const stderr =
      'Warning: unknown field: colour\n  at resources.jobs.j\n  in databricks.yml:4:33\n\nWarning: second\n\nError: cannot create resources.jobs.j: no (403 PERMISSION_DENIED)\n\nEndpoint: POST http://127.0.0.1:4000/api/2.2/jobs/create\nHTTP Status: 403 Forbidden\n';
    expect(warningsOf(stderr, hidden)).toEqual(['unknown field: colour (at resources.jobs.j, in databricks.yml:4:33)', 'second']);
    expect(errorText(stderr, hidden)).toBe('cannot create resources.jobs.j: no (403 PERMISSION_DENIED)');
  });

  it('become words for people where we know the message', () => {
    expect(failureWords('Deploying', 'Error: Failed to acquire deployment lock: deploy lock acquired by x', hidden).problem).toContain(
      'holds its lock',
    );
    expect(failureWords('Deploying', 'Error: Invalid access token. (403 PERMISSION_DENIED)', hidden).next).toContain('Connect again');
  });
});
