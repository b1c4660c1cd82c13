// What stands in a bundle for the paths of a definition, where these are not what one would expect.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { expect, test } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { writtenResource } from '../../../src/bundle/yaml/describe-tree.ts';
import { HOST, job, notebook, notebookTask } from '../fixtures.ts';

test('a path that is a notebook where a file or folder is expected points to the copy of that notebook', () => {
  const path = '/Workspace/Users/ana@acme.example/odd';
  const definition = job({
    name: 'odd',
    tasks: [
      notebookTask('a', path),
      { task_key: 'b', environment_key: 'default', spark_python_task: { python_file: path } },
      { task_key: 'c', environment_key: 'default', dbt_task: { project_directory: path, commands: ['dbt run'] } },
    ],
    environments: [{ environment_key: 'default', spec: { environment_version: '2' } }],
  });
  const bundle = generateBundle({ definition, sources: [notebook(path)], host: HOST });
  const { base } = writtenResource(bundle.files, 'jobs', 'odd', 'prod');
  expect(base.tasks).toMatchObject([
    { notebook_task: { notebook_path: '../src/odd.py' } },
    { spark_python_task: { python_file: '${workspace.file_path}/src/odd' } },
    { dbt_task: { project_directory: '${workspace.file_path}/src/odd' } },
  ]);
});
