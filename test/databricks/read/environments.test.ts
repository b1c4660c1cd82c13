// Environments whose lines for pip name files: each comes along and is named in the bundle, or a diagnostic says that it doesn't.
import { describe, expect } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { bringGit } from '../../../src/bundle/generate/bring-git.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import type { JobDefinition } from '../../../src/bundle/model/bundle.ts';
import { leavesOf } from '../../../src/bundle/model/leaves.ts';
import { sourceReferences } from '../../../src/bundle/model/source-references.ts';
import { writtenResource } from '../../../src/bundle/yaml/describe-tree.ts';
import { collectSources } from '../../../src/databricks/read/collect.ts';
import { databricksTest, HOME } from '../rig.ts';

const AT = `${HOME}/env`;
const IN = `\${workspace.file_path}/src`;
const PLACE = 'environments[e].spec.dependencies[0]';

function job(line: string, more: object = {}): JobDefinition {
  const tasks = [{ task_key: 'a', environment_key: 'e', notebook_task: { notebook_path: `${AT}/main` } }];
  return { jobId: '7', settings: { name: 'j', tasks, environments: [{ environment_key: 'e', spec: { dependencies: [line] } }], ...more } };
}

/** `converted`: the line as the bundle has it, the files that came, and what is said of the line. `said`: what is said of an environment. */
const it = databricksTest({ seed: false }, (rig) => {
  rig.notebook(`${AT}/main`);
  rig.file(`${AT}/own-1.whl`, 'PK');
  rig.file(`${AT}/pkg/pyproject.toml`, '[project]');
  rig.file(`${AT}/pkg/src/own/__init__.py`);
  rig.file(`${AT}/wheels/a-1.whl`, 'PK');
  rig.file(`${AT}/my wheels/b-1.whl`, 'PK');
  rig.file(`${AT}/needs.txt`, '-e ./pkg[dev]\n-f wheels\n');
})
  .extend('generated', ({ rig }) => async (definition: JobDefinition) => {
    const { sources, diagnostics } = await collectSources(rig.as(), sourceReferences(definition));
    return generateBundle({ definition, sources, diagnostics, host: rig.far.url });
  })
  .extend('said', ({ generated }) => async (spec: object) => {
    const bundle = await generated(environment(spec));
    return bundle.diagnostics.filter(({ place }) => place !== 'permissions').map(({ place, message }) => `${place} ${message}`);
  })
  .extend('converted', ({ generated }) => async (definition: JobDefinition) => {
    const bundle = await generated(definition);
    const { base } = writtenResource(bundle.files, 'jobs', bundle.name, 'prod');
    return {
      line: leavesOf(base).get(PLACE)?.value,
      files: bundle.sources.map(({ path }) => path.replace(`${AT}/`, '')).filter((path) => path !== 'main'),
      said: bundle.diagnostics.filter(({ place }) => place === PLACE).map(({ level, message }) => `${level}: ${message}`),
      refused: checkBundle(bundle.files).filter(({ level }) => level === 'error'),
    };
  });

const environment = (spec: object) => job('', { environments: [{ environment_key: 'e', spec }] });

const PKG = ['pkg/pyproject.toml', 'pkg/src/own/__init__.py'];
const WHEELS = ['wheels/a-1.whl'];

describe('comes along', () => {
  it.for([
    [`${AT}/own-1.whl`, `${IN}/own-1.whl`, ['own-1.whl']],
    [`${AT}/own-1.whl[all] ; python_version > "3.9"`, `${IN}/own-1.whl[all] ; python_version > "3.9"`, ['own-1.whl']],
    [`"${AT}/own-1.whl"`, `"${IN}/own-1.whl"`, ['own-1.whl']],
    [`${AT}/pkg`, `${IN}/pkg`, PKG],
    [`-e ${AT}/pkg/`, `-e ${IN}/pkg/`, PKG],
    [`--editable=${AT}/pkg[dev]`, `--editable=${IN}/pkg[dev]`, PKG],
    [`-f "${AT}/my wheels/b-1.whl"`, `-f "${IN}/my wheels/b-1.whl"`, ['my wheels/b-1.whl']],
    [`--find-links=${AT}/wheels`, `--find-links=${IN}/wheels`, WHEELS],
    [`-e ${AT}/own-1.whl`, `-e ${IN}/own-1.whl`, ['own-1.whl']],
    [`--find-links ${AT}/wheels`, `--find-links ${IN}/wheels`, WHEELS],
    [`-r ${AT}/needs.txt`, `-r ${IN}/needs.txt`, ['needs.txt', ...PKG, ...WHEELS]],
    [`--no-index --find-links ${AT}/wheels`, `--no-index --find-links ${IN}/wheels`, WHEELS],
    [`--extra-index-url https://pypi.example/x -e ${AT}/pkg`, `--extra-index-url https://pypi.example/x -e ${IN}/pkg`, PKG],
    [`-e ${AT}/pkg#egg=own`, `-e ${IN}/pkg#egg=own`, PKG],
    [`--requirement  '${AT}/needs.txt'`, `--requirement  '${IN}/needs.txt'`, ['needs.txt', ...PKG, ...WHEELS]],
  ] as const)('%s', async ([line, written, files], { converted }) => {
    expect(await converted(job(line))).toEqual({ line: written, files, said: [], refused: [] });
  });
});

