// What only the offered target has is named on the card, and marked where it changes who runs which code.
import { describe, expect, it } from 'vitest';
import { targetDifferences } from '../../../src/deployment/plan/target-differences.ts';
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
    workspace: { file_path: FILES[target], current_user: { userName: ME } },
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

describe('targetDifferences', () => {
  it('says nothing of what development mode does, nor of where the files lie', () => {
    expect(targetDifferences(resolved('dev', dev()), PROD, 'dev')).toEqual({ notes: [], danger: false });
    expect(targetDifferences(resolved('dev', dev({ run_as: { user_name: ME } })), PROD, 'dev').danger).toBe(false);
  });

  it.each<[string, JsonObject, string]>([
    ['somebody else runs it', { run_as: { service_principal_name: 'sp-1' } }, 'run_as.service_principal_name'],
    ['other code', { tasks: [task('/Workspace/Users/eve@acme.example/evil.py')] }, 'evil.py'],
    [
      'one more task',
      { tasks: [task(`${FILES.dev}/src/a.py`), { task_key: 'b', notebook_task: { notebook_path: '/Users/eve/x' } }] },
      'tasks[b]',
    ],
    ['grants', { permissions: [{ level: 'CAN_MANAGE', group_name: 'users' }] }, 'permissions'],
  ])('marks %s', (_what, extra, place) => {
    const { notes, danger } = targetDifferences(resolved('dev', dev(extra)), PROD, 'dev');
    expect(danger).toBe(true);
    expect(notes.join('\n')).toContain(place);
  });

  it('marks a job that prod does not have', () => {
    const other = resolved('dev', dev(), { extra: { name: 'X' } });
    expect(targetDifferences(other, PROD, 'dev')).toMatchObject({ danger: true, notes: [expect.stringContaining('job extra')] });
  });

  it('names other values without alarm, and counts what it leaves out', () => {
    const tags = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, 'x']));
    const { notes, danger } = targetDifferences(resolved('dev', dev({ tags: { dev: 'ana', ...tags } })), PROD, 'dev');
    expect(danger).toBe(false);
    expect(notes.at(-1)).toBe('… and 12 more differences from prod.');
  });
});
