// A job whose code lies in a wheel: its copy writes to its own schema by what that code does.
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { resolveBundle } from '../../src/bundle/proof/resolve-offline.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { HOST, job } from '../bundle/fixtures.ts';

const WHEEL = '/Workspace/Shared/dist/acme-1.0-py3-none-any.whl';
const CODE = `import argparse
from acme.out import write
parser = argparse.ArgumentParser()
parser.add_argument("--schema")
parser.add_argument("--erp-schema")
args = parser.parse_args()
write(spark.table(f"main.{args.erp_schema}.orders"), args)
`;
const bytes = zipSync({
  'acme/load.py': Buffer.from(CODE),
  'acme/out.py': Buffer.from('def write(frame, args):\n    frame.write.saveAsTable(f"main.{args.schema}.orders")\n'),
  'acme-1.0.dist-info/entry_points.txt': Buffer.from('[console_scripts]\nload = acme.load:main\n'),
});

it.each([
  ['of its task', { libraries: [{ whl: WHEEL }] }, {}],
  [
    'of its environment',
    { environment_key: 'e' },
    { environments: [{ environment_key: 'e', spec: { client: '2', dependencies: [WHEEL] } }] },
  ],
])('moves what the wheel %s writes, and leaves what it only reads', async (_whose, ofTask, ofJob) => {
  const wheel = { package_name: 'acme', entry_point: 'load', named_parameters: { schema: 'sales', 'erp-schema': 'erp' } };
  const definition = {
    ...job({ name: 'Copies', tasks: [{ task_key: 'load', python_wheel_task: wheel, ...ofTask }], ...ofJob }),
    grants: [],
  };
  const { bundle } = await makeBundle({ definition, sources: [{ path: WHEEL, kind: 'file', bytes }], diagnostics: [] }, {}, { host: HOST });
  const given = (target: string) =>
    /"named_parameters":(\{[^}]*\})/.exec(JSON.stringify(resolveBundle(bundle.files, target, { userName: 'ana@acme.example' })))?.[1];
  expect(given('prod')).toBe('{"schema":"sales","erp-schema":"erp"}');
  expect(given('dev')).toBe('{"schema":"dev_ana","erp-schema":"erp"}');
  expect(bundle.diagnostics.filter(({ message }) => message.includes('no code that could be read'))).toEqual([]);
});
