// What a bundle is: a file tree with its resources, variables, diagnostics and digest; and what it is made from.
import { createHash } from 'node:crypto';
import type { JsonObject } from './json.ts';

/** A job as the Jobs API says it is (jobs/get). Ids are int64, hence strings. */
export interface JobDefinition {
  readonly jobId: string;
  readonly creator?: string | undefined;
  /** `run_as_user_name` of jobs/get. */
  readonly runAs?: string | undefined;
  /** The `settings` part, untouched; integers beyond 2^53 are BigInt. */
  readonly settings: JsonObject;
}

export type NotebookLanguage = 'PYTHON' | 'SQL' | 'SCALA' | 'R';

/** A file of the workspace that a definition refers to, with its content. */
export interface Source {
  /** The path as the definition writes it, such as `/Workspace/Users/ana@x.test/etl/load` or `/Users/ana@x.test/etl/load`. */
  readonly path: string;
  readonly kind: 'notebook' | 'file';
  /** Of a notebook: its language, and whether `bytes` are source text with Databricks' header or a Jupyter notebook. */
  readonly language?: NotebookLanguage | undefined;
  readonly format?: 'SOURCE' | 'JUPYTER' | undefined;
  readonly bytes: Uint8Array;
}

/** A place in a definition that names a workspace file. */
export interface SourceReference {
  readonly path: string;
  readonly kind: 'notebook' | 'file';
  /** Where it stands, such as `tasks[load].notebook_task.notebook_path`. */
  readonly place: string;
}

export interface Diagnostic {
  readonly level: 'error' | 'warning' | 'note';
  /** A path in the definition or in the bundle. */
  readonly place: string;
  readonly message: string;
}

export interface BundleFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface BundleVariable {
  readonly name: string;
  readonly value: string;
  /** What it stands for, in words for people. */
  readonly description: string;
}

export interface Bundle {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly BundleFile[];
  readonly resources: readonly { readonly type: 'jobs'; readonly key: string }[];
  readonly variables: readonly BundleVariable[];
  readonly targets: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** sha256 (hex) over the files' paths and bytes: equal trees have equal digests. */
  readonly digest: string;
}

/** sha256 (hex) of some bytes. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The digest of a tree: sha256 over a manifest of `<sha256 of bytes>  <path>` lines, sorted by path. */
export function digestFiles(files: readonly BundleFile[]): string {
  const lines = files.map((file) => `${sha256(file.bytes)}  ${file.path}\n`);
  return sha256(lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(''));
}
