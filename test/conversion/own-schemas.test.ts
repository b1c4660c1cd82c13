// A schema that a copy writes to is spoken of after somebody has looked, where it is not there and no code makes it.
import { expect, it } from 'vitest';
import { makeSchema } from '../../src/bundle/model/text.ts';
import { makeBundle } from '../../src/conversion/make-bundle.ts';
import { schemasToMake } from '../../src/conversion/own-schemas.ts';
import { HOST, job } from '../bundle/fixtures.ts';

const LOAD = '/Workspace/Users/ana@acme.example/etl/load';
const WRITES = `catalog, schema = dbutils.widgets.get("catalog"), dbutils.widgets.get("schema")
spark.table("erp.raw.orders").write.saveAsTable(f"{catalog}.{schema}.orders")
`;

/** What is said of schemas, and which were looked for. */
async function said(isThere: boolean | undefined, { catalog = 'main', code = WRITES } = {}) {
  const task = { task_key: 'load', notebook_task: { notebook_path: LOAD, base_parameters: { catalog, schema: 'sales' } } };
  const bytes = Buffer.from(`# Databricks notebook source\n${code}`);
  const source = { path: LOAD, kind: 'notebook', language: 'PYTHON', format: 'SOURCE', bytes } as const;
  const asked: string[] = [];
  const isSchemaThere = async (name: string) => {
    asked.push(name);
    return isThere;
  };
  const subject = { definition: job({ name: 'Copies', tasks: [task] }), sources: [source], diagnostics: [] };
  const { findings } = await makeBundle(subject, {}, { host: HOST, schemas: { userName: 'ana.b@acme.example', isSchemaThere } });
  return { asked, told: findings.map(({ place, message }) => `${place}: ${message}`) };
}

it('names the statement that makes it', async () => {
  expect(await said(true)).toEqual({ asked: ['main.dev_ana_b'], told: [] });
  const statement = '`CREATE SCHEMA IF NOT EXISTS main.dev_ana_b`';
  expect((await said(false)).told).toEqual([`target dev: there is no schema \`main.dev_ana_b\` yet; make it before a run: ${statement}`]);
  expect((await said(undefined)).told).toEqual([
    `target dev: where there is no schema \`main.dev_ana_b\` yet, make it before a run: ${statement}`,
  ]);
});

it('is nobody’s business where the code makes it, or the catalog is none of Unity Catalog', async () => {
  const making = `${WRITES}spark.sql(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")\n`;
  expect(await said(false, { code: making })).toEqual({ asked: [], told: [] });
  expect(await said(false, { catalog: 'hive_metastore' })).toEqual({ asked: [], told: [] });
});

it('stands between backticks where it is no plain name', async () => {
  const statement = '```CREATE SCHEMA IF NOT EXISTS `acme-lab`.dev_ana_b```';
  expect((await said(false, { catalog: 'acme-lab' })).told).toEqual([expect.stringContaining(statement)]);
  expect(makeSchema('acme-lab.dev_<your name>')).toBe('```CREATE SCHEMA IF NOT EXISTS `acme-lab`.dev_<your name>```');
  expect(makeSchema('2024.sales')).toBe('```CREATE SCHEMA IF NOT EXISTS `2024`.sales```');
  expect(makeSchema('main.`x`\n')).toBe("```CREATE SCHEMA IF NOT EXISTS main.`'x' ````");
});

it('is looked for in the catalog that the copy has for itself, whatever it reads from', async () => {
  const yaml =
    'bundle: { name: x }\nvariables: { catalog: { default: main }, source_catalog: { default: main }, schema: { default: sales } }\n' +
    'targets: { dev: { mode: development, variables: { catalog: lab, schema: sandbox } }, prod: { mode: production } }\n';
  const variables = ['catalog', 'source_catalog', 'schema'].map((name) => ({
    name,
    value: name === 'schema' ? 'sales' : 'main',
    description: '',
  }));
  const bundle = { files: [{ path: 'databricks.yml', bytes: Buffer.from(yaml) }], targets: ['dev', 'prod'], variables };
  const asked: string[] = [];
  const isSchemaThere = async (name: string) => asked.push(name) > 0;
  await schemasToMake(bundle, [], { userName: 'ana@acme.example', isSchemaThere });
  expect(asked).toEqual(['lab.sandbox']);
});
