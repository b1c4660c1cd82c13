// create_tests: adds pytest tests of the bundle's configuration and Python sources to the bundle, as a new version.
import { z } from 'zod';
import { addTests } from '../../bundle/edit/add-tests.ts';
import { loadPythonTests } from '../../config/python-tests.ts';
import { defineTool } from './support/define-tool.ts';
import { quote } from './support/foreign-text.ts';
import { bundleId } from './support/inputs.ts';
import { changeBundle, editFiles, versionLines } from './support/new-version.ts';

const doing = 'Adding tests to a bundle';

export const createTests = defineTool({
  name: 'create_tests',
  title: 'Add tests to a bundle',
  description:
    'Adds pytest tests to a bundle, as a new version: a smoke test of its configuration (files, variables and references exist, tasks fit together) and tests that every Python source compiles and finds its modules. They run on any machine without Databricks and are not deployed. Use it when somebody asks for tests, CI or a check of the bundle; for the proof against the job use validate_bundle.',
  kind: 'propose',
  input: z.strictObject({ bundle_id: bundleId }),
  output: z.object({ bundle_id: z.string(), changed: z.boolean(), added: z.array(z.string()), run: z.array(z.string()) }),
  async run({ bundle_id }, context) {
    context.steps.start('tests', doing);
    const { bundle, isNew, tests } = await changeBundle(bundle_id, context, doing, async ({ bundle: before }) => {
      const tests = addTests(before.files, loadPythonTests());
      return { bundle: await editFiles(before, tests.changes), tests };
    });
    const added = tests.changes.map(({ path }) => path);
    context.steps.done('tests', doing, `${added.length} files`);
    const run = ['pip install -r tests/requirements.txt', 'python -m pytest tests'];
    const text = [
      ...(isNew
        ? [`Written: ${added.map((path) => quote(path)).join(', ')}. The bundle is now`, ...versionLines(bundle, 'Next: validate_bundle.')]
        : ['The bundle has its tests already.', `bundle_id: ${bundle_id}`]),
      ...(tests.kept.length === 0 ? [] : [`Left as somebody changed them: ${tests.kept.map((path) => quote(path)).join(', ')}.`]),
      tests.excluded
        ? 'A deploy leaves them out (sync.exclude in databricks.yml).'
        : 'databricks.yml is written in a way that was left alone: a deploy uploads them too, which does no harm.',
      `To run them, in the unpacked bundle: ${run.join(' && ')}`,
    ].join('\n');
    return { text, structured: { bundle_id: bundle.digest, changed: isNew, added, run } };
  },
});
