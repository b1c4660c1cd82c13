// Only what surely reads is called reading: a table of hostile statements, and texts that a lexer of Spark's would read another way.
import { describe, expect, it, test } from 'vitest';
import { readsOnly } from '../../../src/analysis/sql/reads-only.ts';
import { scanSql } from '../../../src/analysis/sql/scan.ts';
import { fc } from '../../fast-check.ts';
import { LONG_SQL } from './long-sql.ts';
import { wordsAsSpark } from './spark-lexer.ts';

const READING = [
  'SELECT 1',
  " select * from main.sales.orders where note = 'DROP TABLE x; -- \"' limit 5 ; ",
  '-- the newest\nSELECT max(ts) FROM t /* of all */',
  'WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b UNION ALL SELECT 2',
  'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r',
  'SELECT /*+ BROADCAST(b) */ a.* EXCEPT (x) FROM a LEFT ANTI JOIN b USING (id)',
  'SELECT count(*) FILTER (WHERE a > 1), percentile_approx(a, array(0.5)) OVER (PARTITION BY b) FROM t GROUP BY ALL',
  "SELECT transform(xs, x -> upper(x)), element_at(m, 'k'), v:a.b::decimal(10,2), `update` FROM t",
  "SELECT * FROM read_files('/Volumes/main/raw/x', format => 'csv')",
  'SELECT * FROM VALUES (1, \'a\'), (2, "b") AS t(id, name)',
  'SELECT * FROM delta.`/mnt/x` VERSION AS OF 3',
  'SELECT * FROM t@v3 TABLESAMPLE (10 PERCENT)',
  "SELECT regexp_extract(a, '\\\\d+') FROM t WHERE a RLIKE '^\\\\w' AND d >= current_date() - INTERVAL 7 DAYS",
  'FROM t SELECT a, b',
  'VALUES (1), (2)',
  '(SELECT 1) UNION (SELECT 2)',
  'SELECT replace(a, "x", "y"), if(b, 1, 0), left(c, 3) FROM t',
  "SHOW TABLES IN main.sales LIKE 'o*'",
  'SHOW CREATE TABLE main.sales.orders',
  'SHOW GRANTS ON TABLE main.sales.orders',
  'DESCRIBE TABLE EXTENDED main.sales.orders',
  'DESC HISTORY delta.`/mnt/x`',
  'DESCRIBE QUERY SELECT 1',
  'EXPLAIN SELECT * FROM t',
  'EXPLAIN FORMATTED DELETE FROM t WHERE a = 1',
  'explain insert into t select 1',
];

