// What a CLI understands, read off the schema that it prints.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createKnows } from '../../../src/bundle/currency/models.ts';
import { modelsOfSchema } from '../../../src/bundle/currency/schema.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import type { JsonObject } from '../../../src/values/json.ts';
import { CLI } from '../../located-cli.ts';

test.runIf(CLI !== undefined)('what the CLI at hand understands is read off its schema', () => {
  const schema = spawnSync(CLI ?? '', ['bundle', 'schema'], { encoding: 'utf8', env: { HOME: '/nonexistent' }, maxBuffer: 8_000_000 });
  const cli = modelsOfSchema(schema.stdout, '1.9.0');
  if (cli === undefined) throw new Error('the schema has another form');
  const knows = createKnows(cli);
  const known = (value: JsonObject) => [...leavesOf(value).values()].every((leaf) => knows('jobs', leaf) === 'known');
  expect(
    known({ tasks: [{ for_each_task: { task: { spark_python_task: { python_file: 'x' }, libraries: [{ pypi: { package: 'x' } }] } } }] }),
  ).toBe(true);
  expect(known({ tags: { any: 'x' }, job_clusters: [{ new_cluster: { spark_conf: { 'spark.x': '1' } } }] })).toBe(true);
  expect(known({ colour: 'red' })).toBe(false);
  // The service alone writes it, so that the schema leaves it out; the CLI hands it on. Services answer values in another case than they take.
  expect(known({ git_source: { git_provider: 'github', job_source: { dirty_state: 'DISCONNECTED' } } })).toBe(true);
  expect(knows('jobs', { fields: ['performance_target'], value: 'SOMETIMES' })).toBe('other value');
  expect(knows('pipelines', { fields: ['configuration', 'any'], value: 'x' })).toBe('known');
});

test('a schema of another form says nothing', () => {
  expect(modelsOfSchema('{"$defs": {}}', '9.0.0')).toBeUndefined();
});
