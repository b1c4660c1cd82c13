// What a deployment would change against what runs in its place, and what of it a person should see: kept with its proposal.
import type { Adoption } from '../../bundle/model/bundle.ts';

/** Values are texts for people (compact JSON), since integers may be beyond 2^53. */
export interface ReleaseDiff {
  readonly target: string;
  /** By the target's mode, never by its name. */
  readonly environment: 'development' | 'production';
  /** Nothing of this bundle is deployed there yet. */
  readonly first: boolean;
  readonly resources: readonly ResourceChange[];
  readonly files: readonly FileChange[];
}

export interface ResourceChange {
  /** As under `resources:`, such as `jobs` and `churn`. */
  readonly type: string;
  readonly key: string;
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  /** adopt: an original is taken over (bound, then updated). forget: it is in the state and gone from the workspace. */
  readonly action: 'create' | 'update' | 'recreate' | 'delete' | 'adopt' | 'forget' | 'unchanged';
  /** Of what is created only who may do what with it, who runs it and whether it starts by itself. */
  readonly settings: readonly SettingChange[];
}

export interface SettingChange {
  /** Such as `tasks[load].max_retries`, `run_as.user_name`, `permissions[group_name=users].level`. */
  readonly path: string;
  /** Absent: not set. */
  readonly was?: string | undefined;
  readonly is?: string | undefined;
  /** Somebody changed it in the workspace since the last deployment, or it is only there: a deployment overwrites it. */
  readonly byHand: boolean;
}

export interface FileChange {
  /** In the bundle. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly lines?: { readonly added: number; readonly removed: number } | undefined;
  readonly byHand: boolean;
}

/** One thing a person should see, weighed by a rule. */
export interface Finding {
  readonly rule: string;
  readonly weight: 'note' | 'warning' | 'danger';
  /** Plain words, identifiers in backticks. */
  readonly text: string;
}

/** What is stored with a proposal and drawn on its card. */
export interface Release extends ReleaseDiff {
  /** The heaviest first. */
  readonly findings: readonly Finding[];
  /** What it is about, as people call it: the main job's name without a copy's prefix. */
  readonly title: string;
  /** Who runs the main job afterwards, and who does now (of a first deployment: who runs the original). */
  readonly runsAs?: { readonly is: string; readonly was?: string } | undefined;
  /** Of a main job that starts by its schedule in production: when it does next, as of when that was, and the job's time zone. */
  readonly nextRun?: { readonly at: string; readonly from: string; readonly zone: string } | undefined;
  /** Of a first deployment for production: the original, what becomes of it by this version, and what else could. */
  readonly original?: { readonly id: string; readonly way: Adoption; readonly ways: readonly Adoption[] } | undefined;
  /** The job that the main one was made from, where a production copy of it is made. */
  readonly beside?: string | undefined;
}
