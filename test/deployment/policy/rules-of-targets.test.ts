// What a target has of its own beside production is named, in red where it changes who runs which code; what it leaves out by design is nothing.
import { describe, expect, it } from 'vitest';
import { ownOfTarget } from '../../../src/deployment/policy/rules-of-targets.ts';
import type { JsonObject } from '../../../src/values/json.ts';

const ME = 'ana@acme.example';
const FILES = { dev: '/Workspace/Users/ana/.bundle/j/dev/files', prod: '/Workspace/Users/ana/.bundle/j/prod/files' };

function resolved(target: 'dev' | 'prod', job: JsonObject, jobs: JsonObject = {}): JsonObject {
  return {
    bundle: { mode: target === 'dev' ? 'development' : 'production', target },
    presets:
      target === 'dev'
        ? { name_prefix: '[dev ana] ', trigger_pause_status: 'PAUSED', tags: { dev: 'ana' }, jobs_max_concurrent_runs: 4 }
        : {},
    workspace: { file_path: FILES[target], current_user: { userName: ME, short_name: 'ana' } },
    resources: { jobs: { j: job, ...jobs } },
  };
}

const task = (path: string) => ({ task_key: 'a', spark_python_task: { python_file: path } });
const PROD = resolved('prod', { name: 'J', schedule: { pause_status: 'UNPAUSED' }, tasks: [task(`${FILES.prod}/src/a.py`)] });
const dev = (extra: JsonObject = {}): JsonObject => ({
  name: '[dev ana] J',
  schedule: { pause_status: 'PAUSED' },
  tags: { dev: 'ana' },
  max_concurrent_runs: 4,
  tasks: [task(`${FILES.dev}/src/a.py`)],
  ...extra,
});

const weights = (job: JsonObject, jobs?: JsonObject, production = PROD) =>
  ownOfTarget(resolved('dev', job, jobs), production, 'dev').map(({ weight, text }) => `${weight}: ${text}`);

describe('what a target has of its own', () => {
  it('is nothing that development mode does, nor where the files lie', () => {
    expect(weights(dev())).toEqual([]);
    expect(weights(dev({ run_as: { user_name: ME } }))).toEqual([]);
  });

  it('is nothing that a copy leaves out by our own design: grants, and who runs it', () => {
    const job = { name: 'J', tasks: [task(`${FILES.prod}/src/a.py`)], schedule: { pause_status: 'UNPAUSED' } };
    const granted = resolved('prod', {
      ...{ ...job, run_as: { service_principal_name: 'sp-1' } },
      permissions: [{ level: 'CAN_MANAGE', group_name: 'data' }],
    });
    expect(weights(dev(), {}, granted)).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['somebody else who runs it', { run_as: { service_principal_name: 'sp-1' } }, '`service_principal_name` is `sp-1`'],
    ['other code', { tasks: [task('/Workspace/Users/eve@acme.example/evil.py')] }, 'evil.py'],
    [
      'one more task',
      { tasks: [task(`${FILES.dev}/src/a.py`), { task_key: 'b', notebook_task: { notebook_path: '/Users/eve/x' } }] },
      'of task `b`',
    ],
    ['grants', { permissions: [{ level: 'CAN_MANAGE', group_name: 'users' }] }, '`group_name` is `users`'],
  ])('is danger: %s', (_what, extra, words) => {
    expect(weights(dev(extra))).toEqual([expect.stringMatching(/^danger: Unlike production, in job `j`: /)]);
    expect(weights(dev(extra)).join()).toContain(words);
  });

  it('is nothing where a copy has a schema of its own in the place of another, whatever signs stand in that name', () => {
    const tasks = (schema: string) => [{ task_key: 'a', notebook_task: { base_parameters: { schema, table: `main.${schema}.orders` } } }];
    const production = resolved('prod', { name: 'J', schedule: { pause_status: 'UNPAUSED' }, tasks: tasks('<prod_schema>') });
    expect(weights(dev({ tasks: tasks('dev_ana') }), {}, production)).toEqual([]);
    expect(weights(dev({ tasks: tasks('dev_eve') }), {}, production).join()).toContain('`schema` of task `a` is `dev_eve`');
  });

  it('is nothing that a variable tells code of where data is, such as a schema without its person’s name; but never who runs which code', () => {
    const at = (target: 'dev' | 'prod', schema: string, tasks: JsonObject[]): JsonObject => ({
      ...resolved(target, target === 'dev' ? dev({ tasks }) : { name: 'J', tasks }),
      variables: { schema: { default: schema, value: schema } },
    });
    const said = (task: (schema: string) => JsonObject, is = 'sandbox_42') => {
      const [own, there] = [is, 'sales'].map((schema) => [{ task_key: 'a', ...task(schema) }]);
      return ownOfTarget(at('dev', 'sandbox_42', own ?? []), at('prod', 'sales', there ?? []), 'dev').map(({ text }) => text);
    };
    const given = (schema: string) => ({ notebook_task: { base_parameters: { where: schema, table: `main.${schema}.orders` } } });
    expect(said(given)).toEqual([]);
    expect(said((schema) => ({ spark_python_task: { parameters: ['--schema', schema] } }))).toEqual([]);
    expect(said(given, 'elsewhere')).toEqual([expect.stringContaining('`where` of task `a` is `elsewhere`')]);
    expect(said((schema) => ({ spark_jar_task: { main_class_name: schema } })).join()).toContain('Unlike production, in job `j`');
  });

  it('is danger: a job that production does not have', () => {
    expect(weights(dev(), { extra: { name: 'X' } })).toEqual(['danger: Only `dev` has job `extra`.']);
  });

  it('is a note where it decides nothing about who runs what', () => {
    const tags = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, 'x']));
    expect(weights(dev({ tags: { dev: 'ana', ...tags } }))).toEqual([
      'note: 20 settings are not as in production: `t0` of job `j`, `t1` of job `j`, `t2` of job `j` and 17 more.',
    ]);
  });
});
