// What is said of the tables that programs read and change, by the arguments that a run gives them.
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { dataOfRun } from '../../../src/deployment/data/data-of-run.ts';
import type { JsonObject } from '../../../src/values/json.ts';

it('reads parameters that are given as a list of words', async () => {
  const code = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--catalog")
parser.add_argument("--out-schema")
args = parser.parse_args()
spark.range(3).write.saveAsTable(f"{args.catalog}.{args.out_schema}.ledger")
`;
  const main = [{ path: 'src/main.py', bytes: Buffer.from(code) }];
  const given = (target: string, schema: string): JsonObject => {
    const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
    const parameters = ['--catalog', 'main', '--verbose', `--out-schema=${schema}`];
    const tasks = [{ task_key: 'main', spark_python_task: { python_file: `${files}/src/main.py`, parameters } }];
    return { workspace: { file_path: files }, resources: { jobs: { x: { tasks } } } };
  };
  const own = await dataOfRun(main, given('dev', 'dev_ana'), given('prod', 'sales'));
  expect(own.map(({ rule }) => rule)).toEqual(['data']);
  expect(own[0]?.text).toContain('A run writes `main.dev_ana.ledger`.');
  const shared = await dataOfRun(main, given('dev', 'sales'), given('prod', 'sales'));
  expect(shared[0]?.text).toContain('changes 1 table of production: `main.sales.ledger` (`src/main.py`, line 6)');
});

it.each([
  ['of one letter', '"-s", "--schema"', 'args.schema', ['-s', 'SCHEMA']],
  ['that code calls otherwise', '"--out-schema", dest="schema"', 'args.schema', ['--out-schema', 'SCHEMA']],
  ['of one letter, which code calls otherwise', '"-o", dest="schema"', 'args.schema', ['--verbose', '-o', 'SCHEMA']],
  ['of one letter alone', '"-s"', 'args.s', ['-s', 'SCHEMA', 'rest']],
])('reads what an option gives %s', async (_how, words, argument, given) => {
  const code = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument("-v", "--verbose", action="store_true")
parser.add_argument(${words})
args = parser.parse_args()
spark.range(3).write.saveAsTable(f"main.{${argument}}.ledger")
`;
  const main = [{ path: 'src/main.py', bytes: Buffer.from(code) }];
  const resolved = (target: string, schema: string): JsonObject => {
    const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
    const task = { python_file: `${files}/src/main.py`, parameters: given.map((word) => word.replace('SCHEMA', schema)) };
    return { workspace: { file_path: files }, resources: { jobs: { x: { tasks: [{ task_key: 'main', spark_python_task: task }] } } } };
  };
  const [data] = await dataOfRun(main, resolved('dev', 'dev_ana'), resolved('prod', 'sales'));
  expect(data?.text).toContain('A run writes `main.dev_ana.ledger`.');
  // A switch takes no word.
  const [shared] = await dataOfRun(main, resolved('dev', 'sales'), resolved('prod', 'sales'));
  expect(shared?.text).toContain('changes 1 table of production: `main.sales.ledger`');
});

it('reads what a Python task gets as words of its own', async () => {
  const code = `import sys
table = sys.argv[1]
frame = spark.range(3)
frame.write.saveAsTable(table)
frame.write.parquet(sys.argv[2] + "/latest")
`;
  const main = [{ path: 'src/main.py', bytes: Buffer.from(code) }];
  const given = (target: string, table: string): JsonObject => {
    const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
    const task = { python_file: `${files}/src/main.py`, parameters: [table, 's3://acme-drop/orders'] };
    return { workspace: { file_path: files }, resources: { jobs: { x: { tasks: [{ task_key: 'main', spark_python_task: task }] } } } };
  };
  const [shared, data] = await dataOfRun(main, given('dev', 'main.dev_ana.orders'), given('prod', 'main.sales.orders'));
  expect(shared?.text).toContain('changes 1 path of production: `s3://acme-drop/orders/latest` (`src/main.py`, line 5)');
  expect(data?.text).toContain('A run writes `main.dev_ana.orders` and `s3://acme-drop/orders/latest`.');
  // What a function gets of them may be counted from another word on.
  const passed = `import sys
def main(argv):
    spark.table(argv[0]).write.saveAsTable(argv[1])
main(sys.argv[1:])
`;
  const other = [{ path: 'src/main.py', bytes: Buffer.from(passed) }];
  expect(await dataOfRun(other, given('dev', 'erp.raw.orders'), given('prod', 'erp.raw.orders'))).toEqual([]);
});

