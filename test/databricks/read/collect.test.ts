// The closure of sources against the workspace stand-in, over real HTTP.
import { describe, expect } from 'vitest';
import type { SourceReference } from '../../../src/bundle/model/bundle.ts';
import { collectSources } from '../../../src/databricks/read/collect.ts';
import { databricksTest, HOME } from '../rig.ts';

/** `root`: a folder of its own for every test. `collected`: the sources that references lead to, with their paths below it. */
const it = databricksTest()
  .extend('root', ({ task }) => `${HOME}/${task.id}`)
  .extend('collected', ({ rig, root }) => async (...references: SourceReference[]) => {
    const { sources, diagnostics } = await collectSources(rig.as(), references);
    return { paths: sources.map(({ path }) => path.replace(`${root}/`, '')), sources, diagnostics };
  });

const notebook = (path: string, place = 'tasks[a]'): SourceReference => ({ path, kind: 'notebook', place });
const file = (path: string, place = 'tasks[a]'): SourceReference => ({ path, kind: 'file', place });
const tree = (path: string, place = 'tasks[a]'): SourceReference => ({ path, kind: 'folder', place });

describe('notebooks that run others', () => {
  it('follows %run from the notebook’s own folder, through circles, each once', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/main`, ['%run ./lib/a', 'print(1)']);
    rig.notebook(`${root}/lib/a`, ['%run ./b', '%run ../main']);
    rig.notebook(`${root}/lib/b`, ['%run "./a"'], 'SQL');
    const { paths, sources, diagnostics } = await collected(notebook(`${root}/main`));
    expect(paths).toEqual(['lib/a', 'lib/b', 'main']);
    expect(sources.map(({ language }) => language)).toEqual(['PYTHON', 'SQL', 'PYTHON']);
    expect(diagnostics).toEqual([]);
    expect(rig.asked('/api/2.0/workspace/export').sort()).toEqual([`${root}/lib/a`, `${root}/lib/b`, `${root}/main`]);
  });

  it('takes what an absolute %run or notebook.run names, and says that the line goes on using the original', async ({
    rig,
    root,
    collected,
  }) => {
    rig.notebook(`${root}/main`, [`%run /Workspace${root}/far/setup`, `dbutils.notebook.run("${root}/far/child", 60)`]);
    rig.notebook(`${root}/far/setup`);
    rig.notebook(`${root}/far/child`);
    const { paths, diagnostics } = await collected(notebook(`${root}/main`));
    expect(paths.map((path) => path.replace('/Workspace', ''))).toEqual(['far/child', 'far/setup', 'main']);
    expect(diagnostics.map(({ level, place, message }) => [level, place, message.includes('original')])).toEqual([
      ['warning', `${root}/main:2`, true],
      ['warning', `${root}/main:6`, true],
    ]);
  });

  it('knows one notebook under both its spellings, and calls it as the definition does', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/a`, [`%run /Workspace${root}/b`]);
    rig.notebook(`${root}/b`, [`%run ${root}/a`]);
    const { sources } = await collected(notebook(`/Workspace${root}/a`), notebook(`${root}/a`));
    expect(sources.map(({ path }) => path)).toEqual([`/Workspace${root}/a`, `/Workspace${root}/b`]);
    expect(rig.asked('/api/2.0/workspace/export')).toHaveLength(2);
  });

  it('warns of a %run that leads nowhere, with the line', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/main`, ['x = 1', '%run ./gone']);
    const { diagnostics } = await collected(notebook(`${root}/main`));
    expect(diagnostics).toMatchObject([{ level: 'warning', place: `${root}/main:6`, message: expect.stringContaining('does not exist') }]);
  });

  it('keeps Jupyter notebooks as they are, byte for byte, at one export each after the first', async ({ rig, root }) => {
    const names = Array.from({ length: 6 }, (_, n) => `${root}/n${n}`);
    for (const name of names) rig.jupyter(name, `print("${name}")`);
    const ana = rig.as();
    const first = await collectSources(
      ana,
      names.slice(0, 1).map((path) => notebook(path)),
    );
    const rest = await collectSources(
      ana,
      names.slice(1).map((path) => notebook(path)),
    );
    expect([...first.sources, ...rest.sources].map(({ format }) => format)).toEqual(names.map(() => 'JUPYTER'));
    expect(first.sources[0]?.bytes).toEqual(new Uint8Array(rig.far.workspace.files.get(names[0] ?? '')?.read() ?? []));
    expect(rig.asked('/api/2.0/workspace/export')).toHaveLength(2 + 5);
  });

  it('takes a notebook for one where the job calls it a file, and a file for one', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/note`);
    rig.file(`${root}/plain.py`, 'print(1)');
    const { sources } = await collected(file(`${root}/note`), notebook(`${root}/note`), notebook(`${root}/plain.py`));
    expect(sources.map(({ path, kind }) => [path, kind])).toEqual([
      [`${root}/plain.py`, 'file'],
      [`${root}/note`, 'notebook'],
    ]);
  });
});

