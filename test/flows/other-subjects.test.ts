// What a thread can be about beside a plain job: one that a bundle owns, a workspace folder, a job with everything around it.
import { unzipSync } from 'fflate';
import { describe, expect } from 'vitest';
import { type Played, playJob } from '../../src/playground/play.ts';
import type { Playground } from '../../src/playground/start.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, CHANNEL, privately, startThread, textOf } from './thread.ts';

const cli = await findCli();

const OWNER_ROOT = '/Workspace/Users/ben@acme.example/.bundle/acme-revenue/prod';

/** A bundle of ben's owns job 318, as the workspace tells it. */
function giveOwner({ databricks: { workspace } }: Playground): void {
  const metadata = {
    version: 1,
    config: {
      bundle: { name: 'acme-revenue', target: 'prod', git: { branch: 'main', origin_url: 'https://git.example/acme/revenue.git' } },
      workspace: { file_path: `${OWNER_ROOT}/files` },
    },
  };
  const path = `${OWNER_ROOT}/state/metadata.json`;
  const job = workspace.jobs.get('318');
  if (job !== undefined) job.settings = { ...job.settings, deployment: { kind: 'BUNDLE', metadata_file_path: path } };
  workspace.files.mkdirs(`${OWNER_ROOT}/state`);
  workspace.files.put(path, { type: 'FILE', read: () => Buffer.from(JSON.stringify(metadata)) });
}

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

