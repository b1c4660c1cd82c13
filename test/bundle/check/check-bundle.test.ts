// The allow-list: each known attack is refused, and honest trees pass.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of bundles, not of JavaScript
import { describe, expect, test } from 'vitest';
import { checkBundle } from '../../../src/bundle/check/check-bundle.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { CASES, HOST } from '../fixtures.ts';

const ROOT = 'bundle:\n  name: x\n  engine: direct\ninclude:\n  - resources/x.yml\n';
const JOB = 'resources:\n  jobs:\n    x:\n      name: x\n';
const task = (yaml: string) => `${JOB}      tasks:\n        - task_key: a\n          ${yaml}\n`;
const tree = (files: Record<string, string | Uint8Array>) =>
  Object.entries({ 'databricks.yml': ROOT, 'resources/x.yml': JOB, ...files }).map(([path, content]) => ({
    path,
    bytes: Buffer.from(content),
  }));
const errors = (files: Record<string, string | Uint8Array>) => checkBundle(tree(files)).filter(({ level }) => level === 'error');
const root = (yaml: string) => ({ 'databricks.yml': `${ROOT}${yaml}\n` });

const ATTACKS: Record<string, Record<string, string | Uint8Array>> = {
  'a host at the root': root('workspace:\n  host: https://evil.test'),
  'a host in a target': root('targets:\n  prod:\n    workspace:\n      host: https://evil.test'),
  'a host in an included file': { 'resources/x.yml': `${JOB}workspace:\n  host: https://evil.test\n` },
  'a host in a target of an included file': {
    'resources/x.yml': `${JOB}targets:\n  prod:\n    workspace:\n      host: https://evil.test\n`,
  },
  'a host with an escaped key': root('workspace:\n  "\\x68ost": https://evil.test'),
  'a host behind a line separator in a comment': root('# quiet\u2028workspace: {host: "https://evil.test"}'),
  'a host behind a next-line character in a comment': root('# quiet\u0085workspace: {host: "https://evil.test"}'),
  'a host behind a lone carriage return in a comment': root('# quiet\rworkspace: {host: "https://evil.test"}'),
  'a profile': root('workspace:\n  profile: DEFAULT'),
  'an auth type': root('workspace:\n  auth_type: pat'),
  'a client id': root('workspace:\n  client_id: a'),
  'an azure key in a target': root('targets:\n  dev:\n    workspace:\n      azure_tenant_id: a'),
  'another engine': { 'databricks.yml': ROOT.replace('direct', 'terraform') },
  'lock settings': { 'databricks.yml': ROOT.replace('engine: direct', 'deployment:\n    lock:\n      enabled: false') },
  artifacts: root('artifacts:\n  x:\n    build: touch /tmp/x'),
  'artifacts in a target': root('targets:\n  dev:\n    artifacts:\n      x:\n        build: touch /tmp/x'),
  experimental: root('experimental:\n  scripts:\n    preinit: touch /tmp/x'),
  python: root('python:\n  resources: [x:y]'),
  scripts: root('scripts:\n  x:\n    content: touch /tmp/x'),
  'job runs': root('resources:\n  job_runs:\n    r:\n      job_id: 1'),
  'job runs in a target': root('targets:\n  dev:\n    resources:\n      job_runs:\n        r:\n          job_id: 1'),
  apps: root('resources:\n  apps:\n    a:\n      name: a'),
  'an unknown top-level key': root('surprise: 1'),
  'a git section in a target': root('targets:\n  dev:\n    git:\n      branch: x'),
  'include with a pattern': { 'databricks.yml': ROOT.replace('resources/x.yml', 'resources/**/*.yml') },
  'include with a way up': { 'databricks.yml': ROOT.replace('resources/x.yml', '../x.yml') },
  'include with an absolute path': { 'databricks.yml': ROOT.replace('resources/x.yml', '/etc/x.yml') },
  'include elsewhere': { 'databricks.yml': ROOT.replace('resources/x.yml', 'src/x.yml') },
  'include of a missing file': { 'databricks.yml': ROOT.replace('resources/x.yml', 'resources/y.yml') },
  'sync paths up': root('sync:\n  paths:\n    - ../x'),
  'sync paths absolute': root('sync:\n  paths: [/etc]'),
  'sync paths in a target': root('targets:\n  dev:\n    sync:\n      paths: ["../.."]'),
  'sync include up': root('sync:\n  include: ["a/../../x"]'),
  'sync with a reference': root('sync:\n  paths: ["${var.x}"]\nvariables:\n  x:\n    default: ..'),
  'a jar of this machine': { 'resources/x.yml': task('libraries:\n            - jar: ../../../proc/self/environ') },
  'a wheel above': { 'resources/x.yml': task('libraries:\n            - whl: ../../x.whl') },
  'a wheel by a file address': { 'resources/x.yml': task('libraries:\n            - whl: file:///x.whl') },
  'a wheel by a variable': {
    ...root('variables:\n  p:\n    default: ../../../proc/self/environ'),
    'resources/x.yml': task('libraries:\n            - whl: ${var.p}'),
  },
  'a jar of a task that is called like a mapping of parameters': {
    'resources/x.yml': task('libraries:\n            - jar: ../../../proc/self/environ').replace('task_key: a', 'task_key: parameters'),
  },
  'a dependency above': {
    'resources/x.yml': `${JOB}      environments:\n        - environment_key: e\n          spec:\n            dependencies:\n              - ../../x.whl\n`,
  },
  'a requirements option above': {
    'resources/x.yml': `${JOB}      environments:\n        - environment_key: e\n          spec:\n            dependencies:\n              - -r ../../x.txt\n`,
  },
  'a notebook above': { 'resources/x.yml': task('notebook_task:\n            notebook_path: ../../x.py') },
  'a python file above in a target': root(
    'targets:\n  dev:\n    resources:\n      jobs:\n        x:\n          tasks:\n            - task_key: a\n              spark_python_task:\n                python_file: ../x.py',
  ),
  'an sql file above': { 'resources/x.yml': task('sql_task:\n            file:\n              path: ../src/../../x.sql') },
  'a path up from a reference': { 'resources/x.yml': task('libraries:\n            - whl: ${workspace.file_path}/../../x.whl') },
  'an alert file above': { 'resources/x.yml': 'resources:\n  alerts:\n    a:\n      file_path: ../../x\n' },
  'a dashboard file elsewhere': { 'resources/x.yml': 'resources:\n  dashboards:\n    a:\n      file_path: /etc/passwd\n' },
  'setup.py at the root': { 'setup.py': '' },
  'Setup.py at the root': { 'Setup.py': '' },
  'a databricks package': { 'databricks/bundles/build.py': '' },
  'bundle state': { '.databricks/bundle/dev/resources.json': '{}' },
  'bundle state deeper': { 'src/.databricks/x': '' },
  'git settings': { '.git/config': '' },
  'another root configuration': { 'databricks.yaml': ROOT },
  'no root configuration': { 'databricks.yml': '' },
  'an anchor': root('variables: &a\n  x:\n    default: 1'),
  'an alias': root('variables:\n  x: &a\n    default: 1\n  y: *a'),
  'a merge key': root('variables:\n  <<: {x: {default: 1}}'),
  'a tag': root('variables: !!map\n  x:\n    default: 1'),
  'a repeated key': root('variables:\n  x:\n    default: 1\n  x:\n    default: 2'),
  'a repeated section': root('bundle:\n  name: y'),
  'two documents': root('---\nworkspace:\n  host: https://evil.test'),
  'a directive': { 'databricks.yml': `%YAML 1.1\n---\n${ROOT}` },
  'a key that is a list': root('? [a]\n: 1'),
  'bytes that are no text': { 'resources/x.yml': new Uint8Array([0xff, 0xfe, 0x00]) },
  'UTF-16': { 'resources/x.yml': Buffer.from(`\ufeff${JOB}`, 'utf16le') },
  'a way up in a path': { '../x': '' },
  'an absolute path': { '/etc/x': '' },
  'a backslash in a path': { 'src\\x': '' },
  'a control character in a path': { 'src/a\nb': '' },
  'a path that is too long': { [`src/${'a/'.repeat(400)}x`]: '' },
  'a name that is too long': { [`src/${'a'.repeat(256)}`]: '' },
  'paths that differ in case': { 'src/a.py': '', 'src/A.py': '' },
  'folders that differ in case': { 'src/a/x': '', 'src/A/y': '' },
  'a file that is a folder': { 'src/a': '', 'src/a/b': '' },
  'a reference to the environment': { 'resources/x.yml': task('description: ${env.HOME}') },
  'a reference to artifacts': { 'resources/x.yml': task('description: ${artifacts.x.path}') },
  'a reference in what is none yet': { 'resources/x.yml': task('description: "${en v-${bundle.target}}"') },
  'an unknown variable': { 'resources/x.yml': task('description: ${var.nope}') },
  'a reference in a key': { 'resources/x.yml': `${JOB}      tags:\n        "\${var.x}": a\n` },
  'a root path outside home': root('workspace:\n  root_path: /Workspace/Shared/x'),
  "somebody else's home": root('targets:\n  prod:\n    workspace:\n      root_path: /Workspace/Users/ben@acme.example/x'),
  'a way out of home': root('workspace:\n  root_path: ~/../ben@acme.example/x'),
  'a state path outside home': root('workspace:\n  state_path: /Workspace/Shared/x'),
  'a bundle name that is a path': { 'databricks.yml': ROOT.replace('name: x', 'name: ../x') },
  'a git section of the bundle': { 'databricks.yml': ROOT.replace('engine: direct', 'git:\n    branch: x') },
  'terraform of its own': { 'databricks.yml': ROOT.replace('engine: direct', 'terraform:\n    exec_path: ./x') },
  'settings of the bundle in a target': root('targets:\n  dev:\n    bundle:\n      deployment:\n        lock:\n          enabled: false'),
  'targets by their old name': root('environments:\n  dev:\n    workspace:\n      host: https://evil.test'),
  'a variable that has a value': root('variables:\n  x:\n    value: 1'),
  'a uuid that is a path': { 'databricks.yml': ROOT.replace('engine: direct', 'uuid: ../../x') },
  'a root path behind a variable': root('workspace:\n  root_path: ~/${var.x}\nvariables:\n  x:\n    default: ../ben@acme.example'),
  "a root path behind a job's name": root('workspace:\n  root_path: ~/${resources.jobs.x.name}'),
  'a lookup of what nobody looks up': root('variables:\n  x:\n    lookup:\n      secret: a'),
  'a lookup behind a reference': root('variables:\n  x:\n    lookup:\n      job: ${bundle.name}'),
  'a lookup of a list': root('variables:\n  x:\n    lookup:\n      job: [a]'),
  'a lookup of two things': root('variables:\n  x:\n    lookup:\n      job: a\n      cluster: b'),
  'a lookup of what nobody looks up in a target': root('targets:\n  dev:\n    variables:\n      x:\n        lookup:\n          secret: a'),
  'a cluster that starts while deploying': {
    'resources/x.yml': 'resources:\n  clusters:\n    c:\n      lifecycle:\n        started: true\n',
  },
  'a jar in a variable': {
    ...root('variables:\n  v:\n    type: complex\n    default:\n      parameters:\n        jar: ../../../proc/self/environ'),
    'resources/x.yml': task('libraries:\n            - ${var.v.parameters}'),
  },
  'dependencies in a variable of a target': root(
    'targets:\n  dev:\n    variables:\n      v:\n        default:\n          inputs:\n            dependencies: [../../x.whl]',
  ),
  'dependencies in a bare variable of a target': root(
    'targets:\n  dev:\n    variables:\n      v:\n        name:\n          dependencies: [../../x.whl]',
  ),
  'a jar behind a question mark': { 'resources/x.yml': task('libraries: [{?jar: ../x.jar}]') },
  'a file behind a question mark': { 'resources/x.yml': 'resources:\n  alerts:\n    a: {?file_path: /etc/passwd}\n' },
  'an empty value in braces': { 'resources/x.yml': task('libraries: [{jar:, whl: /x}]') },
  'an empty value in brackets': { 'resources/x.yml': task('libraries: [jar:, whl: /x]') },
  'a dashboard file behind a reference': {
    'resources/x.yml':
      'resources:\n  volumes:\n    v:\n      catalog_name: ..\n      schema_name: ..\n      name: proc\n' +
      '  dashboards:\n    a:\n      file_path: ${resources.volumes.v.volume_path}/self/environ\n',
  },
  'code of a GPU task by a variable': {
    ...root('variables:\n  p:\n    default: ../../../proc/self/environ'),
    'resources/x.yml': task('ai_runtime_task:\n            code_source_path: ${var.p}'),
  },
  'a requirements option by a variable': {
    ...root('variables:\n  p:\n    default: ../../x.txt'),
    'resources/x.yml': `${JOB}      environments:\n        - environment_key: e\n          spec:\n            dependencies: ["-r ${'${var.p}'}"]\n`,
  },
  'an editable dependency above': {
    'resources/x.yml': `${JOB}      environments:\n        - environment_key: e\n          spec:\n            dependencies: ["-e ../.."]\n`,
  },
  'a quoted dependency above': {
    'resources/x.yml': `${JOB}      environments:\n        - environment_key: e\n          spec:\n            dependencies: ["'../../x.whl'"]\n`,
  },
  "a pipeline's dependency above": {
    'resources/x.yml': 'resources:\n  pipelines:\n    p:\n      environment:\n        dependencies: [../../x.whl]\n',
  },
  "a pipeline's glob above": {
    'resources/x.yml': 'resources:\n  pipelines:\n    p:\n      libraries:\n        - glob:\n            include: ../../**\n',
  },
  "a pipeline's root above": { 'resources/x.yml': 'resources:\n  pipelines:\n    p:\n      root_path: ../..\n' },
  'a file of an inner task above': {
    'resources/x.yml': task('for_each_task:\n            task:\n              libraries: [{whl: ../../x.whl}]'),
  },
  'a resource that is a reference': {
    ...root('variables:\n  d:\n    type: complex\n    default:\n      a: b'),
    'resources/x.yml': 'resources:\n  dashboards:\n    a: ${var.d}\n',
  },
  'sync that is a reference': root('sync: ${var.x}'),
  'a package of the CLI as a module': { 'databricks.py': '' },
  'a Python of its own': { '.venv/bin/python3': '' },
  'values of variables': { '.databricks/bundle/dev/variable-overrides.json': '{}' },
  'bundle state spelled with a compatibility character': { '.Databricks/x': '' },
  'nesting without end': root(`variables: ${'['.repeat(5000)}`),
  'nesting without end that would end the process': root(`variables: ${'[,'.repeat(30_000)}`),
  'lists in lists without end': { 'resources/x.yml': '- '.repeat(30_000) },
};

