// What says nothing is left out of a job; what looks alike but means something stays.
import { expect, test } from 'vitest';
import { leaveOutDefaults, leaveOutPipelineDefaults } from '../../../src/bundle/generate/leave-out-defaults.ts';

const SILENT = { email_notifications: {}, webhook_notifications: {}, timeout_seconds: 0 };
const notebook = { notebook_path: '/a', source: 'WORKSPACE', base_parameters: {} };

test('what the platform assumes is left out, of inner tasks too', () => {
  const task = { task_key: 'a', run_if: 'ALL_SUCCESS', libraries: [], max_retries: 0, notebook_task: notebook, ...SILENT };
  const refresh = { task_key: 'd', pipeline_task: { pipeline_id: '1', full_refresh: false } };
  const each = { task_key: 'b', for_each_task: { inputs: '[1]', task }, ...SILENT };
  const file = { task_key: 'c', sql_task: { file: { path: '/c.sql', source: 'WORKSPACE' }, warehouse_id: '1' } };
  const said = { task_key: 'a', notebook_task: { notebook_path: '/a' } };
  expect(leaveOutDefaults({ name: 'x', ...SILENT, tasks: [task, each, file, refresh] })).toEqual({
    name: 'x',
    tasks: [
      said,
      { task_key: 'b', for_each_task: { inputs: '[1]', task: said } },
      { task_key: 'c', sql_task: { file: { path: '/c.sql' }, warehouse_id: '1' } },
      { task_key: 'd', pipeline_task: { pipeline_id: '1' } },
    ],
  });
});

test('of a pipeline, what the CLI writes by itself and what is false unless said', () => {
  const said = { name: 'x', serverless: false, clusters: [{ label: 'default', num_workers: 0 }] };
  expect(leaveOutPipelineDefaults({ ...said, continuous: false, photon: false, channel: 'CURRENT', edition: 'ADVANCED' })).toEqual(said);
  const other = { ...said, continuous: true, photon: true, channel: 'PREVIEW', edition: 'CORE' };
  expect(leaveOutPipelineDefaults(other)).toEqual(other);
});

test('what means something stays', () => {
  const job = {
    git_source: { git_url: 'https://git.example/x', git_provider: 'gitHub' },
    continuous: {},
    schedule: { pause_status: 'UNPAUSED' },
    notification_settings: { no_alert_for_skipped_runs: false },
    tasks: [
      { task_key: 'a', run_if: 'ALL_DONE', max_retries: -1, notebook_task: { notebook_path: '/a', source: 'WORKSPACE' } },
      { task_key: 'b', notebook_task: { notebook_path: '/b', base_parameters: { empty: '', zero: 0 } }, new_cluster: { num_workers: 0 } },
    ],
  };
  expect(leaveOutDefaults(job)).toEqual(job);
});
