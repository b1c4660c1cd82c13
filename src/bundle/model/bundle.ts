// What a bundle is: a file tree with its resources, variables, diagnostics and digest; and what it is made from.
import { hash } from 'node:crypto';
import type { JsonObject } from '../../values/json.ts';

/** A job as the Jobs API says it is (jobs/get). Ids are int64, hence strings. */
export interface JobDefinition {
  /** Empty for a job that is only proposed (made from a folder). */
  readonly jobId: string;
  readonly creator?: string | undefined;
  /** `run_as_user_name` of jobs/get. */
  readonly runAs?: string | undefined;
  /** The `settings` part, untouched; integers beyond 2^53 are BigInt. */
  readonly settings: JsonObject;
  /** Who may do what with it, ownership and inherited grants left out; undefined where they could not be read. */
  readonly grants?: readonly Grant[] | undefined;
  /** What the job refers to and was read with it: these become resources of the same bundle. */
  readonly related?: readonly Related[] | undefined;
  /** Set where the files of a Git job were brought in: its settings then name them in the workspace and have no git_source. */
  readonly broughtFrom?: BroughtFrom | undefined;
  /** The workspace folder that a proposed job was made from. */
  readonly folder?: string | undefined;
  /** Names of things outside, so that ids need not be written down. */
  readonly lookups?: readonly LookupName[] | undefined;
}

/** Where the files of a Git job came from. */
export interface BroughtFrom {
  /** As the job has it, but for a login in its address. */
  readonly gitSource: JsonObject;
  /** The Git folder of the workspace that they were read from. */
  readonly folder: string;
  /** The commit that was checked out there. */
  readonly commit?: string | undefined;
}

/** A direct permission on a resource. `level` as the API names it, such as `CAN_MANAGE_RUN`. */
export interface Grant {
  readonly principal: 'user_name' | 'group_name' | 'service_principal_name';
  readonly name: string;
  readonly level: string;
}

/** A pipeline (`spec` of GET pipelines/ID, untouched) or a dashboard (`serialized` is its JSON text), or another job. */
export type Related = { readonly type: 'jobs'; readonly definition: JobDefinition } | PipelineDefinition | DashboardDefinition;

export interface PipelineDefinition {
  readonly type: 'pipelines';
  readonly id: string;
  readonly creator?: string | undefined;
  readonly runAs?: string | undefined;
  readonly spec: JsonObject;
  readonly grants?: readonly Grant[] | undefined;
}

export interface DashboardDefinition {
  readonly type: 'dashboards';
  readonly id: string;
  /** `display_name`. */
  readonly name: string;
  readonly warehouseId?: string | undefined;
  readonly serialized: string;
  /** The folder it lies in, without `/Workspace`. */
  readonly parentPath?: string | undefined;
  /** Whether viewers of the published dashboard see its data with the publisher's rights; absent where it is not published. */
  readonly embedCredentials?: boolean | undefined;
  readonly grants?: readonly Grant[] | undefined;
}

/** Kinds of things that the CLI looks up by name (facts: bundles#variables-and-lookups). */
export const LOOKUP_KINDS = [
  'alert',
  'cluster',
  'cluster_policy',
  'dashboard',
  'instance_pool',
  'job',
  'notification_destination',
  'pipeline',
  'query',
  'service_principal',
  'warehouse',
] as const;
export type LookupKind = (typeof LOOKUP_KINDS)[number];

