// What a deployment deletes is confirmed by a typed word, over the whole stack: without it nothing is started.
import { describe, expect } from 'vitest';
import type { Playground } from '../../src/playground/start.ts';
import { findCli, flow } from './stack.ts';
import { buttonsOf, privately, STEP_MS, startThread, textOf } from './thread.ts';

const cli = await findCli();
const test = flow();
const STATE = '/Users/ana@acme.example/.bundle/churn/dev/state/resources.json';
const ID = '11111111-2222-3333-4444-555555555555';

/** A pipeline that an earlier version of the bundle has deployed, as its record tells. */
function plantPipeline({ databricks: { workspace } }: Playground): void {
  const spec = { id: ID, name: '[dev ana] Old', continuous: false };
  workspace.pipelines.set(ID, { pipeline_id: ID, name: spec.name, spec, creator_user_name: 'ana@acme.example' });
  const entry = workspace.files.get(STATE);
  if (entry === undefined) throw new Error('nothing is deployed');
  const state = JSON.parse(Buffer.from(entry.read()).toString());
  state.state['resources.pipelines.old'] = { __id__: ID, state: { name: spec.name } };
  workspace.files.put(STATE, { type: 'FILE', read: () => Buffer.from(JSON.stringify(state)) });
}

describe.skipIf(cli.state !== 'ready')('a deployment that deletes a pipeline', () => {
  test('is started by its typed name alone', async ({ playground, ana }) => {
    const { pipelines } = playground.databricks.workspace;
    const thread = await startThread(ana, '/dab job 123', 'job 123 ');
    const first = await thread.card(1, (card) => 'deploy' in buttonsOf(card));
    await ana.click(first, 'deploy');
    await thread.says(/Version 1 is deployed/);
    plantPipeline(playground);
    await thread.idle();

    thread.say('rename the job to Churn 2');
    const card = await thread.card(2, (one) => 'deploy' in buttonsOf(one));
    expect(textOf(card)).toContain('Deletes pipeline `old`');
    await thread.idle();

    await ana.click(card, 'deploy');
    const modal = await ana.waitFor((me) => me.modal(), STEP_MS);
    expect(JSON.stringify(modal)).toContain('Type dev to go on');
    expect(JSON.stringify(modal)).toContain('Deletes pipeline');
    const refused = await privately(ana, () => ana.submit({ typed: 'prod' }));
    expect(textOf(refused)).toContain('nothing was started');
    expect(pipelines.has(ID)).toBe(true);

    await ana.click(card, 'deploy');
    await ana.waitFor((me) => me.modal(), STEP_MS);
    await ana.submit({ typed: 'dev' });
    await thread.says(/Version 2 is deployed/);
    expect(pipelines.has(ID)).toBe(false);
  });
});