const NOT_SURELY = [
  // Other statements, and several.
  ...['', ' ', ';', '-- nothing', 'DELETE FROM t', 'INSERT INTO t VALUES (1)', 'UPDATE t SET a = 1', 'DROP TABLE t', 'TRUNCATE TABLE t'],
  ...['CREATE OR REPLACE TEMP VIEW v AS SELECT 1', 'CREATE TABLE t AS SELECT 1', 'ALTER TABLE t ADD COLUMN a INT', 'OPTIMIZE t', 'VACUUM t'],
  ...['MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE', "COPY INTO t FROM '/x' FILEFORMAT = CSV", 'RESTORE TABLE t TO VERSION AS OF 1'],
  ...['GRANT SELECT ON TABLE t TO x', 'REFRESH TABLE t', 'ANALYZE TABLE t COMPUTE STATISTICS', 'CACHE TABLE t', 'MSCK REPAIR TABLE t', 'UNDROP TABLE t'],
  ...['CALL p()', "EXECUTE IMMEDIATE 'DROP TABLE t'", "EXECUTE IMMEDIATE 'SELECT 1'", 'SET a = 1', 'SET VAR a = 1', 'USE CATALOG main', 'RESET', "LIST '/x'"],
  ...['BEGIN DELETE FROM t; END', 'BEGIN SELECT 1; END', 'DECLARE x INT', "INSERT OVERWRITE DIRECTORY '/x' SELECT 1", 'TABLE t', 'FROM t INSERT INTO u SELECT *'],
  ...['SELECT 1; DROP TABLE t', 'SELECT 1;;', 'SELECT 1; SELECT 2', 'SHOW TABLES; DROP TABLE t', 'EXPLAIN SELECT 1; DELETE FROM t'],
  // Writes inside of what looks like reading.
  ...['WITH a AS (INSERT INTO t VALUES (1)) SELECT * FROM a', 'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', 'WITH a AS (SELECT 1) DELETE FROM t'],
  ...['WITH a AS (SELECT 1) FROM a INSERT INTO t SELECT *', 'SELECT * FROM (DELETE FROM t RETURNING *)', 'SELECT * INTO t FROM u', 'SELECT * FROM t FOR UPDATE'],
  ...['WITH a AS (WITH b AS (SELECT * FROM (MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE)) SELECT * FROM b) SELECT * FROM a'],
  ...["SELECT TRANSFORM (a) USING 'rm -rf /' AS b FROM t", "FROM t MAP a USING 'cat' AS b"],
  ...["EXPLAIN EXECUTE IMMEDIATE 'DROP TABLE t'", 'EXPLAIN CALL p()', 'EXPLAIN ANALYZE SELECT 1', 'EXPLAIN DROP TABLE t', 'EXPLAIN', 'DESCRIBE QUERY DELETE FROM t'],
  // Functions that reach further, or that nobody knows.
  ...["SELECT ai_query('m', 'x')", "SELECT http_request(conn => 'c', method => 'POST', path => '/')", "SELECT java_method('java.lang.System', 'exit', 1)"],
  ...["SELECT reflect('a', 'b')", "SELECT try_reflect('a', 'b')", "SELECT * FROM remote_query('c', query => 'x')", "SELECT secret('s', 'k')"],
  ...["SELECT from_avro(a, 's', 'https://elsewhere.example') FROM t", "SELECT to_avro(a, 's', 'https://elsewhere.example') FROM t"],
  ...['SELECT main.s.write_it(1)', 'SELECT write_it(1)', 'SELECT `upper`(1)', 'SELECT main.s.`upper`(1)', 'SELECT main . s . upper (1)', 'SELECT * FROM main.s.tvf(1)'],
  ...["SELECT IDENTIFIER('main.s.write_it')(1)", 'SELECT "write_it"(1)', 'SELECT xs[0](1)', 'EXPLAIN SELECT write_it(1)', 'SELECT write_it/**/(1)', 'SELECT sets(1)'],
  ...['SELECT a FROM t WHERE exists(SELECT write_it(b) FROM u)', 'SELECT * FROM t LATERAL VIEW write_it(a) x AS y', 'SHOW TABLES IN write_it(1)'],
  // Readers that split the text in another way.
  ...['/* /* */ SELECT 1 -- */ DELETE FROM t', 'SELECT 1 /* /* */ */ FROM t', 'SELECT 1 /* open', '/*/ x */ SELECT 1 /*/ */ DELETE FROM t', '/* a /*/ SELECT 1'],
  ...['-- \\\nSELECT 1 /*\nDELETE FROM t -- */', '-- a\rDELETE FROM t\n, SELECT 1', '-- a\u2028DELETE FROM t', "SELECT r'\\' , ' ; DELETE FROM t --'"],
  ...["SELECT 'it\\'s'", "SELECT 'a\\\\' , 1", "SELECT 'open", 'SELECT `a\\` FROM t', "SELECT /*+ ' */ 1 FROM t --'", 'SELECT $$ ; DELETE FROM t; $$', 'SELECT $a$x$a$'],
  // A text with placeholders, which are put in before Spark parses it.
  ...[`SELECT $${'{x}'}`, 'SELECT {{ x }}', 'SELECT 1 # x', 'SELECT 1 // x', 'SELECT\u00a01', 'SELECT\u200b 1', 'ＳＥＬＥＣＴ 1', 'SELECT 1 \\', 'SELECT \ud800'],
  ...['DELETE/**/FROM t', '--\nDELETE FROM t', '/**/DELETE FROM t', '(DELETE FROM t)', '((INSERT INTO t SELECT 1))', 'ＤＥＬＥＴＥ FROM t'],
]; // biome-ignore format: a table