/** The name of something outside the bundle; made only where the workspace has exactly one thing of this kind and name. */
export interface LookupName {
  readonly kind: LookupKind;
  readonly id: string;
  readonly name: string;
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

/** The tables, volumes and models that a source names. */
export interface SourceTables {
  readonly path: string;
  /** Catalog, schema and name, as far as they are said; what is computed stands as `{name}`. `changes`: it may be another one afterwards. */
  readonly tables: readonly { readonly changes: boolean; readonly parts: readonly string[] }[];
  /** Experiments of MLflow that it logs to, in the same words. */
  readonly experiments?: readonly string[];
}

/** A statement of SQL that a setting holds. */
export interface StatementTables {
  readonly text: string;
  /** What it names in three parts, with the places in the text where catalog and schema begin. */
  readonly tables: readonly {
    readonly changes: boolean;
    readonly parts: readonly [catalog: string, schema: string, name: string];
    readonly catalogAt: number;
    readonly schemaAt: number;
  }[];
}

/** What a dashboard reads by bare names, all of it in one schema. */
export interface DashboardReads {
  readonly id: string;
  readonly catalog: string;
  readonly schema: string;
  readonly tables: readonly string[];
  /** Whether it names schemas without their catalog too, which another one for its datasets would change. */
  readonly namesSchemas: boolean;
}

/** A place in a definition that names a workspace file or a whole folder (a dbt project, a pipeline's root). */
export interface SourceReference {
  readonly path: string;
  readonly kind: 'notebook' | 'file' | 'folder';
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

/** A hard-coded secret in a file of the tree: where it is and what it is, never the value. */
export interface SecretFinding {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** Where the value stands in the file's text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What it is, in words such as `Databricks token`. */
  readonly kind: string;
  /** What its mask says, such as `2 password`: it keeps that name in later versions. */
  readonly name?: string | undefined;
}

/** A value that was called a secret once, and what its mask says: `password`, or `2 password` where a kind has several. */
export interface CalledSecret {
  readonly name: string;
  readonly value: string;
}

/** Which workspace file a file of the tree was made from. */
export interface BundleSource {
  /** In the workspace, as `canonicalPath` spells it. */
  readonly path: string;
  /** In the tree. */
  readonly file: string;
  /** sha256 (hex) of the bytes that the workspace gave. */
  readonly sha256: string;
}

export type ResourceType = 'jobs' | 'pipelines' | 'dashboards';

export interface BundleResource {
  readonly type: ResourceType;
  readonly key: string;
  /** The id of what it was made from; absent where that does not exist yet. */
  readonly id?: string | undefined;
}

/** What a target stands for: a person's own copies, or what runs for everybody. Its mode says it, never its name. */
export type Environment = 'development' | 'production';

/**
 * What a first deployment into a target does with the originals: take them over (bind), stand beside them with its schedules paused, or
 * stand beside them while the same approval pauses theirs (replace). `copy`: there is no original that anything is known of.
 */
export const ADOPTIONS = ['copy', 'bind', 'beside', 'replace'] as const;
export type Adoption = (typeof ADOPTIONS)[number];

export interface BundleVariable {
  readonly name: string;
  /** The value in prod; of a lookup, the name that is looked up. */
  readonly value: string;
  /** What it stands for, in words for people. */
  readonly description: string;
}

export interface Bundle {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly BundleFile[];
  readonly resources: readonly BundleResource[];
  readonly variables: readonly BundleVariable[];
  readonly targets: readonly string[];
  /** By target; a target that is not named here makes copies. */
  readonly adoption: Readonly<Record<string, Adoption>>;
  /** Targets for production that an edit has added: none of them is the production that everything is held against. */
  readonly added?: readonly string[] | undefined;
  readonly sources: readonly BundleSource[];
  /** Hard-coded secrets in the files: the archive masks them, and deploying waits until they are replaced. */
  readonly secrets: readonly SecretFinding[];
  /** What its conversation ever called a secret, whatever stands in these files; known while a conversation works with it, stored with none. */
  readonly called?: readonly CalledSecret[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** sha256 (hex) over the files' paths and bytes: equal trees have equal digests. */
  readonly digest: string;
}

/** sha256 (hex) of some bytes. */
export function sha256(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** The digest of a tree: sha256 over a manifest of `<sha256 of bytes>  <path>` lines, sorted by path. */
export function digestFiles(files: readonly BundleFile[]): string {
  const lines = files.map((file) => `${sha256(file.bytes)}  ${file.path}\n`);
  return sha256(lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(''));
}
