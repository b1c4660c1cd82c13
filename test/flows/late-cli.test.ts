// A machine on which the CLI is still being built: answers and zips come at once, cards say how far it is, and catch up by themselves.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { RELEASE } from '../../src/deployment/install/release.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, cardOf, findCli, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();
/** What stands in for the Go build: it takes its time and then copies the CLI that is here. Where the release can be downloaded, that is quicker. */
const BUILD_SECONDS = 8;

describe.skipIf(cli.state !== 'ready' || cli.version !== RELEASE.version)('while the CLI is being prepared', () => {
  let playground: Playground;
  let folder: string;
  let ana: Person;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dab-late-'));
    const real = cli.state === 'ready' ? cli.path : '';
    const go = `#!/bin/sh\nsleep ${BUILD_SECONDS}\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && cp '${real}' "$2"; shift; done\n`;
    await writeFile(join(folder, 'go'), go);
    await chmod(join(folder, 'go'), 0o755);
    const variables = { DATABRICKS_CLI_PATH: '', DAB_CACHE_DIR: join(folder, 'cache'), PATH: `${folder}:/bin` };
    playground = await startPlayground({ env: environment, page: false, variables });
    ana = playground.slack.as('ana');
    await ana.command(CHANNEL, '/dab job 123');
    const connect = await ana.waitFor(() => lastEphemeral(ana), STEP_MS);
    await connectAs(playground.databricks, buttonsOf(connect).connect?.url ?? '', 'ana@acme.example');
  });
  afterAll(async () => {
    await playground?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('nobody waits: answer, zip and a card with the progress; replies go on; the newest card gets proof and plan', async () => {
    const root = await ana.waitFor(() => rootOf(ana, '123'), STEP_MS);
    const first = await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    expect(textOf(first)).toMatch(/The Databricks CLI is being prepared|Plan for dev/);
    expect(ana.messages(CHANNEL, root.ts).flatMap((message) => message.files ?? [])).toHaveLength(1);
    ana.say(CHANNEL, 'add a staging target', { thread: root.ts });
    const second = await ana.waitFor(() => {
      const card = cardOf(ana, root, 2);
      return card && 'deploy' in buttonsOf(card) ? card : undefined;
    }, STEP_MS);
    expect(textOf(second)).toMatch(/\d+ settings: \d+ identical/);
    expect(textOf(second)).toContain('Plan for dev');
    const old = await ana.waitFor(() => {
      const card = cardOf(ana, root, 1);
      return card && textOf(card).includes('newer version') ? card : undefined;
    }, STEP_MS);
    expect(Object.keys(buttonsOf(old))).not.toContain('deploy');
    expect(Object.keys(buttonsOf(old))).not.toContain('deploy_unavailable');
  });
});
