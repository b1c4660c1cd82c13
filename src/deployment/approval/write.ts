// A write that somebody may approve: its kinds with their exact arguments, how dangerous each is, and until when a click counts.
import { z } from 'zod';
import { sha256 } from '../../bundle/model/bundle.ts';
import { isDestructiveSql } from '../policy/danger.ts';
import { LIMITS } from './limits.ts';

/** Text that Postgres, JSON and people can all hold. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'not text');
const bundle = z.string().regex(/^[0-9a-f]{64}$/, 'a bundle_id is 64 hexadecimal digits');
const target = z.string().regex(/^[A-Za-z0-9_][\w-]{0,99}$/, 'a target is a name of databricks.yml such as "dev"');
/** What the target stands for; of rows that were stored without it, the more careful one. */
const environment = z.enum(['development', 'production']).default('production');
const parameters = z
  .record(text(256).regex(/^[^=]+$/, 'a parameter’s name is not empty and holds no ='), text(LIMITS.parametersCharacters))
  .refine(
    (all) => Object.keys(all).length <= LIMITS.parameters && JSON.stringify(all).length <= LIMITS.parametersCharacters,
    `parameters may have ${LIMITS.parametersCharacters} characters together`,
  );
/** A folder of the workspace, absolute and without detours. */
const folder = text(1000).regex(
  /^(?!.*\/\.bundle(\/|$))(\/Workspace)?\/(Users|Shared|Repos)(\/(?!\.{1,2}(\/|$))[^/\p{Cc}]+)+$/u,
  'a folder under /Workspace/Users, /Workspace/Shared or /Workspace/Repos, not in .bundle, where deployments live',
);

/** The stored arguments. Names beside ids are for the card only: nothing is looked up by them. */
export const Write = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run_job'), job_id: z.string().regex(/^[1-9]\d{0,18}$/), job_name: text(4096), parameters }),
  z.strictObject({
    kind: z.literal('sql'),
    warehouse_id: z.string().regex(/^[\w-]{1,64}$/),
    warehouse_name: text(256),
    statement: text(LIMITS.statementCharacters).min(1),
  }),
  z.strictObject({ kind: z.literal('upload_bundle'), bundle, bundle_name: text(256), folder, files: z.int() }),
  z.strictObject({
    kind: z.literal('run_bundle'),
    bundle,
    bundle_name: text(256),
    target,
    environment,
    /** Under `resources:`; never a flag, never `--`, after which the CLI would run a local command (facts: cli#validate-summary-and-run). */
    key: z.string().regex(/^[A-Za-z0-9_][\w-]{0,199}$/),
    parameters,
    /** Of a development copy: which tables and paths of production a run of it changes, in words. */
    shared: text(2000).optional(),
  }),
  z.strictObject({ kind: z.literal('deploy_bundle'), bundle, bundle_name: text(256), target, environment }),
  z.strictObject({
    kind: z.literal('destroy_bundle'),
    bundle,
    bundle_name: text(256),
    target,
    environment,
    /** What the deployment holds, one line each: compared again just before. */
    resources: z.array(text(1000)).max(LIMITS.destroyed),
  }),
]);
export type Write = z.infer<typeof Write>;
export type WriteOf<Kind extends Write['kind']> = Extract<Write, { kind: Kind }>;

/** What a tool asks for: the rest is filled in when it is proposed. */
export type AskedWrite = Write extends infer One
  ? One extends Write
    ? Omit<One, 'bundle_name' | 'environment' | 'resources' | 'files'>
    : never
  : never;

/** The bytes that are stored and whose sha256 is the digest; keys in the order of the schema. */
export function argumentsOf(write: Write): { text: string; digest: string } {
  const text = JSON.stringify(Write.parse(write));
  return { text, digest: sha256(text) };
}

/** The stored write, if its bytes are those that were proposed. */
export function writeOf(row: { readonly arguments: string; readonly digest: string }): Write {
  if (sha256(row.arguments) !== row.digest) throw new Error('The arguments of a write are not those that were proposed.');
  return Write.parse(JSON.parse(row.arguments));
}

/** In one conversation a newer proposal about the same subject closes the older card. */
export function subjectOf(write: Write): string {
  if (write.kind === 'upload_bundle') return `${write.kind} ${write.bundle_name} ${write.folder}`;
  if (write.kind === 'deploy_bundle' || write.kind === 'destroy_bundle') return `${write.kind} ${write.bundle_name} ${write.target}`;
  return `${write.kind} ${argumentsOf(write).digest}`;
}

/** Red card, confirm dialog. */
export function isDangerousWrite(write: Write): boolean {
  return write.kind === 'destroy_bundle' || (write.kind === 'sql' && isDestructiveSql(write.statement));
}

/** Milliseconds for which it may be approved: a day, but an hour for what destroys or touches production (facts: security#approvals). */
export function approvalMs(write: Write): number {
  const isProduction = 'environment' in write && write.environment === 'production';
  return isDangerousWrite(write) || isProduction ? LIMITS.approvalMs.production : LIMITS.approvalMs.development;
}