describe('checkBundle', () => {
  test('says of a key why it has no place there, where that is known', () => {
    const said = (text: string) => errors(root(text)).map(({ place, message }) => `${place} ${message}`);
    expect(said('workspace:\n  host: https://evil.test')).toEqual([
      expect.stringMatching(/^databricks\.yml: workspace\.host has no place .*, which goes to the workspace that it was made from/),
    ]);
    expect(said('scripts: {}')).toEqual([expect.stringContaining('it can run a program while the bundle is deployed')]);
    expect(said('bundles: {}')).toEqual(['databricks.yml: bundles has no place in a bundle here']);
  });
  test('passes an honest tree', () => {
    expect(checkBundle(tree({}))).toEqual([]);
    const wheel = task(
      'libraries:\n            - whl: ${workspace.file_path}/dist/x.whl\n            - whl: /Volumes/a/b/c.whl\n            - pypi:\n                package: a==1',
    );
    expect(errors({ 'resources/x.yml': wheel, 'dist/x.whl': '' })).toEqual([]);
    const parameters = task(
      'notebook_task:\n            notebook_path: /a\n            base_parameters:\n              path: ../../data\n              jar: ${bundle.name}/x.jar',
    );
    expect(errors({ 'resources/x.yml': parameters })).toEqual([]);
    expect(errors({ 'resources/x.yml': task('notebook_task:\n            notebook_path: /Workspace/Users/ana@acme.example/x') })).toEqual(
      [],
    );
    expect(
      errors({
        'resources/x.yml': task('spark_python_task:\n            python_file: ../src/x.py\n            parameters: ["../../data", "~"]'),
        'src/x.py': '',
      }),
    ).toEqual([]);
  });

  test('passes what people write by hand', () => {
    const honest = [
      'workspace:',
      '  root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}',
      '  state_path: ${workspace.root_path}/state',
      'variables:',
      '  w: {lookup: {warehouse: "Main ../ warehouse"}}',
      '  c: {type: complex, default: {spark_version: 16.4.x-scala2.12, num_workers: 2}}',
      'targets:',
      '  dev:',
      '    mode: development',
      '    variables: {w: abc, c: {num_workers: 1}}',
      '  prod:',
      '    mode: production',
      '    run_as: {service_principal_name: a}',
      '    permissions: [{level: CAN_VIEW, group_name: users}]',
      '    resources: {jobs: {x: {lifecycle: {prevent_destroy: true}, permissions: [{level: CAN_VIEW, group_name: users}]}}}',
    ].join('\n');
    expect(checkBundle(tree(root(honest)))).toEqual([]);
  });

  test.each(Object.keys(CASES))('passes what we generate: %s', (name) => {
    const one = CASES[name];
    if (one === undefined) throw new Error(name);
    expect(checkBundle(generateBundle({ ...one, host: HOST }).files)).toEqual([]);
  });

  test.each(Object.keys(ATTACKS))('refuses %s', (name) => {
    expect(errors(ATTACKS[name] ?? {})).not.toEqual([]);
  });

  test.each(['${not a reference}', '${var.x', '${HOME:-/root}'])('warns of %s, which the CLI leaves as text', (text) => {
    expect(checkBundle(tree({ 'resources/x.yml': task(`description: "${text}"`) }))).toMatchObject([{ level: 'warning' }]);
  });

  test.each([
    ['a reference without an end', task(`description: "\${${'a'.repeat(60)}"`)],
    ['a reference with many places of lists', task(`description: "\${var.x${'[0]'.repeat(30_000)}"`)],
    ['a reference that looks like many logins', task(`description: "\${workspace.${'azure_'.repeat(10_000)}-x}"`)],
    ['quotes without end', task(`description: '${'"'.repeat(60_000)}x'`)],
    ['60,000 keys', `${JOB}      tags:\n${Array.from({ length: 60_000 }, (_, n) => `        k${n}: v\n`).join('')}`],
    ['60,000 jobs', `resources:\n  jobs:\n${Array.from({ length: 60_000 }, (_, n) => `    k${n}: {}\n`).join('')}`],
    ['60,000 mistakes', `${JOB}${Array.from({ length: 60_000 }, (_, n) => `k${n}: {,,}\n`).join('')}`],
    ['60,000 keys that are not allowed', Array.from({ length: 60_000 }, (_, n) => `k${n}: v\n`).join('')],
  ])('comes to an end with %s', (_, yaml) => {
    expect(checkBundle(tree({ 'resources/x.yml': yaml })).length).toBeLessThanOrEqual(1000);
  });

  test('refuses names that would make each place below them long, and says where a name stands twice', () => {
    const long = `${JOB}      tags:\n        ? ${'a'.repeat(2000)}\n        : b\n`;
    expect(errors({ 'resources/x.yml': long })).toMatchObject([
      { place: 'resources/x.yml:6', message: expect.stringContaining('800 characters') },
    ]);
    const twice = `${JOB}      tags:\n        a: 1\n        "a": 2\n`;
    expect(errors({ 'resources/x.yml': twice })).toMatchObject([{ place: 'resources/x.yml:7', message: 'the key "a" stands there twice' }]);
  });

  test('names a folder that is a file too, and each way of writing one, whichever comes first', () => {
    const places = (...paths: string[]) => errors(Object.fromEntries(paths.map((path) => [path, '']))).map(({ place }) => place);
    expect(places('src/a', 'src/a/b')).toEqual(['src/a/b']);
    expect(places('src/a/b', 'src/a')).toEqual(['src/a/b']);
    expect(places('src/a/x', 'src/A/y', 'src/A/z', 'src/a/w')).toEqual(['src/A/y', 'src/A/z']);
  });

  test('warns of a resource file that nothing includes', () => {
    expect(checkBundle(tree({ 'resources/y.yml': JOB }))).toMatchObject([{ level: 'warning', place: 'resources/y.yml' }]);
    const all = { 'databricks.yml': ROOT.replace('resources/x.yml', 'resources/*.yml') };
    expect(checkBundle(tree({ ...all, 'resources/y.yml': 'resources:\n  jobs:\n    y:\n      name: y\n' }))).toEqual([]);
    for (const path of ['resources/y.yaml', 'resources/more/y.yml'])
      expect(checkBundle(tree({ ...all, [path]: JOB.replace('x:', 'y:') }))).toMatchObject([{ level: 'warning', place: path }]);
  });
});