it('reads what a parser of arguments takes by the order of words', async () => {
  const code = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--mode")
parser.add_argument("table", help="where to")
parser.add_argument("folder")
parser.add_argument("days", nargs="+")
args = parser.parse_args()
out = args.folder
spark.range(3).write.saveAsTable(args.table)
spark.range(3).write.parquet(f"{out}/latest")
`;
  const given = (target: string, table: string, words: readonly string[]): JsonObject => {
    const files = `/Workspace/Users/ana@acme.example/.bundle/x/${target}/files`;
    const task = { python_file: `${files}/src/main.py`, parameters: [...words, table, 's3://acme-drop/orders', '1', '2'] };
    return { workspace: { file_path: files }, resources: { jobs: { x: { tasks: [{ task_key: 'main', spark_python_task: task }] } } } };
  };
  const find = (source: string, ...words: string[]) =>
    dataOfRun(
      [{ path: 'src/main.py', bytes: Buffer.from(source) }],
      given('dev', 'main.dev_ana.orders', words),
      given('prod', 'main.sales.orders', words),
    );
  const [shared, data] = await find(code, '--mode', 'full');
  expect(shared?.text).toContain('changes 1 path of production: `s3://acme-drop/orders/latest` (`src/main.py`, line 10)');
  expect(data?.text).toContain('A run writes `main.dev_ana.orders` and `s3://acme-drop/orders/latest`.');
  // Whether `full` is what `-m` takes, and for which parser a word is, nobody can tell.
  expect(await find(code, '-m', 'full')).toEqual([]);
  expect(await find(code.replace('args =', 'other = argparse.ArgumentParser()\nargs ='))).toEqual([]);
  // What it takes where nobody gives it anything is production's too.
  const [standard] = await find(
    'parser.add_argument("-t", "--out-table", default="main.hr.people")\nspark.range(3).write.saveAsTable(args.out_table)\n',
  );
  expect(standard?.text).toContain('changes 1 table of production: `main.hr.people` (`src/main.py`, line 2)');
});

it('reads the programs of wheels with what their tasks give, be the wheel the task’s or its environment’s', async () => {
  const code = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--schema")
args = parser.parse_args()
spark.table(f"main.{args.schema}.days").write.saveAsTable("main.sales.weeks")
`;
  const bytes = zipSync({
    'acme/load.py': Buffer.from(code),
    'acme/unused.py': Buffer.from('spark.range(3).write.saveAsTable("main.hr.people")\n'),
    'acme-1.dist-info/entry_points.txt': Buffer.from('[console_scripts]\nload=acme.load:main\n'),
  });
  const files = [{ path: 'src/dist/acme-1.whl', bytes }];
  const task = { task_key: 'a', python_wheel_task: { package_name: 'acme', entry_point: 'load', named_parameters: { schema: 'erp' } } };
  const said = async (job: JsonObject) => {
    const resolved = { workspace: { file_path: '/Workspace/x/files' }, resources: { jobs: { x: job } } };
    return (await dataOfRun(files, resolved, resolved)).map(({ text }) => text);
  };
  const [shared, data] = await said({ tasks: [{ ...task, libraries: [{ whl: '/Workspace/x/artifacts/.internal/acme-1.whl' }] }] });
  expect(shared).toContain('changes 1 table of production: `main.sales.weeks` (`src/dist/acme-1.whl/acme/load.py`, line 5)');
  expect(data).toBe('A run reads `main.erp.days` and writes `main.sales.weeks`.');
  const environments = [{ environment_key: 'e', spec: { environment_version: '2', dependencies: ['./dist/acme-1.whl'] } }];
  expect(await said({ tasks: [{ ...task, environment_key: 'e' }], environments })).toEqual([shared, data]);
});
