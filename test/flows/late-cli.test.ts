// The first minutes on a new machine: the CLI is still being prepared, and nobody waits for it; then the newest card gets its proof and plan.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RELEASE } from '../../src/deployment/install/release.ts';
import { findCli, linked, startStack } from './stack.ts';
import { buttonsOf, startThread, textOf } from './thread.ts';

const cli = await findCli();

/** The release can't be downloaded: nobody listens where the proxy should be (port 9 is for discarding, RFC 863). */
const OFFLINE = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9' };

/** A folder with a `go` that builds nothing: as soon as the file `go-on` is there, it copies the CLI that is here; without the folder it ends. */
async function patientGo(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dab-late-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const real = cli.state === 'ready' ? cli.path : '';
  const copy = `while [ $# -gt 0 ]; do [ "$1" = -o ] && cp '${real}' "$2"; shift; done`;
  await writeFile(
    join(folder, 'go'),
    `#!/bin/sh\nuntil [ -e '${folder}/go-on' ]; do [ -d '${folder}' ] || exit 1; sleep 0.1; done\n${copy}\n`,
  );
  await chmod(join(folder, 'go'), 0o755);
  return folder;
}

describe.skipIf(cli.state !== 'ready' || cli.version !== RELEASE.version)('while the CLI is being prepared', () => {
  test('nobody waits: answer, zip and a card with the progress; replies go on; the newest card gets proof and plan', async () => {
    const folder = await patientGo();
    const variables = { ...OFFLINE, DATABRICKS_CLI_PATH: '', DAB_CACHE_DIR: join(folder, 'cache'), PATH: `${folder}:/bin` };
    const { playground, close } = await startStack({ variables });
    onTestFinished(close);
    const ana = await linked(playground, 'ana');

    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    const first = await thread.card(1);
    expect(textOf(first)).toContain('The Databricks CLI is being prepared');
    await thread.hasFiles(1);
    thread.say('add a staging target');
    expect(buttonsOf(await thread.card(2))).not.toHaveProperty('deploy');

    await writeFile(join(folder, 'go-on'), '');
    const planned = await thread.card(2, (card) => 'deploy' in buttonsOf(card));
    expect(textOf(planned)).toMatch(/Nothing lost: \d+ settings/);
    expect(textOf(planned)).toContain('Create your own paused copy of Churn in dev.');
    const old = buttonsOf(await thread.shows(first, 'newer card'));
    expect(Object.keys(old)).not.toContain('deploy');
    expect(Object.keys(old)).not.toContain('deploy_unavailable');
  });
});
