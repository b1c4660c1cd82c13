// A job with all that a bundle of it needs besides sources: grants, child jobs, pipelines and dashboards, and names for what stays outside.
import type { Diagnostic, JobDefinition, LookupKind, Related } from '../bundle/bundle.ts';
import { isObject } from '../bundle/json.ts';
import type { Workspace } from './client.ts';
import { LIMITS } from './limits.ts';
import { createSlots } from './pace.ts';
import { isOfOneThing } from './words.ts';

/** The bundle that deployed a job. */
export interface Owner {
  readonly bundle?: string | undefined;
  readonly target?: string | undefined;
  /** Where it keeps its metadata. */
  readonly metadataPath?: string | undefined;
  /** Whose folder that is in. */
  readonly deployer?: string | undefined;
}

export interface IdAt {
  readonly kind: LookupKind;
  readonly id: string;
  readonly place: string;
}

export interface ReadJobOptions {
  /** The ids that a definition names (bundle/ids). */
  readonly idsOf: (definition: JobDefinition) => readonly IdAt[];
  /** How far jobs, pipelines and dashboards become part of the definition; beyond it there are names. 1 when left out. */
  readonly depth?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Things read, and things known of so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

type Reader = Pick<Workspace, 'getJob' | 'grants' | 'getPipeline' | 'getDashboard' | 'names'>;

/** Reads a job as the person. Rejects with UserError where the job itself can't be read; what it refers to becomes a diagnostic instead. */
export async function readJob(
  workspace: Reader,
  jobId: string,
  { idsOf, depth = 1, signal, onProgress }: ReadJobOptions,
): Promise<{ definition: JobDefinition; owner?: Owner; diagnostics: Diagnostic[] }> {
  const slot = createSlots(LIMITS.atOnce);
  const diagnostics: Diagnostic[] = [];
  const seen = new Set([`job ${jobId}`]);
  let done = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    const answer = await work;
    done++;
    if (seen.size > 1) onProgress?.(done, seen.size);
    return answer;
  };

  async function job(id: string): Promise<JobDefinition & { owner?: Owner }> {
    const [{ deploymentKind, ...definition }, grants] = await Promise.all([
      slot(() => workspace.getJob(id, signal)),
      slot(() => workspace.grants('jobs', id, signal)),
    ]);
    return { ...definition, grants, ...(deploymentKind === 'BUNDLE' && { owner: ownerOf(definition) }) };
  }

  async function relatedOf(definition: JobDefinition, left: number): Promise<Related[]> {
    if (left === 0) return [];
    const found = await Promise.all(
      idsOf(definition).map(async ({ kind, id, place }) => {
        if (seen.has(`${kind} ${id}`) || (kind !== 'job' && kind !== 'pipeline' && kind !== 'dashboard')) return undefined;
        seen.add(`${kind} ${id}`);
        return await counted(orDiagnostic(diagnostics, place, () => related(kind, id, place, left)));
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  async function related(kind: 'job' | 'pipeline' | 'dashboard', id: string, place: string, left: number): Promise<Related | undefined> {
    if (kind === 'job') {
      const { owner, ...child } = await job(id);
      if (owner === undefined) return { type: 'jobs', definition: { ...child, related: await relatedOf(child, left - 1) } };
      diagnostics.push({ level: 'note', place, message: `job ${id} belongs to another bundle, so this one refers to it` });
      return undefined;
    }
    const type = kind === 'pipeline' ? 'pipelines' : 'dashboards';
    const [thing, grants] = await Promise.all([
      slot(async () => (kind === 'pipeline' ? await workspace.getPipeline(id, signal) : await workspace.getDashboard(id, signal))),
      slot(() => workspace.grants(type, id, signal)),
    ]);
    if (thing.type === 'pipelines' && isObject(thing.spec.deployment) && thing.spec.deployment.kind === 'BUNDLE') {
      diagnostics.push({ level: 'note', place, message: `pipeline ${id} belongs to another bundle, so this one refers to it` });
      return undefined;
    }
    return { ...thing, grants };
  }

  const { owner, ...read } = await counted(job(jobId));
  const whole: JobDefinition = { ...read, related: await relatedOf(read, depth) };
  const inside = new Set(insideOf(whole));
  const outside = idsOf(whole).filter(({ kind, id }) => !inside.has(`${kind} ${id}`));
  const unique = [...new Map(outside.map((one) => [`${one.kind} ${one.id}`, one])).values()];
  const lookups = unique.length === 0 ? [] : await workspace.names(unique, signal);
  return { definition: { ...whole, lookups }, ...(owner !== undefined && { owner }), diagnostics };
}

/** The job, and what was read with it, as `kind id`. */
function insideOf(definition: JobDefinition): string[] {
  const related = (definition.related ?? []).flatMap((one) => {
    if (one.type === 'jobs') return insideOf(one.definition);
    return [`${one.type === 'pipelines' ? 'pipeline' : 'dashboard'} ${one.id}`];
  });
  return [`job ${definition.jobId}`, ...related];
}

async function orDiagnostic(
  diagnostics: Diagnostic[],
  place: string,
  read: () => Promise<Related | undefined>,
): Promise<Related | undefined> {
  try {
    return await read();
  } catch (error) {
    // What may not be read stays outside; a sign-in that ended or a workspace that is down ends the whole.
    if (!isOfOneThing(error)) throw error;
    diagnostics.push({ level: 'note', place, message: `${error.words.doing}: ${error.words.problem} It stays outside the bundle.` });
    return undefined;
  }
}

/** The owner, read off the path of its metadata (`…/.bundle/NAME/TARGET/state/metadata.json`). */
function ownerOf({ settings }: JobDefinition): Owner {
  const path = isObject(settings.deployment) ? settings.deployment.metadata_file_path : undefined;
  if (typeof path !== 'string') return {};
  const [, bundle, target] = /\/\.bundle\/([^/]+)\/([^/]+)\/(?:state|[^/]+)\/metadata\.json$/.exec(path) ?? [];
  return { bundle, target, metadataPath: path, deployer: /^(?:\/Workspace)?\/Users\/([^/]+)\//.exec(path)?.[1] };
}
