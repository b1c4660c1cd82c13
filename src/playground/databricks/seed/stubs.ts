// Makes up what a loaded job points at and nobody gave: sources with valid content that names their path, and compute with a name.
import { posix } from 'node:path';
import type { JsonObject } from '../http/json.ts';
import type { Language } from '../state/notebooks.ts';
import type { Workspace } from '../state/state.ts';
import { type ComputeKind, computeOf, type Reference, sourcesOf } from './references.ts';

/** An empty zip archive: what a wheel or jar stub holds. */
const EMPTY_ZIP = Uint8Array.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)]);
const LANGUAGES: Readonly<Record<string, Language>> = { '.sql': 'SQL', '.scala': 'SCALA', '.r': 'R' };
const COMMENTS: Readonly<Record<Language, string>> = { PYTHON: '#', SQL: '--', SCALA: '//', R: '#' };

export function stubWhatIsMissing(workspace: Workspace, settings: JsonObject): void {
  for (const reference of sourcesOf(settings)) stubSource(workspace, reference);
  for (const { kind, id } of computeOf(settings)) {
    const of = workspace[kind];
    if (!of.has(id)) of.set(id, compute(kind, id));
  }
}

function stubSource(workspace: Workspace, { path, shape }: Reference): void {
  if (workspace.files.get(path) !== undefined) return;
  if (shape === 'folder') {
    if (!workspace.files.mkdirs(`${path}/models`)) return;
    file(workspace, `${path}/dbt_project.yml`, () =>
      Buffer.from(`# stub of ${path}\nname: stub\nversion: "1.0"\nprofile: stub\nmodel-paths: [models]\n`),
    );
    file(workspace, `${path}/models/stub.sql`, () => Buffer.from('select 1 as stub\n'));
    return;
  }
  if (!workspace.files.mkdirs(posix.dirname(path))) return;
  if (shape === 'file') {
    file(workspace, path, () => fileText(path));
    return;
  }
  const language = LANGUAGES[posix.extname(path).toLowerCase()] ?? 'PYTHON';
  workspace.files.put(path, { type: 'NOTEBOOK', language, format: 'SOURCE', read: () => notebookText(path, language) });
}

function file(workspace: Workspace, path: string, read: () => Uint8Array): void {
  if (workspace.files.get(path) === undefined) workspace.files.put(path, { type: 'FILE', read });
}

function notebookText(path: string, language: Language): Uint8Array {
  const comment = COMMENTS[language];
  const name = posix.basename(path);
  const said = JSON.stringify(path);
  const body: Record<Language, string> = {
    PYTHON: `print(${said})`,
    SQL: `SELECT '${path.replaceAll("'", "''")}' AS notebook`,
    SCALA: `println(${said})`,
    R: `print(${said})`,
  };
  const cells = [`${comment} MAGIC %md\n${comment} MAGIC ## ${name}\n${comment} MAGIC Stub of ${path}`, body[language]];
  return Buffer.from(`${comment} Databricks notebook source\n${cells.join(`\n\n${comment} COMMAND ----------\n\n`)}\n`);
}

function fileText(path: string): Uint8Array {
  const extension = posix.extname(path).toLowerCase();
  if (extension === '.whl' || extension === '.jar' || extension === '.egg') return EMPTY_ZIP;
  if (extension === '.sql') return Buffer.from(`-- stub of ${path}\nSELECT 1 AS stub;\n`);
  if (extension === '.sh') return Buffer.from(`#!/bin/bash\n# stub of ${path}\n`);
  if (extension === '.py') return Buffer.from(`# stub of ${path}\nif __name__ == "__main__":\n    print(${JSON.stringify(path)})\n`);
  if (extension === '.json') return Buffer.from(`${JSON.stringify({ stub_of: path })}\n`);
  return Buffer.from(`# stub of ${path}\n`);
}

function compute(kind: ComputeKind, id: string): JsonObject {
  const made: Record<ComputeKind, JsonObject> = {
    clusters: {
      cluster_id: id,
      cluster_name: `cluster ${id}`,
      state: 'RUNNING',
      spark_version: '16.4.x-scala2.12',
      data_security_mode: 'USER_ISOLATION',
    },
    warehouses: { id, name: `warehouse ${id}`, state: 'RUNNING', warehouse_type: 'PRO', cluster_size: 'Small' },
    pipelines: { pipeline_id: id, name: `pipeline ${id}`, state: 'IDLE', spec: { id, name: `pipeline ${id}` } },
    policies: { policy_id: id, name: `policy ${id}`, definition: '{}' },
    pools: { instance_pool_id: id, instance_pool_name: `pool ${id}`, state: 'ACTIVE' },
  };
  return made[kind];
}