describe('Python modules', () => {
  it('takes modules beside a script and what these import, from the script’s folder as Python does', async ({ rig, root, collected }) => {
    rig.file(`${root}/main.py`, 'import json, pandas\nfrom pkg import a, settings\nimport helpers');
    rig.file(`${root}/helpers.py`, '');
    rig.file(`${root}/pkg/__init__.py`, '');
    rig.file(`${root}/pkg/a.py`, 'from . import b\nimport pkg.deep.c\nimport helpers2');
    rig.file(`${root}/pkg/b.py`, '');
    rig.file(`${root}/pkg/settings.py`, '');
    rig.file(`${root}/pkg/unused.py`, '');
    rig.file(`${root}/pkg/deep/__init__.py`, 'from ..b import *');
    rig.file(`${root}/pkg/deep/c.py`, '');
    rig.file(`${root}/helpers2.py`, '');
    const { paths, diagnostics } = await collected(file(`${root}/main.py`));
    expect(paths).toEqual([
      'helpers.py',
      'helpers2.py',
      'main.py',
      'pkg/__init__.py',
      'pkg/a.py',
      'pkg/b.py',
      'pkg/deep/__init__.py',
      'pkg/deep/c.py',
      'pkg/settings.py',
    ]);
    expect(diagnostics).toEqual([]);
  });

  it('takes a module before a folder of the same name without __init__.py, and a package before both', async ({ rig, root, collected }) => {
    rig.file(`${root}/main.py`, 'import one\nimport two');
    rig.file(`${root}/one.py`);
    rig.file(`${root}/one/inner.py`);
    rig.file(`${root}/two.py`);
    rig.file(`${root}/two/__init__.py`);
    expect((await collected(file(`${root}/main.py`))).paths).toEqual(['main.py', 'one.py', 'two/__init__.py']);
  });

  it('prefers the script’s folder to the module’s own, and each script’s to the other’s', async ({ rig, root, collected }) => {
    for (const side of ['left', 'right']) {
      rig.file(`${root}/${side}/main.py`, `import sys\nsys.path.append("${root}/lib")\nimport shared.tool`);
      rig.file(`${root}/${side}/settings.py`);
    }
    rig.file(`${root}/lib/shared/__init__.py`);
    rig.file(`${root}/lib/shared/tool.py`, 'import settings');
    rig.file(`${root}/lib/shared/settings.py`);
    const left = await collected(file(`${root}/left/main.py`));
    expect(left.paths).toEqual(['left/main.py', 'left/settings.py', 'lib/shared/__init__.py', 'lib/shared/tool.py']);
    const both = await collected(file(`${root}/left/main.py`), file(`${root}/right/main.py`));
    expect(both.paths.filter((path) => path.endsWith('settings.py'))).toEqual(['left/settings.py', 'right/settings.py']);
  });

  it('finds modules by a sys.path that only a %run sets', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/jobs/main`, ['%run ./setup', 'from common import dates']);
    rig.notebook(`${root}/jobs/setup`, ['import sys', 'sys.path.append("../shared")']);
    rig.file(`${root}/shared/common/dates.py`, 'from common import zones');
    rig.file(`${root}/shared/common/zones.py`);
    expect((await collected(notebook(`${root}/jobs/main`))).paths).toEqual([
      'shared/common/dates.py',
      'shared/common/zones.py',
      'jobs/main',
      'jobs/setup',
    ]);
  });

  it('finds modules at the root of the Git folder that a notebook lies in', async ({ rig, collected }) => {
    const git = '/Repos/ana@acme.example/etl';
    rig.notebook(`${git}/notebooks/main`, ['from src.util import x']);
    rig.file(`${git}/src/util.py`);
    expect((await collected(notebook(`${git}/notebooks/main`))).paths).toEqual([`${git}/src/util.py`, `${git}/notebooks/main`]);
  });

  it('takes requirements of requirements, wheels, and a folder that pip installs', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/main`, ['%pip install -r requirements.txt', '%pip install ./dist/own-1.0-py3-none-any.whl ./mypkg']);
    rig.file(`${root}/requirements.txt`, 'pandas==2\n-r more/base.txt\n');
    rig.file(`${root}/more/base.txt`, 'requests\n/Volumes/main/x/y.whl\n');
    rig.file(`${root}/dist/own-1.0-py3-none-any.whl`, 'PK');
    rig.file(`${root}/mypkg/pyproject.toml`, '[project]');
    rig.file(`${root}/mypkg/src/mypkg/__init__.py`);
    const { paths, diagnostics } = await collected(notebook(`${root}/main`));
    expect(paths).toEqual([
      'dist/own-1.0-py3-none-any.whl',
      'more/base.txt',
      'mypkg/pyproject.toml',
      'mypkg/src/mypkg/__init__.py',
      'requirements.txt',
      'main',
    ]);
    expect(diagnostics).toEqual([]);
  });
});

