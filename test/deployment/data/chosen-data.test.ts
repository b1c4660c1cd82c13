// What a card offers to choose of where a copy writes, and whose choice it is already.
import { describe, expect, it } from 'vitest';
import type { DataPlace } from '../../../src/bundle/data/names.ts';
import { generateBundle } from '../../../src/bundle/generate/generate.ts';
import { dataOfOthers, dataToChoose } from '../../../src/deployment/data/chosen-data.ts';
import { BY_CATALOG } from '../../../src/deployment/data/data-of-run.ts';
import { createDevDataRows } from '../../../src/storage/bundles/dev-data.ts';
import { HOST, job, notebook, notebookTask } from '../../bundle/fixtures.ts';
import { dbTest } from '../../storage/db-test.ts';

const PATH = '/Workspace/Users/ana@acme.example/etl/load';
const ANA = { host: HOST, userName: 'ana@acme.example' };
const BEN = { host: HOST, userName: 'ben@acme.example' };

function made(parameters: Record<string, string>, answer?: DataPlace) {
  const definition = job({
    name: 'Load',
    tasks: [notebookTask('load', PATH)],
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, default: value })),
  });
  const options = { devData: { answers: answer === undefined ? {} : { main: answer } } };
  return generateBundle({ definition, sources: [notebook(PATH)], tables: [], host: HOST, options });
}

const test = dbTest('dev_data').extend('rows', ({ db }) => createDevDataRows(db));

const WHERE = { catalog: 'main', schema: 'sales' };

describe('what can be chosen', () => {
  it.each<[string, Record<string, string>, DataPlace | undefined, object | undefined]>([
    ['its schema and its catalog', WHERE, undefined, { of: 'main', schemas: ['sales'], schema: 'dev_ana', catalog: '' }],
    [
      'what was answered',
      WHERE,
      { schema: 'x_{short_name}', catalog: 'lab' },
      { of: 'main', schemas: ['sales'], schema: 'x_ana', catalog: 'lab' },
    ],
    ['no catalog where the job says none', { schema: 'sales' }, undefined, { of: '', schemas: ['sales'], schema: 'dev_ana' }],
    [
      'one name for several schemas',
      { schema: 'sales', out_schema: 'gold' },
      undefined,
      { of: '', schemas: ['gold', 'sales'], schema: 'dev_ana' },
    ],
    ['nothing where nothing is its own', { catalog: 'main', day: '1' }, undefined, undefined],
  ])('is %s', (_what, parameters, answer, offered) => {
    const found = dataToChoose({ bundle: made(parameters, answer), target: 'dev', userName: ANA.userName }, []);
    expect(found && { ...found, schemas: [...found.schemas].sort() }).toEqual(offered);
  });

  it('is the catalog alone where code writes by it, and names the schemas itself', () => {
    const findings = [{ rule: BY_CATALOG, weight: 'note', text: '' }] as const;
    const found = (parameters: Record<string, string>) =>
      dataToChoose({ bundle: made(parameters), target: 'dev', userName: ANA.userName }, findings);
    expect(found({ catalog: 'main' })).toEqual({ of: 'main', schemas: [], catalog: '' });
    expect(found({ day: '1' })).toBeUndefined();
  });

  it('is nothing in production', () => {
    expect(dataToChoose({ bundle: made(WHERE), target: 'prod', userName: ANA.userName }, [])).toBeUndefined();
  });
});

describe('a choice', () => {
  const fixed = { schema: 'sandbox_42', catalog: 'lab' };

  test('of somebody else is said before a run writes there', async ({ rows }) => {
    const bundle = made(WHERE, fixed);
    const said = (who: typeof ANA) => dataOfOthers(rows, { bundle, target: 'dev', ...who });
    // From configuration or from an edit: nobody's.
    expect(await said(BEN)).toEqual([]);
    await rows.keep(ANA, 'main', fixed);
    expect(await said(ANA)).toEqual([]);
    expect(await said(BEN)).toEqual([
      {
        rule: 'data of others',
        weight: 'warning',
        text: 'A run of this copy writes to `sandbox_42` in `lab`, which ana@acme.example has chosen for copies of their own. Press Change where it writes to have yours elsewhere.',
      },
    ]);
    // Two who have chosen the same want that.
    await rows.keep(BEN, 'main', fixed);
    expect(await said(BEN)).toEqual([]);
  });

  test('that gives each person their own is nobody else’s', async ({ rows }) => {
    const own = { schema: 'x_{short_name}' };
    await rows.keep(ANA, 'main', own);
    expect(await dataOfOthers(rows, { bundle: made(WHERE, own), target: 'dev', ...BEN })).toEqual([]);
    expect(await dataOfOthers(rows, { bundle: made(WHERE), target: 'dev', ...BEN })).toEqual([]);
  });
});
