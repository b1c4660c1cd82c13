// A job that a bundle owns, over Slack: the person reads which one and where it is, is asked, and after a yes the work goes on.
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { connectAs } from '../../src/playground/connect.ts';
import type { Person } from '../../src/playground/slack/people/person.ts';
import type { Message } from '../../src/playground/slack/protocol/page-api.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { buttonsOf, CHANNEL, lastEphemeral, rootOf, STEP_MS, textOf } from './playground.ts';

const ROOT = '/Workspace/Users/ben@acme.example/.bundle/acme-revenue/prod';
const METADATA = {
  version: 1,
  config: {
    bundle: { name: 'acme-revenue', target: 'prod', git: { branch: 'main', origin_url: 'https://git.example/acme/revenue.git' } },
    workspace: { file_path: `${ROOT}/files` },
  },
};

let playground: Playground;
let ana: Person;
let root: Message;

beforeAll(async () => {
  playground = await startPlayground({ env: environment, page: false });
  const { jobs, files } = playground.databricks.workspace;
  const job = jobs.get('318');
  if (job !== undefined)
    job.settings = { ...job.settings, deployment: { kind: 'BUNDLE', metadata_file_path: `${ROOT}/state/metadata.json` } };
  files.mkdirs(`${ROOT}/state`);
  files.put(`${ROOT}/state/metadata.json`, { type: 'FILE', read: () => Buffer.from(JSON.stringify(METADATA)) });
  ana = playground.slack.as('ana');
  await ana.command(CHANNEL, '/dab job 318');
  const connect = await ana.waitFor(() => lastEphemeral(ana), STEP_MS);
  await connectAs(playground.databricks, buttonsOf(connect).connect?.url ?? '', 'ana@acme.example');
  root = await ana.waitFor(() => rootOf(ana, '318'), STEP_MS);
});
afterAll(() => playground?.close());

const thread = () => ana.messages(CHANNEL, root.ts);
const zips = () => thread().flatMap((message) => message.files ?? []);
const idle = () => ana.waitFor(() => thread().length > 2 && !('stop' in buttonsOf(rootOf(ana, '318') ?? root)), STEP_MS);

it('tells the owning bundle and where it is, asks, and makes nothing', async () => {
  await idle();
  const answer = textOf(thread().at(-1) ?? root);
  for (const fact of ['acme-revenue', 'prod', 'ben@acme.example', 'https://git.example/acme/revenue.git', `${ROOT}/files`])
    expect(answer).toContain(fact);
  expect(answer).toMatch(/second bundle .*\?/);
  expect(zips()).toEqual([]);
});

it('goes on after a yes, and says again that the bundle has a rival', async () => {
  ana.say(CHANNEL, 'yes', { thread: root.ts });
  const [zip] = await ana.waitFor(() => (zips().length > 0 ? zips() : undefined), STEP_MS);
  const files = unzipSync(ana.download(zip?.id ?? ''));
  expect(Object.keys(files)).toContain('databricks.yml');
  await ana.waitFor(() => thread().some((message) => textOf(message).includes('already deployed by a bundle')), STEP_MS);
});
