// An answer to where copies write is checked before it is kept, and kept by the catalog that it was given for.
import { expect } from 'vitest';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { createDataAnswers, type DataAnswer } from '../../../src/conversation/story/data-answer.ts';
import type { DeploymentProposal } from '../../../src/deployment/approval/deployment-proposal.ts';
import { createDevDataRows } from '../../../src/storage/bundles/dev-data.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { HOST, job, notebook, notebookTask } from '../../bundle/fixtures.ts';
import { dbTest } from '../../storage/db-test.ts';

const PATH = '/Workspace/Users/ana@acme.example/etl/load';
const ANA = { host: HOST, userName: 'ana@acme.example' };

function bundleOf(parameters: Record<string, string>) {
  const definition = job({
    name: 'Load',
    tasks: [notebookTask('load', PATH)],
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, default: value })),
  });
  return generateBundle({ definition, sources: [notebook(PATH)], tables: [], host: HOST });
}

const test = dbTest('dev_data').extend('answers', ({ db }) => {
  const rows = createDevDataRows(db);
  return (parameters: Record<string, string>) => {
    const bundle = bundleOf(parameters);
    const stored = { load: async () => ({ bundle }) };
    const answers = createDataAnswers({
      rows: { bundlesIn: () => stored, devData: rows } as unknown as Pick<Storage, 'bundlesIn' | 'devData'>,
    });
    const proposal = { conversationId: 'c', bundleDigest: bundle.digest, target: 'dev' } as DeploymentProposal;
    return {
      keep: (answer: DataAnswer) => answers.keep(proposal, ANA, answer),
      kept: () => rows.of(ANA),
      answered: () => answers.answered(bundle, 'dev', ANA),
    };
  };
});

test('is kept with its person’s name as what stands for each one’s, and production’s catalog as none', async ({ answers }) => {
  const { keep, kept, answered } = answers({ catalog: 'main', schema: 'sales' });
  expect(await answered()).toBeUndefined();
  expect(await keep({ schema: ' work_ana ', catalog: 'Main' })).toBeUndefined();
  expect(await kept()).toEqual({ main: { schema: 'work_{short_name}' } });
  expect(await answered()).toEqual({ schema: 'work_{short_name}' });
  expect(await keep({ schema: 'sandbox_42', catalog: 'lab' })).toBeUndefined();
  expect(await kept()).toEqual({ main: { schema: 'sandbox_42', catalog: 'lab' } });
});

test('changes nothing where it is no name, or where somebody has data', async ({ answers }) => {
  const { keep, kept } = answers({ catalog: 'main', schema: 'sales' });
  for (const schema of ['', 'a.b', 'a b', '`; drop', '{}', 'x'.repeat(101)])
    expect(await keep({ schema, catalog: '' })).toContain('Nothing was changed');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of a bundle, not of JavaScript
  expect(await keep({ schema: 'ok', catalog: '${var.x}' })).toContain('Nothing was changed');
  expect(await keep({})).toContain('Nothing was changed');
  expect(await keep({ schema: 'Sales', catalog: '' })).toContain('`Sales` is where production has its data');
  expect(await kept()).toEqual({});
  // Another catalog keeps it apart.
  expect(await keep({ schema: 'sales', catalog: 'lab' })).toBeUndefined();
});

test('that is so already is noted all the same, and what was not asked stays', async ({ answers }) => {
  const { keep, kept } = answers({ schema: 'sales' });
  expect(await keep({ schema: 'dev_ana' })).toContain('writes there already');
  expect(await kept()).toEqual({ '': { schema: 'dev_{short_name}' } });
});
