// What a deployment would change against what runs in its place, and what of it a person should see: kept with its proposal.
import { z } from 'zod';
import { ADOPTIONS } from '../../bundle/model/bundle.ts';

const SettingChange = z.object({
  /** Such as `tasks[load].max_retries`, `run_as.user_name`, `permissions[group_name=users].level`. */
  path: z.string(),
  /** Absent: not set. */
  was: z.string().optional(),
  is: z.string().optional(),
  /** Somebody changed it in the workspace since the last deployment, or it is only there: a deployment overwrites it. */
  byHand: z.boolean(),
});

const ResourceChange = z.object({
  /** As under `resources:`, such as `jobs` and `churn`. */
  type: z.string(),
  key: z.string(),
  name: z.string().optional(),
  id: z.string().optional(),
  /** adopt: an original is taken over (bound, then updated). forget: it is in the state and gone from the workspace. */
  action: z.enum(['create', 'update', 'recreate', 'delete', 'adopt', 'forget', 'unchanged']),
  /** Of what is created only who may do what with it, who runs it and whether it starts by itself. */
  settings: z.array(SettingChange).readonly(),
});

const FileChange = z.object({
  /** In the bundle. */
  path: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  lines: z.object({ added: z.number(), removed: z.number() }).optional(),
  byHand: z.boolean(),
});

/** One thing a person should see, weighed by a rule. */
const Finding = z.object({
  rule: z.string(),
  weight: z.enum(['note', 'warning', 'danger']),
  /** Plain words, identifiers in backticks. */
  text: z.string(),
});

/** The rule of the finding that a run of a development copy has to be confirmed with: it changes tables or files of production. Called as in rows from when it knew tables alone. */
export const SHARED_DATA = 'shared tables';
/** The same of what such a run starts: jobs and pipelines that are no part of the copy. */
export const STARTS_OTHERS = 'starts others';

/** Values are texts for people (compact JSON), since integers may be beyond 2^53. */
const ReleaseDiff = z.object({
  target: z.string(),
  /** By the target's mode, never by its name. */
  environment: z.enum(['development', 'production']),
  /** Nothing of this bundle is deployed there yet. */
  first: z.boolean(),
  resources: z.array(ResourceChange).readonly(),
  files: z.array(FileChange).readonly(),
});

/** What is stored with a proposal and drawn on its card. */
export const Release = ReleaseDiff.extend({
  /** The heaviest first. */
  findings: z.array(Finding).readonly(),
  /** What it is about, as people call it: the main job's name without a copy's prefix. */
  title: z.string(),
  /** Who runs the main job afterwards, and who does now (of a first deployment: who runs the original). */
  runsAs: z.object({ is: z.string(), was: z.string().optional() }).optional(),
  /** Of a main job that starts by its schedule in production: when it does next, as of when that was, and the job's time zone. */
  nextRun: z.object({ at: z.string(), from: z.string(), zone: z.string() }).optional(),
  /** Of a first deployment for production: the original, what becomes of it by this version, and what else could. */
  original: z.object({ id: z.string(), way: z.enum(ADOPTIONS), ways: z.array(z.enum(ADOPTIONS)).readonly() }).optional(),
  /**
   * Of a development copy whose data can be elsewhere: its schema and its catalog (empty: production's) now, as far as they can be chosen;
   * the catalog of production that the choice is kept for, and the schemas there that the copy has its own for.
   */
  ownData: z
    .object({ of: z.string(), schemas: z.array(z.string()).readonly(), schema: z.string().optional(), catalog: z.string().optional() })
    .optional(),
  /** The job that the main one was made from, where a production copy of it is made. */
  beside: z.string().optional(),
});

export type SettingChange = Readonly<z.infer<typeof SettingChange>>;
export type ResourceChange = Readonly<z.infer<typeof ResourceChange>>;
export type FileChange = Readonly<z.infer<typeof FileChange>>;
export type Finding = Readonly<z.infer<typeof Finding>>;
export type ReleaseDiff = Readonly<z.infer<typeof ReleaseDiff>>;
export type Release = Readonly<z.infer<typeof Release>>;

/** What a run has to be confirmed with, in words; undefined where there is nothing. */
export function toConfirm(findings: readonly Finding[]): string | undefined {
  const texts = findings.flatMap(({ rule, text }) => (rule === SHARED_DATA || rule === STARTS_OTHERS ? [text] : []));
  return texts.length === 0 ? undefined : texts.join(' ');
}
