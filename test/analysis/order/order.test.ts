// The proposed order of a folder's notebooks, and what is no task of its own.
import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analysis/analyze.ts';
import { orderSources } from '../../../src/analysis/order/order.ts';
import { fc } from '../../fast-check.ts';
import { file, notebook } from '../make.ts';

const ROOT = '/Workspace/Users/ana@shop.test/etl';

/** Analyses of notebooks, by name in one folder; a name with an extension is a file. */
const analysesOf = (sources: Readonly<Record<string, string>>) =>
  Promise.all(
    Object.entries(sources).map(([name, text]) =>
      analyze(/\.\w+$/.test(name) ? file(`${ROOT}/${name}`, text) : { ...notebook(text), path: `${ROOT}/${name}` }),
    ),
  );

/** Short form: `name < before, before`. */
async function order(sources: Readonly<Record<string, string>>): Promise<string[]> {
  const short = (path: string) => path.slice(ROOT.length + 1);
  return orderSources(await analysesOf(sources)).tasks.map(({ path, after }) =>
    after.length === 0 ? short(path) : `${short(path)} < ${after.map(short).join(', ')}`,
  );
}

describe('the order', () => {
  it.each([
    ['numbers', ['10_report', '2_clean', '1_load'], ['1_load', '2_clean < 1_load', '10_report < 2_clean']],
    ['numbers with points', ['1.1 a', '1.2 b', '2. c'], ['1.1 a', '1.2 b < 1.1 a', '2. c < 1.2 b']],
    ['equal numbers', ['01_a', '02_b', '02_c', '03_d'], ['01_a', '02_b < 01_a', '02_c < 01_a', '03_d < 02_b, 02_c']],
    ['steps', ['load_step_1', 'step2', 'step-3-x'], ['load_step_1', 'step2 < load_step_1', 'step-3-x < step2']],
    [
      'layers',
      ['gold_sales', 'bronze_orders', 'silver_orders'],
      ['bronze_orders', 'silver_orders < bronze_orders', 'gold_sales < silver_orders'],
    ],
    ['folders of layers', ['gold/a', 'silver/b', 'bronze/c'], ['bronze/c', 'silver/b < bronze/c', 'gold/a < silver/b']],
    ['folders with numbers', ['02_x/a', '01_y/b'], ['01_y/b', '02_x/a < 01_y/b']],
    ['no word of it', ['b', 'a', '2024_numbers'], ['2024_numbers', 'a', 'b']],
  ])('comes from %s', async (_what, names, expected) => {
    expect(await order(Object.fromEntries(names.map((name) => [name, 'print(1)'])))).toEqual(expected);
  });

  it('comes from tables that are written before they are read, against the alphabet', async () => {
    expect(
      await order({
        apples: 'spark.table("main.silver.fruit").write.saveAsTable("main.gold.apples")',
        fruit: 'c = dbutils.widgets.get("c")\nspark.table("raw").write.saveAsTable(f"{c}.silver.fruit")',
        other: 'spark.table("elsewhere.fruit")',
      }),
    ).toEqual(['fruit', 'apples < fruit', 'other']);
  });

  it('comes from paths and task values', async () => {
    expect(
      await order({
        a: 'spark.read.json("/Volumes/m/s/v/out/part").write.saveAsTable("t")',
        b: 'df.write.json("/Volumes/m/s/v/out")',
        c: 'dbutils.jobs.taskValues.get(taskKey="a", key="rows")',
      }),
    ).toEqual(['b', 'a < b', 'c < a']);
  });

  it('takes a table that is written and read in one place for nothing to wait for, and a computed name for no table', async () => {
    expect(
      await order({
        a: 'spark.table("x").write.saveAsTable("x")',
        b: 'spark.table("x").write.mode("append").saveAsTable("x")',
        c: 'spark.table(f"{s}.{t}").write.saveAsTable(f"{s}.{u}")',
        d: 'spark.table(f"{s}.{u}")',
        e: 'spark.table(args.t).write.saveAsTable(args.u)',
        f: 'spark.table(args.u)',
        g: 'spark.table(f"main.{args.s}.y")',
        h: 'df.write.saveAsTable("main.sales.y")',
      }),
    ).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'h', 'g < h']);
  });

  it('trusts data more than names, and is never a circle', async () => {
    const names = { '01_last': 'spark.table("x.b").write.saveAsTable("x.c")', '02_first': 'spark.range(1).write.saveAsTable("x.b")' };
    expect(await order(names)).toEqual(['02_first', '01_last < 02_first']);
    expect(await order({ a: 'spark.table("x").write.saveAsTable("y")', b: 'spark.table("y").write.saveAsTable("x")' })).toEqual([
      'a',
      'b < a',
    ]);
  });

  it('says why, takes in the parameters of what is run, and leaves out what is no task', async () => {
    const proposed = orderSources(
      await analysesOf({
        '01_load': '%run ./shared/setup\nfrom lib.clean import tidy\nspark.read.csv("/Volumes/a").write.saveAsTable("raw")',
        '02_mart': 'dbutils.widgets.text("day", "today")\nspark.table("raw").write.saveAsTable("mart")\ndbutils.notebook.run("./child", 0)',
        child: 'print(1)',
        helpers: 'def f():\n  pass',
        'shared/setup': 'dbutils.widgets.text("catalog", "dev")',
        'lib/clean.py': 'def tidy(): pass',
        'README.md': '# hi',
      }),
    );
    expect(proposed).toEqual({
      tasks: [
        {
          path: `${ROOT}/01_load`,
          after: [],
          why: 'nothing of this folder has to run before it',
          parameters: [{ name: 'catalog', default: 'dev' }],
        },
        {
          path: `${ROOT}/02_mart`,
          after: [`${ROOT}/01_load`],
          why: 'reads raw, which 01_load writes',
          parameters: [{ name: 'day', default: 'today' }],
        },
      ],
      others: [
        { path: `${ROOT}/README.md`, why: 'it is no code' },
        { path: `${ROOT}/child`, why: '02_mart runs it' },
        { path: `${ROOT}/helpers`, why: 'by its name a helper: it defines functions and touches no data' },
        { path: `${ROOT}/lib/clean.py`, why: '01_load imports it' },
        { path: `${ROOT}/shared/setup`, why: '01_load takes in (%run) it' },
      ],
    });
  });

  it('loses nothing, repeats nothing, and is the same whatever comes first', async () => {
    const code = fc.constantFrom(
      'spark.table("a").write.saveAsTable("b")',
      'spark.table("b").write.saveAsTable("c")',
      '%run ./x1',
      '%run ./gold',
      'spark.table("c").write.saveAsTable("a")',
      'import x1',
    );
    const name = fc.constantFrom('x1', '01_a', '02_b', '3', 'gold', 'silver_x', 'bronze/01', 'step_2', 'x1.py', 'q.sql');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, code), async (sources) => {
        const analyses = await analysesOf(sources);
        const { tasks, others } = orderSources(analyses);
        expect(orderSources([...analyses].reverse())).toEqual({ tasks, others });
        expect([...tasks, ...others].map(({ path }) => path).sort()).toEqual(analyses.map(({ path }) => path).sort());
        for (const [index, task] of tasks.entries()) {
          const before = tasks.slice(0, index).map(({ path }) => path);
          for (const one of task.after) expect(before).toContain(one);
        }
      }),
    );
  });
});
