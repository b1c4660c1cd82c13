// A job that a bundle owns: the tools say which one and where it is, and make no second one before somebody agreed to it.
import { expect } from 'vitest';
import { type Rig, toolsTest, use } from '../rig.ts';

const ROOT = '/Workspace/Users/ben@acme.example/.bundle/revenue/prod';
const METADATA = {
  version: 1,
  config: {
    bundle: {
      name: 'acme-revenue',
      target: 'prod',
      git: { branch: 'main', origin_url: 'https://build:pass@git.example/acme/revenue.git' },
    },
    workspace: { file_path: `${ROOT}/files` },
    resources: { jobs: { other: { id: '1', relative_path: 'no.yml' }, revenue: { id: '318', relative_path: 'resources/revenue.yml' } } },
  },
  extra: { git_folder_path: '/Workspace/Repos/ben@acme.example/revenue' },
};
const WHERE = [
  'Owning bundle: "acme-revenue"',
  'Target: "prod"',
  'Deployed by: "ben@acme.example"',
  'Git repository: "https://git.example/acme/revenue.git"',
  'Git branch: "main"',
  'Git folder: "/Workspace/Repos/ben@acme.example/revenue"',
  'Defined in: "resources/revenue.yml"',
  `Its files: "${ROOT}/files"`,
  `Its metadata: "${ROOT}/state/metadata.json"`,
].join('\n');

const test = toolsTest({ cli: false });

function own({ databricks }: Rig, jobId: string, metadata?: string): void {
  const { jobs, files } = databricks.workspace;
  const job = jobs.get(jobId);
  if (job === undefined) throw new Error(`no job ${jobId}`);
  job.settings = { ...job.settings, deployment: { kind: 'BUNDLE', metadata_file_path: `${ROOT}/state/metadata.json` } };
  const folder = `${ROOT}/state`;
  files.remove(folder);
  files.mkdirs(folder);
  if (metadata !== undefined) files.put(`${folder}/metadata.json`, { type: 'FILE', read: () => Buffer.from(metadata) });
}

test('says which bundle and where, and generates only after even_if_owned', async ({ rig, client }) => {
  own(rig, '318', JSON.stringify(METADATA));
  const refused = await use(client, 'generate_bundle_from_job', { job_id: '318' });
  expect(refused.isError, refused.text).toBe(false);
  expect(refused.text).toContain('Not generated: a bundle already owns job 318 ("Daily revenue")');
  expect(refused.text).toContain(WHERE);
  expect(refused.text).toContain('only if they say yes');
  expect(refused.bundleDigest).toBeUndefined();
  expect((await use(client, 'generate_bundle_from_job', { job_id: '318', even_if_owned: false })).bundleDigest).toBeUndefined();

  const agreed = await use(client, 'generate_bundle_from_job', { job_id: '318', even_if_owned: true });
  expect(agreed.bundleDigest).toBeDefined();
  expect(agreed.text).toContain('already deployed by a bundle');
});

test('get_job says it too', async ({ rig, client }) => {
  own(rig, '318', JSON.stringify(METADATA));
  expect((await use(client, 'get_job', { job_id: '318' })).text).toContain(WHERE);
});

test.for([
  ['closed or gone', undefined],
  ['broken', '{"config": '],
  ['not the CLI’s', '{"config": [1], "extra": "none"}'],
] as const)('knows bundle and target from the path alone where the metadata is %s', async ([_, metadata], { rig, client }) => {
  own(rig, '204', metadata);
  const { text } = await use(client, 'generate_bundle_from_job', { job_id: '204' });
  const known = [
    'Owning bundle: "revenue"',
    'Target: "prod"',
    'Deployed by: "ben@acme.example"',
    `Its metadata: "${ROOT}/state/metadata.json"`,
  ];
  expect(text).toContain(`${known.join('\n')}\nNext: `);
});
