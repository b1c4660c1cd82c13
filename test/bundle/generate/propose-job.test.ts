// The job that is proposed for a folder: a task a step, in order, widgets as parameters.
import { describe, expect, it } from 'vitest';
import { proposeJob } from '../../../src/bundle/generate/propose-job.ts';
import { file, notebook } from '../fixtures.ts';

const etl = '/Users/ana@acme.example/etl';

function step(path: string, after: string[] = [], ...parameters: { name: string; default?: string }[]) {
  return { path, after, parameters };
}

describe('proposeJob', () => {
  it('makes a task of every step, and a parameter of every widget', () => {
    const sources = [notebook(`${etl}/01_load`), notebook(`${etl}/02_clean`), file(`${etl}/send.py`)];
    const steps = [
      step(`${etl}/01_load`, [], { name: 'catalog', default: 'main' }, { name: 'day' }),
      step(`${etl}/02_clean`, [`${etl}/01_load`], { name: 'catalog', default: 'main' }),
      step(`${etl}/send.py`, [`${etl}/02_clean`]),
    ];
    const job = proposeJob(etl, steps, sources);
    expect(job).toMatchObject({ jobId: '', folder: etl });
    expect(job.settings).toEqual({
      name: 'etl',
      parameters: [
        { name: 'catalog', default: 'main' },
        { name: 'day', default: '' },
      ],
      queue: { enabled: true },
      tasks: [
        { task_key: 'load', notebook_task: { notebook_path: `${etl}/01_load`, source: 'WORKSPACE' } },
        {
          task_key: 'clean',
          depends_on: [{ task_key: 'load' }],
          notebook_task: { notebook_path: `${etl}/02_clean`, source: 'WORKSPACE' },
        },
        {
          task_key: 'send',
          depends_on: [{ task_key: 'clean' }],
          spark_python_task: { python_file: `${etl}/send.py`, source: 'WORKSPACE' },
          environment_key: 'default',
        },
      ],
      environments: [{ environment_key: 'default', spec: { environment_version: '2' } }],
    });
  });

  it.each([
    ['01_load', undefined, 'load'],
    ['step_02_clean', undefined, 'clean'],
    ['03-1 Train model', undefined, 'train_model'],
    ['2024_report', undefined, 'step_2024_report'],
    ['04', '## 4 · Score customers', 'score_customers'],
    ['Untitled Notebook 2024-01-01 10_00_00', 'gold_scores', 'gold_scores'],
    ['notebook_2', 'What marketing reads: one row per customer with a segment', 'what_marketing_reads_one_row_per'],
    ['04', '{…}', 'step_04'],
    ['04', undefined, 'step_04'],
    ['score', 'Something else', 'score'],
  ])('calls the task of %j that does %j %s', (name, does, key) => {
    const { settings } = proposeJob(etl, [{ ...step(`${etl}/${name}`), does }], [notebook(`${etl}/${name}`)]);
    expect(settings.tasks).toMatchObject([{ task_key: key }]);
  });

  it.each([
    ['/Users/ana@acme.example/churn/notebooks', 'churn'],
    ['/Workspace/Shared/notebooks', 'notebooks'],
    ['/Shared/etl/', 'etl'],
  ])('calls the job of %s %s', (folder, name) => {
    expect(proposeJob(folder, [step(`${folder}/a`)], [notebook(`${folder}/a`)]).settings.name).toBe(name);
  });

  it('keeps different defaults of one widget with their tasks, and keys of tasks apart', () => {
    const sources = [notebook(`${etl}/a/load`), notebook(`${etl}/b/load`)];
    const steps = [
      step(`${etl}/a/load`, [], { name: 'schema', default: 'bronze' }),
      step(`${etl}/b/load`, [], { name: 'schema', default: 'gold' }),
    ];
    const { settings } = proposeJob(etl, steps, sources);
    expect(settings.parameters).toBeUndefined();
    expect(settings.tasks).toEqual([
      { task_key: 'load', notebook_task: { notebook_path: `${etl}/a/load`, source: 'WORKSPACE', base_parameters: { schema: 'bronze' } } },
      { task_key: 'load_2', notebook_task: { notebook_path: `${etl}/b/load`, source: 'WORKSPACE', base_parameters: { schema: 'gold' } } },
    ]);
  });
});
