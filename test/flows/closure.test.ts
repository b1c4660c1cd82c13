// The demo job with everything around it, as --play plays it: it waits for its secret, then job, child job, pipeline and dashboard are deployed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { type Played, playJob } from '../../src/playground/play.ts';
import { type Playground, startPlayground } from '../../src/playground/start.ts';
import { findCli } from './playground.ts';

const cli = await findCli();
if (cli.state !== 'ready') console.warn('*** No Databricks CLI: the flow of a whole closure is skipped. Run: npm run setup:cli');

describe.skipIf(cli.state !== 'ready')('a job with a pipeline, a child job, a dashboard, a wheel and a secret', () => {
  let playground: Playground;
  let played: Played;

  beforeAll(async () => {
    playground = await startPlayground({ env: environment, page: false });
    played = await playJob(playground, { jobId: '530', name: 'Store sales weekly' }, cli.state === 'ready' ? cli.path : undefined);
  });
  afterAll(() => playground?.close());

  it('waits for its secret and is then deployed, equal to its bundle', () => {
    expect(played.summary).toMatch(/^waited for its secrets, then deployed as job \d+, equal to its bundle/);
    expect(played.ok).toBe(true);
    expect(played.thread).toContain('A hard-coded secret stands in the bundle: src/02_publish.py, line 17: Databricks token.');
  });

  it('links all that was deployed, the job itself first', async () => {
    const [end = ''] = played.thread.split('is deployed to').slice(-1);
    expect(end.split('\n').slice(1, 5)).toEqual([
      expect.stringMatching(/\[dev ana\] Store sales weekly .* · job \d+/),
      expect.stringMatching(/\[dev ana\] Store reference data .* · job \d+/),
      expect.stringMatching(/\[dev ana\] Store sales tables .*\/pipelines\/.* · pipeline/),
      expect.stringMatching(/\[dev ana\] Store sales .*\/dashboardsv3\/.* · dashboard/),
    ]);
    const pages = await Promise.all([...end.matchAll(/\((http:[^)]+)\)/g)].map(([, url = '']) => fetch(url)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('shows the secret nowhere: not in the thread, not in the log, not in what Claude read', async () => {
    const token = /dapi[0-9a-f]{32}/;
    const text = Buffer.from(
      playground.databricks.workspace.files.get('/Users/ana@acme.example/sales/02_publish')?.read() ?? [],
    ).toString();
    expect(text).toMatch(token);
    expect(played.thread).not.toMatch(token);
    expect(await playground.log()).not.toMatch(token);
    expect(playground.claude?.requests.map(({ body }) => body).join('\n')).not.toMatch(token);
  });
});