describe('is named', () => {
  it.for([
    ['.', /^error: .*takes for a file of the bundle$/],
    ['./own-1.whl', /^error: /],
    ['own-1.whl', /^error: /],
    ['-e .', /^error: /],
    ['-e ./pkg', /^error: /],
    ['-r needs.txt', /^error: /],
    ['file:./own-1.whl', /^error: /],
    [`file:///Workspace${AT}/own-1.whl`, /^error: .*must not be a file: address$/],
    [`own @ file:///Workspace${AT}/own-1.whl`, /^error: /],
    ['--editable ./pkg', /^warning: names "\.\/pkg" by a relative path, so the bundle has no copy of it/],
    ['-e=./pkg', /^warning: names "\.\/pkg"/],
    ['-c limits.txt', /^warning: names "limits\.txt"/],
    ['-f ../wheels', /^warning: names "\.\.\/wheels"/],
    ['--no-deps ./pkg', /^warning: names "\.\/pkg"/],
    [`-r ${AT}/gone.txt`, /^warning: The file .*gone\.txt does not exist/],
    [`-e ${AT}/gone`, /^warning: The folder .*gone does not exist/],
  ] as const)('%s', async ([line, words], { converted }) => {
    const { line: written, files, said } = await converted(job(line));
    expect(said).toEqual([expect.stringMatching(words)]);
    expect({ written, files }).toEqual({ written: line, files: [] });
  });
});

it('names a line that the CLI takes for a file although its path is in the bundle', async ({ converted }) => {
  const { line, files, said } = await converted(job(`-e${AT}/pkg`));
  expect({ line, files }).toEqual({ line: `-e${IN}/pkg`, files: PKG });
  expect(said).toEqual([expect.stringMatching(/^error: .*takes for a file of the bundle$/)]);
});

it('names each further path of a line', async ({ converted }) => {
  const { line, files, said } = await converted(job(`-f ${AT}/wheels -f ./more --find-links=/Shared/most`));
  expect(line).toBe(`-f ${IN}/wheels -f ./more --find-links=/Shared/most`);
  expect(files).toEqual(WHEELS);
  expect(said).toEqual(['"./more"', '"/Shared/most"'].map((path) => expect.stringContaining(`names ${path} as well, of which`)));
});

describe('beside lines for pip', () => {
  it.for([
    ['java_dependencies', ['./x.jar']],
    ['java_dependencies', ['dist/x.jar']],
    ['base_environment', './env.yml'],
    ['base_environment', 'env.yaml'],
  ] as const)('a relative path in %s is named: %s', async ([field, value], { said }) => {
    expect(await said({ [field]: value })).toEqual([expect.stringMatching(`^environments\\[e\\]\\.spec\\.${field}.* by a relative path`)]);
  });

  it.for([
    ['java_dependencies', ['com.acme:x:1.0', '/Volumes/a/b/c/x.jar', 's3://b/x.jar']],
    ['base_environment', 'workspace-base-environments/databricks_ai_v4'],
  ] as const)('%s says nothing of %s', async ([field, value], { said }) => expect(await said({ [field]: value })).toEqual([]));

  it('what a base environment names comes along, or is named', async ({ rig }) => {
    const lines = ['-r ./needs.txt', `"/Workspace${AT}/own-1.whl"`, './gone.whl', 'pandas==2.2'];
    rig.file(`${AT}/base.yml`, `environment_version: "3"\ndependencies:\n${lines.map((one) => `  - ${one}\n`).join('')}`);
    const definition = environment({ base_environment: `${AT}/base.yml` });
    const { sources, diagnostics } = await collectSources(rig.as(), sourceReferences(definition));
    const paths = sources.map(({ path }) => path.replace(/^(?:\/Workspace)?/, '').replace(`${AT}/`, ''));
    expect(paths.sort()).toEqual(['base.yml', 'main', 'needs.txt', 'own-1.whl', ...PKG, ...WHEELS].sort());
    expect(diagnostics.map(({ place, message }) => `${place.slice(AT.length)} ${message}`)).toEqual([
      expect.stringMatching(/^\/base\.yml:4 names .*own-1\.whl by its whole path/),
      expect.stringMatching(/^\/base\.yml:5 The file .*gone\.whl does not exist/),
    ]);
  });
});

it.for(['pandas', 'numpy==1.26', 'x @ https://pypi.example/x.whl', '--index-url https://pypi.example', '-r /Volumes/a/b/c/r.txt'])(
  'says nothing of %s',
  async (line, { converted }) => expect(await converted(job(line))).toEqual({ line, files: [], said: [], refused: [] }),
);

describe('of a Git job', () => {
  const git = { git_source: { git_url: 'https://git.example/x', git_provider: 'gitHub', git_branch: 'main' } };

  it('stays as it is, as Git has the file', async ({ converted }) => {
    for (const line of ['-e ./pkg', '-r needs.txt', '--editable ./pkg'])
      expect(await converted(job(line, git))).toMatchObject({ line, said: [] });
  });

  it.for([
    ['-e .', `-e ${IN}`],
    ['-c c', `-c ${AT}/c`],
    ['--editable ./pkg', `--editable ${IN}/pkg`],
    ['-r ./needs.txt', `-r ${IN}/needs.txt`],
    ['./own-1.whl', `${IN}/own-1.whl`],
  ] as const)('%s comes along when its files are brought in', async ([line, written], { converted }) => {
    expect((await converted(bringGit(job(line, git), { path: AT }))).line).toBe(written);
  });
});