describe('files that code names', () => {
  it('takes those that are there, from where the code runs, and reads no list for pip in them', async ({ rig, root, collected }) => {
    rig.notebook(`${root}/jobs/main`, [
      '%run ../shared/setup',
      'import own',
      'x = open("conf/main.yml"), open("conf/none.yml"), open("big.csv")',
    ]);
    rig.notebook(`${root}/shared/setup`, ['%pip install -r requirements.txt', 'words = open("words.txt")']);
    for (const path of [
      'jobs/requirements.txt',
      'jobs/conf/main.yml',
      'jobs/words.txt',
      'shared/words.txt',
      'jobs/near.json',
      'other/main.yml',
    ])
      rig.file(`${root}/${path}`, './gone\n');
    rig.file(`${root}/jobs/own.py`, 'from lib import tool');
    rig.file(`${root}/jobs/lib/__init__.py`);
    rig.file(`${root}/jobs/lib/tool.py`, 'a = Path(__file__).parent / "table.sql", open("near.json")');
    rig.file(`${root}/jobs/lib/table.sql`, 'select 1');
    const { paths, diagnostics } = await collected(notebook(`${root}/jobs/main`));
    expect(paths.filter((path) => !path.endsWith('.py'))).toEqual([
      'jobs/conf/main.yml',
      'jobs/lib/table.sql',
      'jobs/near.json',
      'jobs/requirements.txt',
      'jobs/words.txt',
      'jobs/main',
      'shared/setup',
    ]);
    expect(diagnostics.map(({ place }) => place.replace(`${root}/`, ''))).toEqual(['jobs/requirements.txt:1']);
  });

  it('looks for a file whose folder is computed in the Git folder, and in the folders of its top', async ({ rig, collected }) => {
    const git = '/Repos/ana@acme.example/named';
    rig.notebook(`${git}/notebooks/main`, [
      '%run ../config/setup',
      'open(os.path.join(CONFIG_DIR, "model/basic.yaml")), open(f"{ROOT}/all.toml")',
    ]);
    rig.notebook(`${git}/config/setup`);
    for (const path of ['config/model/basic.yaml', 'all.toml', 'config/all.toml', 'model.yaml']) rig.file(`${git}/${path}`);
    const { paths } = await collected(notebook(`${git}/notebooks/main`));
    expect(paths.filter((path) => /ml$/.test(path))).toEqual([`${git}/all.toml`, `${git}/config/model/basic.yaml`]);
  });

  it('looks for no file of a computed folder in the other folders of a home', async ({ rig, collected }) => {
    rig.notebook(`${HOME}/at-home`, ['open(f"{ROOT}/at-home.toml"), open(f"{ROOT}/other.toml")']);
    for (const path of ['at-home.toml', 'other/other.toml']) rig.file(`${HOME}/${path}`);
    const { paths } = await collected(notebook(`/Workspace${HOME}/at-home`));
    expect(paths).toEqual([`/Workspace${HOME}/at-home.toml`, `/Workspace${HOME}/at-home`]);
  });

  it('says of one that can’t be read that the bundle has no copy', async ({ rig, root, collected, faults }) => {
    rig.notebook(`${root}/main`, ['open("x.csv")']);
    rig.file(`${root}/x.csv`);
    faults.on('GET /api/2.0/workspace/export', { delayMs: 0, times: 1 });
    faults.on('GET /api/2.0/workspace/export', { status: 403, times: 1 });
    const { paths, diagnostics } = await collected(notebook(`${root}/main`));
    expect(paths).toEqual(['main']);
    expect(diagnostics).toMatchObject([{ place: `${root}/main:2`, message: expect.stringContaining('the bundle has no copy') }]);
  });
});

