// What a CLI understands, read off the schema that it prints.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createKnows, MODELLED } from '../../../src/bundle/currency/models.ts';
import { modelsOfSchema } from '../../../src/bundle/currency/schema.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { CLI } from '../../located-cli.ts';

test.runIf(CLI !== undefined)('what the CLI at hand understands is read off its schema', () => {
  const schema = spawnSync(CLI ?? '', ['bundle', 'schema'], { encoding: 'utf8', env: { HOME: '/nonexistent' }, maxBuffer: 8_000_000 });
  const cli = modelsOfSchema(schema.stdout, '1.9.0');
  if (cli === undefined) throw new Error('the schema has another form');
  const knows = createKnows(cli);
  const known = (value: JsonObject) => [...leavesOf(value).values()].every((leaf) => knows('jobs', leaf)?.as === 'known');
  expect(
    known({ tasks: [{ for_each_task: { task: { spark_python_task: { python_file: 'x' }, libraries: [{ pypi: { package: 'x' } }] } } }] }),
  ).toBe(true);
  expect(known({ tags: { any: 'x' }, job_clusters: [{ new_cluster: { spark_conf: { 'spark.x': '1' } } }] })).toBe(true);
  expect(known({ colour: 'red' })).toBe(false);
  // The service alone writes it, so that the schema leaves it out; the CLI hands it on.
  expect(known({ git_source: { git_provider: 'gitHub', job_source: { dirty_state: 'DISCONNECTED' } } })).toBe(true);
  expect(knows('jobs', { fields: ['git_source', 'git_provider'], value: 'github' })).toEqual({ as: 'other value', spelled: 'gitHub' });
  expect(knows('jobs', { fields: ['performance_target'], value: 'SOMETIMES' })).toEqual({ as: 'other value' });
  expect(knows('pipelines', { fields: ['configuration', 'any'], value: 'x' })).toEqual({ as: 'known' });
  expect(MODELLED.filter((type) => !(type in cli.roots))).toEqual([]);
  expect(knows('dashboards', { fields: ['dataset_schema'], value: 'x' })).toEqual({ as: 'known' });
  expect(knows('volumes', { fields: ['no_such_field'], value: 'x' })).toBeUndefined();
});

test('a schema of another form says nothing', () => {
  expect(modelsOfSchema('{"$defs": {}}', '9.0.0')).toBeUndefined();
});
