// A workspace folder on the whole real stack: command → thread → proposed job → zip with every file; hard-coded secrets wait for a scope.
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, cardOf, connected, findCli, lastEphemeral, STEP_MS, textOf } from './playground.ts';

const cli = await findCli();
if (cli.state !== 'ready') console.warn('*** No Databricks CLI: the folder flow is skipped. Run: npm run setup:cli');

const FOLDER = '/Users/ana@acme.example/shop';
/** Taken apart, so that nobody's scanner takes this file for a leak. */
const TOKEN = ['dapi', '0123456789abcdef'.repeat(2)].join('');
const FILES: Record<string, string> = {
  '01_load.py':
    '# Databricks notebook source\ndbutils.widgets.text("catalog", "main")\nfrom helpers import clean\nspark.table("raw.orders").write.saveAsTable("silver.orders")\n',
  '02_report.py': `# Databricks notebook source\n# MAGIC %run ./shared\n\n# COMMAND ----------\n\ntoken = "${TOKEN}"\nspark.table("silver.orders").write.saveAsTable("gold.report")\n`,
  'shared.py': '# Databricks notebook source\ndef f():\n    return 1\n',
  'helpers.py': 'def clean(x):\n    return x\n',
};

describe.skipIf(cli.state !== 'ready')('a folder', () => {
  let playground: Playground;
  let ana: Person;
  let root: Message;

  beforeAll(async () => {
    playground = await startPlayground({ env: environment, page: false });
    const { files } = playground.databricks.workspace;
    files.mkdirs(FOLDER);
    for (const [name, text] of Object.entries(FILES)) {
      const read = () => Buffer.from(text);
      if (!text.startsWith('# Databricks')) files.put(`${FOLDER}/${name}`, { type: 'FILE', read });
      else files.put(`${FOLDER}/${name.replace(/\.py$/, '')}`, { type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE', read });
    }
    ana = await connected(playground, 'ana');
  });
  afterAll(() => playground?.close());

  const thread = () => ana.messages(root.channel, root.ts);
  const zips = () => thread().flatMap((message) => message.files ?? []);
  const unzipped = (version: number) => {
    const file = zips().find(({ name }) => name.endsWith(`-v${version}.zip`));
    const entries = Object.entries(unzipSync(ana.download(file?.id ?? '')));
    return Object.fromEntries(entries.map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
  };

  it('says so where there is no such folder, and leaves nothing in the channel', async () => {
    const before = ana.messages(CHANNEL).length;
    await ana.command(CHANNEL, '/dab workspace /Users/ana@acme.example/nowhere');
    await ana.waitFor(() => textOf(lastEphemeral(ana) ?? root).includes('no such folder'), STEP_MS);
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  it('proposes a job in the order of names, tables and %run, and attaches every file byte for byte, secrets masked', async () => {
    await ana.command(CHANNEL, `/dab workspace /Workspace${FOLDER}`);
    root = await ana.waitFor(() => ana.messages(CHANNEL).find((one) => one.isBot && one.text.includes(`the folder ${FOLDER}`)), STEP_MS);
    const card = await ana.waitFor(() => cardOf(ana, root, 1), STEP_MS);
    const said = thread().map(textOf).join('\n');
    expect(said).toMatch(/1\. `\S*01_load`.*\n2\. `\S*02_report`/);
    expect(said).toContain('hard-coded secret');
    expect(said).not.toContain(TOKEN);
    expect(textOf(card)).toMatch(/4 files byte for byte/);
    // Nobody can deploy it as it is.
    expect(buttonsOf(card).deploy).toBeUndefined();
    expect(textOf(card)).toContain('hard-coded secret');

    await ana.waitFor(() => zips().length === 1, STEP_MS);
    const tree = unzipped(1);
    expect(tree['src/01_load.py']).toBe(FILES['01_load.py']);
    expect(tree['src/helpers.py']).toBe(FILES['helpers.py']);
    expect(tree['src/02_report.py']).toBe(FILES['02_report.py']?.replace(TOKEN, '<secret Databricks token>'));
    expect(Object.keys(tree)).toEqual(
      expect.arrayContaining(['databricks.yml', 'resources/shop.job.yml', 'src/shared.py', 'PROOF.md', 'PROOF.json']),
    );
    expect(tree['resources/shop.job.yml']).toContain('name: catalog');
    expect(JSON.stringify(tree)).not.toContain(TOKEN);
  });

  it('offers to deploy when the secret comes from a scope', async () => {
    ana.say(CHANNEL, 'replace the secrets with scope shop', { thread: root.ts });
    const card = await ana.waitFor(() => cardOf(ana, root, 2), STEP_MS);
    expect(textOf(card)).toMatch(/Plan for dev:\* 1 to create/);
    const said = thread().map(textOf).join('\n');
    expect(said).toContain('-token = "<secret Databricks token>"');
    expect(said).not.toContain(TOKEN);
    await ana.waitFor(() => zips().length === 2, STEP_MS);
    expect(unzipped(2)['src/02_report.py']).toContain('dbutils.secrets.get(scope="shop", key="databricks-token")');
    await ana.click(card, 'deploy');
    const end = await ana.waitFor(() => thread().find((message) => /Version 2 (is|was)/.test(message.text)), STEP_MS);
    expect(textOf(end)).toContain('Version 2 is deployed to *dev*');
    expect(await playground.log()).not.toContain(TOKEN);
  });
});
