// Adopting through the real CLI: the original keeps its id, and nothing is bound or taken away that belongs to another bundle.
import { describe, expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { madeUp } from '../../bundle/case-kinds.ts';
import { HOST, job, notebookTask } from '../../bundle/fixtures.ts';
import { seedOriginals } from '../../bundle/seed-lookups.ts';
import { roundtripTest } from '../../conversion/roundtrip-rig.ts';
import { CLI } from '../../located-cli.ts';
import { ANA } from '../rig.ts';

const task = notebookTask('a', `/Workspace/Users/${ANA}/etl/a`);
const environments = [{ environment_key: 'default', spec: { environment_version: '2' } }];
const original = job({ name: 'Nightly', tags: { team: 'sales' }, tasks: [task], environments });
const bundleOf = (adopt: boolean, settings?: JsonObject) => {
  const definition = settings === undefined ? original : { ...original, settings };
  return generateBundle({ definition, sources: madeUp(definition), host: HOST, options: adopt ? { adoption: { prod: 'bind' } } : {} });
};

/** With the original in it. */
const test = roundtripTest.extend('seeded', ({ far }) => {
  seedOriginals(far.standIn.workspace, original);
  return far;
});

describe.skipIf(CLI === undefined)('a target that takes the original over', () => {
  const isDeployed = (settings: JsonObject | undefined) => settings?.deployment !== undefined;

  test('has it under its own id, and deploys it again without another bind', async ({ seeded: far }) => {
    const { jobs } = far.standIn.workspace;
    const said: string[] = [];
    const first = await far.deploy(bundleOf(true), 'prod', (line) => said.push(line));
    expect(said).toContain('Binding jobs.nightly to 77');
    expect(first).toMatchObject({ differences: [], jobs: [expect.stringContaining('/jobs/77')] });
    const again = await far.deploy(bundleOf(true, { ...original.settings, description: 'changed' }), 'prod', (line) => said.push(line));
    expect(again.differences).toEqual([]);
    expect(said.filter((line) => line.startsWith('Binding'))).toHaveLength(1);
    expect([...jobs.keys()]).toEqual(['77']);
    expect(jobs.get('77')?.settings).toMatchObject({ name: 'Nightly', description: 'changed', deployment: { kind: 'BUNDLE' } });
  });

  test('is refused where another bundle owns the original, before anything is bound', async ({ seeded: far }) => {
    const { jobs, files } = far.standIn.workspace;
    const there = jobs.get('77');
    if (there !== undefined) there.settings = { ...there.settings, deployment: { kind: 'BUNDLE', metadata_file_path: '/x' } };
    await expect(far.deploy(bundleOf(true), 'prod')).rejects.toThrow(/A bundle already owns 77/);
    expect(files.paths().filter((path) => path.endsWith('resources.json'))).toEqual([]);
  });

  test('is refused where a copy is deployed under the key', async ({ seeded: far }) => {
    const { jobs } = far.standIn.workspace;
    await far.deploy(bundleOf(false), 'prod');
    expect(jobs.size).toBe(2);
    await expect(far.deploy(bundleOf(true), 'prod')).rejects.toThrow(/nightly is already deployed there as \d+, a copy/);
    expect(isDeployed(jobs.get('77')?.settings)).toBe(false);
  });
});

describe.skipIf(CLI === undefined)('a copy', () => {
  test('is refused where it would take away what another bundle of its name deployed', async ({ far }) => {
    const { jobs } = far.standIn.workspace;
    const child = job({ name: 'Child', tasks: [task], environments }, { job_id: 78 });
    const parent = { ...original, settings: { ...original.settings, tasks: [task, { task_key: 'next', run_job_task: { job_id: 78 } }] } };
    const both = { ...parent, related: [{ type: 'jobs' as const, definition: child }] };
    await far.deploy(generateBundle({ definition: both, sources: madeUp(both), host: HOST }), 'prod');
    expect([...jobs.values()].map(({ settings }) => settings.name).sort()).toEqual(['Child', 'Nightly']);
    await expect(far.deploy(bundleOf(false), 'prod')).rejects.toThrow(/The plan would delete jobs.child: another bundle of this name/);
    expect(jobs.size).toBe(2);
  });
});
