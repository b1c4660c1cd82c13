// run_job proposes: a job by id, name or address, parameters that it has, an id for the card, and not one write to the workspace.
import { describe, expect } from 'vitest';
import { toolsTest, use } from '../rig.ts';

const it = toolsTest({ cli: false });

describe('run_job', () => {
  it('finds the job by its id, exact name or address, and stores the run for a click', async ({ rig, client }) => {
    for (const job of ['123', 'Churn', `${rig.databricks.url}/jobs/123?o=1`, `${rig.databricks.url}/?o=1#job/123/runs`]) {
      const { text, isError, proposalIds } = await use(client, 'run_job', { job, parameters: { catalog: 'main_test' } });
      expect(isError, text).toBe(false);
      expect(proposalIds).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      expect(text).toContain(`proposal_id: ${proposalIds?.[0]}`);
      expect(text).toContain('nothing has happened yet: run job 123');
      expect(text).toContain('"catalog":"main_test"');
      expect(text).not.toContain(rig.token);
    }
    expect(rig.databricks.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(rig.logged.join('\n')).not.toContain('main_test');
  });

  it.for([
    [{ job: 'No such job' }, 'Call list_jobs'],
    [{ job: '99999' }, 'There is no job 99999'],
    [{ job: 'https://elsewhere.example/jobs/123' }, 'not of the workspace'],
    [{ job: 'DATABRICKS/pipelines/1' }, 'does not lead to a job'],
    [{ job: '123', parameters: { nope: '1' } }, 'Its parameters are: "catalog", "schema", "lookback_days"'],
    [{ job: '402', parameters: { nope: '1' } }, 'no job parameters at all'],
    [{ job: '123', parameters: { catalog: 'x'.repeat(5000) } }, '4000 characters'],
  ] as const)('says what to do about %j', async ([input, words], { rig, client }) => {
    const job = input.job.replace('DATABRICKS', rig.databricks.url);
    const { text, isError, proposalIds } = await use(client, 'run_job', { ...input, job });
    expect(isError).toBe(true);
    expect(text).toContain(words);
    expect(proposalIds).toBeUndefined();
  });

  it('asks which one where several jobs have the name', async ({ rig, client }) => {
    const job = rig.databricks.workspace.jobs.get('123');
    if (job === undefined) throw new Error('the demo workspace has no job 123');
    rig.databricks.workspace.jobs.set('124', { ...job, jobId: '124' });
    expect((await use(client, 'run_job', { job: 'Churn' })).text).toMatch(/2 jobs have this name: 12[34], 12[34]/);
  });
});