function putFolder({ databricks: { workspace } }: Playground): void {
  workspace.files.mkdirs(FOLDER);
  for (const [name, text] of Object.entries(FILES)) {
    const read = () => Buffer.from(text);
    if (!text.startsWith('# Databricks')) workspace.files.put(`${FOLDER}/${name}`, { type: 'FILE', read });
    else workspace.files.put(`${FOLDER}/${name.replace(/\.py$/, '')}`, { type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE', read });
  }
}

const test = flow()
  .extend('ownedJob', { scope: 'file' }, async ({ playground, ana }) => {
    giveOwner(playground);
    return startThread(ana, '/dab job 318', 'job 318 ');
  })
  .extend('folder', { scope: 'file' }, async ({ playground, ana }) => {
    putFolder(playground);
    return startThread(ana, `/dab workspace /Workspace${FOLDER}`, `the folder ${FOLDER}`);
  })
  .extend(
    'played',
    { scope: 'file' },
    async ({ playground }): Promise<Played> =>
      playJob(playground, { jobId: '530', name: 'Store sales weekly' }, cli.state === 'ready' ? cli.path : undefined),
  );

describe('a job that a bundle owns', () => {
  test('tells the owning bundle and where it is, asks, and makes nothing', async ({ ownedJob }) => {
    await ownedJob.says(/second bundle .*\?/);
    await ownedJob.idle();
    const answer = textOf(ownedJob.messages().at(-1) ?? ownedJob.root);
    for (const fact of ['acme-revenue', 'prod', 'ben@acme.example', 'https://git.example/acme/revenue.git', `${OWNER_ROOT}/files`])
      expect(answer).toContain(fact);
    expect(answer).toMatch(/second bundle .*\?/);
    expect(ownedJob.files()).toEqual([]);
  });

  test('goes on after a yes, and says again that the bundle has a rival', async ({ ana, ownedJob }) => {
    ownedJob.say('yes');
    await ownedJob.hasFiles(1);
    const files = unzipSync(ana.download(ownedJob.files()[0]?.id ?? ''));
    expect(Object.keys(files)).toContainEqual(expect.stringMatching(/^[^/]+\/databricks\.yml$/));
    await ownedJob.says('already deployed by a bundle');
    await ownedJob.idle();
  });
});

describe.skipIf(cli.state !== 'ready')('a folder', () => {
  test('that is not there is said, and leaves nothing in the channel', async ({ ana }) => {
    const before = ana.messages(CHANNEL).length;
    const answer = await privately(ana, () => ana.command(CHANNEL, '/dab workspace /Users/ana@acme.example/nowhere'));
    expect(textOf(answer)).toContain('no such folder');
    expect(ana.messages(CHANNEL)).toHaveLength(before);
  });

  test('becomes a proposed job in the order of names, tables and %run, every file byte for byte, secrets masked', async ({
    ana,
    folder,
  }) => {
    const card = await folder.card(1);
    await folder.idle();
    expect(folder.text()).toMatch(/1\. `\S*01_load`.*\n2\. `\S*02_report`/);
    expect(folder.text()).toContain('hard-coded secret');
    expect(folder.text()).not.toContain(TOKEN);
    expect(textOf(card)).toMatch(/Checked, nothing lost: \d+ settings, 4 files/);
    // Nobody can deploy it as it is.
    expect(buttonsOf(card).deploy).toBeUndefined();
    expect(textOf(card)).toContain('hard-coded secret');

    await folder.hasFiles(1);
    const tree = unzipped(ana.download(folder.files()[0]?.id ?? ''));
    expect(tree['src/01_load.py']).toBe(FILES['01_load.py']);
    expect(tree['src/helpers.py']).toBe(FILES['helpers.py']);
    expect(tree['src/02_report.py']).toBe(FILES['02_report.py']?.replace(TOKEN, '<secret Databricks token>'));
    expect(Object.keys(tree)).toEqual(
      expect.arrayContaining(['databricks.yml', 'resources/shop.job.yml', 'src/shared.py', 'PROOF.md', 'PROOF.json']),
    );
    expect(tree['resources/shop.job.yml']).toContain('name: catalog');
    expect(JSON.stringify(tree)).not.toContain(TOKEN);
  });

  test('can be deployed when the secret comes from a scope', async ({ playground, ana, folder }) => {
    folder.say('replace the secrets with scope shop');
    const card = await folder.card(2);
    expect(textOf(card)).toMatch(/Create your own copy of .* in dev\. Nothing that exists changes\./);
    expect(folder.text()).toContain('-token = "<secret Databricks token>"');
    expect(folder.text()).not.toContain(TOKEN);
    await folder.hasFiles(2);
    const second = folder.files().find(({ name }) => name.endsWith('-v2.zip'));
    const tree = unzipped(ana.download(second?.id ?? ''));
    expect(tree['src/02_report.py']).toContain('dbutils.secrets.get(scope="shop", key="databricks-token")');
    await ana.click(card, 'deploy');
    const end = await folder.says(/Version 2 (is|was)/);
    expect(textOf(end)).toContain('Version 2 is deployed to *dev*');
    expect(await playground.log()).not.toContain(TOKEN);
  });
});

// As --play plays it: it waits for its secret, then job, child job, pipeline and dashboard are deployed.
describe.skipIf(cli.state !== 'ready')('a job with a pipeline, a child job, a dashboard, a wheel and a secret', () => {
  test('waits for its secret and is then deployed, equal to its bundle', ({ played }) => {
    expect(played.summary).toMatch(/^waited for its secrets, then deployed as job \d+, equal to its bundle/);
    expect(played.ok).toBe(true);
    expect(played.thread).toContain('A hard-coded secret stands in the bundle: src/02_publish.py, line 17: Databricks token.');
  });

  test('links all that was deployed, the job itself first', async ({ played }) => {
    const [end = ''] = played.thread.split('is deployed to').slice(-1);
    expect(end.split('\n').slice(1, 5)).toEqual([
      expect.stringMatching(/\[dev ana\] Store sales weekly .* · job \d+/),
      expect.stringMatching(/\[dev ana\] Store reference data .* · job \d+/),
      expect.stringMatching(/\[dev ana\] Store sales tables .*\/pipelines\/.* · pipeline/),
      expect.stringMatching(/\[dev ana\] Store sales .*\/dashboardsv3\/.* · dashboard/),
    ]);
    const pages = await Promise.all([...end.matchAll(/\((http:[^)]+)\)/g)].map(([, url = '']) => fetch(url)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('shows the secret nowhere: not in the thread, not in the log, not in what Claude read', async ({ playground, played }) => {
    const token = /dapi[0-9a-f]{32}/;
    const text = Buffer.from(
      playground.databricks.workspace.files.get('/Users/ana@acme.example/sales/02_publish')?.read() ?? [],
    ).toString();
    expect(text).toMatch(token);
    expect(played.thread).not.toMatch(token);
    expect(await playground.log()).not.toMatch(token);
    expect(playground.claude?.requests.map(({ body }) => body).join('\n')).not.toMatch(token);
  });
});

function unzipped(zip: Uint8Array): Record<string, string> {
  return Object.fromEntries(
    Object.entries(unzipSync(zip)).map(([path, bytes]) => [path.replace(/^[^/]+\//, ''), Buffer.from(bytes).toString()]),
  );
}
