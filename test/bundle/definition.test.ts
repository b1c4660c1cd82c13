// Reading definitions: what is refused, what stays untouched, which sources are found.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJob, sourceReferences } from '../../src/bundle/definition.ts';
import { generateBundle } from '../../src/bundle/generate.ts';
import { UserError } from '../../src/errors.ts';
import { HOST, job } from './fixtures.ts';

const MALFORMED: Record<string, string> = {
  'no JSON': 'hello',
  nothing: '',
  'a list': '[]',
  'no settings': '{"job_id": 1}',
  'settings that are text': '{"job_id": 1, "settings": "x"}',
  'no id': '{"settings": {}}',
  'an id with letters': '{"job_id": "1a", "settings": {}}',
  'a fraction as id': '{"job_id": 1.5, "settings": {}}',
  'a name that is a number': '{"job_id": 1, "settings": {"name": 1}}',
  'tasks that are a mapping': '{"job_id": 1, "settings": {"tasks": {}}}',
  'a task without key': '{"job_id": 1, "settings": {"tasks": [{}]}}',
  'a task that is null': '{"job_id": 1, "settings": {"tasks": [null]}}',
  'two tasks of one key': '{"job_id": 1, "settings": {"tasks": [{"task_key": "a"}, {"task_key": "a"}]}}',
  'a path that is a number': '{"job_id": 1, "settings": {"tasks": [{"task_key": "a", "notebook_task": {"notebook_path": 1}}]}}',
  'a cluster without key': '{"job_id": 1, "settings": {"job_clusters": [{}]}}',
};

describe('parseJob', () => {
  test.each(Object.entries(MALFORMED))('refuses %s', (_name, text) => {
    expect(() => parseJob(text)).toThrow(UserError);
  });

  test('keeps every digit of an id and every unknown field', () => {
    const parsed = parseJob('{"job_id": 9007199254740993, "settings": {"new_thing": {"deep": [1, {"n": 9223372036854775807}]}}}');
    expect(parsed.jobId).toBe('9007199254740993');
    expect(parsed.settings).toEqual({ new_thing: { deep: [1, { n: 9223372036854775807n }] } });
  });

  test('any JSON either parses and generates or is refused in words', () => {
    const settings = fc.oneof(
      fc.jsonValue(),
      fc.record({ tasks: fc.jsonValue(), name: fc.jsonValue(), job_clusters: fc.jsonValue() }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.record({ job_id: fc.oneof(fc.nat(), fc.jsonValue()), settings }), (body) => {
        try {
          const definition = parseJob(JSON.stringify(body));
          expect(generateBundle({ definition, sources: [], host: HOST }).files.length).toBeGreaterThan(3);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test('sources: workspace files of all places, none of Git, storage or run time', () => {
  const inner = { task_key: 'inner', notebook_task: { notebook_path: '/Shared/inner' } };
  const definition = job({
    tasks: [
      { task_key: 'a', notebook_task: { notebook_path: '/Workspace/Users/a/x' } },
      { task_key: 'b', spark_python_task: { python_file: 'dbfs:/x.py' } },
      { task_key: 'c', spark_python_task: { python_file: '/Volumes/a/b/c/x.py' } },
      { task_key: 'd', notebook_task: { notebook_path: 'x', source: 'GIT' } },
      { task_key: 'e', notebook_task: { notebook_path: '/Shared/{{job.parameters.x}}' } },
      { task_key: 'f', sql_task: { file: { path: '/Shared/q.sql' } } },
      { task_key: 'g', for_each_task: { inputs: '[]', task: inner } },
    ],
  });
  expect(sourceReferences(definition)).toEqual([
    { path: '/Workspace/Users/a/x', kind: 'notebook', place: 'tasks[a].notebook_task.notebook_path' },
    { path: '/Shared/q.sql', kind: 'file', place: 'tasks[f].sql_task.file.path' },
    { path: '/Shared/inner', kind: 'notebook', place: 'tasks[g].for_each_task.task.notebook_task.notebook_path' },
  ]);
  expect(sourceReferences(job({ git_source: {}, tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/x' } }] }))).toEqual([]);
});
