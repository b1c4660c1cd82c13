// What sources name: `%run`, imports, paths and files, in every format, and nothing of what only looks like it.
import { describe, expect, it } from 'vitest';
import { type Dependency, dependenciesOf } from '../../src/analysis/dependencies.ts';
import type { Source } from '../../src/bundle/model/bundle.ts';
import { fc } from '../fast-check.ts';
import { file, jupyter, notebook } from './make.ts';

/** Short forms: `run ./setup @3`, `import ..a.b(c,d) @4`. */
async function said(source: Source): Promise<string[]> {
  const short = (one: Dependency) =>
    one.kind === 'data'
      ? `${one.joined ? 'data …/' : 'data '}${one.path} @${one.line}`
      : one.kind === 'import'
        ? `import ${'.'.repeat(one.level)}${one.module}${one.names.length === 0 ? '' : `(${one.names.join(',')})`} @${one.line}`
        : `${one.kind} ${one.path} @${one.line}`;
  return (await dependenciesOf(source)).map(short);
}

describe('dependencies of notebooks', () => {
  it('finds everything a Python notebook names, with its lines', async () => {
    const text = `# Databricks notebook source
# MAGIC %md
# MAGIC Loads the shop: import nothing, %run nothing

# COMMAND ----------

# DBTITLE 1,Set up
# MAGIC %run ./shared/setup $env="dev"

# COMMAND ----------

# MAGIC %pip install -r ../requirements.txt --quiet /Workspace/Shared/own-1.0-py3-none-any.whl
# MAGIC dbutils.library.restartPython()

# COMMAND ----------

import os, sys
import shop.prices as prices
sys.path.append(os.path.abspath('../lib'))
sys.path.insert(0, f"{os.getcwd()}/more")

def late():
    try:
        from helpers import (
            clean,
            join as j,
        )
    except ImportError:
        from .local import *

# COMMAND ----------

TARGET = "./jobs/" + "daily"
dbutils.notebook.run(TARGET, 600, {"x": "1"})
dbutils.notebook.run(path="/Shared/fixed", timeout_seconds=0)
dbutils.notebook.run(f"./jobs/{name}", 0)
importlib.import_module("plugins.csv")
spark.sparkContext.addPyFile("./udfs.py")
print("import nothing; %run ./nothing")  # import nothing
`;
    expect(await said(notebook(text))).toEqual([
      'run ./shared/setup @8',
      'file ../requirements.txt @12',
      'file /Workspace/Shared/own-1.0-py3-none-any.whl @12',
      'import shop.prices @18',
      'path ../lib @19',
      'path ./more @20',
      'import helpers(clean,join) @24',
      'import .local(*) @29',
      'notebook ./jobs/daily @34',
      'notebook /Shared/fixed @35',
      'import plugins.csv @37',
      'data plugins.csv @37',
      'file ./udfs.py @38',
    ]);
  });

  it.each([
    ['SQL', '--'],
    ['SCALA', '//'],
    ['R', '#'],
  ] as const)('finds `run` in %s, marked by %s', async (language, comment) => {
    const text = `${comment} Databricks notebook source
${comment} MAGIC %run "../Set up/All of it" $a="1"

${comment} COMMAND ----------

${comment} MAGIC %run ./with spaces in it
`;
    expect(await said(notebook(text, language))).toEqual(['run ../Set up/All of it @2', 'run ./with spaces in it @6']);
  });

  it('finds notebooks and files that Scala and R start', async () => {
    expect(await said(notebook('val x = dbutils.notebook.run("./child", 60, Map("a" -> "b"))\n', 'SCALA'))).toEqual([
      'notebook ./child @1',
    ]);
    expect(await said(notebook('x <- 1\nsource("./R/plots.R")\ndata_source("not this")\n', 'R'))).toEqual(['file ./R/plots.R @2']);
  });

  it('finds what the Python cells of an SQL notebook import', async () => {
    const text = '-- Databricks notebook source\nselect 1\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC import shop\n';
    expect(await said(notebook(text, 'SQL'))).toEqual(['import shop @7']);
  });

  it('reads Jupyter notebooks, lines counted over the cells', async () => {
    const source = jupyter([
      'md:import nothing',
      '%run ./setup',
      '%%sql\nselect 1',
      '# first\n!pip install -r req.txt\nfrom shop import a\n',
    ]);
    expect(await said(source)).toEqual(['run ./setup @2', 'file req.txt @6', 'import shop(a) @7']);
  });

  it('reads what it can of broken Python', async () => {
    expect(await said(notebook('import good\ndef broken(:\n  x = = 3\nfrom also.good import y\n'))).toEqual([
      'import good @1',
      'import also.good(y) @4',
    ]);
  });

  it('reads lines of imports that were made to be slow', async () => {
    const lines = [
      'from ' + '.'.repeat(4000),
      `from${' '.repeat(4000)}x`,
      `from a import b${' '.repeat(4000)}!`,
      'from .. import c  # why',
    ];
    const broken = notebook(`def broken(:\n${Array.from({ length: 100 }, () => lines.join('\n')).join('\n')}\n`);
    expect(await said(broken)).toContain('import ..(c) @5');
  });

  it.each([
    [1000, ['file req.txt @1']],
    [100_000, []],
  ])('reads a line that goes on in %i others, up to a length', async (count, files) => {
    expect(await said(notebook(`%pip install \\\n${'  \\\n'.repeat(count)}  -r req.txt\n`))).toEqual(files);
  });

  it('finds files that code names beside it, and no address, whole path, comment or mere ending', async () => {
    const text = `import os
# as in "conf/old.yml"
conf = yaml.safe_load(open('./conf/base.yml'))
query = Path(f"{FOLDER}/sql/orders of May.sql").read_text()
more = os.path.join(CONFIG_DIR, 'generator/basic.yaml'), ROOT + "/conf/all.toml", Path(__file__).parent / "near.json"
spark.read.csv("s3://bucket/a.csv"); open("/tmp/x.csv"); name.endswith(".csv"); json.loads('{"a.json": 1}')
`;
    expect(await said(notebook(text))).toEqual([
      'data ./conf/base.yml @3',
      'data …/sql/orders of May.sql @4',
      'data …/generator/basic.yaml @5',
      'data …/conf/all.toml @5',
      'data …/near.json @5',
      'data a.json @6',
    ]);
    const shell = '# Databricks notebook source\n# MAGIC %sh bash scripts/setup.sh --list "more.txt" # or other.sh\n';
    expect(await said(notebook(shell))).toEqual(['data scripts/setup.sh @2', 'data more.txt @2', 'data other.sh @2']);
    expect(await said(notebook('val x = load("conf/base.yml")\n', 'SCALA'))).toEqual([]);
  });

  it('finds none whose computed path begins at the root or is an address', async () => {
    const text = `spark.read.json(f"/mnt/raw/{day}/config.json"); open(f'/Volumes/{of["catalog"]}/x/{day}/a.csv')
load("s3://{}/b.csv".format(bucket)); open("/tmp/x" + f"{FOLDER}/near.json")
`;
    expect(await said(notebook(text))).toEqual(['data …/near.json @2']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of a shell
    const shell = '# Databricks notebook source\n# MAGIC %sh cat /dbfs/${DAY}/c.csv ${FOLDER}/d.csv\n';
    expect(await said(notebook(shell))).toEqual(['data …/d.csv @2']);
  });

  it('looks for named files in texts that were made to be slow', async () => {
    const slow = [`"${'a'.repeat(60_000)}.csv"`, '".csv'.repeat(12_000), '}.csv"'.repeat(10_000)];
    for (const one of slow) expect(await said(notebook(one))).toEqual([]);
  });

  it('takes a name that is set twice for no path', async () => {
    expect(await said(notebook('p = "../a"\np = "../b"\nimport sys\nsys.path.append(p)\n'))).toEqual([]);
  });

  it.each([
    ["os.path.join(os.path.dirname(__file__), '..', 'lib')", './../lib'],
    ["str(Path('..').resolve())", '..'],
    ["str(Path(__file__).parent / 'lib')", './lib'],
    ["os.path.join(os.getcwd(), '/Workspace/Shared')", '/Workspace/Shared'],
    ["r'..\\x'", '..\\x'],
  ])('understands sys.path.append(%s)', async (expression, path) => {
    expect(await said(file('/a/b.py', `import sys\nsys.path.append(${expression})\n`))).toEqual([`path ${path} @2`]);
  });
});

describe('dependencies of files', () => {
  it('reads environments as YAML, and no other YAML', async () => {
    const text =
      'environment_version: "3"\ndependencies: # ours\n  - "-r \'./base.txt\'"\n  # - ./not.whl\n  - pandas>=2\n  - "./own-1.whl"\n- -e ./lib#egg=own\n  - pip:\n      - -c limits.txt\nmore:\n  - ./other.whl\n';
    expect(await said(file('/a/base.yaml', text))).toEqual([
      'file ./base.txt @3',
      'file ./own-1.whl @6',
      'file ./lib @7',
      'file limits.txt @9',
    ]);
    expect(await said(file('/a/b.yml', 'resources:\n  dependencies:\n    - ./own.whl\n'))).toEqual([]);
  });

  it('reads requirements files', async () => {
    const text =
      '# ours\n-r base.txt\n--constraint=limits.txt\npandas>=2 ; python_version > "3.9"\n./dist/own-1.0.whl\n-e .\n/Volumes/a/b/c/x.whl\nhttps://x.test/y.whl\n';
    expect(await said(file('/Workspace/etl/requirements.txt', text))).toEqual([
      'file base.txt @2',
      'file limits.txt @3',
      'file ./dist/own-1.0.whl @5',
      'file . @6',
    ]);
  });

  it('reads every way to name a local project in them', async () => {
    const text =
      '-e ./lib[dev]\n--editable=../own\nx @ file:./x\ny@file:./y\n--find-links=wheels\n-f https://x.test/simple\nz @ git+https://x.test/z\n';
    expect(await said(file('/Workspace/etl/needs.in', text))).toEqual([
      'file ./lib @1',
      'file ../own @2',
      'file ./x @3',
      'file ./y @4',
      'file wheels @5',
    ]);
  });

  it('takes a Python file as one cell, and other text as nothing', async () => {
    expect(await said(file('/a/x.py', 'from . import y\nfrom os import path\n'))).toEqual(['import .(y) @1']);
    expect(await said(file('/a/x.csv', 'import a\n-r b.txt\n'))).toEqual([]);
    expect(await said(file('/a/x.sql', 'select 1'))).toEqual([]);
  });
});

describe('anything at all', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '# MAGIC %run ',
      '# COMMAND ----------\n',
      '%pip install -r ',
      'import ',
      'from . import (',
      '"""',
      "f'{",
      '{{',
      '\\\n',
      '((',
      '\n\t',
      '"cells":[',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );

  it('never throws, and says the same twice', async () => {
    const one = fc.tuple(
      fc.array(piece, { maxLength: 30 }),
      fc.constantFrom('SOURCE', 'JUPYTER', undefined),
      fc.constantFrom('PYTHON', 'R', undefined),
    );
    await fc.assert(
      fc.asyncProperty(one, async ([pieces, format, language]) => {
        const source: Source = { path: '/a/b.py', kind: 'notebook', format, language, bytes: Buffer.from(pieces.join('')) };
        expect(await dependenciesOf(source)).toEqual(await dependenciesOf(source));
      }),
    );
  });
});
