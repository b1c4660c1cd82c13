// The real CLI over every golden tree: it validates strictly in each target, without a warning, and finds every name that is looked up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateBundle } from '../../src/bundle/generate.ts';
import { createDatabricksStandIn, type DatabricksStandIn } from '../../src/playground/databricks/stand-in.ts';
import { CLI, createBundleFolder } from '../playground/databricks/cli.ts';
import { HARD_CASES } from './case-hard.ts';
import { KIND_CASES } from './case-kinds.ts';
import { CASES, HOST } from './fixtures.ts';

if (CLI === undefined) process.stdout.write('SKIPPED: the golden trees before the real CLI, because DATABRICKS_CLI_PATH is not set.\n');

const ALL = Object.entries({ ...CASES, ...KIND_CASES, ...HARD_CASES });
/** What the CLI warns of over the untouched settings too. */
const INHERENT: Readonly<Record<string, RegExp>> = { 'task-unknown': /unknown field: (quantum_task|mood)/ };

describe.skipIf(CLI === undefined)('the real CLI takes', () => {
  let standIn: DatabricksStandIn;
  let host: { url: string; token: string };
  beforeAll(async () => {
    standIn = await createDatabricksStandIn();
    host = { url: standIn.url, token: standIn.tokenFor('ana@acme.example') };
    const { workspace } = standIn;
    for (const { definition } of Object.values(HARD_CASES)) {
      for (const { kind, id, name } of definition.lookups ?? []) {
        if (kind === 'warehouse') workspace.warehouses.set(id, { id, name });
        if (kind === 'cluster') workspace.clusters.set(id, { cluster_id: id, cluster_name: name, cluster_source: 'UI' });
        if (kind === 'cluster_policy') workspace.policies.set(id, { policy_id: id, name });
        if (kind === 'instance_pool') workspace.pools.set(id, { instance_pool_id: id, instance_pool_name: name });
        if (kind === 'pipeline') workspace.pipelines.set(id, { pipeline_id: id, name });
        if (kind === 'job') {
          const times = { createdTime: 0, creator: 'ana@acme.example', runAs: 'ana@acme.example', extra: {} };
          workspace.jobs.set(id, { jobId: id, settings: { name }, ...times });
        }
      }
    }
  });
  afterAll(() => standIn.close());

  test.each(ALL)('%s', async (name, one) => {
    const bundle = generateBundle({ ...one, host: HOST });
    const wrong = bundle.diagnostics.some(({ level }) => level === 'error');
    const folder = createBundleFolder(Object.fromEntries(bundle.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])));
    for (const target of bundle.targets) {
      const ran = await folder.run(host, 'validate', '--strict', '-t', target);
      const warnings = ran.stderr.split('\n').filter((line) => /^(Warning|Error): /.test(line));
      const unexpected = warnings.filter((line) => INHERENT[name]?.test(line) !== true && !/ warnings? were found/.test(line));
      if (wrong) expect([target, ran.code]).toEqual([target, 1]);
      else expect([target, unexpected, ran.code === 0]).toEqual([target, [], INHERENT[name] === undefined]);
    }
  });
});
