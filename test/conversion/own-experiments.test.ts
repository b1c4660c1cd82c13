// Runs of a development copy are logged to an experiment in the home of whoever deploys it, where a parameter says which one it is.
import { expect, it } from 'vitest';
import { compare } from '../../src/bundle/proof/compare.ts';
import { resolveBundle } from '../../src/bundle/proof/resolve-offline.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { ownOfTarget } from '../../src/deployment/policy/rules-of-targets.ts';
import { HOST, job, textOf } from '../bundle/fixtures.ts';

const TRAIN = '/Workspace/Users/ana@acme.example/churn/train';
const LOGS = 'import mlflow\nmlflow.set_experiment(dbutils.widgets.get("experiment_name"))\n';

async function copiesOf(experiment_name: string, code = LOGS) {
  const task = { task_key: 'train', notebook_task: { notebook_path: TRAIN, base_parameters: { experiment_name } } };
  const definition = { ...job({ name: 'Churn', tasks: [task] }), grants: [] };
  const bytes = Buffer.from(`# Databricks notebook source\n${code}`);
  const source = { path: TRAIN, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes } as const;
  const targets = [{ name: 'qa', environment: 'development' as const }];
  const { bundle, findings } = await makeBundle({ definition, sources: [source], diagnostics: [] }, { targets }, { host: HOST });
  expect(findings).toEqual([]);
  const resolved = (target: string) => resolveBundle(bundle.files, target, { userName: 'ben@acme.example' });
  const looked = ['dev', 'qa', 'prod'].map((target) => {
    const { counts, entries } = compare({ definition, bundle, target, judge: 'CLI', resolved: resolved(target) });
    expect(counts.lost).toBe(0);
    const { is, why } = entries.find(({ place }) => place.endsWith('.experiment_name')) ?? {};
    return { is, why };
  });
  return {
    bundle,
    logged: looked.map(({ is }) => is),
    why: looked.map(({ why }) => why),
    own: ownOfTarget(resolved('dev'), resolved('prod'), 'dev'),
  };
}

it('is one of its own in each copy, and production’s in production', async () => {
  const shared = '/Shared/models/churn';
  const { logged, why, own, bundle } = await copiesOf(shared);
  expect(logged).toEqual(['/Users/ben@acme.example/dev-churn', '/Users/ben@acme.example/qa-churn', shared]);
  expect(textOf(bundle, 'README.md')).toContain('| `/Users/<your name>/dev-churn` | `/Users/<your name>/qa-churn` |');
  expect(textOf(bundle, 'README.md')).not.toContain('must be there');
  // Nobody is alarmed by that.
  const words = 'runs of a development copy are logged to an experiment of its own';
  expect([why, own]).toEqual([[words, words, undefined], []]);
  const ofProduction = '/Workspace/Users/ana@acme.example/prod-churn';
  expect((await copiesOf(ofProduction)).logged.slice(1)).toEqual(['/Workspace/Users/ben@acme.example/qa-churn', ofProduction]);
});

it('stays as it is where code only looks at it, or finds it in another way', async () => {
  const all = (name: string) => [name, name, name];
  const looks = LOGS.replace(/mlflow.set_experiment\((.*)\)/, 'mlflow.search_runs(experiment_names=[$1])');
  expect((await copiesOf('/Shared/churn', looks)).logged).toEqual(all('/Shared/churn'));
  for (const name of ['123', 'churn', '{{job.parameters.experiment}}']) expect((await copiesOf(name)).logged).toEqual(all(name));
});
