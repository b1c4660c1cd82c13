// How many commands of the CLI run at once, by one that notes when it begins and goes on when it may.
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { LIMITS } from '../../../src/deployment/cli/limits.ts';
import { createCli } from '../../../src/deployment/cli/open-bundle.ts';
import { createCliLocator } from '../../../src/deployment/install/locate.ts';
import { systemClock } from '../../../src/values/clock.ts';
import { folderTest } from '../../temporary-folder.ts';
import { bundleOf, log } from '../rig.ts';

const SCRIPT = (folder: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo 'Databricks CLI v1.9.0'; exit; fi
touch ${folder}/begun/$$
while [ ! -e ${folder}/go ]; do sleep 0.05; done
echo '{}'
`;

/** A CLI whose commands wait, and a bundle to run it on. */
const test = folderTest.extend('waiting', ({ folder }, { onCleanup }) => {
  const path = join(folder, 'cli');
  writeFileSync(path, SCRIPT(folder));
  chmodSync(path, 0o755);
  mkdirSync(join(folder, 'begun'));
  const locator = createCliLocator({ cliPath: path, cacheDir: folder, log, allowSetup: false });
  const cli = createCli({ locator, scratchDir: join(folder, 'scratch'), clock: systemClock, log });
  const letGo = () => writeFileSync(join(folder, 'go'), '');
  onCleanup(() => {
    if (existsSync(folder)) letGo();
  });
  return {
    letGo,
    begun: () => readdirSync(join(folder, 'begun')).length,
    validate: (signal?: AbortSignal) =>
      cli.open({ files: bundleOf().files, host: 'https://acme.databricks.test', token: async () => 't', signal }, (open) =>
        open.validate('dev'),
      ),
  };
});

test('reads wait for one another, and whoever is stopped waits no longer', async ({ waiting: { letGo, begun, validate } }) => {
  const stop = new AbortController();
  const running = Array.from({ length: LIMITS.readsAtOnce }, () => validate());
  await expect.poll(begun).toBe(LIMITS.readsAtOnce);
  const [late, stopped] = [validate(), validate(stop.signal)];
  stop.abort(new Error('stopped by a test'));
  await expect(stopped).rejects.toThrow('stopped by a test');
  expect(begun()).toBe(LIMITS.readsAtOnce);
  letGo();
  await Promise.all([...running, late]);
  expect(begun()).toBe(LIMITS.readsAtOnce + 1);
});