describe('folders', () => {
  it('takes everything below, but not what tools write', async ({ rig, root, collected }) => {
    for (const path of ['dbt_project.yml', 'models/a.sql', 'target/run.json', 'logs/dbt.log', '__pycache__/x.pyc', '.git/HEAD'])
      rig.file(`${root}/${path}`);
    rig.notebook(`${root}/explore`);
    const { paths, diagnostics } = await collected(tree(root));
    expect(paths).toEqual(['dbt_project.yml', 'models/a.sql', 'explore']);
    expect(diagnostics.map(({ level, place }) => [level, place.replace(`${root}/`, '')])).toEqual([
      ['note', '.git'],
      ['note', '__pycache__'],
      ['note', 'logs'],
      ['note', 'target'],
    ]);
  });

  it('keeps folders called target and logs where no dbt project is', async ({ rig, root, collected }) => {
    rig.file(`${root}/target/a.txt`);
    rig.file(`${root}/logs/b.txt`);
    expect((await collected(tree(root))).paths).toEqual(['logs/b.txt', 'target/a.txt']);
  });

  it('takes names with spaces, letters of any script, signs of URLs, and names that differ in case alone', async ({
    rig,
    root,
    collected,
  }) => {
    const names = ['a b.py', 'a%20b.py', 'A.py', 'a.py', 'q?x=1&y#z.py', 'ünï.py', '日本語.py', `${'x'.repeat(200)}.py`];
    for (const name of names) rig.file(`${root}/${name}`, `# ${name}`);
    const { sources } = await collected(tree(root));
    expect(sources.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual(
      names.map((name) => [`${root}/${name}`, `# ${name}`]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
  });

  it('warns of a folder that is not there or may not be listed, inner ones too', async ({ rig, root, collected, faults }) => {
    rig.file(`${root}/open/a.txt`);
    rig.file(`${root}/open/shut/b.txt`);
    faults.on('GET /api/2.0/workspace/list', { delayMs: 0, times: 1 });
    faults.on('GET /api/2.0/workspace/list', { status: 403 });
    const shut = await collected(tree(`${root}/open`));
    expect(shut.paths).toEqual(['open/a.txt']);
    expect(shut.diagnostics).toMatchObject([{ level: 'warning', place: `${root}/open/shut` }]);
    faults.clear();
    expect((await collected(tree(`${root}/none`, 'tasks[dbt]'))).diagnostics).toMatchObject([{ level: 'warning', place: 'tasks[dbt]' }]);
  });

  it('says the same twice, in the same order', async ({ rig, root, faults }) => {
    for (let n = 0; n < 30; n++)
      rig.notebook(`${root}/n${n}`, [`%run ./n${(n * 7) % 30}`, `%run ${root}/n${(n * 11) % 30}`, '%run ./gone', 'import m']);
    rig.file(`${root}/m.py`, 'import gone');
    const references = [tree(root), ...Array.from({ length: 30 }, (_, n) => notebook(`${root}/n${n}`, `tasks[${n}]`))];
    faults.on('GET /api/2.0/workspace/export', { delayMs: 40, times: 20 });
    const one = await collectSources(rig.as(), references);
    const two = await collectSources(rig.as(), references);
    expect(two).toEqual(one);
    expect(one.sources).toHaveLength(31);
  });
});