describe('readsOnly', () => {
  it.each(READING)('reads: %s', async (sql) => {
    expect(await readsOnly(sql)).toEqual({ reads: true });
  });

  it.each(NOT_SURELY)('not surely: %s', async (sql) => {
    expect(await readsOnly(sql)).toEqual({ reads: false, why: expect.stringMatching(/\w/) });
  });

  it.each(LONG_SQL)('gets through %.24s…', async (sql) => {
    expect(await readsOnly(sql)).toMatchObject({ reads: expect.any(Boolean) });
  });

  it('refuses what is too long', async () => {
    expect(await readsOnly(`SELECT '${'x'.repeat(20_000)}'`)).toMatchObject({ reads: false });
  });
});

const WRITE_WORDS = ['DELETE', 'INSERT', 'UPDATE'];
/** What hides text from one reader and not from another; a small set each, so that the few pieces of a hiding place often meet. */
const COMMENTS = ['SELECT 1 ', 'DELETE FROM t ', '/*', '*/', '--', '\n', '\\\n', '\r'];
const QUOTES = ['SELECT 1,', 'DELETE FROM t ', "'", '\\', " r'", ' , ', '--', '\n'];
const OTHERS = [
  'SELECT 1 ',
  'WITH a AS (SELECT 1) ',
  'DELETE FROM t ',
  'INSERT INTO t ',
  'UPDATE t SET a = 1',
  ';',
  '(',
  ')',
  '/*+ ',
  '*/',
  '"',
  '`',
  '$$',
  "'",
  '--',
  '\n',
];

const from = (set: readonly string[]) => fc.array(fc.constantFrom(...set), { minLength: 3, maxLength: 9 }).map((all) => all.join(''));
const texts = fc.oneof(from(COMMENTS), from(QUOTES), from(OTHERS));

test('a text that is taken is split as Spark splits it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const scan = scanSql(text);
      fc.pre(scan.ok);
      const words = scan.ok ? scan.tokens.filter(({ kind }) => kind === 'word' || kind === 'number') : [];
      expect(words.map((word) => word.text)).toEqual(wordsAsSpark(text));
    }),
    { numRuns: 20_000, maxSkipsPerRun: 100 },
  );
});

test('nothing reads in which Spark would see a word that writes', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      fc.pre(wordsAsSpark(text)?.some((word) => WRITE_WORDS.includes(word)) !== false);
      expect((await readsOnly(text)).reads, JSON.stringify(text)).toBe(false);
    }),
    { numRuns: 10_000 },
  );
});

test('spelling, comments and space around a write change nothing', async () => {
  const spaces = fc.constantFrom(' ', '\n', '\t', '/* SELECT 1 */', '-- SELECT 1\n', ' /**/ ', '\r\n');
  const spelled = fc.constantFrom(
    'DELETE FROM t',
    'INSERT INTO t SELECT 1',
    'MERGE INTO t USING u ON a = b WHEN MATCHED THEN DELETE',
    'DROP TABLE t',
    'CALL p ( )',
  );
  await fc.assert(
    fc.asyncProperty(
      spelled,
      fc.array(spaces, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      async (sql, gaps, lower, hidden) => {
        const written = sql.split(' ').reduce((text, word, i) => `${text}${gaps[i % gaps.length] ?? ' '}${word}`, '');
        const text = `${hidden ? 'WITH a AS (SELECT 1)' : ''}${lower ? written.toLowerCase() : written}${gaps[0] ?? ''}`;
        expect((await readsOnly(text)).reads, JSON.stringify(text)).toBe(false);
      },
    ),
  );
});
