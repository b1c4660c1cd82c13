// A job with all that its bundle needs besides sources: permissions, child jobs, pipelines, dashboards, and names for what stays outside.
import type { Diagnostic, JobDefinition, Related } from '../../bundle/model/bundle.ts';
import type { IdReference } from '../../bundle/model/id-references.ts';
import { objectOf } from '../../values/json.ts';
import { createSlots } from '../../values/slots.ts';
import { isItemError } from '../http/errors.ts';
import { LIMITS } from '../http/limits.ts';
import type { Workspace } from '../workspace.ts';
import { type Owner, ownerOf } from './owner.ts';
import type { ReadOptions } from './reader.ts';

interface ReadJobOptions extends ReadOptions {
  /** The ids that a definition names. */
  readonly idsOf: (definition: JobDefinition) => readonly IdReference[];
  /** How many steps from the job others are read with it; those further away get names only. 1 when left out. */
  readonly depth?: number | undefined;
}

type Reader = Pick<
  Workspace,
  'getJob' | 'listPermissions' | 'getPipeline' | 'getDashboard' | 'lookupNames' | 'exportSource' | 'workspaceId'
>;
type RelatedKind = 'job' | 'pipeline' | 'dashboard';
/** A job to which what it refers to is still being added. */
type Growing = JobDefinition & { readonly related: Related[] };
type Found = { readonly related: Related; readonly job?: Growing };

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

  async function job(id: string): Promise<{ definition: Growing; owned: boolean }> {
    const [{ deploymentKind, ...definition }, grants] = await Promise.all([
      slot(() => workspace.getJob(id, signal)),
      slot(() => workspace.listPermissions('jobs', id, signal)),
    ]);
    return { definition: { ...definition, grants, related: [] }, owned: deploymentKind === 'BUNDLE' };
  }

  async function related(kind: RelatedKind, id: string, place: string): Promise<Found | Diagnostic> {
    const belongs: Diagnostic = { level: 'note', place, message: `${kind} ${id} belongs to another bundle, so this one refers to it` };
    if (kind === 'job') {
      const { definition, owned } = await job(id);
      return owned ? belongs : { related: { type: 'jobs', definition }, job: definition };
    }
    const type = kind === 'pipeline' ? 'pipelines' : 'dashboards';
    const [thing, grants] = await Promise.all([
      slot(async () => (kind === 'pipeline' ? await workspace.getPipeline(id, signal) : await workspace.getDashboard(id, signal))),
      slot(() => workspace.listPermissions(type, id, signal)),
    ]);
    return thing.type === 'pipelines' && objectOf(thing.spec.deployment).kind === 'BUNDLE' ? belongs : { related: { ...thing, grants } };
  }

  /** Reads what some jobs refer to, and answers the jobs among it. Each thing is read once, and belongs to the first job that names it. */
  async function nextLevel(jobs: readonly Growing[]): Promise<Growing[]> {
    const wanted = jobs.flatMap((parent) =>
      idsOf(parent).flatMap(({ kind, id, place, awaited }) => {
        if (awaited === true) return [];
        if ((kind !== 'job' && kind !== 'pipeline' && kind !== 'dashboard') || seen.has(`${kind} ${id}`)) return [];
        if (seen.size > LIMITS.related) return [];
        seen.add(`${kind} ${id}`);
        return [{ parent, kind, id, place: parent.jobId === jobId ? place : `related[jobs.${parent.jobId}].${place}` }];
      }),
    );
    const found = await Promise.all(
      wanted.map(async ({ kind, id, place }) => {
        const one = await related(kind, id, place).catch((error: unknown) => asDiagnostic(error, place));
        onProgress?.(++done, seen.size);
        return one;
      }),
    );
    return wanted.flatMap(({ parent }, i) => {
      const one = found[i];
      if (one === undefined) return [];
      if ('level' in one) {
        diagnostics.push(one);
        return [];
      }
      parent.related.push(one.related);
      return one.job ?? [];
    });
  }

  const { definition, owned } = await job(jobId);
  done++;
  const owner = owned ? ownerOf(workspace, definition, signal) : undefined;
  // It is awaited below; until then a failure must not count as unhandled.
  owner?.catch(() => {});
  let level = [definition];
  for (let left = depth; left > 0 && level.length > 0; left--) level = await nextLevel(level);
  if (seen.size > LIMITS.related) diagnostics.push({ level: 'warning', place: '', message: TOO_MANY });
  const inside = new Set(insideOf(definition));
  const ids = idsOf(definition);
  const here = ids.some((one) => one.workspaceId !== undefined) ? await workspace.workspaceId(signal) : undefined;
  // The same number may be another job in another workspace, so that only a name found here says that it is this one.
  const outside = ids.filter(({ kind, id, workspaceId }) =>
    workspaceId === undefined ? !inside.has(`${kind} ${id}`) : workspaceId === here,
  );
  const unique = [...new Map(outside.map((one) => [`${one.kind} ${one.id}`, one])).values()];
  const lookups = unique.length === 0 ? [] : await workspace.lookupNames(unique, signal);
  return { definition: { ...definition, lookups }, ...(owner === undefined ? {} : { owner: await owner }), diagnostics };
}

const TOO_MANY = `the job leads to more than ${LIMITS.related} jobs, pipelines and dashboards; those beyond stay outside the bundle`;

/** The job and all that was read with it, each as `kind id`. */
function insideOf(definition: JobDefinition): string[] {
  const related = (definition.related ?? []).flatMap((one) => {
    if (one.type === 'jobs') return insideOf(one.definition);
    return [`${one.type === 'pipelines' ? 'pipeline' : 'dashboard'} ${one.id}`];
  });
  return [`job ${definition.jobId}`, ...related];
}

/** What can't be read stays outside the bundle; a sign-in that ended or a workspace that is down ends the whole reading. */
function asDiagnostic(error: unknown, place: string): Diagnostic {
  if (!isItemError(error)) throw error;
  return { level: 'note', place, message: `${error.words.doing}: ${error.words.problem} It stays outside the bundle.` };
}
