// What is said about statements of SQL, in cells, files and strings.
import { expect, it } from 'vitest';
import { type Analysis, analyze } from '../../../src/analysis/analyze.ts';
import { namedInSchemas } from '../../../src/analysis/table-places.ts';
import { file, jupyter, notebook } from '../make.ts';

const ofSql = async (code: string) => analyze(notebook(code, 'SQL'));
const tables = ({ tables: { read, written, maintained } }: Analysis) => ({ read, written, maintained });

it.each([
  ['select * from main.shop.orders o join `odd one`.x on true', { read: ['main.shop.orders', 'odd one.x'] }],
  ['with a as (select * from b), c as (select * from a) select * from c', { read: ['b'] }],
  ['with orders as (select * from orders) select * from orders', { read: ['orders'] }],
  ['with a as (select * from b) insert into t select * from a', { read: ['b'], written: ['t'] }],
  [
    'MERGE INTO s.t USING (select * from b.u) x ON t.id = x.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *',
    { read: ['b.u'], written: ['s.t'] },
  ],
  ['MERGE WITH SCHEMA EVOLUTION INTO s.t USING b.u ON t.id = u.id WHEN MATCHED THEN UPDATE SET *', { read: ['b.u'], written: ['s.t'] }],
  ['CREATE OR REPLACE TABLE g.x AS SELECT * FROM s.y', { read: ['s.y'], written: ['g.x'] }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a widget as SQL cells write it.
  ['CREATE TABLE IF NOT EXISTS ${catalog}.g.x (id INT)', { written: ['${catalog}.g.x'] }],
  ['INSERT OVERWRITE TABLE g.x PARTITION (d = 1) SELECT * FROM s.y', { read: ['s.y'], written: ['g.x'] }],
  ["COPY INTO b.raw FROM '/Volumes/a/b/c' FILEFORMAT = JSON", { written: ['b.raw'] }],
  ['CREATE TEMP VIEW v AS SELECT * FROM s.y; SELECT * FROM v', { read: ['s.y'] }],
  ['CREATE VIEW g.v AS SELECT * FROM s.y', { read: ['s.y'], written: ['g.v'] }],
  ['DELETE FROM s.y WHERE id IN (SELECT id FROM s.gone)', { read: ['s.gone'], written: ['s.y'] }],
  ['UPDATE s.y SET a = 1', { written: ['s.y'] }],
  ['OPTIMIZE g.x ZORDER BY (id); VACUUM g.y RETAIN 168 HOURS; ANALYZE TABLE g.z COMPUTE STATISTICS', { maintained: ['g.x', 'g.y', 'g.z'] }],
  ['DROP TABLE IF EXISTS a.b; ALTER TABLE a.c ADD COLUMN x INT', { maintained: ['a.b', 'a.c'] }],
  ['CREATE TABLE a.x SHALLOW CLONE b.y', { read: ['b.y'], written: ['a.x'] }],
  ['CREATE OR REFRESH STREAMING TABLE s AS SELECT * FROM STREAM(LIVE.raw)', { read: ['LIVE.raw'], written: ['s'] }],
  ["select * from identifier('a.b.c')", { read: ['a.b.c'] }],
  ['DESCRIBE EXTENDED a.b; SHOW TABLES IN a; GRANT SELECT ON TABLE a.b TO `x`', {}],
  ["select ';' from a where b = 'it''s\\'; from c'; nonsense here; select 1 from d -- ; from e", { read: ['a', 'd'] }],
])('%s', async (code, expected) => {
  expect(tables(await ofSql(code))).toEqual({ read: [], written: [], maintained: [], ...expected });
});

it('knows paths, catalogs, settings, widgets and parameters', async () => {
  const analysis = await ofSql(`-- Databricks notebook source
CREATE WIDGET TEXT env DEFAULT 'dev';
CREATE WIDGET DROPDOWN country DEFAULT 'nl' CHOICES SELECT * FROM (VALUES ('nl'), ('be'));
-- COMMAND ----------
USE CATALOG main;
USE SCHEMA shop;
SET spark.sql.ansi.enabled = true;
-- COMMAND ----------
SELECT *, secret('shop', 'salt') FROM delta.\`/mnt/lake/orders\` WHERE day = :day AND env = '\${env}' AND x = getArgument('limit');
-- COMMAND ----------
SELECT * FROM read_files('/Volumes/main/shop/in', format => 'csv')
`);
  expect(analysis.widgets).toEqual([
    { name: 'country', kind: 'dropdown', default: 'nl', choices: ['nl', 'be'] },
    { name: 'day', kind: 'read' },
    { name: 'env', kind: 'text', default: 'dev', choices: undefined },
    { name: 'limit', kind: 'read', default: undefined },
  ]);
  expect(analysis).toMatchObject({
    language: 'SQL',
    catalogs: ['main'],
    schemas: ['shop'],
    sparkConf: ['spark.sql.ansi.enabled'],
    paths: { read: ['/Volumes/main/shop/in', '/mnt/lake/orders'], written: [] },
    secretReferences: ['shop/salt'],
    tables: { read: [], written: [], maintained: [] },
  });
});

it('knows which schemas it makes, however that is written', async () => {
  const { makes, schemas } = await ofSql(`USE CATALOG main;
CREATE SCHEMA IF NOT EXISTS shop MANAGED LOCATION 's3://acme/shop';
create database {env}_shop comment 'ours';
CREATE SCHEMA finance.\`ledger\`;
`);
  expect([makes, schemas]).toEqual([
    ['finance.ledger', 'main.shop', 'main.{env}_shop'],
    ['finance.ledger', 'shop', '{env}_shop'],
  ]);
  expect((await analyze(notebook('spark.sql(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{args.schema}")'))).makes).toEqual([
    '{catalog}.{args.schema}',
  ]);
});

it('reads SQL files and Jupyter cells of SQL', async () => {
  expect((await analyze(file('/a/b.sql', 'insert into t select * from s where x = {{limit}}'))).widgets).toEqual([
    { name: 'limit', kind: 'read' },
  ]);
  expect(tables(await analyze(jupyter(['%sql\nselect * from a.b', 'spark.table("c.d")'])))).toMatchObject({ read: ['a.b', 'c.d'] });
});

it('knows volumes that are made, which changes nothing that is there, and those that are dropped', async () => {
  const analysis = await ofSql(`CREATE VOLUME IF NOT EXISTS main.shop.landing;
CREATE EXTERNAL VOLUME {catalog}.shop.drop LOCATION 's3://acme/drop';
USE CATALOG main;
USE SCHEMA shop;
DROP VOLUME IF EXISTS old;
`);
  expect(analysis.paths.written).toEqual(['/Volumes/main/shop/landing', '/Volumes/main/shop/old', '/Volumes/{catalog}/shop/drop']);
  expect(analysis.changedPaths).toEqual([{ path: '/Volumes/main/shop/old', line: 5 }]);
  // They are written to, as far as it counts whose schema it is.
  expect(namedInSchemas(analysis).map(({ changes, parts }) => `${changes} ${parts.join('.')}`)).toContain('true {catalog}.shop.drop');
});
