// Analysis of anything at all: never throws, says the same twice, and gets through the largest and the strangest.
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze.ts';
import type { NotebookLanguage } from '../../src/bundle/model/bundle.ts';
import { fc } from '../fast-check.ts';
import { notebook } from './make.ts';

describe('anything at all', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'spark.sql(',
      'spark.table(f"',
      '"""',
      '"',
      ')',
      'select * from ',
      'with a as (',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a widget as SQL cells write it.
      '${x}',
      '{',
      '# MAGIC %sql\n',
      '\n',
      'MERGE INTO ',
      "'",
      'dlt.',
      '@dlt.table\n',
      'dbutils.widgets.text(',
      '%s" % ',
      '.format(',
      'constructor',
      '__proto__',
      ';',
      '/*',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  it('never throws, and says the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 25 }),
        fc.constantFrom<NotebookLanguage>('PYTHON', 'SQL', 'SCALA', 'R'),
        async (pieces, language) => {
          const source = notebook(pieces.join(''), language);
          expect(await analyze(source)).toEqual(await analyze(source));
        },
      ),
    );
  });

  it.each([
    ['one cell of Python', [notebook('df = spark.table("a.b.c")\ndf.write.saveAsTable("a.b.d")\n'.repeat(1_000))]],
    ['many statements of SQL', [notebook('insert into a.b.c select x, y from a.b.d where z;\n'.repeat(1_000), 'SQL')]],
    ['many calls of Scala', [notebook('spark.sql("insert into a.b.c select x from a.b.d")\n'.repeat(1_000), 'SCALA')]],
    ['many sources at once', Array.from({ length: 100 }, () => notebook('spark.table("a.b.c").write.saveAsTable("a.b.d")\n'.repeat(20)))],
  ])('lets others have their turn within %s', async (_what, sources) => {
    let turns = 0;
    const onTurn = () => {
      turns += 1;
      next = setImmediate(onTurn);
    };
    let next = setImmediate(onTurn);
    const found = await Promise.all(sources.map(analyze)).finally(() => clearImmediate(next));
    expect(found[0]?.tables).toMatchObject({ read: [expect.stringMatching(/^a\.b\./)], written: [expect.stringMatching(/^a\.b\./)] });
    expect(turns).toBeGreaterThan(5);
  });

  it('says when it read a part only', async () => {
    expect((await analyze(notebook('x = 1\n'.repeat(200_000)))).isCut).toBe(true);
  });
});
